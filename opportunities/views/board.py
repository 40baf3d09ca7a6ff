"""The board (LIST-6): a pipeline as columns, and what is done on it: moving, winning, losing, cancelling."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import dates
from core.coming_from import coming_from
from core.filters import query_with
from core.keyset import Key
from core.sentences import led
from opportunities.board import Board, Totals
from opportunities.cards import CardPresenter, everything, heads, zones
from opportunities.in_passing import CHEAP, in_passing
from opportunities.listing import rows_of
from opportunities.models import Opportunity, Status
from opportunities.models.gates import Missing
from opportunities.views.closing import LostForm
from opportunities.views.gates import at_the_gate
from opportunities.views.listing import read_filters
from opportunities.views.record import fetch
from pipelines.models import Pipeline, Stage, active_pipelines, all_pipelines, all_stages, default_pipeline
from records import gate
from records.merging import changes_since
from records.models import Door, StaleRecord
from users.middleware import SignedIn

ATTEMPTS = 3


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The columns with their first cards; the figures with them where they are cheap, else by ``sums``."""
    board, filters = read(request)
    if "totals" in request.GET:
        totals = board.totals(dates.today())
    else:
        key = (request.user.pk, f"board{query_with(request.GET)}")
        totals = in_passing(key, lambda: board.totals(dates.today(), most=CHEAP))
    present, found = CardPresenter(request.user), board.cards()
    columns = [
        {"head": head, "cards": present.cards(rows), **onwards(request, head.stage, rows, more)}
        for head in heads(board, totals)
        for rows, more in [found[head.stage.pk]]
    ]
    kept = [(name, value) for name, values in request.GET.lists() if name not in OWN for value in values]
    context = figures(totals) | {
        "pipeline": board.pipeline,
        "pipelines": active_pipelines(),
        "columns": columns,
        "chips": [chip for chip in filters.chips(request.GET, request.user) if chip.name not in OWN] if filters else [],
        "kept": kept,
        "may": {verb: gate.allows(request.user, Opportunity, verb) for verb in ("create", "import", "change")},
    }
    return render(request, "opportunities/board/index.html", context)


OWN = ("pipeline", "totals")


@require_safe
def sums(request: SignedIn) -> HttpResponse:
    """The figures of all heads, of the page and of the closing zones, where they did not come with the page."""
    board, _filters = read(request)
    totals = board.totals(dates.today())
    return render(request, "opportunities/board/_sums.html", figures(totals) | {"heads": heads(board, totals)})


@require_safe
def column(request: SignedIn, pk: int) -> HttpResponse:
    """The next cards of a column."""
    board, _filters = read(request)
    stage = next((stage for stage in board.stages if stage.pk == pk), None)
    after = Key.parse(request.GET.get("after", ""))
    if stage is None or after is None:
        raise Http404
    rows, more = board.column(stage, after)
    context = {"cards": CardPresenter(request.user).cards(rows), **onwards(request, stage, rows, more)}
    return render(request, "opportunities/board/_cards.html", context)


@require_safe
def menu(request: SignedIn, pk: int) -> HttpResponse:
    """Where a card can go, without dragging."""
    found = fetch(request, pk)
    may = gate.verbs_on(request.user, found)
    whence = came_from(request)
    context = {
        "opportunity": found,
        "may": may,
        "why": "" if "change" in may else gate.refusal(request.user, "change", found),
        "stages": Board(request.user, found.pipeline).stages,
        "back": whence,
        "query": urlsplit(whence).query,
    }
    template = "opportunities/board/_menu.html" if request.htmx else "opportunities/board/menu.html"
    return render(request, template, context)


@require_POST
def move(request: SignedIn, pk: int) -> HttpResponse:
    """To another stage, or closed as won or cancelled: one request, answered with the card and the heads."""
    found = fetch(request, pk)
    wanted = request.POST.get("stage", "")
    verb = "close" if wanted in Status.values else "change"
    if not gate.may(request.user, verb, found):
        if not request.htmx:
            gate.require(request.user, verb, found)
        return refused(request, found, gate.refusal(request.user, verb, found), status=403)
    try:
        before = found.stage
        found = put(request, found, wanted)
    except Missing as error:
        return at_the_gate(request, found, error.stage)
    except ValidationError as error:
        return refused(request, fetch(request, pk), " ".join(error.messages))
    return answer(request, found, {before.pk, found.stage_id}, said(found))


