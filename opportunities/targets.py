"""My numbers (RPT-6): what was signed since the quarter began, what is expected until it ends, against the target.

Each figure opens the list that it sums up, and equals its total (RPT-9).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.urls import reverse
from django.utils.http import urlencode

from core import money, spans, sql
from core.dates import today
from core.models import House
from core.templatetags.components import language
from opportunities.converting import Converted, in_house
from opportunities.listing import rate_of
from opportunities.models import Opportunity, OpportunityQuerySet, Status
from opportunities.models.ordering import CLOSED_HALF, DATELESS
from opportunities.models.target import target_of


@dataclass(frozen=True)
class Quarter:
    signed: Converted
    signed_url: str
    expected: Converted
    expected_url: str
    goal: Decimal | None

    @property
    def goal_told(self) -> str:
        return money.format_money(self.goal, House.current().currency, language()) if self.goal is not None else ""

    @property
    def reached(self) -> int:
        """Hundredths of the target, for the meter."""
        return int(Decimal(self.signed.units) / money.to_units(self.goal) * 100) if self.goal else 0

    @classmethod
    def of(cls, user: Any, *, team: bool = False) -> "Quarter":
        """One's own, or that of one's teams, as far as one sees it."""
        first, last = spans.span("this_quarter", today())
        teams = sorted(user.memberships.teams)
        seen: OpportunityQuerySet = Opportunity.objects.own_of(user)
        if team:
            seen = Opportunity.objects.visible_to(user, few=True).filter(owner__team__in=teams)
        whose = [("team", pk) for pk in teams] if team else [("owner", user.pk)]
        url = reverse("opportunities:index")

        def link(*more: tuple[str, Any]) -> str:
            return f"{url}?{urlencode([*whose, *more])}"

        signed, expected = _sums(seen, first, last)
        return cls(
            signed,
            link(("status", "won"), ("closed_from", first), ("closed_to", last)),
            expected,
            link(("status", "open"), ("due_from", first), ("due_to", last)),
            target_of("team", teams, first) if team else target_of("person", [user.pk], first),
        )


def _closed(day: dt.date) -> int:
    """Where what was closed on this day stands in the list."""
    return CLOSED_HALF + DATELESS - day.toordinal()


def _sums(rows: OpportunityQuerySet, first: dt.date, last: dt.date) -> tuple[Converted, Converted]:
    """What was signed between two days, and what is expected, weighted: in one statement."""
    asked = ("list_key", "status", "currency", "closing_rate", "probability", "amount")
    try:
        query, parameters = rows.order_by().values_list(*asked).query.sql_with_params()
    except EmptyResultSet:
        return in_house([]), in_house([])
    mine = f"sum(amount) FROM ({query}) AS o WHERE amount IS NOT NULL AND list_key BETWEEN %s AND %s"
    found = sql.fetch(
        f"SELECT 1, currency, closing_rate, 100, {mine} AND status = %s GROUP BY currency, closing_rate UNION ALL "
        f"SELECT 0, currency, closing_rate, probability, {mine} GROUP BY currency, closing_rate, probability",
        [*parameters, _closed(last), _closed(first), Status.WON.value,
         *parameters, first.toordinal(), last.toordinal()],
    )  # fmt: skip
    sums: dict[tuple[Any, ...], int] = {}
    for is_signed, code, rate, probability, total in found:
        key = is_signed, code, rate
        sums[key] = sums.get(key, 0) + int(total) * probability
    parts = [(is_signed, (code, rate_of(rate), total // 100)) for (is_signed, code, rate), total in sums.items()]
    return (
        in_house([], [part for is_signed, part in parts if is_signed]),
        in_house([part for is_signed, part in parts if not is_signed]),
    )
