"""What an administrator sets up: named, ordered, archived rather than deleted under a record (SET-1)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from core.models import House
from core.models.house import look_at_mark, per_set_up
from records.journal import operation
from records.models.hanging import Hanging
from records.models.operation import Door
from records.models.record import Record, RecordQuerySet, Row


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

    undo_ability = "set_up"
    away = "archived_at"

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SetUpQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def remembered(cls) -> dict[int, Self]:
        """Every row of the table by id, archived ones too, in its order: read once per change of the set-up."""
        return _remembered(cls)

    def siblings(self) -> SetUpQuerySet:
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
        """Take it out of the pickers; what uses it keeps it. Harmless twice.

        Raises ``ValidationError`` where the list cannot do without it.
        """
        if self.archived_at is not None:
            return
        with operation(by=by, door=Door.SET_UP, what=f"{self._meta.model_name}.archive"):
            look_at_mark()
            if refusal := self.why_not_archive():
                raise ValidationError(refusal, code="needed")
            self.edit(by=by, archived_at=timezone.now())

    def unarchive(self, *, by: Any) -> None:
        """Back where it stood. Raises ``ValidationError`` if another one has taken its name meanwhile."""
        if self.archived_at is None:
            return
        taken = next((row for row in self.siblings().active() if fold(row.name) == fold(self.name)), None)
        if taken is not None:
            raise ValidationError(_("The list has another “%(name)s” now. Rename that one first.") % {"name": taken})
        self.edit(by=by, archived_at=None)

    def why_not_archive(self) -> str:
        """The reason why the list cannot do without this row; blank if it can."""
        return ""

    @classmethod
    def why_not_return(cls, row: Row, was: Mapping[str, Any]) -> str:
        """A list does without what leaves it, and has no two rows of a name, whoever took what back."""
        record = cls(**row)
        if row["archived_at"] is not None:
            return record.why_not_archive() if was["archived_at"] is None else ""
        if was["archived_at"] is None and row["name"] == was["name"]:
            return ""
        others = record.siblings().active().exclude(pk=record.pk)
        if any(fold(other.name) == fold(record.name) for other in others):
            return gettext("The list has another one of this name.")
        return ""

    def move(self, step: int, *, by: Any) -> None:
        """Up (-1) or down (+1) among its active siblings."""
        rows = list(self.siblings().filter(archived_at=None).order_by("position", "id"))
        at = next(index for index, row in enumerate(rows) if row.pk == self.pk)
        to = min(max(at + step, 0), len(rows) - 1)
        rows.insert(to, rows.pop(at))
        reorder(rows, by=by)

    def hang(self, name: str, ids: Collection[int]) -> None:
        """Inside an operation: name exactly these in this field of many."""
        related = getattr(self, name)
        before, after = sorted(related.values_list("pk", flat=True)), sorted(ids)
        if before != after:
            related.set(after)
            self.touch({name: [before, after]})
            House.set_up_changed()

    @classmethod
    def hung(cls, label: Any, name: str, model: str) -> Hanging:
        """What the journal keeps of such a field, and writes back."""

        def write(key: str, wanted: Mapping[int, Collection[int]]) -> None:
            for row in cls.objects.filter(pk__in=wanted):
                row.hang(name, wanted[row.pk])

        return Hanging(label, model, write)

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        House.set_up_changed()  # first: companions follow what is set up now
        super().follow(ids, changed)


@per_set_up
def _remembered(model: type[SetUpRecord]) -> dict[int, Any]:
    rows = {row.pk: row for row in model.objects.all()}
    for row in rows.values():
        attach_set_up(row)
    return rows


def attach_set_up(record: Record) -> None:
    """Give a record what it refers to in the set-up from memory, for reading only."""
    for field in record._meta.concrete_fields:
        model = field.related_model
        if isinstance(model, type) and issubclass(model, SetUpRecord):
            pk = getattr(record, field.attname)
            setattr(record, field.name, None if pk is None else model.remembered()[pk])


def reorder(rows: Sequence[SetUpRecord], *, by: Any) -> None:
    """Number the rows of a list in the given order; only those that moved are written.

    Rows that are not given, the archived ones, stay behind the row that they stood behind.
    """
    if not rows:
        return
    with operation(by=by, door=Door.SET_UP, what=f"{rows[0]._meta.model_name}.reorder"):
        for position, row in enumerate(_interleaved(rows), 1):
            row.position = position
            row.save()


def _interleaved(rows: Sequence[SetUpRecord]) -> list[SetUpRecord]:
    given = {row.pk for row in rows}
    behind: dict[int | None, list[SetUpRecord]] = {}
    last = None
    for row in rows[0].siblings():
        if row.pk in given:
            last = row.pk
        else:
            behind.setdefault(last, []).append(row)
    order = list(behind.get(None, []))
    for row in rows:
        order += [row, *behind.get(row.pk, [])]
    return order
