"""Other orders of the list, on demand (LIST-3), by keyset as its own is: a page costs the same however deep."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.utils.translation import gettext_lazy as _

from attributes.columns import columns_for
from attributes.kinds import Lookup
from attributes.models import CustomField
from core.keyset import PAGE
from core.models.house import per_set_up
from core.money import MAX_DIGITS
from opportunities.listing import Listed, OpportunityList, rows_of, seen
from opportunities.models import Opportunity
from records import gate
from users.models import User

FEW = 2_000
LARGEST = 2**63 - 1


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) >= 10**MAX_DIGITS:
        raise ValueError(text)
    return amount


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _whole(text: str) -> int:
    number = int(text) if len(text) <= 20 else LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


def _percent(text: str) -> int:
    if not text.isdecimal() or len(text) > 3:
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True)
class Order:
    """What can be sorted by: its column, how a value is read from a URL, which way it goes first."""

    label: Any
    column: str
    read: Callable[[str], Any]
    descending: bool = False
    nullable: bool = False


ORDERS = {
    "amount": Order(_("Amount"), "amount", _amount, descending=True, nullable=True),
    "name": Order(_("Opportunity"), "name_key", str),
    "account": Order(_("Account"), "account__name_key", str, nullable=True),
    "owner": Order(_("Owner"), "owner__name_key", str, nullable=True),
    "probability": Order(_("Stage"), "probability", _percent, descending=True),
    "opened": Order(_("Opened on"), "opened_on", dt.date.fromisoformat, descending=True),
    "closed": Order(_("Closed on"), "closed_on", dt.date.fromisoformat, descending=True, nullable=True),
    "changed": Order(_("Changed on"), "changed_at", _moment, descending=True),
}


@dataclass(frozen=True)
class FieldOrder(Order):
    """By a custom field: in the order of its list, where it has one."""

    field: CustomField = dataclass_field(kw_only=True)

    @classmethod
    def of(cls, field: CustomField) -> Self:
        is_text = field.way.lookup == Lookup.TEXT
        column, read = ("text", str) if is_text else ("number", _whole)
        return cls(field.name, column, read, nullable=True, field=field)


@per_set_up
def field_orders() -> dict[str, FieldOrder]:
    return {column.code: FieldOrder.of(column.field) for column in columns_for(Opportunity) if column.sorts}


def order_of(code: str) -> Order | None:
    return ORDERS.get(code) or field_orders().get(code)


@dataclass(frozen=True)
class Sort:
    """An order and its direction, as a URL names it: ``amount``, ``-amount``."""

    code: str
    descending: bool

    @classmethod
    def parse(cls, text: str) -> Self | None:
        code = text.removeprefix("-")
        return cls(code, text.startswith("-")) if order_of(code) else None

    @classmethod
    def first(cls, code: str) -> Self:
        """The direction in which it is sorted first: amounts from the largest, names from A."""
        order = order_of(code)
        return cls(code, order is not None and order.descending)

    @property
    def turned(self) -> Self:
        return type(self)(self.code, not self.descending)

    @property
    def order(self) -> Order:
        order = order_of(self.code)
        assert order is not None
        return order

    def __str__(self) -> str:
        return f"-{self.code}" if self.descending else self.code


@dataclass(frozen=True)
class Place:
    """A place in a sorted list: the value that a row is sorted by, or that it has none, then its id."""

    value: Any
    pk: int

    @classmethod
    def parse(cls, text: str, sort: Sort) -> Self | None:
        """``v1054.00.8127``, ``n.8127``; nothing if it is no place in this order."""
        plain, dot, pk = text.rpartition(".")
        if not dot or not (pk.isascii() and pk.isdecimal()) or len(pk) > 18 or "\0" in plain:
            return None
        if plain == "n":
            return cls(None, int(pk))
        if not plain.startswith("v"):
            return None
        try:
            return cls(sort.order.read(plain[1:]), int(pk))
        except (ValueError, InvalidOperation):
            return None

    def __str__(self) -> str:
        if self.value is None:
            return f"n.{self.pk}"
        value = self.value
        return f"v{value.isoformat() if isinstance(value, dt.date) else value}.{self.pk}"


class SortedList(OpportunityList):
    """The opportunities that a person sees, in another order; those without a value come last, either way.

    Who sees few has theirs sorted; else the index of the order is read, each row asked of the access index.
    """

    def __init__(self, user: User, condition: models.Q | None, sort: Sort) -> None:
        super().__init__(user, condition)
        self.sort = sort

    def sorted_page(self, after: Place | None, size: int = PAGE) -> tuple[list[Listed], Place | None]:
        """The rows after a place, and the place from which more follow, if any do."""
        places = self._places(after, size + 1)
        rows = {row.pk: row for row in rows_of([place.pk for place in places[:size]], self.user)}
        shown = [rows[place.pk] for place in places[:size] if place.pk in rows]
        return shown, places[size - 1] if len(places) > size else None

    def _places(self, after: Place | None, size: int) -> list[Place]:
        found: list[Place] = []
        try:
            seen_rows = self._seen()
            if after is None or after.value is not None:
                found = self._valued(seen_rows, after, size)
            if self.sort.order.nullable and len(found) < size:
                found += self._blank(seen_rows, after, size - len(found))
        except EmptyResultSet:
            pass
        return found

    def _seen(self) -> models.QuerySet[Opportunity]:
        few = gate.visible_ids(Opportunity, self.user, FEW)
        if few is not None:
            return Opportunity.objects.live().filter(self.condition, pk__in=few)
        return seen(self.principals, self.condition)

    def _valued(self, rows: models.QuerySet[Opportunity], after: Place | None, size: int) -> list[Place]:
        column, down = self.sort.order.column, self.sort.descending
        if self.sort.order.nullable:
            rows = rows.filter(**{f"{column}__isnull": False})
        if after is not None:
            beyond, same = ("lte", "pk__gte") if down else ("gte", "pk__lte")
            rows = rows.filter(**{f"{column}__{beyond}": after.value}).exclude(**{column: after.value, same: after.pk})
        ordered = rows.order_by(f"-{column}", "-pk") if down else rows.order_by(column, "pk")
        return [Place(value, pk) for value, pk in ordered.values_list(column, "pk")[:size]]

    def _blank(self, rows: models.QuerySet[Opportunity], after: Place | None, size: int) -> list[Place]:
        rows = rows.filter(**{f"{self.sort.order.column}__isnull": True})
        if after is not None and after.value is None:
            rows = rows.filter(pk__gt=after.pk)
        return [Place(None, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:size]]
