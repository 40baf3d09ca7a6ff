"""Narrowing a list by custom fields: ``cf_12``, and for numbers and dates from and to (OPP-13, LIST-2).

A field is asked of its typed rows; whichever way is quicker (``records.pointing``).
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

import django_filters
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attributes.kinds import Lookup
from attributes.kinds.numbers import NumberField
from attributes.models import CustomField
from attributes.models.field import filterable_fields
from core import spans
from core.dates import today
from core.filters import IdsFilter, SpansField, When
from core.folding import fold
from core.forms import AmountField, DateField
from core.templatetags.components import language
from records.pointing import pointed_at, pointed_at_by_all

NAME = re.compile(r"cf_(\d{1,18})(_min|_max|_from|_to)?")


def custom_names(query: Iterable[str]) -> list[str]:
    """The names of a URL that custom fields are asked by."""
    return [name for name in query if NAME.fullmatch(name)]


class OfField(django_filters.Filter):
    """A filter on one custom field of whatever records the list has: what it asks, how it reads, what can be chosen."""

    custom: CustomField
    parent: Any

    def rows(self) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = self.parent._meta.model.value_model().objects.filter(field=self.custom)
        return found

    def number(self, value: Any) -> int | None:
        """By which number a value is found."""
        way = self.custom.way
        return way.entries(way.plain(value))[0][1]

    def answering(self, value: Any) -> models.QuerySet[Any] | None:
        """The field's rows that answer to the value; ``None`` where another filter asks for both."""
        raise NotImplementedError

    def beside(self, value: Any) -> models.Q:
        """What it asks that no row answers to."""
        return models.Q()

    def condition(self, value: Any) -> models.Q:
        """What the given value asks of the database."""
        rows = self.answering(value)
        return self.beside(value) if rows is None else pointed_at(rows)

    def told(self, value: Any, user: Any) -> str:
        """The value in the reader's words."""
        return self.custom.way.text(self.custom, self.custom.way.plain(value), language())

    def options(self, user: Any) -> list[tuple[Any, str]] | None:
        """What can be chosen; ``None`` where a value is typed."""
        return None


class TextOf(OfField, django_filters.CharFilter):
    """Those that hold this text, accents and case aside."""

    def answering(self, value: Any) -> models.QuerySet[Any]:
        return self.rows().filter(text__isnull=False, text__contains=fold(value))

    def told(self, value: Any, user: Any) -> str:
        return str(value)


class ChoiceOf(OfField, IdsFilter):
    """Those with one of these."""

    def answering(self, value: Any) -> models.QuerySet[Any]:
        return self.rows().filter(number__in=value)

    def options(self, user: Any) -> list[tuple[Any, str]]:
        way: Any = self.custom.way
        return list(way.choices(self.custom))

    def told(self, value: Any, user: Any) -> str:
        way: Any = self.custom.way
        return _(" or ").join(way.told(self.custom, one) for one in value)


