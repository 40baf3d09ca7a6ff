"""A stage's new probability on its way to the opportunities that follow it (SET-1): few at once, many by a job."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from core.models import Job
from opportunities.models.opportunity import Opportunity, OpportunityQuerySet
from opportunities.models.status import Status
from pipelines.models import Stage
from records import journal
from records.journal import operation
from records.models import Operation

AT_ONCE = 200
CHUNK = 500


def led(stage: int) -> OpportunityQuerySet:
    """The open opportunities of the stage that were not set by hand and have another probability than it has now."""
    here = Opportunity.objects.filter(stage=stage, status=Status.OPEN, probability_by_hand=False)
    return here.exclude(probability=models.F("stage__probability")).order_by("pk")


def write(ids: Sequence[int]) -> int:
    """Inside an operation: what is still led takes its stage's probability; how many there were."""
    befores = list(
        Opportunity.objects.filter(pk__in=ids).select_for_update(of=("self",)).values(*Opportunity.columns())
    )
    Opportunity.change_rows([dict(before) for before in befores], befores)
    return len(befores)


class Following(models.Model):
    """The job of one stage. What it writes belongs to the operation that changed the stage; a later change of the
    same stage takes over from it."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")
    done = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stage_id}: {self.done}"

    @classmethod
    def start(cls, stages: Iterable[int]) -> None:
        """Inside the operation that changed these stages."""
        for stage in stages:
            ids = list(led(stage).values_list("pk", flat=True)[: AT_ONCE + 1])
            if len(ids) <= AT_ONCE:
                write(ids)
                continue
            changed = journal.current().begin()
            job = Job.objects.create(kind=cls._meta.label, by=changed.by, total=led(stage).count())
            cls.objects.create(stage_id=stage, operation=changed, job=job)
            job.ring()

    @classmethod
    def running(cls, pipeline: int) -> models.QuerySet["Following"]:
        """Those under way in a pipeline."""
        at_work = cls.objects.filter(stage__pipeline=pipeline, job__state__in=(Job.State.WAITING, Job.State.RUNNING))
        return at_work.select_related("stage", "job").order_by("pk")

    @property
    def percent(self) -> int:
        return min(100 * self.done // max(self.job.total or 1, 1), 99)

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        """The next that are led; at the end, whoever was saved meanwhile with what the stage had before."""
        if Following.objects.filter(stage=self.stage_id, pk__gt=self.pk).exists():
            return None
        ids = led(self.stage_id).values_list("pk", flat=True)
        return list(ids.filter(pk__gt=self.job.cursor)[:CHUNK]) or list(ids[:CHUNK]) or None

    def commit(self, chunk: Any) -> int:
        changed = self.operation
        with operation(by=changed.by, door=changed.door, what=changed.what, resume=changed):
            self.done += write(chunk)
        self.save(update_fields=["done"])
        return int(chunk[-1])

    def finish(self) -> None:
        pass

    def fail(self, error: str) -> None:
        pass
