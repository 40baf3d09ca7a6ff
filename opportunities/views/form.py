"""Creating and editing an opportunity (NEW-1, NEW-2)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account, Contact
from core.coming_from import coming_from
from core.models import House
from core.money import SYMBOLS
from opportunities.duplicating import copy_of
from opportunities.forms import SECTIONS, OpportunityForm
from opportunities.models import Opportunity
from opportunities.models.gates import Missing
from opportunities.reassigning import ReassignForm
from opportunities.views.record import fetch
from records import gate
from records.merging import until_fresh
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """From the *Add* button, the list, or the page of an account or contact, whose name is then filled in."""
    gate.require_kind(request.user, "create", Opportunity)
    form = OpportunityForm(request.POST or None, user=request.user, instance=Opportunity(), initial=parties(request))
    return answer(request, form, _("Opportunity created."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    def attempt() -> HttpResponse:
        opportunity = fetch(request, pk)
        gate.require(request.user, "change", opportunity)
        staged = staged_in(request, opportunity)
        form = OpportunityForm(request.POST or None, user=request.user, instance=opportunity, staged=staged)
        return answer(request, form, _("Opportunity saved."))

    return until_fresh(attempt)


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: SignedIn, pk: int) -> HttpResponse:
    """The form of a new one, filled in with what a copy carries over (NEW-3)."""
    gate.require_kind(request.user, "create", Opportunity)
    original = fetch(request, pk)
    copy, begins = copy_of(original)
    form = OpportunityForm(request.POST or None, user=request.user, instance=copy, initial=begins)
    form.original = original
    return answer(request, form, _("Copied from “%(name)s”.") % {"name": original})


def staged_in(request: SignedIn, opportunity: Opportunity) -> ReassignForm | None:
    """Another client, as it came with the editor or its address (GIVE-1)."""
    data = request.POST if request.method == "POST" else request.GET
    if not ReassignForm.staged_in(data):
        return None
    gate.require(request.user, "reassign", opportunity)
    staged = ReassignForm(data, opportunity=opportunity, user=request.user)
    staged.is_valid()
    return staged


def answer(request: SignedIn, form: OpportunityForm, saved: str) -> HttpResponse:
    """Save and go to the record, or back to where one came from (NEW-2); or show the form with what is wrong."""
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            opportunity = form.save_as(request.user)
        except Missing as error:
            form.add_error(None, error)
            for code in form.fields.keys() & set(error.codes):
                form.add_error(code, _("“%(stage)s” asks for it.") % {"stage": error.stage})
        except ValidationError as error:
            form.explain(error)
        except IntegrityError:
            form.add_error("reference", _("This reference is taken."))
        else:
            messages.success(request, " ".join([saved, *form.warnings()]))
            return redirect(back(request) if "close" in request.POST else opportunity.get_absolute_url())
    context: dict[str, Any] = {
        "form": form,
        "sections": [
            (code, label, [form[name] for name in names if name in form.fields]) for code, label, names in SECTIONS
        ],
        "parts": [part.render(form, request) for part in form.parts],
        "back": back(request),
        "copied_lines": form.original.lines.count() if form.original else 0,
        "currency_symbol": symbol(form.instance),
        "opportunity": form.instance if form.instance.pk else None,
        "staged": form.staged,
        "may_reassign": not form.is_new and gate.may(request.user, "reassign", form.instance),
    }
    if form.clashes:
        return render(request, "opportunities/conflict.html", context, status=409)
    return render(request, "opportunities/form.html", context, status=422 if form.errors else 200)


def symbol(opportunity: Opportunity) -> str:
    """The sign of the currency that its amount is typed in."""
    currency = opportunity.currency or House.current().currency
    return SYMBOLS.get(currency, currency)


def parties(request: SignedIn) -> dict[str, Any]:
    """What the URL fills in: the name, and the account or contact, if one may see it."""
    found: dict[str, Any] = {"name": request.GET.get("name", "")[:200]}
    for name, model in (("account", Account), ("contact", Contact)):
        wanted = request.GET.get(name, "")
        if wanted.isdecimal() and len(wanted) < 19:
            record = model.objects.visible_to(request.user).filter(pk=wanted).first()
            if record is not None:
                found[name] = record.pk
    return found


def back(request: SignedIn) -> str:
    """Where one came from: a page of ours, else the list."""
    return coming_from(request, reverse("opportunities:index"))
