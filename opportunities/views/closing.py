"""Winning, losing, cancelling, reopening, from the record's page and the row menu (LIFE-1, LIFE-2)."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opportunities.models import Opportunity
from opportunities.views.record import fetch
from pipelines.models import LostReason
from records import gate
from users.middleware import SignedIn


class LostForm(forms.Form):
    reason = forms.ModelChoiceField(
        LostReason.objects.none(),
        label=gettext_lazy("Reason"),
        error_messages={"required": gettext_lazy("Choose the reason of the loss.")},
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].queryset = LostReason.objects.active()  # type: ignore[attr-defined]


@require_POST
def win(request: SignedIn, pk: int) -> HttpResponse:
    return _close(request, pk, lambda opportunity: opportunity.win(by=request.user), _("Won."))


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    return _close(request, pk, lambda opportunity: opportunity.cancel(by=request.user), _("Cancelled."))


@require_POST
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    opportunity = fetch(request, pk)
    gate.require(request.user, "close", opportunity)
    if opportunity.is_open:
        messages.info(request, _("It is open already."))
        return redirect(opportunity)
    before = opportunity.stage
    opportunity.reopen(by=request.user)
    if opportunity.stage_id != before.pk:
        said = _("Reopened in “%(stage)s”: “%(before)s” is archived.")
        messages.success(request, said % {"stage": opportunity.stage, "before": before})
    else:
        messages.success(request, _("Reopened in “%(stage)s”.") % {"stage": opportunity.stage})
    return redirect(opportunity)


@require_http_methods(["GET", "HEAD", "POST"])
def lose(request: SignedIn, pk: int) -> HttpResponse:
    """Asks for the reason, then closes as lost."""
    opportunity = fetch(request, pk)
    gate.require(request.user, "close", opportunity)
    form = LostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opportunity.lose(reason=form.cleaned_data["reason"], note=form.cleaned_data["note"], by=request.user)
        messages.success(request, _("Lost."))
        return redirect(opportunity)
    template = "opportunities/_lose.html" if request.htmx else "opportunities/lose.html"
    context = {"opportunity": opportunity, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)


def _close(request: SignedIn, pk: int, verb: Callable[[Opportunity], None], text: str) -> HttpResponse:
    opportunity = fetch(request, pk)
    gate.require(request.user, "close", opportunity)
    verb(opportunity)
    messages.success(request, text)
    return redirect(opportunity)
