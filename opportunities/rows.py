"""Rows of the list as a template shows them: every text ready, so that rendering only writes (ARCHITECTURE 7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates, money
from core.templatetags.components import language
from opportunities.listing import Listed, Total
from opportunities.models.ordering import due_from
from pipelines.models import all_stages, gauge
from users.models import User
from users.models.user import initials


@dataclass(slots=True)
class Row:
    """One line, one decision: when, what, who, how far, how much, what next (design, principle 1)."""

    pk: int
    url: str
    name: str
    is_closed: bool
    day: str
    day_iso: str
    late: str
    account: str
    account_url: str
    stage: str
    gauge: SafeString
    percent: str
    by_hand: bool
    amount: str
    amount_raw: str
    weighted: str
    incomplete: str
    asleep: str
    owner: str
    owner_initials: str
    mine: bool


def present(listed: Iterable[Listed], user: User) -> list[Row]:
    """The rows in the reader's language."""
    speech, today = language(), dates.today()
    base = reverse("opportunities:index")
    accounts = reverse("accounts:index")
    nobody, unnamed = _("Nobody"), _("Unnamed company")
    return [_row(item, user, speech, today, base, accounts, nobody, unnamed) for item in listed]


def _row(
    item: Listed, user: User, speech: str, today: dt.date, base: str, accounts: str, nobody: str, unnamed: str
) -> Row:
    day = due_from(item.list_key)
    stage = all_stages()[item.stage_id]
    is_open = item.is_open
    late = (today - day).days if is_open and day and day < today else 0
    amount, weighted = item.amount, ""
    if amount is not None:
        weighted = money.format_units(amount * item.probability // 100, item.currency, speech)
    account_id = item.account_id
    owner = f"{item.owner_first} {item.owner_last}".strip() if item.owner_id else nobody
    return Row(
        pk=item.pk,
        url=f"{base}{item.pk}/",
        name=item.name,
        is_closed=not is_open,
        day=dates.short_date(day, speech, today.year) if day else "",
        day_iso=day.isoformat() if day else "",
        late=ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late} if late else "",
        account=item.account or unnamed,
        account_url=f"{accounts}{account_id}/" if item.sees_account else "",
        stage=stage.name if is_open else stage.pipeline.label(item.status),
        gauge=gauge(item.stage_id, item.status),
        percent=money.format_percent(item.probability, speech),
        by_hand=item.by_hand and is_open,
        amount="" if amount is None else money.format_units(amount, item.currency, speech),
        amount_raw=money.plain(amount, item.currency),
        weighted=weighted,
        incomplete=_missing(item) if item.is_incomplete else "",
        asleep=_asleep(item, stage.asleep_after, today) if is_open else "",
        owner=owner,
        owner_initials=initials(owner) if item.owner_id else "",
        mine=item.owner_id == user.pk,
    )


def _missing(item: Listed) -> str:
    """What an incomplete opportunity lacks: ``No amount, no due date``."""
    parts = (
        (item.account_id is None and item.contact_id is None, _("account")),
        (item.amount is None, _("amount")),
        (item.due_on is None, _("due date")),
    )
    return _("To complete: %(what)s") % {"what": ", ".join(part for lacks, part in parts if lacks)}


def _asleep(item: Listed, limit: int, today: dt.date) -> str:
    """``Asleep, 34 d``: open, and no exchange for longer than its stage allows (design, *Interaction rules*)."""
    days = (today - (item.last_exchange_on or item.opened_on)).days
    return _("Asleep, %(n)s d") % {"n": days} if days > limit else ""


@dataclass(frozen=True)
class Sum:
    """The figures of one half of the list, or of all of it, currencies side by side."""

    count: int
    amount: str
    weighted: str
    incomplete: int


@dataclass(frozen=True)
class Summary:
    open: Sum
    closed: Sum
    all: Sum
    remaining: int

    @classmethod
    def of(cls, totals: Iterable[Total]) -> "Summary":
        totals = list(totals)
        return cls(
            open=_sum([total for total in totals if total.is_open]),
            closed=_sum([total for total in totals if not total.is_open]),
            all=_sum(totals),
            remaining=sum(total.remaining for total in totals),
        )


def _sum(totals: list[Total]) -> Sum:
    amounts: dict[str, int] = {}
    weighted: dict[str, int] = {}
    for total in totals:
        amounts[total.currency] = amounts.get(total.currency, 0) + total.amount
        weighted[total.currency] = weighted.get(total.currency, 0) + total.weighted
    return Sum(
        count=sum(total.count for total in totals),
        amount=_side_by_side(amounts),
        weighted=_side_by_side(weighted),
        incomplete=sum(total.incomplete for total in totals),
    )


def _side_by_side(amounts: dict[str, int]) -> str:
    speech = language()
    return " + ".join(money.format_units(units, currency, speech) for currency, units in sorted(amounts.items()))