@require_http_methods(["GET", "HEAD", "POST"])
def lose(request: SignedIn, pk: int) -> HttpResponse:
    """Asks for the reason, then closes as lost."""
    found = fetch(request, pk)
    if not gate.may(request.user, "close", found):
        gate.require(request.user, "close", found)
    form = LostForm(request.POST if request.method == "POST" else None, opportunity=found)
    if request.method == "POST" and form.is_valid():
        found.lose(**form.cleaned_data, by=request.user, door=door_of(request))
        return answer(request, found, {found.stage_id}, said(found))
    whence = came_from(request)
    context = {"opportunity": found, "form": form, "status": Status.LOST.value, "on_board": True, "back": whence}
    context["query"] = urlsplit(whence).query
    template = "opportunities/closing/_close.html" if request.htmx else "opportunities/closing/close.html"
    response = render(request, template, context, status=422 if form.errors else 200)
    if form.errors:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def put(request: SignedIn, found: Opportunity, wanted: str) -> Opportunity:
    """Do what the card was dropped for, on the opportunity as it stands now (REC-5).

    What others changed since the card was read stays, unless it is the stage or the status itself: then
    ``ValidationError`` says who put it where.
    """
    for attempt in range(ATTEMPTS):
        refuse_what_others_moved(request, found, wanted)
        try:
            if wanted == Status.WON:
                found.win(by=request.user, door=door_of(request))
            elif wanted == Status.CANCELLED:
                found.cancel(by=request.user, door=door_of(request))
            else:
                found.move_to(stage_of(found, wanted), by=request.user, door=door_of(request))
            return found
        except StaleRecord:
            if attempt + 1 == ATTEMPTS:
                raise ValidationError(_("Somebody else changed it just now. Look again.")) from None
            found = fetch(request, found.pk)
    return found


def stage_of(found: Opportunity, wanted: str) -> Stage:
    stage = all_stages().get(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    if stage is None or stage.pipeline_id != found.pipeline_id:
        raise ValidationError(_("This stage is not one of its pipeline."))
    return stage


def refuse_what_others_moved(request: SignedIn, found: Opportunity, wanted: str) -> None:
    version = request.POST.get("version", "")
    if not (version.isdecimal() and len(version) < 9) or int(version) >= found.version:
        return
    if wanted in (str(found.stage_id), found.status) and (wanted == found.status or found.is_open):
        return
    since = changes_since(found, int(version))
    moved = since.get("status") or since.get("stage_id")
    if moved is not None and moved[1].operation.by_id != request.user.pk:
        where = found.stage.name if found.is_open else found.stage.pipeline.label(found.status)
        text = _("%(who)s has put it in “%(stage)s” meanwhile.")
        raise ValidationError(text % {"who": moved[1].operation.by or _("Somebody"), "stage": where})


def from_list(request: SignedIn) -> bool:
    """Whether it was asked from the menu of a row of the list, which is then shown again."""
    return request.POST.get("from") == "list"


def door_of(request: SignedIn) -> Door:
    return Door.FORM if from_list(request) else Door.BOARD


def answer(request: SignedIn, found: Opportunity, stages: set[int], text: str) -> HttpResponse:
    """The card as it is now and the heads of its columns; without a script, the board again."""
    if from_list(request) or not request.htmx:
        messages.success(request, text)
        return redirect(came_from(request))
    return render(request, "opportunities/board/_moved.html", moved(request, found, stages) | {"said": text})


def refused(request: SignedIn, found: Opportunity, text: str, status: int = 409) -> HttpResponse:
    if from_list(request) or not request.htmx:
        messages.error(request, text)
        return redirect(came_from(request))
    context = moved(request, found, {found.stage_id}) | {"refused": led(found.name, text)}
    return render(request, "opportunities/board/_moved.html", context, status=status)


def moved(request: SignedIn, found: Opportunity, stages: set[int]) -> dict[str, Any]:
    """What the board shows anew: figures as of the board one looks at, so its filters come along in the URL."""
    board, _filters = read(request, found.pipeline)
    totals = board.totals(dates.today(), most=CHEAP)
    shown = totals or board.totals(dates.today(), stages)
    return figures(totals) | {
        "opportunity": found,
        "heads": heads(board, shown, () if totals else stages),
        "zones": zones(shown),
        "card": CardPresenter(request.user).cards(rows_of([found.pk], request.user)) if found.is_open else "",
    }


def came_from(request: SignedIn) -> str:
    return coming_from(request, reverse("opportunities:board"))


def said(found: Opportunity) -> str:
    if found.is_open:
        return _("Now in “%(stage)s”.") % {"stage": found.stage}
    return led(found.name, found.stage.pipeline.label(found.status))


def read(request: SignedIn, pipeline: Pipeline | None = None) -> tuple[Board, Any]:
    """The board that the URL names, with its filters: those of the list, the pipeline among them."""
    filters, condition = read_filters(request, without=OWN)
    pipeline = pipeline or chosen(request)
    if pipeline is None:
        raise Http404
    return Board(request.user, pipeline, condition), filters


def chosen(request: SignedIn) -> Pipeline | None:
    """The first pipeline in use that the URL names, else the house's first."""
    named = (int(value) for value in request.GET.getlist("pipeline") if value.isdecimal() and len(value) < 19)
    return next((all_pipelines()[pk] for pk in named if pk in all_pipelines()), default_pipeline())


def onwards(request: SignedIn, stage: Stage, rows: list[Any], more: bool) -> dict[str, str]:
    """Where the next cards of a column are: as cards, and as a page of the list."""
    if not more:
        return {"next": "", "next_list": ""}
    last = str(Key(rows[-1].list_key, rows[-1].pk))
    return {
        "stage": str(stage.pk),
        "next": query_with(request.GET, after=last, totals="", pipeline=str(stage.pipeline_id)),
        "next_list": query_with(request.GET, after=last, totals="", pipeline="", status="open", stage=str(stage.pk)),
    }


def figures(totals: Totals | None) -> dict[str, Any]:
    return {"all": everything(totals) if totals else None, "zones": zones(totals)}
