"""The list of opportunities (LIST-1, LIST-2, LIST-5)."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attributes.custom_filters import inputs_of
from core.filters import Chip, asked, fields_of
from core.keyset import PAGE, Key
from core.sorting import Place, Sort
from opportunities.acting import actions
from opportunities.columns import Column, chosen, head
from opportunities.filters import CareFilter, OpportunityFilter, narrowing
from opportunities.in_passing import CHEAP, in_passing
from opportunities.listing import Listed, OpportunityList, Total
from opportunities.models import Opportunity, SavedView
from opportunities.models.saved_view import first_view, views_of
from opportunities.rows import Summary, in_list
from opportunities.sorting import SortedList, orders
from opportunities.views.bulk import offered
from opportunities.views.saved_views import shape
from records import gate
from users.middleware import SignedIn


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """A page of the list; its totals with it where they are cheap, else by ``summary`` a moment later."""
    view = open_view(request)
    filters, condition = read_filters(request)
    sort, columns = Sort.parse(request.GET.get("sort", ""), orders()), chosen(request.GET)
    found, listed, after, onward = read_page(request, condition, sort)
    last = Key(listed[-1].list_key, listed[-1].pk) if listed and sort is None else None
    if "totals" in request.GET:
        totals: list[Total] | None = found.totals(last)
    else:
        totals = in_passing((request.user.pk, with_(request, after="")), lambda: found.totals(last, most=CHEAP))
    rows = in_list(listed, request.user, columns)
    first_closed = next((at for at, item in enumerate(listed) if not item.is_open), len(rows))
    context = labels() | {
        "sort": sort,
        "rows": rows,
        "open_rows": rows[:first_closed],
        "closed_rows": rows[first_closed:],
        "shown": len(rows),
        "after": after,
        "next": with_(request, after=onward) if onward else "",
        "start": with_(request, after=""),
        "head": head(columns, request.GET, sort),
        "lead": lead(columns),
        "tail": columns[lead(columns) - 1 :],
        "summary": Summary.of(totals) if totals is not None else None,
        "summary_query": with_(request, after="", last=str(last or "")),
        "totals_url": with_(request, totals="1"),
        "chips": SimpleLazyObject(lambda: chips(request, filters, sort)) if filters or sort else [],
        "filters": filters,
        "kept": [
            (name, value)
            for name in (*narrowing(request.GET), *SHAPE)
            if name != "q"
            for value in request.GET.getlist(name)
        ],
        "tabs": tabs(request, view),
        "view": view,
        "view_changed": view is not None and shape(request.GET.urlencode()) != shape(view.as_query.urlencode()),
        "may_change_view": view is not None and view.may_be_changed_by(request.user),
        "is_first": view is not None and view == first_view(request.user),
        "bulk": offered(request.user),
        "fixes": fixes(request),
        "may": {verb: gate.allows(request.user, Opportunity, verb) for verb in ("create", "import", "export")},
    }
    return render(request, "opportunities/index.html", context)


@require_safe
def closed(request: SignedIn) -> HttpResponse:
    """The list of closed opportunities (LIST-5): newest first, with their totals, each to be reopened from its menu."""
    return redirect(f"{reverse('opportunities:index')}?{CLOSED_QUERY}")


def read_page(
    request: SignedIn, condition: models.Q | None, sort: Sort | None
) -> tuple[OpportunityList, list[Listed], Key | Place | None, str]:
    """The list and its page after the place that the URL names, in the list's own order or another; that place, and
    the one from which more follow."""
    at = request.GET.get("after", "")
    if sort is not None:
        found, place = SortedList(request.user, condition, sort), Place.parse(at, sort)
        listed, onward = found.sorted_page(place, PAGE)
        return found, listed, place, str(onward or "")
    plain, key = OpportunityList(request.user, condition), Key.parse(at)
    listed, more = plain.page(key, PAGE)
    return plain, listed, key, str(Key(listed[-1].list_key, listed[-1].pk)) if more else ""


def lead(columns: Sequence[Column]) -> int:
    """How many cells of a row stand before its figures, the box to tick among them: a heading or total spans them."""
    figures = [at for at, column in enumerate(columns) if column.code in ("amount", "weighted")]
    return 1 + (figures[0] if figures and figures[0] > 0 else len(columns))


def fixes(request: SignedIn) -> list[dict[str, Any]]:
    """What puts right at once all that the list shows of a kind that needs looking after (LIST-8)."""
    found = []
    for code in request.GET.getlist("care"):
        acts = next((acts for acts in actions().values() if code in acts.mends), None)
        if acts is None or not acts.is_there or not gate.allows(request.user, Opportunity, acts.verb):
            continue
        query = request.GET.copy()
        query.setlist("care", [code])
        found.append(
            {
                "kind": CareFilter.KINDS[code],
                "label": acts.mends[code],
                "action": acts.code,
                "icon": acts.icon,
                "query": query.urlencode(),
            }
        )
    return found


def chips(request: SignedIn, filters: OpportunityFilter | None, sort: Sort | None) -> list[Chip]:
    """What is filtered, and the order where it is not the list's own: each with its cross."""
    found = filters.chips(request.GET, request.user) if filters else []
    if sort is not None:
        found.append(Chip.of("sort", _("Sort"), str(sort.order.label), request.GET))
    return found


