"""The way of an opportunity along its pipeline: which stages, how long in each, what was skipped, when it went back,
closed and reopened (REC-1); read from its periods."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from opportunities.models import Opportunity, Status
from opportunities.models.status import CLOSED
from opportunities.stagebar import Step, steps
from pipelines.models import Stage, all_stages, gauge


@dataclass(frozen=True)
class Passage:
    """One stay in a stage, or the closing that ended it: from, to, and how it came about.

    ``way`` is ``opened``, ``on``, ``back``, ``reopened``, ``moved`` (to another pipeline) or the status it closed as.
    """

    stage: Stage
    way: str
    start: dt.datetime
    end: dt.datetime | None
    skipped: list[Stage]

    @property
    def days(self) -> int:
        return ((self.end or timezone.now()) - self.start).days

    @property
    def is_closed(self) -> bool:
        return self.way in CLOSED

    @property
    def label(self) -> str:
        """What the pipeline calls the closing."""
        return self.stage.pipeline.label(self.way)


@dataclass(frozen=True)
class Stay:
    """A stage of the pipeline as the tab lists it: all stays in it taken together."""

    step: Step
    times: int
    first: dt.datetime | None
    is_skipped: bool

    @property
    def gauge(self) -> SafeString:
        return gauge(self.step.stage.pk)


def passages(opportunity: Opportunity) -> list[Passage]:
    """Every stay and every closing, in their order; the first stay counts from the opening date."""
    found: list[Passage] = []
    rows = opportunity.periods.order_by("valid_from", "pk").values_list("stage_id", "status", "valid_from", "valid_to")
    for stage_id, status, start, end in _together(rows):
        stage = all_stages()[stage_id]
        before = found[-1] if found else None
        if before is None:
            opened = timezone.make_aware(dt.datetime.combine(opportunity.opened_on, dt.time()))
            start = min(start, opened)
        found.append(Passage(stage, _way(before, stage, status), start, end, _skipped(before, stage, status)))
    return found


def stays(opportunity: Opportunity, way: Iterable[Passage]) -> list[Stay]:
    """The stages of the pipeline in their order, with what the way says of each."""
    open_stays = [one for one in way if not one.is_closed]
    seen = {one.stage.pk for one in open_stays}
    passed = {stage.pk for one in open_stays for stage in one.skipped} - seen
    return [
        Stay(
            step,
            sum(one.stage.pk == step.stage.pk for one in open_stays),
            next((one.start for one in open_stays if one.stage.pk == step.stage.pk), None),
            step.stage.pk in passed,
        )
        for step in steps(opportunity)
    ]


def _together(rows: Iterable[tuple[int, str, dt.datetime, dt.datetime | None]]) -> list[list[Any]]:
    """Periods that differ in neither stage nor status are one stay."""
    found: list[list[Any]] = []
    for stage_id, status, start, end in rows:
        if found and found[-1][:2] == [stage_id, status] and found[-1][3] == start:
            found[-1][3] = end
        else:
            found.append([stage_id, status, start, end])
    return found


def _way(before: Passage | None, stage: Stage, status: str) -> str:
    if status != Status.OPEN:
        return status
    if before is None:
        return "opened"
    if before.is_closed:
        return "reopened"
    if before.stage.pipeline_id != stage.pipeline_id:
        return "moved"
    return "back" if stage.position < before.stage.position else "on"


def _skipped(before: Passage | None, stage: Stage, status: str) -> list[Stage]:
    """The stages between the two that it never stood in on this move."""
    if before is None or before.is_closed or status != Status.OPEN or before.stage.pipeline_id != stage.pipeline_id:
        return []
    between = range(before.stage.position + 1, stage.position)
    return [
        one
        for one in all_stages().values()
        if one.pipeline_id == stage.pipeline_id and one.position in between and not one.archived_at
    ]
