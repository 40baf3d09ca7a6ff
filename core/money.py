"""Amounts: stored exactly, typed as people type them, shown as the reader's language writes them (OPP-14).

The database holds a whole number of thousandths of the currency's unit, so that sums are exact on SQLite too (which
adds decimals as floats). Thousandths hold the smallest coin of every currency in use (ISO 4217: 0, 2 or 3 decimals).
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

SCALE = 3
UNIT = 10**SCALE
MAX_DIGITS = 12
THIN, HARD = "\u202f", "\u00a0"

# Decimals by currency, where they are not two (ISO 4217).
DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "CHF": "CHF", "CAD": "CA$", "AUD": "A$"}
CURRENCIES = (
    "EUR USD GBP CHF CAD AUD BRL CNY CZK DKK HUF INR JPY MAD MXN NOK NZD PLN RON SEK SGD TND TRY XAF XOF XPF ZAR"
).split()

_NOT_A_NUMBER = _("Enter a number, such as 12,000 or 12 000,50.")
_TOO_LONG = _("Enter an amount of at most 12 digits.")
_SIGNS = re.compile(r"[\s\u00a0\u202f\u2009'’_]")
_SIGN_WORDS = sorted({*SYMBOLS.values(), *CURRENCIES, "€", "$", "Euros", "Euro", "HT"}, key=len, reverse=True)
_CURRENCY = re.compile("|".join(map(re.escape, _SIGN_WORDS)), re.IGNORECASE)
_SHAPE = re.compile(r"([+-]?)(\d[\d.,]*|[.,]\d+)(k|m|md|bn)?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")  # as machines write it
_FACTORS = {"k": 1_000, "m": 1_000_000, "md": 1_000_000_000, "bn": 1_000_000_000, None: 1}


def decimals(currency: str) -> int:
    """How many decimals the currency has: 2, but for the few listed."""
    return DECIMALS.get(currency, 2)


def to_units(amount: Decimal) -> int:
    """The stored whole number of thousandths of an amount."""
    return int(amount.scaleb(SCALE).to_integral_value(ROUND_HALF_UP))


def from_units(units: int) -> Decimal:
    return Decimal(units).scaleb(-SCALE)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded half up to the currency's own decimals."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)


def coin(currency: str) -> int:
    """The smallest coin of the currency, in thousandths: 10 for the euro."""
    return int(10 ** (SCALE - decimals(currency)))


def half_up(numerator: int, denominator: int, step: int = 1) -> int:
    """A quotient, rounded half up (away from 0) to a whole number of ``step``."""
    parts, whole = 2 * abs(numerator) + denominator * step, 2 * denominator * step
    return (parts // whole * step) * (1 if numerator >= 0 else -1)


def shares(numerators: Sequence[int], denominator: int, step: int) -> list[int]:
    """Each numerator divided, in whole coins, such that the parts add up to the rounded quotient of the sum.

    The largest remainders get the coins that are left; of equal ones, the first.
    """
    whole = denominator * step
    parts = [numerator // whole * step for numerator in numerators]
    left = (half_up(sum(numerators), denominator, step) - sum(parts)) // step
    if left:
        by_remainder = sorted(range(len(parts)), key=lambda at: -(numerators[at] % whole))
        for at in by_remainder[:left]:
            parts[at] += step
    return parts


def plain(units: int | None, currency: str = "EUR") -> str:
    """An amount for machines: ``1054.00``, blank for none."""
    if units is None:
        return ""
    places = decimals(currency)
    if places == 2:
        whole, rest = divmod(abs(units) // 10, 100)
        return f"{'-' if units < 0 else ''}{whole}.{rest:02d}"
    return str(from_units(units).quantize(Decimal(1).scaleb(-places)))


def parse_number(text: str, *, decimal: str | None = None) -> Decimal:
    """A number as people type it: ``12 000``, ``12000,50``, ``12.000,50 €``, ``1,234.50``, ``12k€``, ``(500)``.

    ``decimal`` says which sign is the decimal one, where the whole column has been looked at. Without it, of two
    different signs the last is the decimal one; one alone, followed by exactly three digits, groups thousands
    (no one types thousandths of a euro); anything else is a decimal sign.

    Raises ``ValidationError`` with a sentence for whoever typed it.
    """
    if _PLAIN.fullmatch(text) and (decimal != "," or "." not in text):
        return Decimal(text)
    bare = _CURRENCY.sub("", _SIGNS.sub("", text)).lower()
    negative = bare.startswith("(") and bare.endswith(")")
    shape = _SHAPE.fullmatch(bare.strip("()").replace("\u2212", "-"))
    if shape is None:
        raise ValidationError(_NOT_A_NUMBER, code="invalid")
    sign, digits, factor = shape.groups()
    point = decimal or _decimal_sign(digits)
    group = "," if point == "." else "."
    if digits.count(point) > 1 or not _well_grouped(digits.split(point)[0], group):
        raise ValidationError(_NOT_A_NUMBER, code="invalid")
    try:
        number = Decimal(digits.replace(group, "").replace(point, ".")) * _FACTORS[factor]
    except InvalidOperation:
        raise ValidationError(_NOT_A_NUMBER, code="invalid") from None
    return -number if negative or sign == "-" else number


def _decimal_sign(digits: str) -> str:
    dot, comma = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and comma >= 0:
        return "." if dot > comma else ","
    sign = "." if dot >= 0 else ","
    if digits.count(sign) > 1 or re.fullmatch(rf"[1-9]\d{{0,2}}\{sign}\d{{3}}", digits):
        return "," if sign == "." else "."
    return sign


def _well_grouped(whole: str, group: str) -> bool:
    first, *groups = whole.split(group)
    return all(len(part) == 3 for part in groups) and (not groups or 1 <= len(first) <= 3)


def parse_amount(text: str, *, decimal: str | None = None) -> Decimal:
    """An amount of money, not negative, of at most twelve digits before the decimal sign."""
    amount = parse_number(text, decimal=decimal)
    if amount < 0:
        raise ValidationError(_("Enter an amount that is not negative."), code="negative")
    if amount >= 10**MAX_DIGITS:
        raise ValidationError(_TOO_LONG, code="too_long")
    return amount


@lru_cache(maxsize=8192)
def format_units(units: int, currency: str, language: str) -> str:
    """Thousandths as the language writes them, cents only where there are some: ``48 000 €``, ``€48,000.50``."""
    places = decimals(currency)
    amount = rounded(from_units(abs(units)), currency)
    number = f"{amount:,.{0 if amount == amount.to_integral_value() else places}f}"
    symbol = SYMBOLS.get(currency, currency)
    minus = "\u2212" if units < 0 else ""
    if language == "fr":
        return minus + number.replace(",", THIN).replace(".", ",") + HARD + symbol
    return f"{minus}{symbol}{HARD if symbol.isalpha() else ''}{number}"


def format_money(amount: Decimal, currency: str, language: str) -> str:
    return format_units(to_units(amount), currency, language)


@lru_cache(maxsize=8192)
def format_number(number: int, language: str) -> str:
    """A whole number, grouped: ``8 800`` in French, ``8,800`` in English."""
    text = f"{number:,}".replace("-", "\u2212")
    return text.replace(",", THIN) if language == "fr" else text


def format_percent(percent: int, language: str) -> str:
    return f"{percent}{HARD}%" if language == "fr" else f"{percent}%"


def typed_amount(amount: Decimal, language: str) -> str:
    """An amount as it stands in an input: grouped, no symbol: ``37 000``, ``37,000.50``."""
    places = 0 if amount == amount.to_integral_value() else 2 if amount == round(amount, 2) else SCALE
    number = f"{amount:,.{places}f}"
    return number.replace(",", THIN).replace(".", ",") if language == "fr" else number


def format_quantity(number: Decimal, language: str) -> str:
    """A number with the decimals that it has, grouped: ``1 200``, ``1.5``."""
    text = f"{number.normalize():,f}"
    return text.replace(",", THIN).replace(".", ",") if language == "fr" else text


def format_rate(rate: Decimal, language: str) -> str:
    """A rate with the decimals that it has, four at least: ``0,9213``."""
    text = f"{rate:,.4f}" if rate == round(rate, 4) else f"{rate.normalize():,f}"
    return text.replace(",", THIN).replace(".", ",") if language == "fr" else text


class FixedField(models.BigIntegerField):
    """An exact ``Decimal`` in Python, a whole number of its last decimal in the database."""

    scale = SCALE

    def from_db_value(self, value: int | None, *args: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return parse_number(str(value), decimal="." if isinstance(value, int | float) else None)

    def get_prep_value(self, value: Any) -> int | None:
        if value is None:
            return None
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        return int(number.scaleb(self.scale).to_integral_value(ROUND_HALF_UP))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)


class ThousandthsField(FixedField):
    """An exact number, in thousandths."""


class MoneyField(ThousandthsField):
    """An amount of money, in thousandths."""

    description = "An exact amount of money"


class QuantityField(ThousandthsField):
    """A quantity, in thousandths."""
