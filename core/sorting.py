"""Orders that a list can have beside its own (LIST-3), by keyset as its own is: a page costs the same however deep."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import InvalidOperation
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import models


@dataclass(frozen=True)
class Order:
    """What can be sorted by: its column, how a value is read from a URL, which way it goes first."""

    label: Any
    column: str
    read: Callable[[str], Any]
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Sort:
    """An order and its direction, as a URL names it: ``amount``, ``-amount``."""

    code: str
    descending: bool
    order: Order = field(compare=False)

    @classmethod
    def parse(cls, text: str, orders: Mapping[str, Order]) -> Self | None:
        """One of these orders, by code; nothing if it is none of them."""
        code = text.removeprefix("-")
        return cls(code, text.startswith("-"), orders[code]) if code in orders else None

    @classmethod
    def first(cls, code: str, orders: Mapping[str, Order]) -> Self:
        """The direction in which it is sorted first: amounts from the largest, names from A."""
        return cls(code, orders[code].descending, orders[code])

    @property
    def turned(self) -> Self:
        return type(self)(self.code, not self.descending, self.order)

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


class Places:
    """The places of these rows in an order, page by page; those without a value come last, either way."""

    def __init__(self, rows: models.QuerySet[Any], sort: Sort) -> None:
        self.rows, self.sort = rows, sort

    def page(self, after: Place | None, size: int) -> list[Place]:
        """So many of those after a place."""
        found: list[Place] = []
        try:
            if after is None or after.value is not None:
                found = self.valued(after, size)
            if self.sort.order.nullable and len(found) < size:
                found += self._blank(after, size - len(found))
        except EmptyResultSet:  # the condition cannot be met
            pass
        return found

    def valued(self, after: Place | None, size: int) -> list[Place]:
        rows = self.rows
        if self.sort.order.nullable:
            rows = rows.filter(**{f"{self.sort.order.column}__isnull": False})
        return self.in_order(rows, "pk", after, size)

    def blank(self) -> models.QuerySet[Any]:
        """The rows without a value."""
        return self.rows.filter(**{f"{self.sort.order.column}__isnull": True})

    def in_order(self, rows: models.QuerySet[Any], pk: str, after: Place | None, size: int) -> list[Place]:
        """Rows with a value, whose record is named by the column ``pk``."""
        column, down = self.sort.order.column, self.sort.descending
        if after is not None:
            beyond, same = ("lte", f"{pk}__gte") if down else ("gte", f"{pk}__lte")
            rows = rows.filter(**{f"{column}__{beyond}": after.value}).exclude(**{column: after.value, same: after.pk})
        ordered = rows.order_by(f"-{column}", f"-{pk}") if down else rows.order_by(column, pk)
        return [Place(value, of) for value, of in ordered.values_list(column, pk)[:size]]

    def _blank(self, after: Place | None, size: int) -> list[Place]:
        rows = self.blank()
        if after is not None and after.value is None:
            rows = rows.filter(pk__gt=after.pk)
        return [Place(None, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:size]]
