"""Filters that every list shares: repeated GET names that combine (LIST-2), and the chips that show them.

A filter is declared once, and says all that is known of it: what it asks of the database, how it reads on a chip, and
what can be chosen in the form. A list is narrowed by those that its URL names.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core import dates, money, spans
from core.forms import AmountField, DateField
from core.models import House
from core.templatetags.components import language

LARGEST_ID = 2**63 - 1
ENDS = re.compile("_(min|max|from|to)$")
NOBODY = 0  # an id that no record has
Options = Sequence[tuple[Any, Any]]


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


class Declared(django_filters.Filter):
    """A filter that says what it asks, how it reads, and what can be chosen."""

    column = ""  # on what it asks, where that is not its name

    def condition(self, value: Any) -> models.Q:
        """What the given value asks of the database."""
        return models.Q(**{self.column or self.field_name: value})

    def told(self, value: Any, user: Any) -> str:
        """The value in the reader's words; blank shows it as it was typed."""
        return str(value)

    def options(self, user: Any) -> Options | None:
        """What can be chosen; ``None`` where a value is typed."""
        return None


class Among(IdsFilter, Declared):
    """Records that have one of several others: an owner, a source. Subclasses name them."""

    def condition(self, value: Any) -> models.Q:
        return models.Q(**{f"{self.column or self.field_name}__in": value})

    def told(self, value: Any, user: Any) -> str:
        names = self.names(value, user)
        return ", ".join(names.get(pk, f"#{pk}") for pk in value)

    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        """The names of what the ids stand for, as far as the reader may see them."""
        raise NotImplementedError


class Bound(Declared):
    """The least or the most that a column may hold."""

    def __init__(self, column: str, lookup: str, *, of: Any = "", **kwargs: Any) -> None:
        """``of`` is what both ends together are called."""
        super().__init__(**kwargs)
        self.column, self.lookup, self.of = column, lookup, of or kwargs["label"]

    def condition(self, value: Any) -> models.Q:
        return models.Q(**{f"{self.column}__{self.lookup}": value})


class AmountBound(Bound):
    """An amount as people type it."""

    field_class = AmountField

    def told(self, value: Any, user: Any) -> str:
        return money.format_money(value, House.current().currency, language())


class DateBound(Bound):
    field_class = DateField

    def told(self, value: Any, user: Any) -> str:
        return dates.short_date(value, language(), dates.today().year)


