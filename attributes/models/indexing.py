"""Writing the rows of a field that lists are to be narrowed by from now on: few at once, many by a job."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from attributes.models.field import CustomField, value_model
from core.models import House, Job

AT_ONCE = 1_000
CHUNK = 1_000


class Indexing(models.Model):
    """The job of one field. Until it is done, lists are not narrowed by the field: they would miss records."""

    field = models.ForeignKey(CustomField, models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")
    done = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.field_id}: {self.done}"

    @classmethod
    def start(cls, ids: Sequence[int], by: Any) -> None:
        """Inside the operation that turned these fields on or off; of a new one no record has a value."""
        for field in CustomField.objects.filter(pk__in=ids, version__gt=1):
            cls._start(field, by)

    @classmethod
    def _start(cls, field: CustomField, by: Any) -> None:
        values = value_model(field.of)
        having = values.having(field)
        if not field.filterable or len(having.values_list("pk", flat=True)[: AT_ONCE + 1]) <= AT_ONCE:
            values.rebuild(field)
            set_indexed(field, True)
            return
        set_indexed(field, False)
        job = Job.objects.create(kind=cls._meta.label, by=by, total=having.count())
        cls.objects.create(field=field, job=job)
        job.ring()

    @classmethod
    def running(cls, of: str) -> models.QuerySet["Indexing"]:
        """Those under way for one kind of record."""
        at_work = cls.objects.filter(field__of=of, job__state__in=(Job.State.WAITING, Job.State.RUNNING))
        return at_work.select_related("field", "job").order_by("pk")

    @property
    def percent(self) -> int:
        return min(100 * self.done // max(self.job.total or 1, 1), 99)

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        """The next records that have a value; none once the field is turned off, or on anew."""
        if not self.field.filterable or Indexing.objects.filter(field=self.field_id, pk__gt=self.pk).exists():
            return None
        having = value_model(self.field.of).having(self.field).filter(pk__gt=self.job.cursor)
        return list(having.values_list("pk", flat=True)[:CHUNK]) or None

    def commit(self, chunk: Any) -> int:
        """What was saved meanwhile has its rows already: they are written again, not twice."""
        value_model(self.field.of).rewrite(self.field, chunk)
        self.done += len(chunk)
        self.save(update_fields=["done"])
        return int(chunk[-1])

    def finish(self) -> None:
        if not Indexing.objects.filter(field=self.field_id, pk__gt=self.pk).exists():
            set_indexed(self.field, True)

    def fail(self, error: str) -> None:
        pass


def set_indexed(field: CustomField, indexed: bool) -> None:
    """Beside the journal: nobody changed the field."""
    models.QuerySet(CustomField).filter(pk=field.pk).update(is_indexed=indexed)
    House.set_up_changed()
