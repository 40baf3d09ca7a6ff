"""What the tasks of a track follow: the task before, the end of the track, the closing of the opportunity (ACT-6).

A task that stands where the track put it follows; one that was given another day by hand goes its own way.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db import models
from django.utils import timezone

from core import sql
from opportunities.models import Opportunity, Status
from records.journal import operation
from tasks.models.applied import AppliedTrack, take_away
from tasks.models.dating import dating
from tasks.models.task import Task
from tasks.models.track import Anchor, Offset, from_plain

Row = dict[str, Any]


def happens_on(row: Mapping[str, Any]) -> dt.date | None:
    """The day on which a task was done; else that on which it is planned."""
    return timezone.localdate(row["done_at"]) if row["done_at"] is not None else row["due_on"]


def follow_before(ids: Collection[int]) -> None:
    """These tasks were done or got another date: what is counted from them gets its own (inside an operation)."""
    applied = set(Task.objects.filter(pk__in=ids).exclude(applied=None).values_list("applied_id", flat=True))
    if not applied:
        return
    plans = dict(AppliedTrack.objects.running().filter(pk__in=applied).values_list("pk", "plan"))
    moved = set(ids)
    befores, rows = [], []
    for pk, tasks in tasks_of(plans):
        offsets, before = from_plain(plans[pk]), None
        for task in tasks:
            row = dict(task)
            if before is not None and before["id"] in moved and follows(task, offsets, Anchor.PREVIOUS):
                day = happens_on(before)
                row["due_on"] = row["planned_on"] = _counted(offsets[task["place"]], day) if day else None
                if row["due_on"] != task["due_on"] and not (row["due_on"] is None and task["due_time"]):
                    moved.add(task["id"])
                    befores.append(task)
                    rows.append(row)
            before = row
    with dating():
        Task.change_rows(rows, befores)


def follows(task: Mapping[str, Any], offsets: Sequence[Offset], anchor: str) -> bool:
    """Whether this task is open, counted so, and stands where the track put it."""
    counted = task["place"] < len(offsets) and offsets[task["place"]].anchor == anchor
    return counted and task["done_at"] is None and task["due_on"] == task["planned_on"]


def out_of_step(opportunities: Collection[int]) -> models.QuerySet[Any]:
    """The running tracks of these opportunities that end with an expected close that is not the present one."""
    found: Any = AppliedTrack.objects.running().filter(opportunity__in=opportunities, end_on__isnull=False)
    moved = found.exclude(due_on=None).exclude(opportunity__due_on=None).exclude(due_on=models.F("opportunity__due_on"))
    to_do = Task.objects.open().filter(applied=models.OuterRef("pk"))
    return moved.filter(models.Exists(to_do))


def move_along(opportunities: Collection[int], *, by: Any, door: str = "form") -> int:
    """The open tasks of their tracks move with the expected close; how many they are.

    The end of a track moves by as many days. A task that stands where the track put it is counted anew from there, in
    working days where it was; one that was given another day by hand moves by as many days as the end.
    """
    with operation(by=by, door=door, what="track.move"), dating():
        found = list(out_of_step(opportunities).values(*AppliedTrack.columns()))
        due = _due_dates(found)
        shifts = {row["id"]: due[row["opportunity_id"]] - row["due_on"] for row in found}
        ends = {row["id"]: row["end_on"] + shifts[row["id"]] for row in found}
        by_id = {row["id"]: row for row in found}
        befores: list[Row] = []
        rows: list[Row] = []
        for pk, tasks in tasks_of(by_id):
            for task, row in zip(tasks, moved(by_id[pk], tasks, ends[pk], shifts[pk]), strict=True):
                if row != task:
                    befores.append(task)
                    rows.append(row)
        AppliedTrack.change_rows(
            [{**row, "end_on": ends[row["id"]], "due_on": due[row["opportunity_id"]]} for row in found], found
        )
        Task.change_rows(rows, befores)
    return len(rows)


def moved(applied: Row, tasks: Sequence[Row], end: dt.date, shift: dt.timedelta) -> list[Row]:
    """The tasks of one track for another end, in their order."""
    offsets, before = from_plain(applied["plan"]), applied["start_on"]
    found = []
    for task in tasks:
        row, offset = dict(task), offsets[task["place"]]
        if task["done_at"] is None and offset.anchor != Anchor.START:
            base = end if offset.anchor == Anchor.END else before
            planned = _counted(offset, base) if base is not None else None
            if task["due_on"] == task["planned_on"] and not (planned is None and task["due_time"]):
                row["due_on"] = planned
            elif offset.anchor == Anchor.END and task["due_on"] is not None:
                row["due_on"] = task["due_on"] + shift
            row["planned_on"] = planned
        found.append(row)
        before = happens_on(row)
    return found


def leave(opportunities: Collection[int], *, by: Any, door: str = "form") -> None:
    """Their tracks stay where they are: the present expected close is not asked about again."""
    with operation(by=by, door=door, what="track.leave"):
        befores = list(out_of_step(opportunities).values(*AppliedTrack.columns()))
        due = _due_dates(befores)
        AppliedTrack.change_rows([{**row, "due_on": due[row["opportunity_id"]]} for row in befores], befores)


def _due_dates(applied: Sequence[Row]) -> dict[int, Any]:
    """The expected close of the opportunities of these tracks."""
    ids = {row["opportunity_id"] for row in applied}
    return dict(Opportunity.objects.filter(pk__in=ids).values_list("pk", "due_on"))


def stop_or_resume(opportunities: Collection[int]) -> None:
    """Closing stops what is left of a track: its open tasks go. Reopening brings back those that it took away."""
    found = AppliedTrack.objects.live().filter(opportunity__in=sql.among(opportunities))
    now = timezone.now()
    to_do = Task.objects.open().filter(applied=models.OuterRef("pk"))
    closing: Any = found.filter(models.Exists(to_do), stopped_at=None).exclude(opportunity__status=Status.OPEN)
    _stop(closing, Task.objects.open(), now)
    reopened: Any = found.exclude(stopped_at=None).filter(opportunity__status=Status.OPEN)
    _stop(reopened, Task.objects.filter(done_at=None, removed_at=models.F("applied__stopped_at")), None)


def _stop(applied: Any, tasks: Any, now: dt.datetime | None) -> None:
    befores = list(applied.values(*AppliedTrack.columns()))
    if befores:
        take_away(tasks.filter(applied__in=[row["id"] for row in befores]), now)
        AppliedTrack.change_rows([{**row, "stopped_at": now} for row in befores], befores)


def tasks_of(applied: Collection[int]) -> list[tuple[int, list[Row]]]:
    """The tasks of each of these tracks in their order, but for those that were removed."""
    tasks = Task.objects.live().filter(applied__in=applied).order_by("applied_id", "place", "pk")
    rows = list(tasks.select_for_update(of=("self",)).values(*Task.columns()))
    return [(pk, list(group)) for pk, group in groupby(rows, key=lambda row: row["applied_id"])]


def _counted(offset: Offset, day: dt.date) -> dt.date | None:
    """The date; none beyond the calendar."""
    try:
        return offset.from_(day)
    except OverflowError:
        return None
