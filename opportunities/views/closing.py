"""Winning, losing, cancelling, reopening, from the record's page and the row menu (LIFE-1, LIFE-2)."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import dates
from core.coming_from import coming_from
from core.forms import DateField
from core.sentences import led
from opportunities.models import Opportunity, Status
from opportunities.views.record import fetch
from pipelines.models import LostReason
from records import gate
from records.merging import until_fresh
from users.middleware import SignedIn


class ClosingForm(forms.Form):
    """When it was closed: today, unless said otherwise."""

    on = DateField(label=gettext_lazy("Closed on"), required=False)

    def __init__(self, *args: Any, opportunity: Opportunity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opportunity = opportunity
        self.initial.setdefault("on", dates.today())

    def clean_on(self) -> dt.date | None:
        on: dt.date | None = self.cleaned_data["on"]
        if on and on < self.opportunity.opened_on:
            raise ValidationError(_("It lies before the opening date. Correct one of the two."))
        if on and on > dates.today():
            raise ValidationError(_("A closing date does not lie in the future."))
        return on


class LostForm(ClosingForm):
    """And why, where it was lost."""

    reason = forms.ModelChoiceField(
        LostReason.objects.none(),
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Choose a reason"),
        error_messages={"required": gettext_lazy("Choose the reason of the loss.")},
        widget=forms.Select(attrs={"autofocus": True}),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    field_order = ("reason", "note", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = LostReason.objects.active()  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def win(request: SignedIn, pk: int) -> HttpResponse:
    return close(request, pk, Status.WON)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    return close(request, pk, Status.CANCELLED)


@require_http_methods(["GET", "HEAD", "POST"])
def lose(request: SignedIn, pk: int) -> HttpResponse:
    return close(request, pk, Status.LOST)


def close(request: SignedIn, pk: int, status: Status) -> HttpResponse:
    """Asks when, and why it was lost, in a dialog or on a page; then closes. A day that is not sent is today."""

    def attempt() -> HttpResponse:
        opportunity = fetch(request, pk)
        gate.require(request.user, "close", opportunity)
        form_class = LostForm if status == Status.LOST else ClosingForm
        form = form_class(request.POST if request.method == "POST" else None, opportunity=opportunity)
        if request.method == "POST" and form.is_valid():
            opportunity.close_as(status, **form.cleaned_data, by=request.user)
            if whence := came_from(request):
                messages.success(request, said_with_next(opportunity))
                return redirect(whence)
            messages.success(request, said(opportunity))
            return redirect(opportunity)
        return show(request, opportunity, form, status)

    return until_fresh(attempt)


def said(opportunity: Opportunity) -> str:
    return led(opportunity.name, opportunity.stage.pipeline.label(opportunity.status))


def said_with_next(opportunity: Opportunity) -> str:
    """For who stays where they are: the next task is proposed on the opportunity’s page (LIFE-1)."""
    link = format_html('<a href="{}">{}</a>', opportunity.get_absolute_url(), _("And then?"))
    return format_html("{}. {}", said(opportunity), link)


def came_from(request: SignedIn) -> str:
    """The list that it was asked from, which is shown again; blank on the opportunity’s own page."""
    return coming_from(request, "") if "back" in request.POST or "back" in request.GET else ""


def show(request: SignedIn, opportunity: Opportunity, form: ClosingForm, status: Status) -> HttpResponse:
    verbs = {Status.WON: "win", Status.LOST: "lose", Status.CANCELLED: "cancel"}
    context = {
        "opportunity": opportunity,
        "form": form,
        "status": status.value,
        "verb": verbs[status],
        "back": came_from(request),
    }
    template = "opportunities/closing/_close.html" if request.htmx else "opportunities/closing/close.html"
    response = render(request, template, context, status=422 if form.errors else 200)
    if form.errors and request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


@require_POST
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    def attempt() -> HttpResponse:
        opportunity = fetch(request, pk)
        gate.require(request.user, "close", opportunity)
        here = came_from(request) or opportunity.get_absolute_url()
        if opportunity.is_open:
            messages.info(request, _("It is open already."))
            return redirect(here)
        before = opportunity.stage
        opportunity.reopen(by=request.user)
        if opportunity.stage_id != before.pk:
            said = _("Reopened in “%(stage)s”: “%(before)s” is archived.")
            messages.success(request, said % {"stage": opportunity.stage, "before": before})
        else:
            messages.success(request, _("Reopened in “%(stage)s”.") % {"stage": opportunity.stage})
        return redirect(here)

    return until_fresh(attempt)
