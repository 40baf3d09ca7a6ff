"""The history of a record: activities, ticked tasks and changes, newest first, page by page (ACT-1).

Each source gives the newest places before a moment by an index; they are merged and cut, in one statement, and only
what is shown is read. The next page starts before the last place shown, at the same cost however long the history is.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from activities.durations import told as duration
from activities.mentions import marked, mentioned
from activities.models import Activity, TimeEntry, activity_types
from activities.models.activity import PARENTS, ActivityLink
from core import dates, sql
from core.prepared import Prepared, Statement
from core.templatetags.components import language
from opportunities.models import Opportunity
from records import gate
from records.history import Entry as Changed
from records.history import heads
from records.models import Change, OwnedRecord
from tasks.models import Task

PAGE = 20
MANY = 500
BLANK = SafeString("")
CHANGE, TIME, TASK, ACTIVITY = range(4)  # the order of the sources among equal moments
KINDS = (
    ("", gettext_lazy("The whole history")),
    ("comment", gettext_lazy("Comments and notes")),
    ("call", gettext_lazy("Calls")),
    ("meeting", gettext_lazy("Meetings and events")),
    ("task", gettext_lazy("Tasks")),
    ("time", pgettext_lazy("to declare", "Time")),
    ("change", gettext_lazy("Changes")),
)
Source = tuple[int, str, "models.QuerySet[Any]"]
CODES = {"comment": ("comment", "note"), "call": ("call",), "meeting": ("meeting", "event")}


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    at: dt.datetime
    order: int
    icon: str
    who: str
    what: str
    pk: int = 0
    kind: str = ""
    subject: str = ""
    body: SafeString = BLANK
    place: str = ""
    may_change: bool = False
    change: Changed | None = None
    elsewhere: str = ""

    def __getitem__(self, name: str) -> Any:
        """A template looks for a key before it looks for an attribute."""
        return getattr(self, name)

    @property
    def anchor(self) -> str:
        """What a link to it names; a change has none."""
        names = {TASK: "task", TIME: "time", ACTIVITY: "activity"}
        return f"{names[self.order]}-{self.pk}" if self.order in names else ""

    @property
    def is_talk(self) -> bool:
        """Whether an opportunity may come of it (NEW-1)."""
        return self.kind in ("call", "event", "meeting")

    @property
    def iso(self) -> str:
        return timezone.localtime(self.at).isoformat()

    @property
    def clock(self) -> str:
        return f"{timezone.localtime(self.at):%H:%M}"


@dataclass(frozen=True)
class Place:
    """A place in the history: a moment; among equal ones the order of the sources, then the number."""

    at: dt.datetime
    order: int
    pk: int

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """``2026-11-26T10:00:00+00:00.3.812``; nothing if it is no place."""
        moment, _dot, rest = text.replace(" ", "+").rpartition("_")
        order, _dot, pk = rest.partition(".")
        if not (order.isdecimal() and pk.isdecimal() and len(pk) < 19 and len(order) < 2):
            return None
        try:
            found = parse_datetime(moment)
        except ValueError:
            return None
        return cls(found, int(order), int(pk)) if found is not None and timezone.is_aware(found) else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.order}.{self.pk}"

    def before(self, name: str, order: int) -> models.Q:
        """The condition of lying behind this place, for the rows of a source whose moment is ``name``."""
        if order > self.order:
            return models.Q(**{f"{name}__lt": self.at})
        here = models.Q(**{f"{name}__lte": self.at})
        return here & ~models.Q(**{name: self.at, "pk__gte": self.pk}) if order == self.order else here


@dataclass(frozen=True)
class Day:
    title: str
    entries: list[Entry]


def page(record: OwnedRecord, reader: Any, *, kind: str = "", before: str = "") -> tuple[list[Day], str]:
    """The days of one page, and what the next one starts before; blank if there is no more."""
    place = Place.parse(before)
    if place is None and not kind:
        places = _newest(type(record), ContentType.objects.get_for_model(type(record)).pk)(record.pk)
    else:
        places = _statement(_sources(type(record), record.pk, kind), place)()
    wanted: dict[int, list[int]] = {}
    for order, _at, pk in places[:PAGE]:
        wanted.setdefault(order, []).append(pk)
    found = {
        (entry.order, entry.pk): entry for order, ids in wanted.items() for entry in READERS[order](record, reader, ids)
    }
    shown = [found[order, pk] for order, _at, pk in places[:PAGE] if (order, pk) in found]
    more = str(Place(shown[-1].at, shown[-1].order, shown[-1].pk)) if shown and len(places) > PAGE else ""
    by_day = groupby(shown, key=lambda entry: timezone.localtime(entry.at).date())
    return [Day(dates.full_date(day, language()), list(group)) for day, group in by_day], more


@cache
def _newest(model: type[OwnedRecord], _number: int) -> Statement:
    """What finds the first page of the whole history of a record of this kind, by its number among the kinds."""
    return _statement(_sources(model, Statement.MARK, ""), None, 1)


def _statement(sources: Iterable[Source], before: Place | None, numbers: int = 0) -> Statement:
    """What finds the order of the source and the number of the newest entries, newest first: one more than a page
    has."""
    scans: list[str] = []
    given: list[Any] = []
    for at, (order, name, rows) in enumerate(sources):
        if before is not None:
            rows = rows.filter(before.before(name, order))
        try:
            query, parameters = rows.values_list(name, "pk")[: PAGE + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        scans.append(f"SELECT {order} AS kind, s{at}.* FROM ({query}) AS s{at}")
        given += parameters
    if not scans:
        return Statement("SELECT 0, 0, 0 WHERE 1 = 0", (), numbers)
    newest = f"ORDER BY 2 DESC, 1 DESC, 3 DESC LIMIT {PAGE + 1}"
    return Statement(f"{' UNION ALL '.join(scans)} {newest}", given, numbers)


def count(record: OwnedRecord) -> str:
    """How many activities there are, told exactly up to ``MANY``; blank for none."""
    activities, links, most = Activity._meta.db_table, ActivityLink._meta.db_table, MANY + 1
    live = f"SELECT a.id FROM {activities} a WHERE a.removed_at IS NULL AND a.{record.gate_key()}_id = %s LIMIT {most}"
    scans = [f"SELECT id FROM ({live}) AS here"]
    if isinstance(record, Opportunity):
        linked = (
            f"SELECT a.id FROM {links} l JOIN {activities} a ON a.id = l.activity_id "
            f"WHERE a.removed_at IS NULL AND l.opportunity_id = %s LIMIT {most}"
        )
        scans.append(f"SELECT id FROM ({linked}) AS linked")
    [(found,)] = sql.fetch(f"SELECT count(*) FROM ({' UNION '.join(scans)}) AS found", [record.pk] * len(scans))
    return f"{MANY}+" if found > MANY else str(found or "")


def _sources(record: type[OwnedRecord], pk: int, kind: str) -> list[Source]:
    """What the history of this kind is made of: the order among equal moments, the name of the moment, the rows in
    the order of their index. What is linked to a record is apart: each by its own index, never by the one *or* the
    other."""
    here = {record.gate_key(): pk}
    done = Task.objects.live().filter(**here, done_at__isnull=False).order_by("-done_at", "-pk")
    model = ContentType.objects.get_for_model(record)
    changes = Change.objects.filter(model=model, record_id=pk).order_by("-pk")
    rows = Activity.objects.live().order_by("-at", "-pk")
    if kind in CODES:
        rows = rows.filter(type__in=[pk for pk, one in activity_types().items() if one.code in CODES[kind]])
    activities: list[Source] = [(ACTIVITY, "at", rows.filter(**here))]
    times: list[Source] = []
    if issubclass(record, Opportunity):
        activities.append((ACTIVITY, "at", rows.filter(links__opportunity=pk)))
        spent = TimeEntry.objects.live().filter(opportunity=pk).order_by("-created_at", "-pk")
        times.append((TIME, "created_at", spent))
    others: dict[str, list[Source]] = {
        "task": [(TASK, "done_at", done)],
        "change": [(CHANGE, "operation__at", changes)],
        "time": times,
    }
    if kind in CODES:
        return activities
    return others.get(kind) or (
        [] if kind in others else [*activities, *(one for many in others.values() for one in many)]
    )


_read = Prepared(lambda *ids: Activity.objects.filter(pk__in=ids).select_related("made_by"))


def _activities(record: OwnedRecord, reader: Any, ids: Sequence[int]) -> list[Entry]:
    found = _read(*ids, *[ids[-1]] * (PAGE - len(ids)))
    for row in found:
        if getattr(row, f"{record.gate_key()}_id") == record.pk:
            setattr(row, record.gate_key(), record)
    elsewhere = [row for row in found if getattr(row, f"{record.gate_key()}_id") != record.pk]
    if elsewhere:
        models.prefetch_related_objects(elsewhere, *PARENTS)
    may_all = gate.may(reader, "change", record)
    return [_activity(row, record, reader, may_all, str(row.made_by or "")) for row in found]


def _activity(row: Activity, record: OwnedRecord, reader: Any, may_all: bool, who: str) -> Entry:
    kind = activity_types()[row.type_id]
    names = [str(person) for person in mentioned(row.text)] if "@" in row.text else []
    here = row.parent == record
    return Entry(
        at=row.at, order=ACTIVITY, pk=row.pk, icon=kind.icon, who=who or _("Somebody"),
        what=_what(row, kind), kind=kind.code or "own", subject=row.subject,
        body=marked(row.text, names), place=row.place,
        may_change=here and (may_all or row.made_by_id == reader.pk),
        elsewhere=str(row.parent) if not here and gate.may(reader, "view", row.parent) else "",
    )  # fmt: skip


def _what(row: Activity, kind: Any) -> str:
    texts = {
        "comment": _("commented"),
        "note": _("wrote a note"),
        "call": _("called"),
        "meeting": _("met"),
        "event": _("planned an event") if row.at > timezone.now() else _("held an event"),
    }
    parts = [texts.get(kind.code, kind.name)]
    if row.outcome:
        parts.append(str(row.get_outcome_display()).lower())
    if row.minutes:
        parts.append(duration(row.minutes))
    return ", ".join(parts)


def _tasks(record: OwnedRecord, reader: Any, ids: Sequence[int]) -> list[Entry]:
    return [
        Entry(
            at=task.done_at,
            order=TASK,
            icon="task",
            who=str(task.done_by or _("Somebody")),
            what=pgettext("what somebody did", "ticked"),
            pk=task.pk,
            kind="task",
            subject=task.title,
        )
        for task in Task.objects.filter(pk__in=ids).select_related("done_by")
    ]


def _times(record: OwnedRecord, reader: Any, ids: Sequence[int]) -> list[Entry]:
    may_all = gate.may(reader, "change", record)
    speech = language()
    return [
        Entry(
            at=row.created_at,
            order=TIME,
            icon="clock",
            who=str(row.user),
            what=_("spent %(time)s on %(day)s")
            % {"time": duration(row.minutes), "day": dates.long_date(row.on, speech)},
            pk=row.pk,
            kind="time",
            body=marked(row.note, []),
            may_change=may_all or row.user_id == reader.pk,
        )
        for row in TimeEntry.objects.filter(pk__in=ids).select_related("user")
    ]


def _changes(record: OwnedRecord, reader: Any, ids: Sequence[int]) -> list[Entry]:
    found = list(Change.objects.filter(pk__in=ids).select_related("operation__by").order_by("-pk"))
    return [
        Entry(
            at=told.at,
            order=CHANGE,
            pk=row.pk,
            icon=told.door_icon,
            who=str(told.by or told.door),
            what=_changed(told),
            kind="change",
            change=told,
        )
        for row, told in zip(found, heads(type(record), found, reader, record), strict=True)
    ]


def _changed(told: Changed) -> str:
    """What was done to the record, in the line itself."""
    texts = {"created": _("created it"), "trashed": _("deleted it"), "restored": _("restored it")}
    if told.what or told.kind in texts:
        return told.what or texts[told.kind]
    if told.first:
        changed = pgettext("history", "changed")
        return f"{changed} {str(told.first.label).lower()}"
    n = len(told.fields)
    return ngettext("changed %(n)s field", "changed %(n)s fields", n) % {"n": n}


READERS: dict[int, Callable[[OwnedRecord, Any, Sequence[int]], list[Entry]]] = {
    CHANGE: _changes,
    TIME: _times,
    TASK: _tasks,
    ACTIVITY: _activities,
}


def time_spent(opportunity: int) -> int:
    """All minutes declared on an opportunity."""
    live = f"FROM {TimeEntry._meta.db_table} WHERE opportunity_id = %s AND removed_at IS NULL"
    [(spent,)] = sql.fetch(f"SELECT sum(minutes) {live}", [opportunity])
    return int(spent or 0)
