"""The values step: what the file names and the set-up lacks, and what each is to become (DATA-4); and which rows are
likely there already (DUP-1)."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from transfers.models import Import
from transfers.planning import Settings
from transfers.planning.likely import HOWS, USE, Likely, for_all
from transfers.planning.settings import CREATE, LEAVE, REFUSE
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
    never: Any
    choices: list[tuple[str, str]]
    values: list[Unknown] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    more_decided: str = REFUSE


def unknown_fields(imported: Import) -> list[UnknownField]:
    """What is unknown, the most frequent first, with what was decided or is proposed for each."""
    planner = imported.planner
    settings = imported.settings
    found = []
    for name, texts in planner.unknown(imported.chunks_of_rows).items():
        if not texts:
            continue
        reference = planner.references[name]
        ordered = sorted(texts.items(), key=lambda item: (-len(item[1]), item[0]))
        near = reference.nearest_of([text for text, _rows in ordered[:MOST_SHOWN]])
        shown = [Unknown(text, rows, _decided(settings, name, text), near[text]) for text, rows in ordered[:MOST_SHOWN]]
        found.append(
            UnknownField(
                name=name,
                label=planner.columns[name].label,
                header=planner.headers[name],
                may_create=reference.may_create(),
                never=reference.never,
                choices=list(reference.candidates())[:MOST_CHOICES],
                values=shown,
                more=[text for text, _rows in ordered[MOST_SHOWN:]],
                more_decided=CREATE if name in settings.create else REFUSE,
            )
        )
    return found


@dataclass(frozen=True)
class LikelyRow:
    """A row that is likely there already, and what was decided of it: ``create``, ``leave`` or ``to:4``."""

    likely: Likely
    decided: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(f"to:{one.pk}", one.name) for one in self.likely.found]


def likely_rows(imported: Import) -> dict[int, LikelyRow]:
    """The rows that would create what is likely there already."""
    decided = imported.settings.likely
    found = imported.planner.likely(imported.chunks_of_rows())
    return {number: LikelyRow(one, _said(decided.get(number))) for number, one in found.items()}


def decide_likely(settings: Settings, rows: dict[int, LikelyRow], post: QueryDict) -> None:
    """Put into the settings what the page says about each row; ``likely`` decides for all of them at once, and for
    those that the page does not show."""
    at_once = post.get("likely", "")
    if at_once in HOWS:
        settings.likely = for_all({number: row.likely for number, row in rows.items()}, at_once)
        return
    settings.likely = {}
    rest = post.get("likely-more", "")
    for index, (number, row) in enumerate(rows.items()):
        said = post.get(f"likely-{number}", "")
        if index >= MOST_SHOWN:
            settings.likely |= for_all({number: row.likely}, rest if rest in HOWS else CREATE)
        elif said in dict(row.choices):
            settings.likely[number] = {"to": int(said[3:])}
        else:
            settings.likely[number] = LEAVE if said == LEAVE else CREATE


def likely_page(rows: dict[int, LikelyRow]) -> dict[str, Any]:
    """What the page shows of them: the first ones, how many more, and what is done with those."""
    shown = list(rows.values())
    rest = {row.decided[:2] for row in shown[MOST_SHOWN:]}
    more = USE if rest == {"to"} else LEAVE if rest == {LEAVE[:2]} else CREATE
    return {
        "likely": shown[:MOST_SHOWN],
        "likely_count": len(shown),
        "likely_more": max(len(shown) - MOST_SHOWN, 0),
        "likely_rest": more,
    }


def _said(decided: Any) -> str:
    return f"to:{decided['to']}" if isinstance(decided, dict) else str(decided or "")


def _decided(settings: Settings, name: str, text: str) -> str:
    """As the select of the page names it: ``create``, ``refuse``, ``to:4``, or nothing yet."""
    return _said(settings.decision(name, text))


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