class BoundOf(OfField):
    """From or to; both ends are asked together, by the one that comes first."""

    ends = ("_min", "_max")

    def __init__(self, lookup: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lookup = lookup

    def answering(self, value: Any) -> models.QuerySet[Any] | None:
        given = self.parent.form.cleaned_data
        least, most = (given.get(f"{self.custom.input_name}{end}") for end in self.ends)
        if self.lookup == "lte" and least is not None:
            return None
        rows = self.rows()
        if least is not None:
            rows = rows.filter(number__gte=self.number(least))
        if most is not None:
            rows = rows.filter(number__lte=self.number(most))
        return rows


class NumberOf(BoundOf):
    field_class = NumberField


class MoneyOf(BoundOf):
    field_class = AmountField


class DayOf(BoundOf):
    field_class = DateField
    ends = ("_from", "_to")


class WhenOf(OfField):
    """In one of several periods told relative to today, past, or without a date: as the dates that are built in."""

    field_class = SpansField
    words = {"overdue": gettext_lazy("past"), spans.NONE: gettext_lazy("none")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(words=tuple(self.words), **kwargs)

    def answering(self, value: Any) -> models.QuerySet[Any] | None:
        return None if spans.NONE in value else self.rows().filter(self._within(value))

    def beside(self, value: Any) -> models.Q:
        if spans.NONE not in value:
            return models.Q()
        condition = ~pointed_at(self.rows())
        dated = [code for code in value if code != spans.NONE]
        return condition | pointed_at(self.rows().filter(self._within(dated))) if dated else condition

    def told(self, value: Any, user: Any) -> str:
        return ", ".join(str(self.words.get(code) or spans.told(code)) for code in value)

    def options(self, user: Any) -> list[tuple[Any, str]]:
        words = [(code, str(word)) for code, word in self.words.items()]
        return [*words, *((code, spans.told(code)) for code in When.offered)]

    def _within(self, codes: Iterable[str]) -> models.Q:
        day, found = today(), models.Q()
        for code in codes:
            if code == "overdue":
                found |= models.Q(number__lt=day.toordinal())
            else:
                first, last = spans.span(code, day)
                found |= models.Q(number__gte=first.toordinal(), number__lte=last.toordinal())
        return found


def custom_filters(of: str, among: Collection[str] | None = None) -> dict[str, OfField]:
    """The filters of the fields that lists are narrowed by; only those of these names, where some are given."""
    found: dict[str, OfField] = {}
    for field in filterable_fields(of):
        for name, make in _declared(field):
            if among is None or name in among:
                found[name] = made = make()
                made.custom = field
    return found


def _declared(field: CustomField) -> Iterable[tuple[str, Any]]:
    name, label = field.input_name, field.name
    if field.way.lookup == Lookup.TEXT:
        yield name, lambda: TextOf(label=label, max_length=200)
    elif field.way.lookup == Lookup.CHOICE:
        yield name, lambda: ChoiceOf(label=label)
    elif field.kind == "date":
        yield name, lambda: WhenOf(label=label)
        yield f"{name}_from", lambda: DayOf("gte", label=_("%(field)s from") % {"field": label})
        yield f"{name}_to", lambda: DayOf("lte", label=_("%(field)s to") % {"field": label})
    else:
        kind = MoneyOf if field.kind == "money" else NumberOf
        yield f"{name}_min", lambda: kind("gte", label=_("%(field)s from") % {"field": label})
        yield f"{name}_max", lambda: kind("lte", label=_("%(field)s to") % {"field": label})


class AttributeFilters(django_filters.FilterSet):
    """Adds the custom fields that the URL names to the filters of a list."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        model: Any = self._meta.model
        for name, declared in custom_filters(model.attributed, custom_names(data or ())).items():
            declared.parent, declared.model = self, model
            self.filters[name] = declared

    def custom_condition(self) -> models.Q:
        """What the custom fields in force ask; the form is valid."""
        given = self.form.cleaned_data
        in_force = [
            (declared, given[name])
            for name, declared in self.filters.items()
            if isinstance(declared, OfField) and given.get(name) not in (None, "", [])
        ]
        found = [declared.answering(value) for declared, value in in_force]
        condition = pointed_at_by_all([rows for rows in found if rows is not None])
        for declared, value in in_force:
            condition &= declared.beside(value)
        return condition

    def custom_told(self, name: str, user: Any) -> str | None:
        """The value of a custom field in the reader's words; ``None`` if it is none."""
        declared, given = self.filters[name], getattr(self.form, "cleaned_data", {}).get(name)
        if not isinstance(declared, OfField):
            return None
        return "" if given in (None, "", []) else declared.told(given, user)


def inputs_of(of: str, given: QueryDict, user: Any) -> list[dict[str, Any]]:
    """The inputs of the form of filters."""
    found: list[dict[str, Any]] = []
    for name, declared in custom_filters(of).items():
        base = {"name": name, "label": declared.label, "of": declared.custom.name}
        options = declared.options(user)
        if options is None:
            kind = "date" if isinstance(declared, DayOf) else "text"
            found.append({**base, "type": kind, "value": given.get(name, "")})
        else:
            values = [value for value in given.getlist(name) if value]
            there = {str(value) for value, _label in options}
            more = [(value, value) for value in values if value not in there]
            shown = [(value, label, str(value) in values) for value, label in (*options, *more)]
            found.append({**base, "options": shown})
    return found
