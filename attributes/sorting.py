"""Lists in the order of a custom field (OPP-13, LIST-3): its typed rows are read in order, each asked of the list.

Texts, numbers and dates go by their index. The values of a list go in its order, colleagues by name: one range of the
index for each.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from django.db import models

from attributes.columns import columns_for
from attributes.kinds import Lookup
from attributes.kinds.choices import people
from attributes.models import AttributedRecord, CustomField
from core.models.house import per_set_up
from core.sorting import Order, Place, Places, Sort

LARGEST = 2**63 - 1


def _whole(text: str) -> int:
    number = int(text) if len(text) <= 20 else LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


@dataclass(frozen=True)
class FieldOrder(Order):
    """By a custom field: in the order of its list, where it has one."""

    field: CustomField = field(kw_only=True)

    @classmethod
    def of(cls, field: CustomField) -> Self:
        is_text = field.way.lookup == Lookup.TEXT
        column, read = ("text", str) if is_text else ("number", _whole)
        return cls(field.name, column, read, nullable=True, field=field)


@per_set_up
def field_orders(model: type[AttributedRecord]) -> dict[str, Order]:
    """The orders that this kind of record has by its fields, by code."""
    return {column.code: FieldOrder.of(column.field) for column in columns_for(model) if column.sorts}


def places_in(rows: models.QuerySet[Any], sort: Sort, *, few: bool) -> Places:
    """The places of these rows in an order; ``few`` says that they are looked up by their ids."""
    return FieldPlaces(rows, sort, sort.order.field, few) if isinstance(sort.order, FieldOrder) else Places(rows, sort)


class FieldPlaces(Places):
    """By the field's rows that have a value in the order's column, said so that the partial index is used."""

    def __init__(self, rows: models.QuerySet[Any], sort: Sort, field: CustomField, few: bool) -> None:
        super().__init__(rows, sort)
        self.field, self.few = field, few

    def valued(self, after: Place | None, size: int) -> list[Place]:
        values = self._values().filter(**{f"{self.sort.order.column}__isnull": False})
        places = self._places_of_choices()
        if places is None:
            return self.in_order(values, "record_id", after, size)
        found: list[Place] = []
        order = list(reversed(places)) if self.sort.descending else places
        begun = order.index(after.value) if after is not None and after.value in order else 0
        for number in order[begun:]:
            at = after if after is not None and after.value == number else None
            found += self.in_order(values.filter(number=number), "record_id", at, size - len(found))
            if len(found) >= size:
                break
        return found

    def blank(self) -> models.QuerySet[Any]:
        return self.rows.filter(~models.Exists(self._rows_of_field().filter(record=models.OuterRef("pk"))))

    def _rows_of_field(self) -> models.QuerySet[Any]:
        model: Any = self.rows.model
        found: models.QuerySet[Any] = model.value_model().objects.filter(field=self.field)
        return found

    def _values(self) -> models.QuerySet[Any]:
        """The field's rows, of what is seen."""
        rows = self.rows.order_by()
        if self.few:
            return self._rows_of_field().filter(record__in=list(rows.values_list("pk", flat=True)))
        return self._rows_of_field().filter(models.Exists(rows.filter(pk=models.OuterRef("record_id"))))

    def _places_of_choices(self) -> list[int] | None:
        """The numbers of a list's values or of colleagues, in their order; nothing where the number is the order."""
        kind = self.field.kind
        known: Iterable[int] = self.field.options() if kind == "list" else people() if kind == "person" else ()
        return list(known) or None
