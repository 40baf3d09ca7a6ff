"""Other orders of the list, on demand (LIST-3)."""

import datetime as dt
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from attributes.sorting import field_orders, places_in
from core.keyset import PAGE
from core.models.house import per_set_up
from core.money import MAX_DIGITS
from core.sorting import Order, Place, Sort
from opportunities.listing import Listed, OpportunityList, rows_of, seen
from opportunities.models import Opportunity
from records import gate
from users.models import User

FEW = 2_000


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) >= 10**MAX_DIGITS:
        raise ValueError(text)
    return amount


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _percent(text: str) -> int:
    if not text.isdecimal() or len(text) > 3:
        raise ValueError(text)
    return int(text)


ORDERS = {
    "amount": Order(_("Amount"), "amount", _amount, descending=True, nullable=True),
    "name": Order(_("Opportunity"), "name_key", str),
    "account": Order(_("Account"), "account__name_key", str, nullable=True),
    "owner": Order(_("Owner"), "owner__name_key", str, nullable=True),
    "probability": Order(_("Stage"), "probability", _percent, descending=True),
    "opened": Order(_("Opened on"), "opened_on", dt.date.fromisoformat, descending=True),
    "closed": Order(_("Closed on"), "closed_on", dt.date.fromisoformat, descending=True, nullable=True),
    "changed": Order(_("Changed on"), "changed_at", _moment, descending=True),
}


@per_set_up
def orders() -> dict[str, Order]:
    """Every order by code: the usual ones, then those by custom fields."""
    return ORDERS | field_orders(Opportunity)


class SortedList(OpportunityList):
    """The opportunities that a person sees, in another order.

    Who sees few has theirs sorted; else the index of the order is read, each row asked of the access index.
    """

    def __init__(self, user: User, condition: models.Q | None, sort: Sort) -> None:
        super().__init__(user, condition)
        self.sort = sort

    def sorted_page(self, after: Place | None, size: int = PAGE) -> tuple[list[Listed], Place | None]:
        """The rows after a place, and the place from which more follow, if any do."""
        places = self._places(after, size + 1)
        rows = {row.pk: row for row in rows_of([place.pk for place in places[:size]], self.user)}
        shown = [rows[place.pk] for place in places[:size] if place.pk in rows]
        return shown, places[size - 1] if len(places) > size else None

    def _places(self, after: Place | None, size: int) -> list[Place]:
        few = gate.visible_ids(Opportunity, self.user, FEW)
        if few is None:
            rows = seen(self.principals, self.condition)
        else:
            rows = Opportunity.objects.live().filter(self.condition, pk__in=few)
        return places_in(rows, self.sort, few=few is not None).page(after, size)
