"""The list as it was on a past day (LOG-3): ``/opportunities/?on=2026-03-01``."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import dates
from core.filters import Chip, query_with
from core.keyset import Key
from opportunities.columns import DEFAULT
from opportunities.filters import narrowing
from opportunities.in_passing import in_passing
from opportunities.past import PastList
from opportunities.rows import Presenter, Summary
from opportunities.views import listing
from users.middleware import SignedIn


def totals_of(request: SignedIn, found: PastList, last: Key | None) -> Summary | None:
    """With the page where they are quick, else by ``summary`` a moment later."""
    if "totals" in request.GET:
        return Summary.of(found.totals(last))
    totals = in_passing((request.user.pk, query_with(request.GET, after="")), lambda: found.totals(last))
    return Summary.of(totals) if totals is not None else None


def chips(request: SignedIn, found: PastList) -> list[Chip]:
    return found.filters.chips(request.GET, request.user) if found.filters else []


@require_safe
def summary(request: SignedIn) -> HttpResponse:
    """The totals of today's list, or of that of a day (LIST-5, LOG-3)."""
    if not request.GET.get("on"):
        return listing.summary(request)
    try:
        day = min(dates.parse_date(request.GET["on"]), dates.today())
    except ValidationError:
        raise Http404 from None
    totals = PastList(request.user, day, request.GET).totals(Key.parse(request.GET.get("last", "")))
    context = listing.labels() | {
        "lead": listing.lead(DEFAULT),
        "tail": DEFAULT[listing.lead(DEFAULT) - 1 :],
        "summary": Summary.of(totals),
        "shown": request.GET.get("shown", ""),
        "halves": request.GET.getlist("half"),
    }
    return render(request, "opportunities/_summary.html", context)


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Today's list, unless a day is asked for."""
    if not request.GET.get("on"):
        return listing.index(request)
    try:
        day = dates.parse_date(request.GET["on"])
        refusal = _("This day is yet to come.") if day > dates.today() else ""
    except ValidationError as error:
        day, refusal = dates.today(), " ".join(error.messages)
    found = PastList(request.user, dates.today() if refusal else day, request.GET)
    listed, more = found.page(Key.parse(request.GET.get("after", ""))) if not refusal else ([], False)
    last = Key(listed[-1].list_key, listed[-1].pk) if listed else None
    presenter = Presenter(request.user)
    presenter.today = day
    rows = [*map(presenter.row, listed)]
    first_closed = next((at for at, item in enumerate(listed) if not item.is_open), len(rows))
    context = listing.labels() | {
        "day": day,
        "typed": request.GET["on"],
        "refusal": refusal,
        "open_rows": rows[:first_closed],
        "closed_rows": rows[first_closed:],
        "shown": len(rows),
        "after": request.GET.get("after", ""),
        "next": query_with(request.GET, after=str(last)) if more else "",
        "start": query_with(request.GET, after=""),
        "today_url": query_with(request.GET, after="", on=""),
        "summary": totals_of(request, found, last) if not refusal else Summary.of([]),
        "summary_query": query_with(request.GET, after="", last=str(last or "")),
        "totals_url": query_with(request.GET, totals="1"),
        "lead": listing.lead(DEFAULT),
        "tail": DEFAULT[listing.lead(DEFAULT) - 1 :],
        "chips": SimpleLazyObject(lambda: chips(request, found)),
        "kept": [(name, value) for name in narrowing(request.GET) for value in request.GET.getlist(name)],
    }
    return render(request, "opportunities/past.html", context, status=422 if refusal else 200)
