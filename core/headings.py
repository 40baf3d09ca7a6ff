"""The heading cells of a list: each that the list can be sorted by has its link; once more turns it round (LIST-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.html import escape

from core.sorting import Order, Sort
from core.templatetags.components import icon


@dataclass(frozen=True)
class Headings:
    """What the heading cells of one list have in common: its query, its orders, the one in force."""

    query: QueryDict
    orders: Mapping[str, Order]
    sort: Sort | None

    @cached_property
    def base(self) -> str:
        rest = self.query.copy()
        for name in ("sort", "after", "totals"):
            rest.pop(name, None)
        return escape(rest.urlencode())

    def cell(self, label: Any, css: str, code: str = "", *, is_own: bool = False) -> str:
        """One cell; ``code`` is the order by it, ``is_own`` whether the list's own order goes by it."""
        base, sort = self.base, self.sort
        text, state, mark, link = escape(label), "", "", ""
        if sort is None and is_own:
            state, mark = ' aria-sort="ascending"', icon("asc")
        elif sort is not None and code == sort.code:
            state = f' aria-sort="{"descending" if sort.descending else "ascending"}"'
            mark = icon("desc" if sort.descending else "asc")
        if code:
            turned = sort.turned if sort is not None and sort.code == code else Sort.first(code, self.orders)
            link = f"?{base}{'&amp;' if base else ''}sort={turned}"
        elif is_own:
            link = f"?{base}"
        inner = f'<a class="sort" href="{link}">{text}{mark}</a>' if link else text
        return f'<th role="columnheader" scope="col" class="{css}"{state}>{inner}</th>'
