"""The values step: what the file names and the set-up lacks, and what each is to become (DATA-4)."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from transfers.models import Import
from transfers.planning import Settings
from transfers.planning.settings import CREATE, REFUSE
from transfers.references import Suggestion

MOST_SHOWN = 200
MOST_CHOICES = 300


@dataclass(frozen=True)
class Unknown:
    """One text that stands for nothing here."""

    text: str
    rows: list[int]
    decided: str
    near: list[Suggestion]

    @property
    def some_rows(self) -> str:
        shown = ", ".join(map(str, self.rows[:5]))
        return f"{shown}…" if len(self.rows) > 5 else shown


@dataclass(frozen=True)
class UnknownField:
    """The unknown texts of one field."""

    name: str
    label: Any
    header: str
    may_create: bool
    choices: list[tuple[str, str]]
    values: list[Unknown] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    more_decided: str = REFUSE


def unknown_fields(imported: Import) -> list[UnknownField]:
    """What is unknown, the most frequent first, with what was decided or is proposed for each."""
    planner = imported.planner
    settings = imported.settings
    found = []
    for name, texts in planner.unknown(imported.chunks_of_rows()).items():
        if not texts:
            continue
        reference = planner.references[name]
        ordered = sorted(texts.items(), key=lambda item: (-len(item[1]), item[0]))
        shown = [
            Unknown(text, rows, _decided(settings, name, text), reference.nearest(text))
            for text, rows in ordered[:MOST_SHOWN]
        ]
        found.append(
            UnknownField(
                name=name,
                label=planner.columns[name].label,
                header=planner.headers[name],
                may_create=reference.may_create(),
                choices=list(reference.candidates())[:MOST_CHOICES],
                values=shown,
                more=[text for text, _rows in ordered[MOST_SHOWN:]],
                more_decided=CREATE if name in settings.create else REFUSE,
            )
        )
    return found


def _decided(settings: Settings, name: str, text: str) -> str:
    """As the select of the page names it: ``create``, ``refuse``, ``to:4``, or nothing yet."""
    decided = settings.decision(name, text)
    if isinstance(decided, dict):
        return f"to:{decided['to']}"
    return str(decided or "")


def decide(settings: Settings, fields: list[UnknownField], post: QueryDict) -> Settings:
    """The settings with what the page says about each value; ``all`` decides for all of them at once."""
    at_once = post.get("all", "")
    for unknown in fields:
        decisions = settings.values.setdefault(unknown.name, {})
        for index, value in enumerate(unknown.values):
            said = post.get(f"{unknown.name}-{index}", "")
            if at_once == "near" and value.near:
                said = f"to:{value.near[0].value}"
            elif at_once == CREATE and unknown.may_create:
                said = CREATE
            elif at_once == REFUSE:
                said = REFUSE
            decision = _read(said, unknown)
            if decision is None:
                decisions.pop(value.text, None)
            else:
                decisions[value.text] = decision
        rest = CREATE if at_once == CREATE else post.get(f"{unknown.name}-more", "")
        settings.create = [name for name in settings.create if name != unknown.name]
        if rest == CREATE and unknown.may_create and unknown.more:
            settings.create.append(unknown.name)
    return settings


def _read(said: str, unknown: UnknownField) -> Any:
    if said == CREATE and unknown.may_create:
        return CREATE
    if said == REFUSE:
        return REFUSE
    near = {suggestion.value for value in unknown.values for suggestion in value.near}
    allowed = {value for value, _label in unknown.choices} | near
    if said.startswith("to:") and said[3:] in allowed:
        return {"to": said[3:]}
    return None


def tally(fields: list[UnknownField]) -> dict[str, int]:
    """How many values, on how many rows, are mapped, created, refused; a row is counted once in each."""
    values = [value for unknown in fields for value in unknown.values]
    groups = {
        "": values,
        "mapped": [value for value in values if value.decided.startswith("to:")],
        "created": [value for value in values if value.decided == CREATE],
        "refused": [value for value in values if value.decided in ("", REFUSE)],
    }
    found = {"values": len(values) + sum(len(unknown.more) for unknown in fields)}
    for name, group in groups.items():
        rows = {row for value in group for row in value.rows}
        found |= {f"{name}_rows" if name else "rows": len(rows)} | ({name: len(group)} if name else {})
    return found
