"""The list in the order of a custom field (OPP-13, LIST-3): its typed rows are read in order, each asked of the list.

Texts, numbers and dates go by their index. The values of a list go in its order, colleagues by name: one range of the
index for each.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

from attributes.kinds.choices import people
from attributes.models import CustomField
from opportunities.models import Opportunity
from opportunities.sorting import FEW, FieldOrder, Place, Sort, SortedList
from records import gate
from users.models import User


def sorted_list(user: User, condition: models.Q | None, sort: Sort) -> SortedList:
    """The list in this order."""
    kind = FieldSortedList if isinstance(sort.order, FieldOrder) else SortedList
    return kind(user, condition, sort)


class FieldSortedList(SortedList):
    """By the field's rows that have a value in the order's column, said so that the partial index is used."""

    @property
    def field(self) -> CustomField:
        order = self.sort.order
        assert isinstance(order, FieldOrder)
        return order.field

    def _valued(self, rows: models.QuerySet[Opportunity], after: Place | None, size: int) -> list[Place]:
        values = self._values(rows).filter(**{f"{self.sort.order.column}__isnull": False})
        places = self._places_of_choices()
        if places is None:
            return self._in_order(values, after, size)
        found: list[Place] = []
        order = list(reversed(places)) if self.sort.descending else places
        begun = order.index(after.value) if after is not None and after.value in order else 0
        for number in order[begun:]:
            at = after if after is not None and after.value == number else None
            found += self._in_order(values.filter(number=number), at, size - len(found))
            if len(found) >= size:
                break
        return found

    def _blank(self, rows: models.QuerySet[Opportunity], after: Place | None, size: int) -> list[Place]:
        having = self._rows_of_field().filter(record=models.OuterRef("pk"))
        rows = rows.filter(~models.Exists(having))
        if after is not None and after.value is None:
            rows = rows.filter(pk__gt=after.pk)
        return [Place(None, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:size]]

    def _rows_of_field(self) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = Opportunity.value_model().objects.filter(field=self.field)
        return found

    def _values(self, rows: models.QuerySet[Opportunity]) -> models.QuerySet[Any]:
        """The field's rows, of what is seen."""
        if gate.visible_ids(Opportunity, self.user, FEW) is not None:
            return self._rows_of_field().filter(record__in=list(rows.order_by().values_list("pk", flat=True)))
        return self._rows_of_field().filter(models.Exists(rows.order_by().filter(pk=models.OuterRef("record_id"))))

    def _places_of_choices(self) -> list[int] | None:
        """The numbers of a list's values or of colleagues, in their order; nothing where the number is the order."""
        kind = self.field.kind
        known: Iterable[int] = self.field.options() if kind == "list" else people() if kind == "person" else ()
        return list(known) or None

    def _in_order(self, values: models.QuerySet[Any], after: Place | None, size: int) -> list[Place]:
        column, down = self.sort.order.column, self.sort.descending
        if after is not None:
            beyond, same = ("lte", "record__gte") if down else ("gte", "record__lte")
            values = values.filter(**{f"{column}__{beyond}": after.value})
            values = values.exclude(**{column: after.value, same: after.pk})
        ordered = values.order_by(f"-{column}", "-record_id") if down else values.order_by(column, "record_id")
        return [Place(value, pk) for value, pk in ordered.values_list(column, "record_id")[:size]]
