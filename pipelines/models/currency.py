"""Currencies beside the house's own, and their dated rates (OPP-14, SET-1)."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import House
from core.models.house import per_set_up
from core.money import CURRENCIES, FixedField
from records.journal import operation
from records.models import Door, Record, Row, SetUpRecord

DECIMALS = 9
ONE = 10**DECIMALS


class RateField(FixedField):
    """How much of the house currency one unit is worth: a ``Decimal`` in Python, billionths in the database."""

    scale = DECIMALS


class Currency(SetUpRecord):
    """A currency that amounts may be in, beside the house's own."""

    code = models.CharField(_("code"), max_length=3, choices=[(code, code) for code in CURRENCIES])

    class Meta(SetUpRecord.Meta):
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        constraints = [
            models.UniqueConstraint(
                "code",
                name="a_currency_is_listed_once",
                violation_error_message=_("The list has this currency already."),
            )
        ]

    def rate_on(self, day: dt.date) -> Decimal | None:
        return rate_on(self.code, day)


class Rate(Record):
    """What one unit of a currency is worth in the house currency, from a day on."""

    undo_ability = "set_up"
    away = "withdrawn_at"

    currency = models.ForeignKey(Currency, models.PROTECT, related_name="rates", verbose_name=_("currency"))
    day = models.DateField(_("from"))
    value = RateField(_("rate"))
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-day",)
        constraints = [
            models.CheckConstraint(condition=models.Q(value__gt=0), name="a_rate_is_more_than_nothing"),
            models.UniqueConstraint(
                "currency", "day", condition=models.Q(withdrawn_at=None), name="a_day_has_one_rate_of_a_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency.code} {self.day}"

    @classmethod
    def put(cls, currency: Currency, day: dt.date, value: Any, *, by: Any) -> "Rate":
        """Say the rate from a day on; said again for the same day, the last word counts."""
        with operation(by=by, door=Door.SET_UP, what="rate.put"):
            rate = cls.objects.filter(currency=currency, day=day, withdrawn_at=None).first() or cls(
                currency=currency, day=day
            )
            rate.value = value
            rate.save()
        return rate

    def withdraw(self, *, by: Any) -> None:
        """Take back a rate said by mistake; what it was frozen into keeps it. Harmless twice."""
        with operation(by=by, door=Door.SET_UP, what="rate.withdraw"):
            self.withdrawn_at = self.withdrawn_at or timezone.now()
            self.save()

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        if row["value"] is None or not 0 < row["value"] < 10**6:
            raise ValidationError({"value": _("Enter a rate above 0 and below a million.")}, code="range")

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        House.set_up_changed()
        super().follow(ids, changed)


@per_set_up
def _rates() -> dict[str, tuple[list[dt.date], list[Decimal]]]:
    """The days and values of each currency, in the order of the days."""
    found: dict[str, tuple[list[dt.date], list[Decimal]]] = {}
    rows = Rate.objects.filter(withdrawn_at=None).order_by("day").values_list("currency__code", "day", "value")
    for code, day, value in rows:
        days, values = found.setdefault(code, ([], []))
        days.append(day)
        values.append(Decimal(value))
    return found


def rate_on(code: str, day: dt.date) -> Decimal | None:
    """The rate in force on a day; 1 for the house currency, ``None`` where none was said."""
    if code == House.current().currency:
        return Decimal(1)
    days, values = _rates().get(code, ([], []))
    at = bisect_right(days, day)
    return values[at - 1] if at else None


@per_set_up
def active_currencies() -> list[str]:
    """The codes that an amount may be in: the house's own first."""
    own = House.current().currency
    return [own, *(row.code for row in Currency.remembered().values() if row.archived_at is None and row.code != own)]
