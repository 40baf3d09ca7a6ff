"""The stage bar: the gauge at full size, with how long the opportunity stayed in each stage (REC-1)."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from opportunities.models import Opportunity
from pipelines.models import Stage, open_stages
from pipelines.models.stage import shade


@dataclass(frozen=True)
class Step:
    stage: Stage
    shade: int
    is_done: bool
    is_current: bool
    days: int | None


def steps(opportunity: Opportunity) -> list[Step]:
    """The stages of its pipeline, the present one among them even if archived."""
    stages = open_stages(opportunity.pipeline_id)
    if opportunity.stage not in stages:
        stages = sorted([*stages, opportunity.stage], key=lambda stage: (stage.position, stage.pk))
    stayed = days_in_stages(opportunity)
    at = stages.index(opportunity.stage)
    return [
        Step(
            stage=stage,
            shade=shade(index + 1, len(stages)),
            is_done=index <= at,
            is_current=index == at,
            days=stayed.get(stage.pk),
        )
        for index, stage in enumerate(stages)
    ]


def days_in_stages(opportunity: Opportunity) -> dict[int, int]:
    """Whole days spent in each stage while open, from the periods; the first one counts from the opening date."""
    spans: dict[int, dt.timedelta] = {}
    now = timezone.now()
    periods = list(opportunity.periods.values_list("stage_id", "status", "valid_from", "valid_to"))
    for index, (stage_id, status, start, end) in enumerate(periods):
        if status != "open":
            continue
        if index == 0:
            opened = dt.datetime.combine(opportunity.opened_on, dt.time(), tzinfo=start.tzinfo)
            start = min(start, opened)
        spans[stage_id] = spans.get(stage_id, dt.timedelta()) + ((end or now) - start)
    return {stage_id: span.days for stage_id, span in spans.items()}
