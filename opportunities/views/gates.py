"""At the gate of a stage: what is missing, with the inputs to fill it in right there (SET-4)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.coming_from import coming_from
from opportunities.entering import DOORS, EnterForm
from opportunities.models import Opportunity
from opportunities.views.form import symbol
from opportunities.views.record import fetch
from pipelines.models import Stage, all_stages
from records import gate
from records.merging import until_fresh
from records.models import Door
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: SignedIn, pk: int, stage: int) -> HttpResponse:
    """What is typed is saved and the opportunity moved, in one operation; or asked again."""
    wanted = all_stages().get(stage)

    def attempt() -> HttpResponse:
        opportunity = fetch(request, pk)
        gate.require(request.user, "change", opportunity)
        if wanted is None or wanted.pipeline_id != opportunity.pipeline_id:
            raise Http404
        sent = request.POST if request.method == "POST" else None
        form = EnterForm(sent, user=request.user, instance=opportunity, stage=wanted)
        if sent is not None and form.is_valid():
            try:
                form.enter(request.user, door_of(request))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Now in “%(stage)s”.") % {"stage": wanted})
                return redirect(coming_from(request, opportunity.get_absolute_url()))
        return show(request, form, 422 if form.errors else 200)

    return until_fresh(attempt)


def at_the_gate(request: SignedIn, opportunity: Opportunity, stage: Stage) -> HttpResponse:
    """The answer to a move that the gate refuses: 422, in the dialog or as a page."""
    form = EnterForm(user=request.user, instance=fetch(request, opportunity.pk), stage=stage)
    return show(request, form, 422)


def show(request: SignedIn, form: EnterForm, status: int) -> HttpResponse:
    context = {
        "opportunity": form.instance,
        "stage": form.goal,
        "form": form,
        "inputs": [form[name] for name in form.names],
        "door": door_of(request),
        "back": coming_from(request, form.instance.get_absolute_url()),
        "currency_symbol": symbol(form.instance),
    }
    template = "opportunities/gate/_gate.html" if request.htmx else "opportunities/gate/gate.html"
    response = render(request, template, context, status=status)
    if request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def door_of(request: SignedIn) -> str:
    """The door that one stands before: the board, where the request came from there."""
    if "/board/" in request.path:
        return Door.BOARD
    sent = request.POST.get("door", "")
    return sent if sent in DOORS else Door.FORM
