"""One's tasks and events as calendar programs read them (ALL-7, RFC 5545): through the gate, by one's own clock."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from activities.models import Activity, ActivityType, activity_types
from tasks.models import Task
from tasks.models.recurrence import Recurrence, Unit
from tasks.rows import RELATED, key_of
from users.models import User

PAST = dt.timedelta(days=90)
MOST = 2_000
A_TASK, AN_EVENT = dt.timedelta(minutes=30), dt.timedelta(hours=1)
DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SURE_DAYS = 28  # every month has so many
HAPPENING = (ActivityType.Code.EVENT, ActivityType.Code.MEETING)


def calendar_of(person: User) -> bytes:
    """Open tasks that are theirs to do, and the events and meetings that they planned; of the past, three months."""
    with person.spoken_to():
        calendar = Calendar()
        calendar.add("prodid", "-//CRM//Calendar//EN")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", _("CRM, %(person)s") % {"person": person})
        calendar.add("refresh-interval", dt.timedelta(minutes=15), parameters={"value": "DURATION"})
        for task in _tasks(person):
            for event in of_task(task, person):
                calendar.add_component(event)
        for activity in _events(person):
            calendar.add_component(of_activity(activity, person))
        calendar.add_missing_timezones()
        return bytes(calendar.to_ical())


def _tasks(person: User) -> list[Task]:
    since = key_of(timezone.localdate() - PAST)
    mine = Task.objects.visible_to(person).filter(assignee=person.pk, done_at=None, due_on__isnull=False)
    return list(mine.filter(order_key__gte=since).select_related(*RELATED).order_by("order_key", "pk")[:MOST])


def _events(person: User) -> list[Activity]:
    kinds = [pk for pk, kind in activity_types().items() if kind.code in HAPPENING]
    mine = Activity.objects.visible_to(person).filter(made_by=person.pk, type__in=kinds)
    return list(
        mine.filter(at__gte=timezone.now() - PAST)
        .select_related("opportunity", "account", "contact", "type")
        .order_by("at", "pk")[:MOST]
    )


def of_task(task: Task, person: User) -> list[Event]:
    """One event; with its rhythm, if it repeats. One that was put off its rhythm stands beside it."""
    assert task.due_on is not None
    rhythm = task.recurrence
    if rhythm is None:
        return [_task_on(task, task.due_on, person)]
    on_rhythm = rhythm.next_after(task.due_on - dt.timedelta(days=1)) == task.due_on
    series = task.due_on if on_rhythm else rhythm.next_after(task.due_on)
    events = [] if on_rhythm else [_task_on(task, task.due_on, person)]
    if series is not None:
        event = _task_on(task, series, person, "" if on_rhythm else "-next")
        event.add("rrule", rule_of(rhythm, task.due_time, person))
        events.append(event)
    return events


def _task_on(task: Task, day: dt.date, person: User, part: str = "") -> Event:
    event = _event(f"task-{task.pk}{part}", task.title, task)
    if task.due_time is None:
        event.add("dtstart", day)
        event.add("dtend", day + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        start = dt.datetime.combine(day, task.due_time, tzinfo=person.zone)
        event.add("dtstart", start)
        event.add("duration", A_TASK)
    _describe(event, task.detail, task.parent, task.get_absolute_url())
    return event


def of_activity(activity: Activity, person: User) -> Event:
    event = _event(f"activity-{activity.pk}", str(activity), activity)
    event.add("dtstart", activity.at.astimezone(person.zone))
    event.add("duration", dt.timedelta(minutes=activity.minutes) if activity.minutes else AN_EVENT)
    if activity.place:
        event.add("location", activity.place)
    _describe(event, activity.text, activity.parent, activity.get_absolute_url())
    return event


def rule_of(rhythm: Recurrence, time: dt.time | None, person: User) -> vRecur:
    """The same days as the rhythm's: a month's 31st that is missing is the last of the days from the 28th on."""
    rule: dict[str, Any] = {"INTERVAL": rhythm.every}
    days = list(range(min(rhythm.first.day, SURE_DAYS), rhythm.first.day + 1))
    if rhythm.unit == Unit.DAY:
        rule["FREQ"] = "DAILY"
    elif rhythm.unit == Unit.WEEK:
        mask = rhythm.weekdays or 1 << rhythm.first.weekday()
        rule |= {"FREQ": "WEEKLY", "BYDAY": [name for at, name in enumerate(DAY_NAMES) if mask >> at & 1], "WKST": "MO"}
    else:
        rule |= {"FREQ": "MONTHLY", "BYMONTHDAY": days}
        if rhythm.unit == Unit.YEAR:
            rule |= {"FREQ": "YEARLY", "BYMONTH": rhythm.first.month}
        if len(days) > 1:
            rule["BYSETPOS"] = -1
    if rhythm.until is not None:
        last = dt.datetime.combine(rhythm.until, time, tzinfo=person.zone).astimezone(dt.UTC) if time else rhythm.until
        rule["UNTIL"] = last
    return vRecur(rule)


def _event(name: str, summary: str, record: Task | Activity) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("summary", summary)
    event.add("dtstamp", record.changed_at)
    event.add("last-modified", record.changed_at)
    event.add("sequence", record.version - 1)
    return event


def _describe(event: Event, text: str, parent: Any, path: str) -> None:
    link = f"{settings.SITE_URL}{path}"
    event.add("description", "\n".join(filter(None, (text, str(parent) if parent else "", link))))
    event.add("url", link)
