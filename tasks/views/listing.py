"""All tasks that one sees, narrowed, page by page (ACT-4)."""

from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core import dates
from core.filters import query_with
from core.folding import fold
from core.keyset import PAGE, Key
from tasks import day
from tasks.listed import rows_of
from tasks.models import Task, TaskQuerySet
from tasks.rows import key_of, present
from users.middleware import SignedIn


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """To be done, by due date, oldest first; those without a date last. What is done: newest first, one page."""
    done = request.GET.get("done") == "yes"
    tasks = narrowed(request)
    if done:
        tasks = tasks.order_by("-done_at", "-pk")
    else:
        after = Key.parse(request.GET.get("after", ""))
        if after is not None:
            tasks = tasks.filter(order_key__gte=after.sort).exclude(order_key=after.sort, pk__lte=after.pk)
        tasks = tasks.order_by("order_key", "pk")
    ids = list(tasks.values_list("pk", flat=True)[: PAGE + 1])
    listed = rows_of(ids[:PAGE])
    found = [listed[pk] for pk in ids[:PAGE] if pk in listed]
    last = found[-1] if found and len(ids) > PAGE else None
    context: dict[str, Any] = {
        "rows": present(found, request.user),
        "next": query_with(request.GET, after=f"{last.order_key}.{last.pk}") if last and not done else "",
        "start": query_with(request.GET, after="") if "after" in request.GET else "",
        "tabs": tabs(request),
        "done": done,
        "q": request.GET.get("q", ""),
        "kept": [(name, value) for name, value in request.GET.items() if name not in ("q", "after")],
    }
    return render(request, "tasks/index.html", context)


def narrowed(request: SignedIn) -> TaskQuerySet:
    whose, user = request.GET.get("whose", "mine"), request.user
    tasks: TaskQuerySet = Task.objects.visible_to(user)
    tasks = tasks.filter(done_at__isnull=request.GET.get("done") != "yes")
    if whose == "team" and day.may_see_team(user):
        tasks = tasks.filter(assignee__team__in=user.memberships.teams)
    elif whose != "all":
        tasks = tasks.filter(assignee=user.pk)
    start = key_of(dates.today())
    stretches = {
        "late": models.Q(order_key__lt=start),
        "today": models.Q(order_key__gte=start, order_key__lt=start + 24 * 60),
        "coming": models.Q(order_key__gte=start + 24 * 60, order_key__lt=start + 8 * 24 * 60),
    }
    tasks = tasks.filter(stretches.get(request.GET.get("due", ""), models.Q()))
    for word in fold(request.GET.get("q", "")[:200]).split():
        tasks = tasks.filter(folded__contains=word)
    return tasks


def tabs(request: SignedIn) -> list[dict[str, Any]]:
    given = (request.GET.get("whose", "mine"), request.GET.get("due", ""), request.GET.get("done", ""))
    offered = [(pgettext("tasks", "Mine"), ("mine", "", "")), (_("Late"), ("mine", "late", ""))]
    if day.may_see_team(request.user):
        offered.append((_("My team’s"), ("team", "", "")))
    offered += [(_("All that I see"), ("all", "", "")), (pgettext("tasks", "Done"), ("mine", "", "yes"))]
    names = ("whose", "due", "done")
    return [
        {
            "label": label,
            "url": query_with(request.GET, after="", **dict(zip(names, key, strict=True))),
            "here": key == given,
        }
        for label, key in offered
    ]
