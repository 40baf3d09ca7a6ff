"""Applying a track: the dates that it gives, who its tasks are for, then all of them at once (ACT-6, NEW-4, BULK-2)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opportunities.models import Opportunity
from records.journal import operation
from records.models import Change, Operation
from tasks.models.applied import AppliedTrack
from tasks.models.dating import dating
from tasks.models.task import Task
from tasks.models.track import Step, Track, as_plain, dated, needs_end, needs_start
from users.models import Kind, Notice, User

Row = Mapping[str, Any]
"""An opportunity as its columns; ``id``, ``owner_id`` and ``due_on`` are read."""


def apply(
    track: Track,
    to: Sequence[Row],
    *,
    by: Any,
    door: str = "form",
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> list[int]:
    """Make the tasks of the track on each of these opportunities; the ids of the applied tracks, in their order.

    Without an end, each one's expected close. Raises ``ValidationError`` for a track without tasks or a missing date.
    """
    with operation(by=by, door=door, what="track.apply"):
        ids, rows = put_on(track, to, by=by, start=start, end=end)
        tell(track, rows, by)
    return ids


def put_on(
    track: Track, to: Sequence[Row], *, by: Any, start: dt.date | None = None, end: dt.date | None = None
) -> tuple[list[int], list[dict[str, Any]]]:
    """As ``apply``, inside an operation whose tasks are told of at its end; the ids, and the tasks as rows."""
    steps, plan = track.steps, track.offsets
    if not steps:
        raise ValidationError(_("“%(track)s” has no tasks yet.") % {"track": track}, code="empty")
    to = list(to)
    ends = {row["id"]: (end or row["due_on"]) if needs_end(plan) else None for row in to}
    begins = start if needs_start(plan) else None
    if needs_start(plan) and begins is None:
        raise ValidationError(_("Enter the start: the track counts from it."), code="start")
    if needs_end(plan) and None in ends.values():
        raise ValidationError(_("Enter the end: the track counts back from it."), code="end")
    given = {last: days_of(track, begins, last) for last in set(ends.values())}
    for_whom = people(steps, to, by)
    blank, kept = AppliedTrack.blank_row(), as_plain(plan)
    with dating():
        ids = AppliedTrack.create_rows(
            [
                {
                    **blank, "track_id": track.pk, "opportunity_id": row["id"], "start_on": begins,
                    "end_on": ends[row["id"]], "due_on": row["due_on"], "plan": kept, "made_by_id": _id(by),
                }
                for row in to
            ]
        )  # fmt: skip
        plain = {**Task.blank_row(), "made_by_id": _id(by)}
        bases = [
            {**plain, "title": step.name, "category_id": step.category_id, "priority": step.priority, "place": place}
            for place, step in enumerate(steps)
        ]
        rows = [
            {
                **base, "opportunity_id": row["id"], "applied_id": pk, "due_on": day, "planned_on": day,
                "assignee_id": for_whom(steps[base["place"]], row),
            }
            for row, pk in zip(to, ids, strict=True)
            for base, day in zip(bases, given[ends[row["id"]]], strict=True)
        ]  # fmt: skip
        Task.create_rows(rows)
    return ids, rows


def made_by(done: Operation) -> Iterator[Row]:
    """The tasks that an operation made, as far as it is told whose they are and what they are on."""
    made = done.changes.filter(model=ContentType.objects.get_for_model(Task), kind=Change.Kind.CREATED)
    tasks = Task.objects.live().filter(pk__in=made.values("record_id"))
    return tasks.values("assignee_id", "opportunity_id").iterator()


def days_of(track: Track, start: dt.date | None, end: dt.date | None) -> list[dt.date | None]:
    """The date of each of its tasks. Raises ``ValidationError`` if one lies beyond the calendar."""
    try:
        return dated(track.offsets, start, end)
    except OverflowError:
        raise ValidationError(_("This date does not exist."), code="absent") from None


def people(steps: Iterable[Step], to: Sequence[Row], by: Any) -> Any:
    """Whom a step's task is for, on an opportunity: the one it names if they see it, else its owner, else who applies.

    A task is no way to show a record.
    """
    named = {step.assignee_id for step in steps} - {None}
    ids = [row["id"] for row in to]
    sees = {
        person.pk: set(Opportunity.objects.filter(pk__in=ids).visible_to(person).values_list("pk", flat=True))
        for person in User.objects.active().filter(pk__in=named)
    }

    def for_whom(step: Step, row: Row) -> int | None:
        if row["id"] in sees.get(step.assignee_id, ()):
            return step.assignee_id
        return row["owner_id"] or _id(by)

    return for_whom


def tell(track: Track, rows: Iterable[Row], by: Any) -> None:
    """One notice to each person who is given tasks of the track by somebody else."""

    def said(count: int) -> str:
        text = ngettext(
            "%(who)s gave you %(n)s task of the track “%(track)s”",
            "%(who)s gave you %(n)s tasks of the track “%(track)s”",
            count,
        )
        return text % {"who": by or track, "n": count, "track": track}

    _tell(rows, by, said)


def tell_each(rows: Iterable[Row], title: str, by: Any) -> None:
    """One notice to each person who is given one task or more of this title by somebody else."""

    def said(count: int) -> str:
        text = ngettext("%(who)s gave you a task: %(task)s", "%(who)s gave you %(n)s tasks: %(task)s", count)
        return text % {"who": by, "n": count, "task": title}

    _tell(rows, by, said)


def _tell(rows: Iterable[Row], by: Any, said: Callable[[int], str]) -> None:
    given: Counter[int] = Counter()
    ons: dict[int, set[int]] = {}  # what they are on: one, or not one
    for row in rows:
        who = row["assignee_id"]
        if who not in (None, _id(by)):
            given[who] += 1
            on = ons.setdefault(who, set())
            if len(on) < 2:
                on.add(row["opportunity_id"])
    for person in User.objects.active().filter(pk__in=given):
        on = ons[person.pk]
        about = Opportunity(pk=on.pop()) if len(on) == 1 else None
        url = about.get_absolute_url() if about else reverse("tasks:index")
        with person.spoken_to():
            subject = said(given[person.pk])
        Notice.post(person, Kind.TASK, subject=subject, url=url, about=about)


def _id(by: Any) -> int | None:
    return by.pk if by is not None else None
