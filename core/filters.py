"""Filters that every list shares: repeated GET names that combine (LIST-2), and the chips that show them."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

LARGEST_ID = 2**63 - 1
NOBODY = 0  # an id that no record has


class IdsField(forms.MultipleChoiceField):
    """Ids, any whole numbers: what is hidden, absent or never was narrows the list alike (GIVE-4)."""

    def validate(self, value: Any) -> None:
        pass

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        try:
            ids = [int(text) for text in super().to_python(value) if text.strip()]
        except ValueError:
            raise forms.ValidationError(_("Enter whole numbers."), code="invalid") from None
        return [pk if 0 < pk <= LARGEST_ID else NOBODY for pk in ids]


class IdsFilter(django_filters.Filter):
    field_class = IdsField


@dataclass(frozen=True)
class Chip:
    """A filter in force: its name, what it is called, its value as a text, and the query without it."""

    name: str
    key: Any
    value: str
    without: str

    @classmethod
    def of(cls, name: str, label: Any, value: str, query: QueryDict) -> "Chip":
        """A value that cannot be told is shown as it was typed."""
        rest = query.copy()
        for gone in (name, "after", "totals"):
            rest.pop(gone, None)
        return cls(name, label, value or ", ".join(query.getlist(name)), f"?{rest.urlencode()}")


def query_with(query: QueryDict, **values: str) -> str:
    """A page's query with some values set, blank ones left out."""
    changed = query.copy()
    for name, value in values.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"
