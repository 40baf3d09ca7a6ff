"""Declaring hours on an opportunity (ACT-7)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities.durations import told
from activities.forms import TimeForm
from activities.models import TimeEntry
from activities.timeline import time_spent
from core.dates import today
from opportunities.views.record import fetch
from records import gate
from records.gate import Refused
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedIn, pk: int) -> HttpResponse:
    opportunity = fetch(request, pk)
    back = reverse("activities:opportunity", args=[pk])
    form = TimeForm(
        request.POST or None,
        instance=TimeEntry(opportunity=opportunity, user=request.user),
        initial={"on": today()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = form.instance.add(by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(time)s declared.") % {"time": told(entry.minutes)})
            return HttpResponse(headers={"HX-Redirect": back}) if request.htmx else redirect(back)
    context = {"form": form, "opportunity": opportunity, "back": back, "spent": told(time_spent(pk))}
    template = "activities/_time.html" if request.htmx else "activities/time.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    seen = TimeEntry.objects.visible_to(request.user).select_related("opportunity", "user")
    entry: TimeEntry | None = seen.filter(pk=pk).first()
    if entry is None:
        raise Http404
    if entry.user_id != request.user.pk and not gate.may(request.user, "change", entry.opportunity):
        said = _("%(person)s declared it, and can take it back, as can whoever may edit the opportunity.")
        raise Refused(said % {"person": entry.user})
    entry.remove(by=request.user)
    messages.success(request, _("Taken back."))
    return redirect("activities:opportunity", entry.opportunity_id)
