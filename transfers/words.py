"""The words of the import command, made into an import's settings once the file's columns are known.

They are kept with the import: whoever goes on with it after a killed command knows what was asked for.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from transfers.commands import Usage
from transfers.guessing import guess
from transfers.planning import PLANNERS, Planner, Settings
from transfers.planning.likely import for_all
from transfers.references import REFERENCES
from transfers.resources import RESOURCES
from transfers.sheet import Profile
from users.models import User

NAMES = ("map", "value", "create_missing", "match", "date_order", "duplicates", "decimal", "likely")


class Words:
    """What was asked for on the command line; ``options`` holds its words by ``NAMES``."""

    def __init__(self, kind: str, user: User, options: dict[str, Any]) -> None:
        self.kind, self.user, self.options = kind, user, options
        self.resource = RESOURCES[kind]

    def settings(self, profiles: list[Profile]) -> Settings:
        settings = guess(self.kind, profiles)
        self._map(settings, profiles)
        self._values(settings)
        settings.create = self._create()
        settings.duplicates = self.options["duplicates"]
        if self.options["match"]:
            settings.match = self._match(self.options["match"], settings)
        else:
            settings.match = PLANNERS[self.kind](Settings(self.kind, settings.columns), profiles, self.user).match
        if self.options["date_order"]:
            settings.date_orders = dict.fromkeys(settings.columns, self.options["date_order"])
        if sign := self.options.get("decimal"):
            settings.decimals = dict.fromkeys(settings.columns, sign)
        return settings

    def choose(self, planner: Planner, chunks: Iterable[Sequence[Any]]) -> None:
        """Decide of all the rows that are likely there already: they are created, unless it was said otherwise."""
        if how := self.options.get("likely"):
            planner.settings.likely = for_all(planner.likely(chunks), how)

    def _map(self, settings: Settings, profiles: list[Profile]) -> None:
        places = {profile.header: at for at, profile in enumerate(profiles)}
        named: dict[int, list[str]] = {}
        own = {column.heading: name for name, column in self.resource.columns().items() if column.heading}
        for word in self.options["map"]:
            header, equals, field = word.rpartition("=")
            if not equals or header not in places:
                raise Usage(f"--map {word}: the file has no column “{header or word}”. It has: {', '.join(places)}.")
            field = own.get(field, field)
            if field and field not in self.resource.columns():
                raise Usage(f"--map {word}: no field “{field}”. Fields: {', '.join(self.resource.columns())}.")
            named.setdefault(places[header], [])
            if field:
                named[places[header]].append(field)
        fed = {field for fields in named.values() for field in fields}
        for at in [at for at, fields in settings.columns.items() if at in named or fed & set(fields)]:
            del settings.columns[at]
        settings.columns |= {at: fields for at, fields in named.items() if fields}
        twice = [field for field in fed if sum(field in fields for fields in named.values()) > 1]
        if twice:
            raise Usage(f"Two columns feed the field “{twice[0]}”. Name one.")

    def _create(self) -> list[str]:
        names = [name.strip() for name in self.options["create_missing"].split(",") if name.strip()]
        own = {column.heading: field for field, column in self.resource.columns().items() if column.heading}
        for name in names:
            if name not in (*REFERENCES, *own, "assignees", "tags"):
                raise Usage(f"--create-missing {name}: unknown. One can create: {', '.join([*REFERENCES, *own])}.")
        return [{"tag": "tags"}.get(name) or own.get(name, name) for name in names]

    def _values(self, settings: Settings) -> None:
        for word in self.options["value"]:
            name, colon, rest = word.partition(":")
            old, equals, new = rest.rpartition("=")
            if not colon or not equals or name not in REFERENCES:
                raise Usage(f"--value {word}: write it as field:Old=New, such as stage:Signed=Won.")
            found = REFERENCES[name](self.user).find([new]).get(new)
            if found is None:
                raise Usage(f"--value {word}: “{new}” is not set up here.")
            if isinstance(found, dict):
                found = next(iter(found.values()))
            settings.values.setdefault(name, {})[old] = {"to": found}

    def _match(self, wanted: str, settings: Settings) -> str:
        """The contract's three ways, as each kind of record has them: an account's reference is its code."""
        match = {
            "account": {"reference": "code", "name_account": "name"},
            "contact": {"reference": "email"},
            "line": {"reference": "position", "name_account": "position"},
        }
        found = match.get(self.kind, {}).get(wanted, wanted)
        if not all(name in settings.fields for name in found.split("_")[:1]):
            raise Usage(f"--match {wanted}: no column feeds “{found}”.")
        return found


def why_not(planner: Any, profiles: list[Profile]) -> str:
    """Why the import as a whole is refused; blank if it can run."""
    if refusal := planner.refusal():
        return str(refusal)
    if undecided := planner.undecided_dates(profiles):
        names = ", ".join(undecided)
        return f"{names}: day and month cannot be told apart. Say --date-order dmy or mdy."
    if undecided := planner.undecided_decimals(profiles):
        names = ", ".join(undecided)
        return f"{names}: comma or point, thousands or decimals cannot be told apart. Say --decimal , or --decimal ."
    return ""
