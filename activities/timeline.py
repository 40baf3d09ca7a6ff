"""The history of a record: activities, ticked tasks and changes, newest first, page by page (ACT-1).

Each source gives its newest rows before a moment by an index; they are merged and cut. The next page starts before the
last moment shown, at the same cost however long the history is.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from activities.durations import told as duration
from activities.mentions import marked, mentioned
from activities.models import Activity, TimeEntry, activity_types
from core import dates
from core.templatetags.components import language
from opportunities.models import Opportunity
from records import gate
from records.history import OPERATION, entries
from records.history import Entry as Changed
from records.models import Change, OwnedRecord
from tasks.models import Task
from users.models import User

PAGE = 40
MANY = 500
NAMES = ("first_name", "last_name", "email")
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
    found: list[Entry] = []
    for source in _sources(record, kind):
        found += source(record, reader, place, kind)
    found.sort(key=lambda entry: (entry.at, entry.order, entry.pk), reverse=True)
    shown = found[:PAGE]
    more = str(Place(shown[-1].at, shown[-1].order, shown[-1].pk)) if len(found) > PAGE else ""
    by_day = groupby(shown, key=lambda entry: timezone.localtime(entry.at).date())
    return [Day(dates.full_date(day, language()), list(group)) for day, group in by_day], more


def count(record: OwnedRecord) -> str:
    """How many activities there are, told exactly up to ``MANY``; blank for none."""
    found = len(Activity.objects.about(record).order_by().values_list("pk", flat=True)[: MANY + 1])
    return f"{MANY}+" if found > MANY else str(found or "")


def _sources(record: OwnedRecord, kind: str) -> list[Callable[..., list[Entry]]]:
    if kind == "task":
        return [_tasks]
    if kind == "change":
        return [_changes]
    if kind == "time":
        return [_times] if isinstance(record, Opportunity) else []
    if kind in CODES:
        return [_activities]
    return [_activities, _tasks, _changes, *([_times] if isinstance(record, Opportunity) else [])]


def _activities(record: OwnedRecord, reader: Any, before: Place | None, kind: str) -> list[Entry]:
    """Those on the record, and those linked to it: each by its own index, never by the one *or* the other."""
    rows = Activity.objects.live().order_by("-at", "-pk")
    if kind in CODES:
        rows = rows.filter(type__in=[pk for pk, one in activity_types().items() if one.code in CODES[kind]])
    if before is not None:
        rows = rows.filter(before.before("at", ACTIVITY))
    found = list(rows.filter(**{record.gate_key(): record.pk})[: PAGE + 1])
    for row in found:
        setattr(row, record.gate_key(), record)
    if isinstance(record, Opportunity):
        parents = ("contact", "opportunity", "account")
        found += rows.filter(links__opportunity=record.pk).select_related(*parents)[: PAGE + 1]
    people = User.objects.only(*NAMES).in_bulk({row.made_by_id for row in found if row.made_by_id is not None})
    may_all = gate.may(reader, "change", record)
    return [_activity(row, record, reader, may_all, str(people.get(row.made_by_id, ""))) for row in found]


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


def _tasks(record: OwnedRecord, reader: Any, before: Place | None, kind: str) -> list[Entry]:
    done = Task.objects.live().filter(**{record.gate_key(): record.pk}, done_at__isnull=False).select_related("done_by")
    if before is not None:
        done = done.filter(before.before("done_at", TASK))
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
        for task in done.order_by("-done_at", "-pk")[: PAGE + 1]
    ]


def _times(record: OwnedRecord, reader: Any, before: Place | None, kind: str) -> list[Entry]:
    rows = TimeEntry.objects.live().filter(opportunity=record.pk).select_related("user")
    if before is not None:
        rows = rows.filter(before.before("created_at", TIME))
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
        for row in rows.order_by("-created_at", "-pk")[: PAGE + 1]
    ]


def _changes(record: OwnedRecord, reader: Any, before: Place | None, kind: str) -> list[Entry]:
    model = ContentType.objects.get_for_model(type(record))
    rows = Change.objects.filter(model=model, record_id=record.pk)
    if before is not None:
        rows = rows.filter(before.before("operation__at", CHANGE))
    found = list(rows.select_related(*OPERATION).order_by("-pk")[: PAGE + 1])
    return [
        Entry(
            at=told.at,
            order=CHANGE,
            pk=pk,
            icon=told.door_icon,
            who=str(told.by or told.door),
            what=told.what,
            kind="change",
            change=told,
        )
        for pk, told in zip((row.pk for row in found), entries(type(record), found, reader, record), strict=True)
    ]


def time_spent(opportunity: int) -> int:
    """All minutes declared on an opportunity."""
    spent = TimeEntry.objects.live().filter(opportunity=opportunity).aggregate(sum=models.Sum("minutes"))["sum"]
    return spent or 0