class YesNo(Declared):
    field_class = forms.NullBooleanField

    def __init__(self, column: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.column = column

    def told(self, value: Any, user: Any) -> str:
        return str(_("yes") if value else _("no"))


class SpansField(forms.MultipleChoiceField):
    """Codes of periods, or those of a few more words."""

    def __init__(self, *args: Any, words: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def validate(self, value: Any) -> None:
        for code in value:
            if code not in self.words and not spans.is_span(code):
                raise forms.ValidationError(_("Choose a period of the list."), code="invalid")

    def to_python(self, value: Any) -> list[str]:
        return [code for code in super().to_python(value) if code]


class When(Declared):
    """In one of several periods told relative to today, or without a date."""

    field_class = SpansField
    words: dict[str, Any] = {spans.NONE: _("none")}
    offered = (
        "today", "last_week", "this_week", "next_week", "last_month", "this_month", "next_month", "last_quarter",
        "this_quarter", "next_quarter", "last_year", "this_year", "next_year", "last_30", "next_30",
    )  # fmt: skip

    def __init__(self, column: str, **kwargs: Any) -> None:
        super().__init__(words=tuple(self.words), **kwargs)
        self.column = column

    def condition(self, value: Any) -> models.Q:
        found = models.Q()
        for code in value:
            found |= self.word(code) if code in self.words else self.within(*spans.span(code, dates.today()))
        return found

    def word(self, code: str) -> models.Q:
        return models.Q(**{self.column: None})

    def within(self, first: Any, last: Any) -> models.Q:
        return models.Q(**{f"{self.column}__gte": first, f"{self.column}__lte": last})

    def told(self, value: Any, user: Any) -> str:
        return ", ".join(str(self.words.get(code) or spans.told(code)) for code in value)

    def options(self, user: Any) -> Options:
        return [*self.words.items(), *((code, spans.told(code)) for code in self.offered)]


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


class DeclaredFilters(django_filters.FilterSet):
    """What a list is narrowed by: its declared filters, as far as the URL names them."""

    silent: tuple[str, ...] = ("q", "tags")  # in force without a chip of their own

    @property
    def in_force(self) -> list[tuple[Declared, Any]]:
        given = self.form.cleaned_data
        return [
            (declared, given[name])
            for name, declared in self.filters.items()
            if isinstance(declared, Declared) and given.get(name) not in (None, "", [])
        ]

    def conditions(self) -> models.Q:
        """All filters as one condition; one that cannot be read matches nothing, and the page says so."""
        if not self.form.is_valid():
            return models.Q(pk__in=[])
        condition = models.Q()
        for declared, value in self.in_force:
            condition &= declared.condition(value)
        return condition

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset.filter(self.conditions())

    def chips(self, query: QueryDict, user: Any) -> list[Chip]:
        """One chip for each filter in force; a filter that cannot be read is shown as it was typed."""
        cleaned = getattr(self.form, "cleaned_data", {})
        return [
            Chip.of(name, declared.label, self._told(declared, cleaned.get(name), user), query)
            for name, declared in self.filters.items()
            if name not in self.silent and any(query.getlist(name))
        ]

    def _told(self, declared: Any, value: Any, user: Any) -> str:
        return "" if value in (None, "", []) else declared.told(value, user)


def fields_of(filters: Iterable[tuple[str, Any]], given: QueryDict, user: Any) -> list[dict[str, Any]]:
    """The inputs of the form of filters: those to choose from with their options, those to type with their value.

    A value in force that is none of the options stays among them, so that sending the form again keeps it.
    """
    found = []
    for name, declared in filters:
        options, values = declared.options(user), [value for value in given.getlist(name) if value]
        if options is None:
            kind = "date" if isinstance(declared, DateBound) else "text"
            of = getattr(declared, "of", declared.label)
            typed = {"name": name, "label": declared.label, "of": of, "type": kind, "value": given.get(name, "")}
            found.append(typed)
            continue
        there = {str(value) for value, _label in options}
        more = [(value, value) for value in values if value not in there]
        shown = [(value, label, str(value) in values) for value, label in (*options, *more)]
        if shown:
            found.append({"name": name, "label": declared.label, "options": shown})
    return found


@dataclass
class Asked:
    """One thing that a list is narrowed by, in the form of filters: what can be chosen, and the ends to type."""

    name: str
    label: Any
    options: list[tuple[Any, Any, bool]] = field(default_factory=list)
    ends: list[dict[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> str:
        """What is in force of it."""
        chosen = [str(label) for _value, label, on in self.options if on]
        typed = [end["value"] for end in self.ends]
        return ", ".join([*chosen, " – ".join(one or "…" for one in typed)] if any(typed) else chosen)


def asked(inputs: Iterable[dict[str, Any]], first: Sequence[str] = ()) -> list[list[Asked]]:
    """The inputs of the form, those of one thing together, in two columns: these things first, then as they come."""
    found: dict[str, Asked] = {}
    for one in inputs:
        name = ENDS.sub("", one["name"])
        group = found.setdefault(name, Asked(name, one.get("of", one["label"])))
        if "options" in one:
            group.label, group.options = one["label"], one["options"]
        else:
            group.ends.append(one)
    places = {name: place for place, name in enumerate(first)}
    ordered = sorted(found.values(), key=lambda one: places.get(one.name, len(places)))
    half = (len(ordered) + 1) // 2
    return [ordered[:half], ordered[half:]]


def query_with(query: QueryDict, **values: str) -> str:
    """A page's query with some values set, blank ones left out."""
    changed = query.copy()
    for name, value in values.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"