@require_safe
def summary(request: SignedIn) -> HttpResponse:
    """The totals of the filtered list, and how many rows follow the last one shown (LIST-5)."""
    _filters, condition = read_filters(request)
    last, columns = Key.parse(request.GET.get("last", "")), chosen(request.GET)
    totals = OpportunityList(request.user, condition).totals(last) or []
    context = labels() | {
        "sort": Sort.parse(request.GET.get("sort", ""), orders()),
        "lead": lead(columns),
        "tail": columns[lead(columns) - 1 :],
        "summary": Summary.of(totals),
        "shown": request.GET.get("shown", ""),
        "halves": request.GET.getlist("half"),
    }
    return render(request, "opportunities/_summary.html", context)


def labels() -> dict[str, str]:
    return {
        "open_label": _("Open"),
        "open_order": _("from oldest to newest"),
        "closed_label": _("Closed"),
        "closed_order": _("from newest to oldest"),
    }


def read_filters(request: SignedIn, without: Collection[str] = ()) -> tuple[OpportunityFilter | None, models.Q | None]:
    """The filters in the URL, and the condition they make; neither where there is none."""
    if not narrowing(request.GET):
        return None, None
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    filters = OpportunityFilter(query, queryset=Opportunity.objects.none(), request=request)
    return filters, filters.conditions()


def with_(request: SignedIn, **values: str) -> str:
    """This page's query with some values set, blank ones left out."""
    query = request.GET.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def open_view(request: SignedIn) -> SavedView | None:
    """The saved view that the URL names, if one sees it. Alone in the URL it is opened: the page is then as if the URL
    spelt out what it stands for. Beside filters it only says which view they were changed from."""
    named = request.GET.get("view", "")
    if named == "first":
        view = first_view(request.user)
    else:
        view = views_of(request.user).get(int(named)) if named.isdecimal() and len(named) < 19 else None
    if view is not None and not narrowing(request.GET) and request.GET.keys().isdisjoint(("sort", "columns")):
        spelt_out = "&".join(filter(None, (request.GET.urlencode(), view.as_query.urlencode())))
        request.GET = QueryDict(spelt_out)
    return view


def tabs(request: SignedIn, view: SavedView | None) -> list[dict[str, Any]]:
    """The views everybody has, then the saved ones (LIST-3, LIST-5)."""
    me = request.user.pk
    here = {name: request.GET.getlist(name) for name in narrowing(request.GET) if any(request.GET.getlist(name))}
    built_in: list[tuple[Any, dict[str, list[str]]]] = [
        (_("All"), {}),
        (_("Mine"), {"owner": [str(me)]}),
        (_("Open"), {"status": ["open"]}),
        (_("Closed"), {"status": ["won", "lost", "cancelled"]}),
        (_("Incomplete"), {"incomplete": ["true"]}),
        (_("To look after"), {"care": list(CareFilter.KINDS)}),
    ]
    found = [
        {
            "label": label,
            "url": "?" + "&".join(f"{name}={value}" for name, values in query.items() for value in values),
            "here": view is None and query == here,
        }
        for label, query in built_in
    ]
    return found + [
        {"label": one.name, "url": f"?view={one.pk}", "here": one == view} for one in views_of(request.user).values()
    ]


@require_safe
def filters(request: SignedIn) -> HttpResponse:
    """The form of all filters, filled in with those in force; a dialog over the list or the board, or a page."""
    template = "opportunities/_filters.html" if request.htmx else "opportunities/filters.html"
    given = request.GET.copy()
    on_board = given.pop("for", [""])[-1] == "board"
    declared = OpportunityFilter.base_filters
    custom = inputs_of(Opportunity.attributed, given, request.user)
    fields = fields_of(((name, declared[name]) for name in declared if name not in APART), given, request.user)
    context = {
        "given": given,
        "here": reverse("opportunities:board" if on_board else "opportunities:index"),
        "kept": [(name, value) for name in KEPT for value in given.getlist(name)],
        "groups": asked([*fields, *custom], FIRST),
    }
    return render(request, template, context)


FIRST = (  # what one asks most, in the form of filters
    "status", "stage", "pipeline", "probability", "owner", "assignee", "team", "tag", "source", "category", "care",
    "due", "amount", "closed", "opened", "quiet",
)  # fmt: skip
CLOSED_QUERY = "status=won&status=lost&status=cancelled"
SHAPE = ("sort", "columns", "view")  # how the list is shown, beside what it is narrowed by
KEPT = ("account", "contact", "q", *SHAPE)  # go along with the form, unseen
APART = {*KEPT, "incomplete", "tags"}  # the last two are boxes of their own
