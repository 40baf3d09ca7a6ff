import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand
from django.utils import translation

from core.models import House, Job
from transfers.commands import REFUSED, Usage, person, stop
from transfers.guessing import guess
from transfers.models import Import, Phase
from transfers.planning import PLANNERS, Outcome, Settings
from transfers.reading import FileRefused, open_sheet
from transfers.references import REFERENCES
from transfers.resources import BY_PLURAL, RESOURCES
from transfers.sheet import Profile, SheetBuilder
from users.models import User

PATIENCE_SECONDS = 600


class Command(BaseCommand):
    help = "Import a spreadsheet as one person: the very same job as the wizard's. Its receipt is one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(BY_PLURAL))
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="email", required=True, help="who imports, by e-mail address")
        parser.add_argument("--map", action="append", default=[], metavar="Column=field", help="Column= ignores one")
        parser.add_argument("--create-missing", default="", metavar="owner,account,stage,source")
        parser.add_argument("--value", action="append", default=[], metavar="stage:Old=New")
        parser.add_argument("--match", choices=("id", "reference", "name_account"))
        parser.add_argument("--date-order", choices=("dmy", "mdy", "ymd"))
        parser.add_argument("--duplicates", choices=("skip", "update", "overwrite"), default="skip")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, kind: str, file: Path, email: str, dry_run: bool, **options: Any) -> None:
        started = time.monotonic()
        try:
            user = person(email)
            if not file.is_file():
                raise Usage(f"There is no file {file}.")
            with translation.override(user.language or House.current().language):
                words = Words(BY_PLURAL[kind], user, options)
                receipt = (dry if dry_run else run)(words, file)
        except Usage as error:
            stop(error)
        receipt["seconds"] = round(time.monotonic() - started, 3)
        self.stdout.write(json.dumps(receipt, ensure_ascii=False))
        if receipt.pop("refused_whole", False):
            sys.exit(REFUSED)


class Words:
    """The words of the command, made into settings once the columns are known."""

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
        return settings

    def _map(self, settings: Settings, profiles: list[Profile]) -> None:
        places = {profile.header: at for at, profile in enumerate(profiles)}
        named: dict[int, list[str]] = {}
        for word in self.options["map"]:
            header, equals, field = word.rpartition("=")
            if not equals or header not in places:
                raise Usage(f"--map {word}: the file has no column “{header or word}”. It has: {', '.join(places)}.")
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
        for name in names:
            if name not in REFERENCES and name != "assignees":
                raise Usage(f"--create-missing {name}: unknown. One can create: {', '.join(REFERENCES)}.")
        return names

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
        match = {"account": {"reference": "code", "name_account": "name"}, "contact": {"reference": "email"}}
        found = match.get(self.kind, {}).get(wanted, wanted)
        if not all(name in settings.fields for name in found.split("_")[:1]):
            raise Usage(f"--match {wanted}: no column feeds “{found}”.")
        return found


def dry(words: Words, file: Path) -> dict[str, Any]:
    """What would be, without writing anything anywhere."""
    builder = SheetBuilder()
    try:
        opened = open_sheet(file, file.name)
        chunks = list(builder.chunks(opened.rows))
    except FileRefused as refused:
        return refused_whole(str(refused))
    settings = words.settings(builder.profiles)
    planner = PLANNERS[words.kind](settings, builder.profiles, words.user)
    if refusal := why_not(planner, builder.profiles):
        return refused_whole(refusal)
    planner.look_for_repeats(chunks)
    counts: dict[str, int] = {}
    errors: list[dict[str, Any]] = []
    for chunk in chunks:
        for row in planner.plan(chunk):
            counts[row.outcome] = counts.get(row.outcome, 0) + 1
            errors += [
                {"row": row.number, "column": problem.column, "message": problem.message} for problem in row.problems
            ]
    return receipt(None, builder.count, counts, errors)


def run(words: Words, file: Path) -> dict[str, Any]:
    """Read, then run, in this process, as a job that any worker goes on with if this process dies."""
    with file.open("rb") as content:
        job = Job.objects.create(kind=Import._meta.label, by=words.user)
        made = Import.objects.create(job=job, kind=words.kind, name=file.name[:255], file=File(content, file.name))
    work(made)
    if made.phase == Phase.REFUSED:
        refusal = made.format.get("refused", "")
        made.discard()
        return refused_whole(refusal)
    try:
        settings = words.settings(made.profiles)
    except Usage:
        made.discard()
        raise
    planner = PLANNERS[words.kind](settings, made.profiles, words.user)
    if refusal := why_not(planner, made.profiles):
        made.discard()
        return refused_whole(refusal)
    made.decide(settings)
    made.run_rows(ring=False)
    work(made)
    lines = made.lines.filter(run=True, outcome=Outcome.REFUSED).order_by("number").values_list("number", "details")
    errors = [
        {"row": row, "column": column, "message": message} for row, found in lines for column, _value, message in found
    ]
    return receipt(made.job_id, made.rows, made.result, errors)


def work(made: Import) -> None:
    """Run the present phase here; if a lease has to be waited for, wait."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while made.in_work and time.monotonic() < deadline:
        made.job.refresh_from_db()
        made.job.run()
        made.refresh_from_db()
        made.__dict__.pop("profiles", None)
        if made.in_work:
            time.sleep(0.5)


def why_not(planner: Any, profiles: list[Profile]) -> str:
    """Why the import as a whole is refused; blank if it can run."""
    if refusal := planner.refusal():
        return str(refusal)
    if undecided := planner.undecided_dates(profiles):
        names = ", ".join(undecided)
        return f"{names}: day and month cannot be told apart. Say --date-order dmy or mdy."
    return ""


def receipt(job: int | None, read: int, counts: dict[str, int], errors: list[dict[str, Any]]) -> dict[str, Any]:
    outcomes = {str(outcome): counts.get(outcome, 0) for outcome in Outcome}
    return {"job": job, "read": read, **outcomes, "conflicts": 0, "errors": errors}


def refused_whole(why: str) -> dict[str, Any]:
    errors = [{"row": None, "column": None, "message": why}]
    return {**receipt(None, 0, {}, errors), "refused_whole": True}
