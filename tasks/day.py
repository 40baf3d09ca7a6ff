"""*My day*: what is late, what is today, what comes (ACT-5)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core import dates
from opportunities.models import Opportunity
from records.gate import Scope
from tasks.listed import rows_of, stretches
from tasks.models import Task, TaskQuerySet
from tasks.rows import TaskRow, key_of, present

SHOWN = {"late": 15, "today": 25, "coming": 10}  # as many rows in all as a page of a list has
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
    start, tomorrow, week = key_of(now), key_of(now + dt.timedelta(days=1)), key_of(now + dt.timedelta(days=8))
    bounds = {"late": (0, start), "today": (start, tomorrow), "coming": (tomorrow, week)}
    titles = {"late": _("Late"), "today": _("Today"), "coming": _("In the next 7 days")}
    found = dict(zip(bounds, stretches(tasks_of(user, team=team), bounds.values(), MANY + 1), strict=True))
    shown = {code: ids[: SHOWN[code]] for code, ids in found.items()}
    listed = rows_of([pk for ids in shown.values() for pk in ids])
    rows = {row.pk: row for row in present(listed.values(), user)}
    url, whose = reverse("tasks:index"), "team" if team else "mine"
    return [
        Group(
            code,
            titles[code],
            [rows[pk] for pk in shown[code] if pk in rows],
            len(ids),
            f"{url}?due={code}&whose={whose}",
        )
        for code, ids in found.items()
    ]


def head(found: Iterable[Group]) -> str:
    """*2 late, 5 today*."""
    counts = {group.code: group for group in found}
    parts = []
    if counts["late"].count:
        parts.append(_("%(n)s late") % {"n": counts["late"].many})
    parts.append(_("%(n)s today") % {"n": counts["today"].many})
    return ", ".join(parts)
