"""Numbers, amounts and dates, typed as people type them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from attributes.kinds.base import LARGEST, Entry, Kind, Lookup
from core import dates, money
from core.forms import AmountField, DateField
from core.models import House
from core.templatetags.components import language

PLACES = 6


class NumberField(AmountField):
    """A number, negative too, of at most twelve digits and six decimals; exact."""

    def to_python(self, value: Any) -> Any:
        text = forms.CharField.to_python(self, value)
        return parse_number(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return written(value, language()) if isinstance(value, Decimal) else value


def parse_number(text: str, *, decimal: str | None = None) -> Decimal:
    number = money.parse_number(text, decimal=decimal)
    exponent = number.normalize().as_tuple().exponent
    if abs(number) >= LARGEST or (isinstance(exponent, int) and exponent < -PLACES):
        raise ValidationError(_("Enter a number of at most 12 digits and 6 decimals."))
    return number


def written(number: Decimal, speech: str) -> str:
    """A number as the language writes it, with the decimals that it has: ``1 234,5``."""
    text = f"{number.normalize():,f}".replace("-", "\u2212")
    return text.replace(",", money.THIN).replace(".", ",") if speech == "fr" else text


def key(number: Decimal) -> int:
    """The whole number that a number is found and sorted by."""
    return int(number.scaleb(PLACES).to_integral_value())


class Number(Kind):
    code, label, icon, lookup, numeric = "number", _("Number"), "number", Lookup.RANGE, True

    def input(self, field: Any, kept: Any) -> forms.Field:
        return NumberField()

    def value(self, plain: Any) -> Any:
        return None if plain is None else Decimal(plain)

    def text(self, field: Any, plain: Any, speech: str) -> str:
        return written(Decimal(plain), speech)

    def entries(self, plain: Any) -> list[Entry]:
        return [(None, key(Decimal(plain)))]


class Money(Number):
    """An amount in the currency of the house."""

    code, label, icon = "money", _("Amount"), "money"

    def input(self, field: Any, kept: Any) -> forms.Field:
        return AmountField()

    def text(self, field: Any, plain: Any, speech: str) -> str:
        return money.format_money(Decimal(plain), House.current().currency, speech)


class Date(Kind):
    code, label, icon, lookup, numeric = "date", _("Date"), "calendar", Lookup.RANGE, True

    def input(self, field: Any, kept: Any) -> forms.Field:
        return DateField()

    def value(self, plain: Any) -> Any:
        return None if plain is None else dt.date.fromisoformat(plain)

    def text(self, field: Any, plain: Any, speech: str) -> str:
        return dates.short_date(self.value(plain), speech, dates.today().year)

    def html(self, field: Any, plain: Any, speech: str) -> SafeString:
        return format_html('<time datetime="{}">{}</time>', plain, self.text(field, plain, speech))

    def entries(self, plain: Any) -> list[Entry]:
        return [(None, self.value(plain).toordinal())]
