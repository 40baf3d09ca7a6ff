"""One task: its page, which is its form; a new one; the menu of its row (ACT-4)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.coming_from import coming_from
from records import gate
from records.models import OwnedRecord, StaleRecord
from tasks.forms import TaskForm
from tasks.models import Task
from tasks.models.reach import PARENTS
from tasks.rows import of_track, present_one
from tasks.views.fetching import changeable, fetch
from users.middleware import SignedIn
from users.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """On the record named in the address, if one may see it; else alone."""
    source = request.POST if request.method == "POST" else request.GET
    task = Task(**{name: record for name in PARENTS if (record := parent(request, name, source)) is not None})
    initial = {name: request.GET[name] for name in ("title", "due_on", "category") if name in request.GET}
    form = TaskForm(request.POST or None, user=request.user, instance=task, initial=initial)
    return answer(request, form, _("“%(task)s” is planned."))


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: SignedIn, pk: int) -> HttpResponse:
    """The task; its form for those who may change it."""
    found = fetch(request, pk)
    if request.method != "POST" and not found.may_be_changed_by(request.user):
        return render(request, "tasks/task.html", {"row": present_one(found, request.user), "task": found})
    form = TaskForm(request.POST or None, user=request.user, instance=changeable(request, pk))
    return answer(request, form, _("“%(task)s” is saved."))


@require_safe
def menu(request: SignedIn, pk: int) -> HttpResponse:
    """Postpone, hand on, edit, remove."""
    found = changeable(request, pk)
    people = User.objects.active() if request.user.scope("opportunity", "view") != gate.Scope.OWN else []
    context = {"task": found, "people": people, "back": coming_from(request, "/")}
    return render(request, "tasks/_menu.html" if request.htmx else "tasks/menu.html", context)


def warnings(saved: Task) -> list[str]:
    """What is allowed, and worth a word: a due date in the past (F124)."""
    return [_("Its date is past.")] if saved.is_late else []


def parent(request: SignedIn, name: str, source: Any) -> OwnedRecord | None:
    """The record to put a task on, through the gate; one that is not seen is passed over as if it were absent."""
    wanted = source.get(name, "")
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    found: OwnedRecord | None = PARENTS[name].objects.visible_to(request.user, few=True).filter(pk=wanted).first()
    return found


def answer(request: SignedIn, form: TaskForm, said: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save_as(request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except StaleRecord:
            form.add_error(None, _("Somebody else saved this just now. Save again to merge both."))
        else:
            messages.success(request, " ".join([said % {"task": saved}, *warnings(saved)]))
            where = coming_from(request, reverse("home"))
            return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
    on: Any = form.instance.parent
    context = {
        "form": form,
        "task": None if form.is_new else form.instance,
        "on": on,
        "on_name": next((name for name in PARENTS if getattr(form.instance, f"{name}_id")), ""),
        "track": of_track(form.instance),
        "action": request.get_full_path(),
        "back": coming_from(request, reverse("home")),
    }
    status = 409 if form.clashes else 422 if form.errors else 200
    return render(request, "tasks/_form.html" if request.htmx else "tasks/form.html", context, status=status)
