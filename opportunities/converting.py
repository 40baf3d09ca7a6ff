"""Amounts in several currencies as one total in the house currency, at dated rates (OPP-14).

Two currencies are never added up: each is converted first. What is open counts at the rate of today; what is closed, at
the rate frozen at its closing. Where no rate was said, the amount stands beside the total, and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core import money
from core.dates import today
from core.models import House
from core.templatetags.components import language
from pipelines.models import rate_on

Part = tuple[str, Decimal | None, int]
"""What is added up: the currency, the rate frozen at closing or held on a past day, the amount in thousandths."""


@dataclass(frozen=True)
class Converted:
    """A total in the house currency, what it is made of, and what could not be converted, in thousandths."""

    currency: str
    units: int
    by_currency: dict[str, int]
    without_rate: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.by_currency)

    def __str__(self) -> str:
        """The total; what has no rate beside it."""
        if not self.by_currency:
            return ""
        speech = language()
        known = self.by_currency.keys() - self.without_rate.keys()
        texts = [money.format_units(self.units, self.currency, speech)] if known else []
        texts += [money.format_units(units, code, speech) for code, units in sorted(self.without_rate.items())]
        return " + ".join(texts)

    @property
    def whole(self) -> int | None:
        """The total in thousandths, if nothing stands beside it."""
        return None if self.without_rate else self.units

    @property
    def detail(self) -> str:
        """The amounts in their own currencies, and which have no rate; blank where all is in the house currency."""
        if self.by_currency.keys() <= {self.currency}:
            return ""
        speech = language()
        parts = " + ".join(money.format_units(units, code, speech) for code, units in sorted(self.by_currency.items()))
        if not self.without_rate:
            return parts
        return _("%(parts)s; no rate for %(codes)s") % {"parts": parts, "codes": ", ".join(sorted(self.without_rate))}


def in_house(open_parts: Iterable[Part], closed_parts: Iterable[Part] = ()) -> Converted:
    """The parts as one total, rounded once."""
    own, day = House.current().currency, today()
    total, by_currency, without = Decimal(0), dict[str, int](), dict[str, int]()
    for is_open, parts in ((True, open_parts), (False, closed_parts)):
        for code, frozen, units in parts:
            by_currency[code] = by_currency.get(code, 0) + units
            rate = Decimal(1) if code == own else rate_on(code, day) if is_open and frozen is None else frozen
            if rate is None:
                without[code] = without.get(code, 0) + units
            else:
                total += units * rate
    whole = money.to_units(money.rounded(total.scaleb(-money.SCALE), own))
    return Converted(own, whole, by_currency, without)
