"""The months of production of one opportunity, as its Lines tab shows them (OPP-12)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from core import money
from opportunities.lines import LineTable
from opportunities.models import Opportunity
from opportunities.spreading import first_month, monthly, weighted

MOST_MONTHS = 24  # beyond, years are shown


@dataclass(frozen=True)
class Period:
    """A month, or a year, and what falls into it, in thousandths."""

    first: dt.date
    is_year: bool
    amount: int
    weighted: int


def production(opportunity: Opportunity, table: LineTable) -> list[Period]:
    """What falls into which month, or year where there are many; nothing where there is no date, or no line."""
    pairs = zip(table.forms, table.priced, strict=True)
    lines = [(price[0], form.duration) for form, price in pairs if price is not None]
    first = first_month(
        opportunity.production_from, opportunity.signature_on, opportunity.closed_on, opportunity.due_on
    )
    if first is None or not lines:
        return []
    amount = sum(units for units, _months in lines)
    if opportunity.amount_by_hand:
        amount = money.to_units(Decimal(opportunity.amount or 0))
    found = monthly(amount, opportunity.currency, first, lines)
    is_year = len(found) > MOST_MONTHS
    if is_year:
        years: dict[dt.date, int] = {}
        for month, units in found.items():
            years[month.replace(month=1)] = years.get(month.replace(month=1), 0) + units
        found = years
    parts = weighted(found.values(), opportunity.probability, opportunity.currency)
    return [Period(day, is_year, units, part) for (day, units), part in zip(found.items(), parts, strict=True)]
