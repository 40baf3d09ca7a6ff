"""How a list of accounts or contacts is shown, beside what it is narrowed by: its order, and fields of the house's own
as more columns, as the URL names them (OPP-13, LIST-3)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import Account, Contact
from attributes.columns import FieldColumn, chosen_columns, columns_for
from attributes.sorting import field_orders
from core.headings import Headings
from core.sorting import Sort

NAMES = ("sort", "columns")


@dataclass(frozen=True)
class Shape:
    model: type[Account | Contact]
    query: QueryDict

    @cached_property
    def sort(self) -> Sort | None:
        return Sort.parse(self.query.get("sort", ""), field_orders(self.model))

    @cached_property
    def columns(self) -> list[FieldColumn]:
        return chosen_columns(self.model, self.query)

    @property
    def offered(self) -> dict[str, FieldColumn]:
        """What can be chosen, by code."""
        return {column.code: column for column in columns_for(self.model)}

    def heads(self, named: Any) -> dict[str, SafeString]:
        """The heading cells with a link: of the column of names, called so, and of those chosen."""
        headings = Headings(self.query, field_orders(self.model), self.sort)
        more = (headings.cell(one.label, one.css, one.code if one.sorts else "") for one in self.columns)
        return {"name": SafeString(headings.cell(named, "c-name", is_own=True)), "more": SafeString("".join(more))}
