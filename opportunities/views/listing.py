"""The list of opportunities (LIST-1, LIST-2, LIST-5)."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attributes.custom_filters import inputs_of
from attributes.filters import tag_choices
from core.keyset import Key
from opportunities.chips import chips
from opportunities.filters import OpportunityFilter, narrowing
from opportunities.in_passing import CHEAP, in_passing
from opportunities.listing import OpportunityList, Total
from opportunities.models import Opportunity, Status
from opportunities.rows import Summary, present
from opportunities.views.bulk import offered
from pipelines.models import Category, Source, all_pipelines, all_stages
from records import gate
from users.middleware import SignedIn
from users.models import Team, User


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """A page of the list; its totals with it where they are cheap, else by ``summary`` a moment later."""
    filters, condition = read_filters(request)
    found = OpportunityList(request.user, condition)
    after = Key.parse(request.GET.get("after", ""))
    listed, more = found.page(after)
    last = Key(listed[-1].list_key, listed[-1].pk) if listed else None
    if "totals" in request.GET:
        totals: list[Total] | None = found.totals(last)
    else:
        totals = in_passing((request.user.pk, with_(request, after="")), lambda: found.totals(last, most=CHEAP))
    rows = present(listed, request.user)
    first_closed = next((at for at, item in enumerate(listed) if not item.is_open), len(rows))
    context = labels() | {
        "open_rows": rows[:first_closed],
        "closed_rows": rows[first_closed:],
        "shown": len(rows),
        "last": last,
        "after": after,
        "next": with_(request, after=str(last)) if more else "",
        "start": with_(request, after=""),
        "summary": Summary.of(totals) if totals is not None else None,
        "summary_query": with_(request, after="", last=str(last)),
        "totals_url": with_(request, totals="1"),
        "chips": SimpleLazyObject(lambda: chips(filters, request.GET, request.user)) if filters else [],
        "filters": filters,
        "kept": [
            (name, value) for name in narrowing(request.GET) if name != "q" for value in request.GET.getlist(name)
        ],
        "tabs": tabs(request),
        "bulk": offered(request.user),
        "may": {verb: gate.allows(request.user, Opportunity, verb) for verb in ("create", "import", "export")},
    }
    return render(request, "opportunities/index.html", context)


@require_safe
def summary(request: SignedIn) -> HttpResponse:
    """The totals of the filtered list, and how many rows follow the last one shown (LIST-5)."""
    _filters, condition = read_filters(request)
    last = Key.parse(request.GET.get("last", ""))
    totals = OpportunityList(request.user, condition).totals(last) or []
    context = labels() | {"summary": Summary.of(totals), "shown": request.GET.get("shown", "")}
    context["halves"] = request.GET.getlist("half")
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


def tabs(request: SignedIn) -> list[dict[str, Any]]:
    """The views everybody has; saved ones join them later (LIST-3, LIST-5)."""
    me = request.user.pk
    here = {name: request.GET.getlist(name) for name in narrowing(request.GET) if any(request.GET.getlist(name))}
    views: list[tuple[Any, dict[str, list[str]]]] = [
        (_("All"), {}),
        (_("Mine"), {"owner": [str(me)]}),
        (_("Open"), {"status": ["open"]}),
        (_("Closed"), {"status": ["won", "lost", "cancelled"]}),
        (_("Incomplete"), {"incomplete": ["true"]}),
    ]
    return [
        {
            "label": label,
            "url": "?" + "&".join(f"{name}={value}" for name, values in query.items() for value in values),
            "here": query == here,
        }
        for label, query in views
    ]


@require_safe
def filters(request: SignedIn) -> HttpResponse:
    """The form of all filters, filled in with those in force; a dialog over the list, or a page."""
    template = "opportunities/_filters.html" if request.htmx else "opportunities/filters.html"
    labels = OpportunityFilter.base_filters
    given = request.GET.copy()
    on_board = given.pop("for", [""])[-1] == "board"
    custom_selects, custom_texts = inputs_of(Opportunity.attributed, given, request.user)
    context = {
        "given": given,
        "here": reverse("opportunities:board" if on_board else "opportunities:index"),
        "kept": [(name, value) for name in ("account", "contact") for value in given.getlist(name)],
        "selects": [
            {
                "name": name,
                "label": labels[name].label,
                "size": min(max(len(options), 2), 6),
                "options": [(value, label, str(value) in given.getlist(name)) for value, label in options],
            }
            for name, options in choices(request.user).items()
            if options
        ]
        + custom_selects,
        "texts": [
            {"name": name, "label": labels[name].label, "type": kind, "value": given.get(name, "")}
            for name, kind in (("amount_min", "text"), ("amount_max", "text"), ("due_from", "date"), ("due_to", "date"))
        ]
        + custom_texts,
    }
    return render(request, template, context)


def choices(user: User) -> dict[str, list[tuple[Any, str]]]:
    """What can be chosen in the filter form: set-up and people, no records."""
    people = User.objects.active()
    if user.scope(Opportunity.gate_key(), "view") in (gate.Scope.OWN, gate.Scope.NONE):
        people = people.filter(pk=user.pk)
    return {
        "status": [(code, str(label)) for code, label in Status.choices],
        "pipeline": [(pipeline.pk, pipeline.name) for pipeline in all_pipelines().values()],
        "stage": [(stage.pk, f"{stage.name} ({stage.pipeline.name})") for stage in all_stages().values()],
        "owner": [(person.pk, str(person)) for person in people],
        "assignee": [(person.pk, str(person)) for person in people],
        "team": list(Team.objects.active().values_list("pk", "name")),
        "category": [(row.pk, row.name) for row in Category.remembered().values() if not row.archived_at],
        "source": list(Source.objects.active().values_list("pk", "name")),
        "tag": tag_choices(),
    }
