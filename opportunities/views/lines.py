"""The lines of an opportunity, on its Lines tab: read, edited in place, ordered, removed (OPP-12)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.money import SYMBOLS
from opportunities.lines import LineTable
from opportunities.models import Opportunity
from opportunities.production import production
from opportunities.views.record import fetch, framed
from pipelines.models import active_products
from records import gate
from records.models import StaleRecord
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: SignedIn, pk: int) -> HttpResponse:
    """The table. Whichever button is pressed, what was typed is saved with it, or kept with the reason."""
    found = fetch(request, pk)
    if request.method != "POST":
        table = LineTable(found)
        if "add" in request.GET or not table.forms:
            table.add()
        return show(request, found, table)
    gate.require(request.user, "change", found)
    table = LineTable(found, request.POST)
    if "add" in request.POST:
        table.add()
        return show(request, found, table)
    removed = request.POST.get("remove", "")
    for name, by in (("up", -1), ("down", 1)):
        table.step(request.POST.get(name, ""), by)
    if not table.is_valid(removed):
        return show(request, found, table, 409 if table.has_clashes else 422, table.errors(removed))
    try:
        table.save_as(request.user, removed)
    except StaleRecord:
        said = _("Somebody else saved this just now. Save again to merge both.")
        return show(request, fetch(request, pk), table, 409, [("", said)])
    messages.success(request, _("Line removed.") if removed else _("Lines saved."))
    return redirect("opportunities:lines", pk)


@require_POST
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """What the lines come to as they are being typed, and what a product fills in."""
    found = fetch(request, pk)
    gate.require(request.user, "change", found)
    return render(request, "opportunities/lines/_preview.html", context(request, found, LineTable(found, request.POST)))


@require_POST
def follow(request: SignedIn, pk: int) -> HttpResponse:
    """The amount is the total of the lines again."""
    found = fetch(request, pk)
    gate.require(request.user, "change", found)
    found.follow_lines(by=request.user)
    messages.success(request, _("The amount is the total of the lines again."))
    return redirect("opportunities:lines", pk)


def context(request: SignedIn, found: Opportunity, table: LineTable) -> dict[str, Any]:
    return {
        "opportunity": found,
        "table": table,
        "total": table.total,
        "months": production(found, table),
        "currency_symbol": SYMBOLS.get(found.currency, found.currency),
    }


def show(
    request: SignedIn,
    found: Opportunity,
    table: LineTable,
    status: int = 200,
    errors: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    shown = framed(request, found, "lines") | context(request, found, table)
    shown |= {"tab": "lines", "errors": errors or [], "products": active_products() if "change" in shown["may"] else []}
    return render(request, "opportunities/lines.html", shown, status=status)
