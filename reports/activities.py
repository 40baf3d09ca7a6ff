"""Activities by person and by type over a period (RPT-4): every figure is the count of a list that it opens (RPT-9)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.urls import reverse
from django.utils.http import urlencode

from activities.models import Activity, ActivityQuerySet, activity_types
from core import spans
from core.dates import parse_date, today
from users.models import User

USUAL = "this_month"
PERIODS = ("this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_30")
COLOURS = ("s1", "s2", "s3", "s4", "s5")
ALL = object()
NAMES, BARS, ROW = 140, 330, 30  # of the drawing, in its own units


@dataclass(frozen=True)
class Asked:
    """What a report is asked for: days, and whose activities, of which type; none for all, 0 for nobody's."""

    first: dt.date
    last: dt.date
    code: str = ""
    by: int | None = None
    type: int | None = None

    @classmethod
    def of(cls, query: Any) -> "Asked":
        """From an address: ``period``, or ``from`` and ``to``; what cannot be read is the usual period."""
        first, last = _day(query.get("from", "")), _day(query.get("to", ""))
        code = query.get("period", "")
        if not first or not last or last < first:
            code = code if code in PERIODS else USUAL
            first, last = spans.span(code, today())
        return cls(first, last, code if code in PERIODS else "", _id(query.get("by", "")), _id(query.get("type", "")))

    def url(self, name: str, **more: Any) -> str:
        query = {"from": self.first.isoformat(), "to": self.last.isoformat(), "by": self.by, "type": self.type} | more
        return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value not in (None, '')})}"

    def activities(self, reader: User) -> ActivityQuerySet:
        """Those that the reader sees."""
        found: ActivityQuerySet = Activity.objects.visible_to(reader)
        found = found.filter(happened_on__range=(self.first, self.last))
        if self.by is not None:
            found = found.filter(made_by=self.by or None)
        return found.filter(type=self.type) if self.type is not None else found


@dataclass(frozen=True)
class Figure:
    """A count, the list that it counts, and what it is of, for those who hear it."""

    count: int
    url: str
    told: str
    colour: str = ""
    at: float = 0
    width: float = 0


@dataclass(frozen=True)
class Line:
    """A person, with a figure for each type and the sum; and where its bar is drawn."""

    name: str
    figures: Sequence[Figure]
    sum: Figure
    y: int

    @property
    def bars(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.count]

    @property
    def end(self) -> float:
        """Where the bar ends."""
        return NAMES + sum(figure.width for figure in self.figures) + 6


@dataclass(frozen=True)
class Report:
    types: Sequence[tuple[str, str]]
    """The name and the colour of each type."""
    lines: Sequence[Line]
    sums: Sequence[Figure]
    sum: Figure

    @property
    def height(self) -> int:
        return max(len(self.lines), 1) * ROW + 4

    @classmethod
    def of(cls, asked: Asked, reader: User) -> "Report":
        """People with most activities first; types in the order of their list, those without any left out."""
        rows = asked.activities(reader).order_by().values_list("made_by", "type").annotate(n=Count("pk"))
        counts = {(by, kind): n for by, kind, n in rows}
        present = {kind for _by, kind in counts}
        types = [kind for pk, kind in activity_types().items() if pk in present]
        people = {by: sum(n for (one, _kind), n in counts.items() if one == by) for by, _kind in counts}
        named = {person.pk: str(person) for person in User.objects.filter(pk__in=[by for by in people if by])}
        most = max(people.values(), default=0)
        colours = {kind.pk: COLOURS[at] if at < len(COLOURS) else "rest" for at, kind in enumerate(types)}

        def figure(by: Any, kind: Any, n: int, told: str, at: float = 0) -> Figure:
            given = {"by": asked.by if by is ALL else by or 0, "type": kind.pk if kind else asked.type}
            url = asked.url("reports:activity_list", **given)
            width = n / most * BARS if most else 0
            return Figure(n, url, told, colours[kind.pk] if kind else "", at, width)

        lines = []
        for place, by in enumerate(sorted(people, key=lambda by: (-people[by], named.get(by, "")))):
            name, at, figures = named.get(by, "–"), float(NAMES), []
            for kind in types:
                figures.append(figure(by, kind, counts.get((by, kind.pk), 0), f"{name}, {kind}", at))
                at += figures[-1].width
            lines.append(Line(name, figures, figure(by, None, people[by], name), place * ROW))
        by_type = [sum(line.figures[at].count for line in lines) for at in range(len(types))]
        sums = [figure(ALL, kind, n, str(kind)) for kind, n in zip(types, by_type, strict=True)]
        total = figure(ALL, None, sum(people.values()), "")
        return cls([(str(kind), colours[kind.pk]) for kind in types], lines, sums, total)

    def table(self, heading: str, total: str) -> list[list[str | int]]:
        """The same figures as rows, for a spreadsheet."""
        rows: list[list[str | int]] = [[heading, *(name for name, _colour in self.types), total]]
        rows += [[line.name, *(figure.count for figure in line.figures), line.sum.count] for line in self.lines]
        rows.append([total, *(figure.count for figure in self.sums), self.sum.count])
        return rows


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text) if text else None
    except ValidationError:
        return None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
