"""The record page of an opportunity and its tabs (REC-1, REC-2, OPP-1)."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Contact
from attributes.views.custom import edit as edit_custom_of
from attributes.views.custom import show as show_custom
from attributes.views.panels import panels
from core import dates
from core.coming_from import coming_from
from core.prepared import Prepared
from opportunities.models import Assignment, Involvement, Opportunity, Status
from opportunities.models.lines import line_totals
from opportunities.passages import passages, stays
from opportunities.stagebar import steps
from pipelines.models import PersonRole, open_stages
from records import gate
from records.companions import shown_on
from records.history import history as history_of
from records.models import attach_set_up
from users.middleware import SignedIn

EXPLAINED = ("change", "close", "delete", "share", "reassign")


@require_safe
def opportunity(request: SignedIn, pk: int) -> HttpResponse:
    """Information: everything that is known of it."""
    return page(request, pk, "information", "opportunities/information.html")


@require_safe
def pipeline(request: SignedIn, pk: int) -> HttpResponse:
    """Its stages, with how long it stayed in each, and the way it went (REC-1)."""
    found = fetch(request, pk)
    way = passages(found)
    context = framed(request, found, "pipeline") | {"way": way, "stays": stays(found, way)}
    return render(request, "opportunities/pipeline.html", context)


@require_safe
def history(request: SignedIn, pk: int) -> HttpResponse:
    """History of changes: its part of the journal."""
    before = request.GET.get("before", "")
    found = fetch(request, pk)
    entries, more = history_of(found, request.user, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = framed(request, found, "history") | {"entries": entries, "more": more}
    return render(request, "opportunities/history.html", context)


@require_safe
def custom(request: SignedIn, pk: int) -> HttpResponse:
    """What the house adds to it (OPP-13)."""
    found = fetch(request, pk)
    return show_custom(found, partial(custom_page, request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_custom(request: SignedIn, pk: int) -> HttpResponse:
    found = fetch(request, pk)
    return edit_custom_of(request, found, partial(custom_page, request, found))


def custom_page(request: SignedIn, found: Opportunity, context: dict[str, Any], status: int) -> HttpResponse:
    shown = framed(request, found, "custom") | context
    return render(request, "opportunities/custom.html", shown, status=status)


@require_safe
def menu(request: SignedIn, pk: int) -> HttpResponse:
    """The actions on a row of the list (LIST-7)."""
    found = fetch(request, pk)
    context = {"opportunity": found, "in_menu": True, **acts(request, found), **moves(request, found)}
    return render(request, "opportunities/_menu.html" if request.htmx else "opportunities/menu.html", context)


def moves(request: SignedIn, found: Opportunity) -> dict[str, Any]:
    """Where it can be moved from its row, the list being shown again."""
    stages = open_stages(found.pipeline_id) if found.is_open else []
    before = [stage for stage in stages if stage.position < found.stage.position]
    after = [stage for stage in stages if stage.position > found.stage.position]
    return {
        "stages": stages,
        "previous": before[-1] if before else None,
        "next": after[0] if after else None,
        "back": coming_from(request, reverse("opportunities:index")),
    }


_record = Prepared(lambda pk: Opportunity.objects.select_related("account", "contact", "site", "owner").filter(pk=pk))
_assigned = Prepared(lambda pk: Assignment.objects.filter(record=pk).select_related("user"))
_involved = Prepared(lambda pk: Involvement.objects.filter(record=pk).select_related("contact", "user"))


def fetch(request: SignedIn, pk: int) -> Opportunity:
    """The opportunity with all that its page shows, through the gate."""
    found = gate.seen_or_404(request.user, _record(pk))
    attach_set_up(found)
    return found


def page(request: SignedIn, pk: int, tab: str, template: str) -> HttpResponse:
    return render(request, template, framed(request, fetch(request, pk), tab))


def framed(request: SignedIn, found: Opportunity, tab: str) -> dict[str, Any]:
    """What stands around a tab: the head, and what upper apps add to the page."""
    return header(request, found) | {"tab": tab, "added": shown_on(found, request, tab)}


def acts(request: SignedIn, found: Opportunity) -> dict[str, Any]:
    """What one may do with it; of what the profile grants, why this one refuses (REC-4)."""
    may = gate.verbs_on(request.user, found)
    granted = [verb for verb in EXPLAINED if verb not in may and gate.allows(request.user, Opportunity, verb)]
    return {
        "may": may,
        "why": {verb: gate.refusal(request.user, verb, found) for verb in granted},
        "creates": gate.allows(request.user, Opportunity, "create"),
    }


def header(request: SignedIn, found: Opportunity) -> dict[str, Any]:
    """What the head of the page shows, on every tab."""
    today = dates.today()
    asleep = (today - (found.last_exchange_on or found.opened_on)).days if found.is_open else 0
    return {
        "opportunity": found,
        "lines_total": line_totals([found.pk]).get(found.pk) if found.amount_by_hand else None,
        **acts(request, found),
        "steps": steps(found),
        "days_late": (today - found.due_on).days if found.is_late and found.due_on else 0,
        "days_asleep": asleep if asleep > found.stage.asleep_after else 0,
        "status_label": found.stage.pipeline.label(found.status) if not found.is_open else Status.OPEN.label,
        "sees_account": found.account is not None and gate.may(request.user, "view", found.account),
        "sees_contact": found.contact is not None and gate.may(request.user, "view", found.contact),
        "assignees": [assignment.user for assignment in _assigned(found.pk)],
        "involved": involved(request, found),
        **panels(found),
    }


def involved(request: SignedIn, found: Opportunity) -> list[tuple[Involvement, PersonRole | None, bool]]:
    """The people on it, each with the role and whether one sees the page of the contact (OPP-10)."""
    people = _involved(found.pk)
    contacts = Contact.objects.visible_to(request.user, few=True)
    ids = {one.contact_id for one in people} - {None}
    seen = set(contacts.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [(one, PersonRole.remembered().get(one.role_id or 0), one.contact_id in seen) for one in people]
