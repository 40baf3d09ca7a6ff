"""Beside *My day*: one's own open opportunities that need something (RPT-6, LIST-8).

Two statements for all panels: one finds what stands in each and what it sums up to, one reads the rows.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates, money, sql
from core.addresses import address
from core.templatetags.components import language
from opportunities.listing import Listed, rows_of
from opportunities.models import Opportunity, OpportunityQuerySet, Status
from opportunities.models.ordering import CLOSED_HALF, due_from

LISTED = 5
MANY = 100  # a count is told exactly up to here


@dataclass(frozen=True)
class Entry:
    """An opportunity at the right: what it is called, what is said of it, its amount."""

    pk: int
    name: str
    url: str
    told: str
    amount: str


@dataclass(frozen=True)
class Watch:
    """A panel at the right: some opportunities, and what they sum up to."""

    code: str
    title: str
    entries: list[Entry]
    sum: str
    url: str
    plans: bool = False


def watches(user: Any) -> list[Watch]:
    """A panel that would be empty is left out."""
    panels = _read(_panels(user))
    found = {row.pk: row for row in rows_of({pk for panel in panels for pk in panel.ids}, user)}
    base, url = {"owner": user.pk, "status": Status.OPEN.value}, reverse("opportunities:index")
    return [
        Watch(
            panel.code,
            panel.title,
            [_entry(found[pk], panel.told) for pk in panel.ids if pk in found],
            panel.sum,
            f"{url}?{urlencode(base | panel.query)}",
            panel.plans,
        )
        for panel in panels
        if panel.ids
    ]


@dataclass
class _Panel:
    """What a panel asks: which opportunities, as SQL, between which places in the list, how they are told; and what it
    found: the ids of the first ones, how many there are, the amounts by currency."""

    code: str
    title: str
    mine: tuple[str, tuple[Any, ...]]
    until: int
    query: dict[str, Any]
    told: Callable[[Listed], str]
    since: int = 0
    where: str = ""
    counts: bool = False
    plans: bool = False
    ids: list[int] = field(default_factory=list)
    amounts: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def part(self, at: int) -> tuple[str, list[Any]]:
        """The statement that reads it, and what it takes: rows of its number, whether it is an id, the id or amount,
        the currency."""
        query, parameters = self.mine
        mine = f"({query}) AS o WHERE list_key >= %s AND list_key < %s{self.where}"
        given = [*parameters, self.since, self.until]
        most = MANY + 1 if self.counts else LISTED
        rows = f"SELECT * FROM (SELECT {at}, 1, pk, '' FROM {mine} ORDER BY list_key, pk LIMIT {most}) AS r{at}"
        if self.counts:
            return rows, given
        return f"{rows} UNION ALL SELECT {at}, 0, sum(amount), currency FROM {mine} GROUP BY currency", [*given, *given]

    def take(self, is_id: int, value: Any, currency: str) -> None:
        if is_id:
            self.count += 1
            if self.count <= LISTED:
                self.ids.append(int(value))
        elif value:
            self.amounts[currency] = int(value)

    @property
    def sum(self) -> str:
        """How many there are; or the amounts, one sum in each currency: two are never added up (OPP-14)."""
        if self.counts:
            return f"{MANY}+" if self.count > MANY else str(self.count)
        speech = language()
        return " + ".join(money.format_units(units, code, speech) for code, units in sorted(self.amounts.items()))


def _panels(user: Any) -> list[_Panel]:
    own: OpportunityQuerySet = Opportunity.objects.own_of(user)
    mine, asleep, now = _compiled(own), _compiled(own.asleep()), dates.today()
    day, week = now.toordinal(), now + dt.timedelta(days=dates.A_WEEK)
    due = {"due_from": now, "due_to": week}
    return [
        _Panel("sign", _("To sign this week"), mine, week.toordinal() + 1, due, _due, since=day),
        _Panel("overdue", _("Overdue"), mine, day, {"care": "overdue"}, _late),
        _Panel("idle", _("Without a next step"), mine, CLOSED_HALF, {"care": "idle"}, _silent,
               where=" AND next_task_id IS NULL", counts=True, plans=True),
        _Panel("asleep", _("Asleep"), asleep, CLOSED_HALF, {"care": "asleep"}, _silent, counts=True),
    ]  # fmt: skip


def _compiled(rows: OpportunityQuerySet) -> tuple[str, tuple[Any, ...]]:
    """The SQL of these, and its parameters; blank where there can be none."""
    try:
        return (
            rows.order_by().values_list("pk", "list_key", "currency", "amount", "next_task_id").query.sql_with_params()
        )
    except EmptyResultSet:
        return "", ()


def _read(panels: list[_Panel]) -> list[_Panel]:
    """What stands in each, in one statement."""
    parts = [panel.part(at) for at, panel in enumerate(panels) if panel.mine[0]]
    if parts:
        given = [one for _text, values in parts for one in values]
        for at, is_id, value, currency in sql.fetch(" UNION ALL ".join(text for text, _given in parts), given):
            panels[at].take(is_id, value, currency)
    return panels


def _entry(row: Listed, told: Callable[[Listed], str]) -> Entry:
    amount = money.format_units(row.amount, row.currency, language()) if row.amount is not None else ""
    return Entry(row.pk, row.name, address("opportunities:opportunity", row.pk), told(row), amount)


def _party(row: Listed) -> str:
    contact = f"{row.contact_first or ''} {row.contact_last or ''}".strip()
    return row.account or contact or _("Unnamed company")


def _due(row: Listed) -> str:
    day = due_from(row.list_key)
    return f"{_party(row)}, {dates.near_date(day, language(), dates.today())}" if day else _party(row)


def _late(row: Listed) -> str:
    day = due_from(row.list_key)
    days = (dates.today() - day).days if day else 0
    late = ngettext("late by %(n)s day", "late by %(n)s days", days) % {"n": days}
    return f"{_party(row)}, {late}"


def _silent(row: Listed) -> str:
    days = (dates.today() - (row.last_exchange_on or row.opened_on)).days
    return ngettext("%(n)s day without activity", "%(n)s days without activity", days) % {"n": days}
