"""Tasks as a template shows them: every text ready and escaped, what they are on named with its address."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from core.addresses import address
from core.templatetags.components import language
from tasks.listed import Listed
from tasks.models import AppliedTrack, Task
from tasks.models.priority import Priority
from tasks.models.recurrence import Unit

RELATED = ("opportunity", "account", "contact", "assignee", "applied")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task: what, on what, when, who. ``tick`` is where its box posts to; the labels name its box and its menu."""

    pk: int
    url: str
    title: str
    icon: str
    due_on: dt.date | None
    due_time: dt.time | None
    is_open: bool
    is_late: bool
    is_high: bool
    note: str
    said: str
    about: str
    about_url: str
    when: str
    repeats: str
    tick: str
    tick_label: str
    menu_label: str

    def __getitem__(self, name: str) -> Any:
        """A template looks for a key before it looks for an attribute."""
        return getattr(self, name)


def present(tasks: Iterable[Task | Listed], reader: Any) -> list[TaskRow]:
    tasks = list(tasks)
    presenter = _Presenter(reader, _tracks(tasks))
    return [presenter.row(task) for task in tasks]


def present_one(task: Task, reader: Any) -> TaskRow:
    return present([task], reader)[0]


class _Presenter:
    """Presents rows; what is the same for all of them is looked up once."""

    def __init__(self, reader: Any, tracks: dict[int, AppliedTrack]) -> None:
        self.reader, self.tracks = reader, tracks
        self.today, self.speech = dates.today(), language()
        self.ticks, self.unticks = escape(_("Done: %(task)s")), escape(_("To be done again: %(task)s"))
        self.menus = escape(_("Postpone or change: %(task)s"))

    def row(self, task: Task | Listed) -> TaskRow:
        notes = [task.detail.split("\n")[0][:120]] if task.detail else []
        if task.assignee_id not in (None, self.reader.pk):
            notes.insert(0, str(task.assignee))
        note, repeats = _text(", ".join(notes)), _text(rhythm(task))
        track = place_in(self.tracks[task.applied_id], task.place) if task.applied_id is not None else ""
        is_open, (about, about_url) = bool(task.is_open), task.about
        url, title = SafeString(address("tasks:task", task.pk)), _text(task.title)
        return TaskRow(
            pk=task.pk,
            url=url,
            title=title,
            icon=task.icon,
            due_on=task.due_on,
            due_time=task.due_time,
            is_open=is_open,
            is_late=is_open and task.due_on is not None and task.due_on < self.today,
            is_high=task.priority == Priority.HIGH,
            note=note,
            said=SafeString(", ".join(filter(None, (_text(track), note, repeats)))),
            about=_text(about),
            about_url=SafeString(about_url),
            when=_text(when(task, self.today, self.speech)),
            repeats=repeats,
            tick=SafeString(f"{url}{'complete' if is_open else 'reopen'}/"),
            tick_label=SafeString((self.ticks if is_open else self.unticks) % {"task": title}),
            menu_label=SafeString(self.menus % {"task": title}),
        )


def _text(text: str) -> SafeString:
    return SafeString(escape(text))


def _tracks(tasks: list[Task | Listed]) -> dict[int, AppliedTrack]:
    """The tracks that these tasks are of: those at hand, and the others in one query."""
    ids = {task.applied_id for task in tasks if task.applied_id is not None}
    at_hand = {
        task.applied.pk: task.applied
        for task in tasks
        if isinstance(task, Task) and "applied" in task._state.fields_cache and task.applied is not None
    }
    missing = ids - at_hand.keys()
    return at_hand | (AppliedTrack.objects.in_bulk(missing) if missing else {})


def of_track(task: Task) -> str:
    """*Track Multi-site offer, 4 of 6*; blank for a task of none."""
    return "" if task.applied is None else place_in(task.applied, task.place)


def place_in(track: AppliedTrack, place: int) -> str:
    said = _("Track %(track)s, %(place)s of %(n)s")
    return said % {"track": track, "place": place + 1, "n": len(track.plan)}


def when(task: Task | Listed, now: dt.date, speech: str) -> str:
    """Today its time, or *all day*; else the day, with the time if it is near: ``mer. 09:00``, ``ven. 27``."""
    if task.due_on is None:
        return _("no date")
    clock = f"{task.due_time:%H:%M}" if task.due_time else ""
    if task.due_on == now:
        return clock or _("all day")
    if clock and 0 < (task.due_on - now).days < dates.A_WEEK:
        return f"{dates.DAYS[speech][task.due_on.weekday()]} {clock}"
    return dates.near_date(task.due_on, speech, now)


def rhythm(task: Task | Listed) -> str:
    """*Every month*, *Every 2 weeks*; blank for what does not repeat."""
    if not task.repeat_unit:
        return ""
    n = task.repeat_every
    texts = {
        Unit.DAY: ngettext("Every day", "Every %(n)s days", n),
        Unit.WEEK: ngettext("Every week", "Every %(n)s weeks", n),
        Unit.MONTH: ngettext("Every month", "Every %(n)s months", n),
        Unit.YEAR: ngettext("Every year", "Every %(n)s years", n),
    }
    return texts[Unit(task.repeat_unit)] % {"n": n}


def key_of(day: dt.date) -> int:
    """Where a day begins in the order of tasks."""
    return day.toordinal() * 24 * 60
