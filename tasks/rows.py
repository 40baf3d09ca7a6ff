"""Tasks as a template shows them: every text ready, what they are on named with its address."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from core.templatetags.components import language
from tasks.models import Task, TaskQuerySet
from tasks.models.recurrence import Unit

RELATED = ("opportunity", "account", "contact", "assignee", "applied")


@dataclass(frozen=True)
class TaskRow:
    """One task: what, on what, when, who."""

    task: Task
    url: str
    note: str
    track: str
    about: str
    about_url: str
    when: str
    repeats: str

    @property
    def pk(self) -> int:
        return self.task.pk


@cache
def _shown() -> tuple[str, ...]:
    """The columns that a row shows: what tasks are on has many more."""
    own = [field.name for field in Task._meta.concrete_fields]
    applied: Any = Task._meta.get_field("applied").related_model
    track = [f"applied__{field.name}" for field in applied._meta.concrete_fields]
    named = [f"assignee__{name}" for name in ("first_name", "last_name", "email")]
    return (*own, *track, *named, "opportunity__name", "account__name", "contact__first_name", "contact__last_name")


def to_show(tasks: TaskQuerySet) -> TaskQuerySet:
    """With what a row shows of what they are on, and no more."""
    return tasks.select_related(*RELATED).only(*_shown())


def present(tasks: Iterable[Task], reader: Any) -> list[TaskRow]:
    return [present_one(task, reader) for task in tasks]


def present_one(task: Task, reader: Any) -> TaskRow:
    about: Any = task.parent
    notes = [task.detail.split("\n")[0][:120]] if task.detail else []
    if task.assignee_id not in (None, reader.pk):
        notes.insert(0, str(task.assignee))
    return TaskRow(
        task=task,
        url=task.get_absolute_url(),
        note=", ".join(notes),
        track=of_track(task),
        about=str(about) if about else "",
        about_url=about.get_absolute_url() if about else "",
        when=when(task),
        repeats=rhythm(task),
    )


def of_track(task: Task) -> str:
    """*Track Multi-site offer, 4 of 6*; blank for a task of none."""
    if task.applied is None:
        return ""
    said = _("Track %(track)s, %(place)s of %(n)s")
    return said % {"track": task.applied, "place": task.place + 1, "n": len(task.applied.plan)}


def when(task: Task) -> str:
    """Today its time, or *all day*; else the day, with the time if it is near: ``mer. 9:00``, ``ven. 27``."""
    if task.due_on is None:
        return _("no date")
    now, speech = dates.today(), language()
    clock = f"{task.due_time.hour}:{task.due_time:%M}" if task.due_time else ""
    if task.due_on == now:
        return clock or _("all day")
    if clock and 0 < (task.due_on - now).days < dates.A_WEEK:
        return f"{dates.DAYS[speech][task.due_on.weekday()]} {clock}"
    return dates.near_date(task.due_on, speech, now)


def rhythm(task: Task) -> str:
    """*Every month*, *Every 2 weeks*; blank for what does not repeat."""
    n = task.repeat_every
    texts = {
        Unit.DAY: ngettext("Every day", "Every %(n)s days", n),
        Unit.WEEK: ngettext("Every week", "Every %(n)s weeks", n),
        Unit.MONTH: ngettext("Every month", "Every %(n)s months", n),
        Unit.YEAR: ngettext("Every year", "Every %(n)s years", n),
    }
    return texts[Unit(task.repeat_unit)] % {"n": n} if task.repeat_unit else ""


def key_of(day: dt.date) -> int:
    """Where a day begins in the order of tasks."""
    return day.toordinal() * 24 * 60
