"""Choosing another client in the editor (GIVE-1; design 17c, 17d). Reads only: the editor writes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from opportunities.forms import OpportunityForm
from opportunities.reassigning import ReassignForm
from opportunities.views.record import fetch
from records import gate
from users.middleware import SignedIn


@require_safe
def reassign(request: SignedIn, pk: int) -> HttpResponse:
    """Each choice shows what may be chosen next; *Confirm* stages it in the editor, *drop* takes it out again."""
    opportunity = fetch(request, pk)
    for verb in ("change", "reassign"):
        gate.require(request.user, verb, opportunity)
    if "drop" in request.GET:
        return staged(request, opportunity, None)
    begun = "to_account" in request.GET or "to_list" in request.GET
    if begun:
        form = ReassignForm.typing(request.GET, typed(request, "q"), opportunity=opportunity, user=request.user)
    else:
        form = ReassignForm(None, opportunity=opportunity, user=request.user)
    confirmed = "confirm" in request.GET
    if confirmed and form.is_valid():
        return staged(request, opportunity, form)
    context = {
        "opportunity": opportunity,
        "form": form,
        "asked": confirmed,
        "accounts": form.accounts(typed(request, "q")),
        "contacts": form.contacts(typed(request, "qc")),
        "people": form.people,
        "q": typed(request, "q"),
        "qc": typed(request, "qc"),
        "edit_url": reverse("opportunities:edit", args=[pk]),
    }
    template = "opportunities/reassigning/_choose.html" if request.htmx else "opportunities/reassigning/choose.html"
    return render(request, template, context, status=422 if confirmed and form.errors else 200)


def staged(request: SignedIn, opportunity: Any, form: ReassignForm | None) -> HttpResponse:
    """Into the editor behind the dialog; without a script, on to the editor with what was chosen."""
    if not request.htmx:
        query = f"?{form.query}" if form else ""
        return redirect(reverse("opportunities:edit", args=[opportunity.pk]) + query)
    editor = OpportunityForm(user=request.user, instance=opportunity)
    context = {"opportunity": opportunity, "staged": form, "form": editor, "may_reassign": True, "swapped": True}
    return render(request, "opportunities/reassigning/_staged.html", context)


def typed(request: SignedIn, name: str) -> str:
    return " ".join(request.GET.get(name, "").replace("\0", "").split())[:200]
