"""My numbers (RPT-6): what was signed since the quarter began, what is expected until it ends, against the target.

Each figure opens the list that it sums up, and equals its total (RPT-9).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode

from core import money, spans
from core.dates import today
from core.models import House
from core.templatetags.components import language
from opportunities.converting import Converted, in_house
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
        theirs = models.Q(owner__team__in=teams) if team else models.Q(owner=user.pk)
        seen: OpportunityQuerySet = Opportunity.objects.visible_to(user, few=True).filter(theirs)
        whose = [("team", pk) for pk in teams] if team else [("owner", user.pk)]
        url = reverse("opportunities:index")

        def link(*more: tuple[str, Any]) -> str:
            return f"{url}?{urlencode([*whose, *more])}"

        signed = seen.filter(list_key__range=(_closed(last), _closed(first)), status=Status.WON)
        expected = seen.filter(list_key__range=(first.toordinal(), last.toordinal()))
        return cls(
            _sum(signed, weighted=False),
            link(("status", "won"), ("closed_from", first), ("closed_to", last)),
            _sum(expected, weighted=True),
            link(("status", "open"), ("due_from", first), ("due_to", last)),
            target_of("team", teams, first) if team else target_of("person", [user.pk], first),
        )


def _closed(day: dt.date) -> int:
    """Where what was closed on this day stands in the list."""
    return CLOSED_HALF + DATELESS - day.toordinal()


def _sum(rows: OpportunityQuerySet, *, weighted: bool) -> Converted:
    units: Any = models.ExpressionWrapper(models.F("amount"), models.BigIntegerField())
    by = ("currency", "closing_rate", *(("probability",) if weighted else ()))
    found = rows.order_by().values_list(*by).annotate(units=models.Sum(units)).exclude(units=None)
    if not weighted:
        return in_house([], [(code, rate, int(total)) for code, rate, total in found])
    sums: dict[tuple[str, Any], int] = {}
    for code, rate, probability, total in found:
        sums[code, rate] = sums.get((code, rate), 0) + int(total) * probability
    return in_house([(code, rate, total // 100) for (code, rate), total in sums.items()])
