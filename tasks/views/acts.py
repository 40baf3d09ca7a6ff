"""Ticking, reopening, postponing, handing on, removing: each from wherever the task is shown (ACT-5)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import dates
from core.coming_from import coming_from
from core.templatetags.components import language
from records.models import StaleRecord
from tasks.following import suggestions
from tasks.forms import PostponeForm
from tasks.models import Task
from tasks.rows import present_one
from tasks.track_panel import panel
from tasks.views.fetching import changeable
from users.middleware import SignedIn
from users.models import User


@require_POST
def complete(request: SignedIn, pk: int) -> HttpResponse:
    """Ticked; and what comes next is asked at once, in the place of the row (design, principle 4)."""
    task = changeable(request, pk)
    following = task.complete(by=request.user)
    said = _("“%(task)s” is done.") % {"task": task}
    if following is not None:
        said += " " + _("The next one is due on %(day)s.") % {"day": dates.long_date(following.due_on, language())}
    return _row(request, task, said, suggestions(task) if following is None else [])


@require_POST
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    task = changeable(request, pk)
    task.reopen(by=request.user)
    return _row(request, task, _("“%(task)s” is to be done again.") % {"task": task}, [])


@require_POST
def postpone(request: SignedIn, pk: int) -> HttpResponse:
    task = changeable(request, pk)
    form = PostponeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _back(request)
    until = form.cleaned_data["until"]
    task.postpone(until, by=request.user)
    day = dates.long_date(until, language())
    messages.success(request, _("“%(task)s” is due on %(day)s.") % {"task": task, "day": day})
    return _back(request)


@require_POST
def assign(request: SignedIn, pk: int) -> HttpResponse:
    """Hand it on to a colleague who sees what it is on; they are told."""
    task = changeable(request, pk)
    wanted = request.POST.get("assignee", "")
    person = User.objects.active().filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 19 else None
    try:
        if person is None:
            raise ValidationError(_("Choose a colleague."))
        task.hand_to(person, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(task)s” is with %(person)s now.") % {"task": task, "person": person})
    return _back(request)


@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    task = changeable(request, pk)
    try:
        task.remove(by=request.user)
    except StaleRecord:
        messages.error(request, _("Somebody else changed it just now. Look again."))
    else:
        messages.success(request, _("“%(task)s” is removed.") % {"task": task})
    return _back(request)


def _row(request: SignedIn, task: Task, said: str, next_ones: list[Any]) -> HttpResponse:
    if not request.htmx:
        messages.success(request, said)
        return _back(request)
    if request.POST.get("place") == "track" and task.opportunity is not None:
        context = panel(task.opportunity, request) | {"with_progress": _over_history(request)}
        return render(request, "tasks/tracks/_ticked.html", context)
    place = "aside" if request.POST.get("place") == "aside" else "day"
    row = present_one(task, request.user)
    context = {"row": row, "rows": [row], "said": said, "suggestions": next_ones, "place": place}
    return render(request, "tasks/_ticked.html", context)


def _over_history(request: SignedIn) -> bool:
    """Whether the page that is open has the history, with the progress of tracks above it."""
    return (request.htmx.current_url_abs_path or "").partition("?")[0].endswith("/activity/")


def _back(request: SignedIn) -> HttpResponse:
    where = coming_from(request, "/")
    if not request.htmx:
        return redirect(where)
    return HttpResponse(headers={"HX-Redirect": where})
