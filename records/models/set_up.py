"""What an administrator sets up: named, ordered, archived rather than deleted under a record (SET-1)."""

from collections.abc import Collection, Sequence
from typing import Any, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from core.models import House
from records.journal import operation
from records.models.operation import Door
from records.models.record import Record, RecordQuerySet


class SetUpQuerySet(RecordQuerySet):
    def active(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)

    def named(self, name: str) -> Any | None:
        """The active one of this name, accents and case aside."""
        wanted = fold(name)
        return next((item for item in self.active() if fold(item.name) == wanted), None)


class SetUpRecord(Record):
    """A row of a managed list."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SetUpQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name

    def siblings(self) -> models.QuerySet[Any]:
        """The rows of the same list."""
        return type(self).objects.all()

    def add(self, *, by: Any, door: str = Door.SET_UP) -> Self:
        """Put it at the end of its list."""
        last = self.siblings().aggregate(last=Coalesce(models.Max("position"), 0))["last"]
        self.position = last + 1
        with operation(by=by, door=door, what=f"{self._meta.model_name}.add"):
            self.save()
        return self

    def edit(self, *, by: Any, **values: Any) -> None:
        with operation(by=by, door=Door.SET_UP, what=f"{self._meta.model_name}.edit"):
            for name, value in values.items():
                setattr(self, name, value)
            self.save()

    def archive(self, *, by: Any) -> None:
        """Take it out of the pickers; what uses it keeps it. Harmless twice."""
        if self.archived_at is None:
            self.edit(by=by, archived_at=timezone.now())

    def unarchive(self, *, by: Any) -> None:
        self.edit(by=by, archived_at=None)

    def move(self, step: int, *, by: Any) -> None:
        """Up (-1) or down (+1) among its active siblings."""
        rows = list(self.siblings().filter(archived_at=None).order_by("position", "id"))
        at = next(index for index, row in enumerate(rows) if row.pk == self.pk)
        to = min(max(at + step, 0), len(rows) - 1)
        rows.insert(to, rows.pop(at))
        reorder(rows, by=by)

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        super().follow(ids, changed)
        House.set_up_changed()


def reorder(rows: Sequence[SetUpRecord], *, by: Any) -> None:
    """Number the rows in the given order; only those that moved are written."""
    if not rows:
        return
    with operation(by=by, door=Door.SET_UP, what=f"{rows[0]._meta.model_name}.reorder"):
        for position, row in enumerate(rows, 1):
            row.position = position
            row.save()
