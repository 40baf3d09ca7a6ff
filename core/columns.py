"""Choosing the columns of a list, in a form that lists share (LIST-3)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.http import QueryDict

PLACE = ("columns", "after", "totals")


def picks(query: QueryDict, columns: Mapping[str, Any], shown: Collection[str], here: str) -> dict[str, Any]:
    """What the form asks: each column by code, those shown first; ``here`` is the path of the list."""
    order = [*shown, *(code for code in columns if code not in shown)]
    return {
        "columns": [(columns[code], code in shown, at) for at, code in enumerate(order, 1)],
        "count": len(order),
        "kept": [(name, value) for name, values in query.lists() if name not in PLACE for value in values],
        "given": query,
        "here": here,
    }
