"""What the pages of accounts and contacts show of opportunities: figures, and the section of that name (OPP-2)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Min, Q, Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from accounts.models import Account, Contact
from core import dates, money
from core.templatetags.components import language
from opportunities.converting import Converted, Part, in_house
from opportunities.listing import PIECE, rows_of, whole
from opportunities.models import Opportunity, OpportunityQuerySet, Status
from opportunities.rows import present
from records import gate
from records.companions import Companion
from records.models import Record
from users.models import User

MOST = 50
OPEN, WON, LOST = (Q(status=status) for status in (Status.OPEN, Status.WON, Status.LOST))


class PartyPages(Companion):
    def shown_on(self, record: Record, request: Any, tab: str) -> Mapping[str, str]:
        if not isinstance(record, Account | Contact):
            return {}
        seen = of(record, request.user)
        figures = Figures.of(seen)
        context = {"party": record, "figures": figures, "new_url": new_url(record, request.user)}
        shown = {
            "actions": _part("_action", context, request),
            "facts": _part("_facts", context, request),
            "since": gettext("since %(year)s") % {"year": figures.client_since.year} if figures.client_since else "",
            "count": money.format_number(figures.count, language()),
        }
        if tab in ("opportunities", "overview"):
            shown["body"] = _part("_section", context | section(record, seen, request.user), request)
        return shown


def of(party: Account | Contact, user: User) -> OpportunityQuerySet:
    """The opportunities of an account or a contact that this person sees."""
    seen: OpportunityQuerySet = Opportunity.objects.visible_to(user, few=True)
    return seen.filter(**{party.gate_key(): party})


@dataclass(frozen=True)
class Figures:
    """Amounts are in the house currency: what is open at the rate of today, what is closed at the one frozen then."""

    open_count: int
    open: Converted
    weighted: Converted
    closed_count: int
    closed: Converted
    won_amount: Converted
    signed: Converted
    won: int
    lost: int
    client_since: dt.date | None
    last_exchange_on: dt.date | None

    @property
    def count(self) -> int:
        return self.open_count + self.closed_count

    @property
    def decided(self) -> int:
        return self.won + self.lost

    @classmethod
    def of(cls, seen: OpportunityQuerySet) -> "Figures":
        """One query. What was signed counts the last twelve months; what was cancelled is neither won nor lost."""
        today = dates.today()
        recent = Q(closed_on__gt=dates.a_year_before(today), closed_on__lte=today)
        weight = F("amount") * F("probability")
        rows = (
            seen.order_by()
            .values("currency", "closing_rate")
            .annotate(
                open_count=Count("pk", filter=OPEN),
                closed_count=Count("pk", filter=~OPEN),
                won=Count("pk", filter=WON),
                lost=Count("pk", filter=LOST),
                open=_units(F("amount"), OPEN),
                high=_units(weight / PIECE, OPEN),  # in two pieces: SQLite refuses a sum beyond 63 bits
                low=_units(weight % PIECE, OPEN),
                closed=_units(F("amount"), ~OPEN),
                won_amount=_units(F("amount"), WON),
                signed=_units(F("amount"), WON & recent),
                first=Min("closed_on", filter=WON),
                last=Max("last_exchange_on"),
            )
        )
        found = [{**row, "weighted": whole(row["high"], row["low"]) // 100} for row in rows]
        return cls(
            open=in_house(_parts(found, "open")),
            weighted=in_house(_parts(found, "weighted")),
            closed=in_house((), _parts(found, "closed")),
            won_amount=in_house((), _parts(found, "won_amount")),
            signed=in_house((), _parts(found, "signed")),
            client_since=min((row["first"] for row in found if row["first"]), default=None),
            last_exchange_on=max((row["last"] for row in found if row["last"]), default=None),
            **{name: sum(row[name] for row in found) for name in ("open_count", "closed_count", "won", "lost")},
        )


def section(party: Account | Contact, seen: OpportunityQuerySet, user: User) -> dict[str, Any]:
    """The first rows in the order of the list (LIST-1): open ones, then closed ones, each with whether one may
    reopen it."""
    ids = list(seen.order_by("list_key", "pk").values_list("pk", flat=True)[: MOST + 1])
    listed = rows_of(ids[:MOST], user)
    closed = [item.pk for item in listed if not item.is_open]
    half, rows, reopenable = len(listed) - len(closed), present(listed, user), _reopenable(closed, user)
    return {
        "open_rows": rows[:half],
        "closed_rows": zip(rows[half:], (pk in reopenable for pk in closed), strict=True),
        "has_closed": bool(closed),
        "has_more": len(ids) > MOST,
        "list_url": f"{reverse('opportunities:index')}?{urlencode({party.gate_key(): party.pk})}",
    }


def new_url(party: Account | Contact, user: User) -> str:
    """Where the ``+`` leads, with the party filled in (NEW-1); nowhere if the profile does not create."""
    if not gate.allows(user, Opportunity, "create"):
        return ""
    parties: dict[str, int] = {party.gate_key(): party.pk}
    if isinstance(party, Contact) and party.account is not None and gate.may(user, "view", party.account):
        parties["account"] = party.account.pk
    return f"{reverse('opportunities:new')}?{urlencode(parties)}"


def _reopenable(ids: list[int], user: User) -> set[int]:
    if not ids or not gate.allows(user, Opportunity, "close"):
        return set()
    closed = Opportunity.objects.live().filter(pk__in=ids)
    return set(gate.allowing(closed, user, "close", few=True).values_list("pk", flat=True))


def _units(expression: Any, condition: Q) -> Sum:
    return Sum(ExpressionWrapper(expression, BigIntegerField()), filter=condition)


def _parts(rows: list[dict[str, Any]], name: str) -> list[Part]:
    """The amounts there are, each in its currency."""
    return [(row["currency"], row["closing_rate"], int(row[name])) for row in rows if row[name]]


def _part(name: str, context: dict[str, Any], request: Any) -> str:
    return render_to_string(f"opportunities/parties/{name}.html", context, request)
