"""*My day*, the home page: nothing to click to see what needs one this morning (ACT-5, RPT-6)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core import dates
from core.coming_from import coming_from
from core.templatetags.components import language
from opportunities.models import Opportunity
from opportunities.targets import Quarter
from records.journal import operation
from tasks import day as my_day
from tasks.models import Task, task_categories
from tasks.quick import parse
from tasks.rows import key_of
from tasks.watches import watches
from users.middleware import SignedIn


@require_safe
def day(request: SignedIn) -> HttpResponse:
    team = request.GET.get("whose") == "team" and my_day.may_see_team(request.user)
    groups = my_day.groups(request.user, team=team)
    context: dict[str, Any] = {
        "title": dates.full_date(dates.today(), language()),
        "groups": groups,
        "told": my_day.head(groups),
        "is_free": not any(group.count for group in groups),
        "team": team,
        "may_see_team": my_day.may_see_team(request.user),
        "watches": watches(request.user),
        "quarter": Quarter.of(request.user, team=team),
    }
    return render(request, "tasks/day.html", context)


@require_POST
def quick(request: SignedIn) -> HttpResponse:
    """A task in one line; of a record that one does not see, its number stays in the title."""
    line = request.POST.get("line", "")[:300]
    said = parse(line, dates.today())
    opportunity = None
    if said.opportunity is not None:
        opportunity = Opportunity.objects.visible_to(request.user, few=True).filter(pk=said.opportunity).first()
        if opportunity is None:
            said.title = f"{said.title} #{said.opportunity}".strip()
    category = next((one for one in task_categories().values() if one.icon == said.icon and not one.archived_at), None)
    task = Task(
        title=said.title[:200],
        due_on=said.due_on or (dates.today() if said.title else None),
        due_time=said.due_time,
        assignee=request.user,
        category=category,
        remind_before=request.user.remind_before,
        opportunity=opportunity,
    )
    try:
        task.add(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(task)s” is on your list.") % {"task": task})
    return redirect(coming_from(request, "/"))


@require_POST
def postpone_late(request: SignedIn) -> HttpResponse:
    """All one's late tasks are due today; one operation, so that it can be taken back at once."""
    now = dates.today()
    late = my_day.tasks_of(request.user, team=False).filter(order_key__lt=key_of(now))
    befores = list(late.values(*Task.columns()))
    with operation(by=request.user, door="form", what="task.postpone"):
        Task.change_rows([{**before, "due_on": now} for before in befores], befores)
    said = ngettext("%(n)s task is due today now.", "%(n)s tasks are due today now.", len(befores))
    messages.success(request, said % {"n": len(befores)})
    return redirect(coming_from(request, "/"))
