"""What was in the trash for 30 days goes for good, by a job (LIFE-3)."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from core.models import Job
from records.journal import operation
from records.models.operation import Door
from records.models.owned import OwnedRecord, owned_kinds
from records.trash import KEPT_FOR

CHUNK = 200


class Purge(models.Model):
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")
    gone = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.pk}: {self.gone}"

    @classmethod
    def start_if_due(cls) -> "Purge | None":
        """Have it done by a worker, if anything is due and nobody is at it."""
        if cls.next_chunk() is None:
            return None
        with transaction.atomic():
            if cls.objects.filter(job__state__in=(Job.State.WAITING, Job.State.RUNNING)).exists():
                return None
            job = Job.objects.create(kind=cls._meta.label)
            made = cls.objects.create(job=job)
            job.ring()
        return made

    @classmethod
    def next_chunk(cls) -> tuple[type[OwnedRecord], list[int]] | None:
        """The next records whose 30 days are over: what stands on others before what it stands on."""
        over = timezone.now() - KEPT_FOR
        for model in owned_kinds():
            due = model.objects.filter(trashed_at__lte=over).order_by("trashed_at", "pk")
            if ids := list(due.values_list("pk", flat=True)[:CHUNK]):
                return model, ids
        return None

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        return self.next_chunk()

    def commit(self, chunk: Any) -> int:
        model, ids = chunk
        with operation(by=None, door=Door.AUTOMATION, what=f"{model.gate_key()}.purge", job=self.job):
            model.purge_rows(ids)
        self.gone += len(ids)
        self.save(update_fields=["gone"])
        return int(self.job.cursor) + len(ids)

    def finish(self) -> None:
        pass

    def fail(self, error: str) -> None:
        pass
