"""What falls into which month: an amount spread over the months of production (OPP-12, RPT-2).

Pure arithmetic in thousandths, so that a forecast can spread a million opportunities without a query. What is spread
adds up to the amount, to the smallest coin.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from core import money


def first_month(
    production_from: dt.date | None, signature_on: dt.date | None, closed_on: dt.date | None, due_on: dt.date | None
) -> dt.date | None:
    """The month in which the production begins: as set, else that of the signature, the closing, the due date."""
    day = production_from or signature_on or closed_on or due_on
    return day.replace(day=1) if day else None


def months_from(first: dt.date, count: int) -> list[dt.date]:
    """So many months, each by its first day; none after the year 9999."""
    at = [divmod(first.year * 12 + first.month - 1 + step, 12) for step in range(count)]
    return [dt.date(min(year, 9999), month + 1, 1) for year, month in at]


def monthly(
    amount: int, currency: str, first: dt.date, lines: Sequence[tuple[int, int | None]] = ()
) -> dict[dt.date, int]:
    """The amount by month. Each of the ``lines``, an amount and its months, is spread evenly over its months; one
    without months falls into the first. Where the amount was set by hand, it is spread as the lines are."""
    step = money.coin(currency)
    found: dict[dt.date, int] = {}
    for units, count in lines:
        months = months_from(first, count or 1)
        for month, part in zip(months, money.shares([units] * len(months), len(months), step), strict=True):
            found[month] = found.get(month, 0) + part
    total = sum(found.values())
    if total == amount and found:
        return dict(sorted(found.items()))
    if total <= 0:
        return {first: amount}
    ordered = sorted(found.items())
    parts = money.shares([amount * units for _month, units in ordered], total, step)
    return {month: part for (month, _units), part in zip(ordered, parts, strict=True)}


def weighted(amounts: Iterable[int], probability: int, currency: str) -> list[int]:
    """The amounts times the probability, such that they add up to the weighted sum."""
    return money.shares([amount * probability for amount in amounts], 100, money.coin(currency))
