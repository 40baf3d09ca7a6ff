"""The calendar: a month of one's tasks (ACT-5)."""

import calendar
import datetime as dt
import re

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import dates
from core.templatetags.components import language
from tasks import day
from tasks.models import Task
from tasks.rows import RELATED, key_of, present
from users.middleware import SignedIn

MOST = 500
SHOWN = 4
_MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")


@require_safe
def month(request: SignedIn) -> HttpResponse:
    """Whole weeks around a month, each day with its tasks, ticked ones too."""
    wanted, now = request.GET.get("month", ""), dates.today()
    first = dt.date.fromisoformat(f"{wanted}-01") if _MONTH.fullmatch(wanted) else now.replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    team = request.GET.get("whose") == "team" and day.may_see_team(request.user)
    tasks = Task.objects.visible_to(request.user).filter(
        order_key__gte=key_of(weeks[0][0]), order_key__lt=key_of(weeks[-1][-1] + dt.timedelta(days=1))
    )
    if team:
        tasks = tasks.filter(assignee__team__in=request.user.memberships.teams)
    else:
        tasks = tasks.filter(assignee=request.user.pk)
    found: dict[dt.date | None, list[object]] = {}
    for row in present(tasks.select_related(*RELATED).order_by("order_key", "pk")[:MOST], request.user):
        found.setdefault(row.due_on, []).append(row)
    speech = language()
    context = {
        "title": f"{dates.MONTHS_LONG[speech][first.month - 1]} {first.year}".capitalize(),
        "names": dates.DAYS_LONG[speech],
        "weeks": [
            [
                {
                    "day": one,
                    "long": dates.full_date(one, speech),
                    "is_today": one == now,
                    "is_other": one.month != first.month,
                    "rows": found.get(one, [])[:SHOWN],
                    "more": max(len(found.get(one, [])) - SHOWN, 0),
                }
                for one in week
            ]
            for week in weeks
        ],
        "before": f"{first - dt.timedelta(days=1):%Y-%m}",
        "after": f"{first + dt.timedelta(days=31):%Y-%m}",
        "whose": "team" if team else "mine",
        "may_see_team": day.may_see_team(request.user),
        "note": _("Up to %(n)s tasks are shown.") % {"n": MOST} if sum(map(len, found.values())) >= MOST else "",
    }
    return render(request, "tasks/calendar.html", context)
