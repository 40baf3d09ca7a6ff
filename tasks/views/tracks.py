"""Adding a track to an opportunity, moving it along, removing it (ACT-6, REC-3)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.coming_from import coming_from
from opportunities.models import Opportunity
from opportunities.views.record import fetch
from records import gate
from tasks.models import AppliedTrack
from tasks.models.applying import apply
from tasks.models.following_on import leave, move_along
from tasks.track_forms import ApplyForm
from tasks.track_part import PreviewForm, asked_by, shown_in
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn, pk: int) -> HttpResponse:
    """Which track, until when; the dates that it gives are shown before they are made."""
    opportunity = changeable(request, pk)
    if request.method != "POST" and "track_id" in request.GET:
        form = ApplyForm.chosen_so_far(request.GET, opportunity=opportunity, user=request.user)
    else:
        sent = request.POST if request.method == "POST" else None
        form = ApplyForm(sent, opportunity=opportunity, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.refuse_unseen_past()
    if request.method == "POST" and form.is_valid():
        row = {"id": opportunity.pk, "owner_id": opportunity.owner_id, "due_on": opportunity.due_on}
        asked: Any = form.asked
        track = asked.track
        try:
            apply(track, [row], by=request.user, start=asked.start, end=asked.end)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = ngettext("“%(track)s” is added: %(n)s task.", "“%(track)s” is added: %(n)s tasks.", len(track.steps))
            messages.success(request, said % {"track": track, "n": len(track.steps)})
            return done(request, opportunity)
    context = {"opportunity": opportunity, "form": form, "back": coming_from(request, opportunity.get_absolute_url())}
    template = "tasks/tracks/_add.html" if request.htmx else "tasks/tracks/add.html"
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, template, context, status=status)


@require_safe
def preview(request: SignedIn) -> HttpResponse:
    """The dates that a track would give in the form of a new opportunity, while one chooses (NEW-4)."""
    form = PreviewForm(request.GET, user=request.user)
    form.is_valid()
    asked = asked_by(form.cleaned_data)
    context = shown_in(form, asked, form.cleaned_data) | {"url": request.path}
    return render(request, "tasks/tracks/_dates.html", context)


@require_POST
def move(request: SignedIn, pk: int) -> HttpResponse:
    """The open tasks of its tracks go along with the expected close; or stay, and it is not asked again."""
    opportunity = changeable(request, pk)
    if "leave" in request.POST:
        leave([opportunity.pk], by=request.user)
        messages.info(request, _("The tasks stay where they are."))
        return done(request, opportunity)
    count = move_along([opportunity.pk], by=request.user)
    said = ngettext("%(n)s task is moved along.", "%(n)s tasks are moved along.", count)
    messages.success(request, said % {"n": count})
    return done(request, opportunity)


@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """The track with its open tasks; those that are done stay."""
    applied = AppliedTrack.objects.visible_to(request.user).filter(pk=pk).first()
    if applied is None:
        raise Http404
    opportunity = changeable(request, applied.opportunity_id)
    count = applied.remove(by=request.user)
    said = ngettext(
        "“%(track)s” is removed, with %(n)s open task.", "“%(track)s” is removed, with %(n)s open tasks.", count
    )
    messages.success(request, said % {"track": applied, "n": count})
    return done(request, opportunity)


def changeable(request: SignedIn, pk: int) -> Opportunity:
    opportunity = fetch(request, pk)
    gate.require(request.user, "change", opportunity)
    return opportunity


def done(request: SignedIn, opportunity: Opportunity) -> HttpResponse:
    where = coming_from(request, opportunity.get_absolute_url())
    return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
