"""*My day*: what is late, what is today, what comes; beside it what needs looking after (ACT-5, RPT-6, LIST-8)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates, money
from core.templatetags.components import language
from opportunities.models import Opportunity, OpportunityQuerySet, Status
from opportunities.models.ordering import CLOSED_HALF
from records.gate import Scope
from tasks.models import Task, TaskQuerySet
from tasks.rows import TaskRow, key_of, present, to_show

SHOWN = {"late": 15, "today": 25, "coming": 10}  # as many rows in all as a page of a list has
LISTED = 5
ENTRY = (
    "name", "amount", "currency", "due_on", "opened_on", "last_exchange_on",
    "account__name", "contact__first_name", "contact__last_name",
)  # fmt: skip
MANY = 500  # a count is told exactly up to here


@dataclass(frozen=True)
class Group:
    """Tasks of a stretch of days."""

    code: str
    title: str
    rows: list[TaskRow]
    count: int
    more_url: str

    @property
    def many(self) -> str:
        """How many there are, as a text."""
        return f"{MANY}+" if self.count > MANY else str(self.count)


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


def may_see_team(user: Any) -> bool:
    return user.scope(Opportunity.gate_key(), "view") in (Scope.TEAM, Scope.ALL) and bool(user.memberships.teams)


def tasks_of(user: Any, *, team: bool) -> TaskQuerySet:
    """One's own open tasks, or those of one's teams."""
    seen: TaskQuerySet = Task.objects.visible_to(user).filter(done_at=None)
    if team:
        return seen.filter(assignee__team__in=user.memberships.teams)
    return seen.filter(assignee=user.pk)


def groups(user: Any, *, team: bool = False) -> list[Group]:
    now = dates.today()
    tasks = tasks_of(user, team=team)
    start, tomorrow, week = key_of(now), key_of(now + dt.timedelta(days=1)), key_of(now + dt.timedelta(days=8))
    whose = "team" if team else "mine"
    stretches = (
        ("late", _("Late"), models.Q(order_key__lt=start)),
        ("today", _("Today"), models.Q(order_key__gte=start, order_key__lt=tomorrow)),
        ("coming", _("In the next 7 days"), models.Q(order_key__gte=tomorrow, order_key__lt=week)),
    )
    return [_group(code, title, tasks.filter(condition), user, whose) for code, title, condition in stretches]


def _group(code: str, title: str, tasks: TaskQuerySet, user: Any, whose: str) -> Group:
    most = SHOWN[code]
    found = list(to_show(tasks).order_by("order_key", "pk")[: most + 1])
    count = len(found) if len(found) <= most else len(tasks.order_by().values_list("pk", flat=True)[: MANY + 1])
    query = urlencode({"due": code, "whose": whose})
    return Group(code, title, present(found[:most], user), count, f"{reverse('tasks:index')}?{query}")


def late_count(user: Any) -> int:
    """How many of one's tasks are late; at most ``MANY``."""
    late = tasks_of(user, team=False).filter(order_key__lt=key_of(dates.today()))
    return len(late.order_by().values_list("pk", flat=True)[:MANY])


def watches(user: Any) -> list[Watch]:
    """One's own open opportunities that need something; a panel that would be empty is left out."""
    now = dates.today()
    mine: OpportunityQuerySet = Opportunity.objects.visible_to(user, few=True).filter(owner=user.pk)
    at = (
        mine.filter(list_key__lt=CLOSED_HALF)
        .order_by("list_key", "pk")
        .select_related("account", "contact")
        .only(*ENTRY)
    )
    week = now + dt.timedelta(days=dates.A_WEEK)
    url, base = reverse("opportunities:index"), {"owner": user.pk, "status": Status.OPEN.value}

    def link(**query: Any) -> str:
        return f"{url}?{urlencode(base | query)}"

    found = [
        _watch("sign", _("To sign this week"), at.filter(list_key__range=(now.toordinal(), week.toordinal())),
               link(due_from=now, due_to=week), _due),
        _watch("overdue", _("Overdue"), at.filter(list_key__lt=now.toordinal()),
               link(care="overdue"), _late),
        _watch("idle", _("Without a next step"), at.filter(next_task_id=None),
               link(care="idle"), _silent, plans=True),
        _watch("asleep", _("Asleep"), at.asleep(), link(care="asleep"), _silent),
    ]  # fmt: skip
    return [watch for watch in found if watch.entries]


def _watch(code: str, title: str, rows: OpportunityQuerySet, url: str, told: Any, plans: bool = False) -> Watch:
    entries = [_entry(row, told(row)) for row in rows[:LISTED]]
    if plans or code == "asleep":
        count = (
            len(rows.order_by().values_list("pk", flat=True)[: MANY + 1]) if len(entries) == LISTED else len(entries)
        )
        return Watch(code, title, entries, f"{MANY}+" if count > MANY else str(count), url, plans)
    return Watch(code, title, entries, sums(rows) if entries else "", url)


def sums(rows: OpportunityQuerySet) -> str:
    """The amounts, one sum in each currency: two are never added up (OPP-14)."""
    units = models.Sum(models.ExpressionWrapper(models.F("amount"), models.BigIntegerField()))
    found = rows.order_by("currency").values("currency").annotate(units=units).values_list("currency", "units")
    return " + ".join(money.format_units(int(total), currency, language()) for currency, total in found if total)


def _entry(row: Any, told: str) -> Entry:
    amount = money.format_money(row.amount, row.currency, language()) if row.amount is not None else ""
    return Entry(row.pk, row.name, row.get_absolute_url(), told, amount)


def _due(row: Opportunity) -> str:
    party = row.account or row.contact or _("Unnamed company")
    return f"{party}, {dates.near_date(row.due_on, language(), dates.today())}" if row.due_on else str(party)


def _late(row: Opportunity) -> str:
    days = (dates.today() - row.due_on).days if row.due_on else 0
    late = ngettext("late by %(n)s day", "late by %(n)s days", days) % {"n": days}
    party = row.account or row.contact or _("Unnamed company")
    return f"{party}, {late}"


def _silent(row: Opportunity) -> str:
    days = (dates.today() - (row.last_exchange_on or row.opened_on)).days
    return ngettext("%(n)s day without activity", "%(n)s days without activity", days) % {"n": days}


def head(found: Iterable[Group]) -> str:
    """*2 late, 5 today*."""
    counts = {group.code: group for group in found}
    parts = []
    if counts["late"].count:
        parts.append(_("%(n)s late") % {"n": counts["late"].many})
    parts.append(_("%(n)s today") % {"n": counts["today"].many})
    return ", ".join(parts)
