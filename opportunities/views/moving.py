"""Moving an opportunity along its pipeline (REC-1)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.coming_from import coming_from
from opportunities.models import Opportunity
from opportunities.models.gates import Missing
from opportunities.views.gates import at_the_gate
from opportunities.views.record import fetch, header
from pipelines.models import all_stages
from records import gate
from records.merging import until_fresh
from users.middleware import SignedIn


@require_POST
def move(request: SignedIn, pk: int) -> HttpResponse:
    """A click on a stage of the bar."""
    wanted = request.POST.get("stage", "")
    stage = all_stages().get(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None

    def attempt() -> HttpResponse:
        opportunity = fetch(request, pk)
        gate.require(request.user, "change", opportunity)
        try:
            if stage is None or stage.pipeline_id != opportunity.pipeline_id:
                raise ValidationError(_("This stage is not one of its pipeline."))
            opportunity.move_to(stage, by=request.user)
        except Missing as error:
            return at_the_gate(request, opportunity, error.stage)
        except ValidationError as error:
            return refused(request, opportunity, " ".join(error.messages))
        return moved(request, opportunity, _("Now in “%(stage)s”.") % {"stage": stage})

    return until_fresh(attempt)


def moved(request: SignedIn, opportunity: Opportunity, text: str) -> HttpResponse:
    """The head of the page as it is now, or the page itself where there is no script."""
    if not request.htmx:
        messages.success(request, text)
        return redirect(coming_from(request, opportunity.get_absolute_url()))
    return render(request, "opportunities/_head.html", header(request, fetch(request, opportunity.pk)))


def refused(request: SignedIn, opportunity: Opportunity, text: str) -> HttpResponse:
    if not request.htmx:
        messages.error(request, text)
        return redirect(coming_from(request, opportunity.get_absolute_url()))
    context = header(request, fetch(request, opportunity.pk)) | {"refused": text}
    return render(request, "opportunities/_head.html", context, status=409)
