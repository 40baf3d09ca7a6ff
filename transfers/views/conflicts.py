"""The cells that both the file and the house changed: which value stays, one by one or all at once (DATA-11)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from transfers.models import Import, ImportConflict, Phase
from transfers.preview import Texts
from transfers.resources import RESOURCES
from transfers.views.wizard import fetch, steps, where
from users.middleware import SignedIn

PAGE = 100
MOST_ON_RECEIPT = 50


@require_http_methods(["GET", "HEAD", "POST"])
def conflicts(request: SignedIn, pk: int) -> HttpResponse:
    """Choose; then the rows are checked again, so that the preview shows what these choices write."""
    imported = fetch(request, pk)
    if elsewhere := where(imported, "conflicts"):
        return elsewhere
    found = imported.conflicts.filter(run=False)
    if imported.phase != Phase.CHECKED or not found.exists():
        return redirect("transfers:preview", imported.pk)
    if request.method == "POST":
        decide(imported, request)
        imported.check_rows()
        return redirect("transfers:preview", imported.pk)
    after = request.GET.get("after", "")
    shown = found.filter(pk__gt=int(after)) if after.isdecimal() and len(after) < 19 else found
    page = list(shown.select_related("operation__by").order_by("pk")[: PAGE + 1])
    counts = imported.counts
    context = {
        "import": imported,
        "export": imported.export,
        "conflicts": told(imported, page[:PAGE]),
        "many": found.count(),
        "undecided": found.filter(choice="").count(),
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "taken": counts.get("taken", 0) - counts.get("conflicts_file", 0),
        "kept_here": counts.get("kept_here", 0),
        "agreed": counts.get("agreed", 0),
        "record": RESOURCES[imported.kind].model._meta.verbose_name,
        **steps("preview", imported),
    }
    return render(request, "transfers/conflicts.html", context)


def decide(imported: Import, request: SignedIn) -> None:
    """Keep what was chosen of those shown, or the same for all."""
    mine = imported.conflicts.filter(run=False)
    at_once = request.POST.get("all", "")
    if at_once in ImportConflict.Choice.values:
        mine.update(choice=at_once)
        return
    for choice in ImportConflict.Choice.values:
        chosen = [
            int(name[2:])
            for name, value in request.POST.items()
            if name.startswith("c-") and value == choice and name[2:].isdecimal() and len(name) < 21
        ]
        mine.filter(pk__in=chosen).update(choice=choice)


def told(imported: Import, conflicts: list[ImportConflict]) -> list[dict[str, Any]]:
    """Conflicts as a page shows them."""
    texts = Texts(imported, [], conflicts)
    return [texts.conflict(one) for one in conflicts]


def kept(imported: Import) -> dict[str, Any]:
    """What the receipt tells of them."""
    found = imported.conflicts.filter(run=True)
    shown = list(found.select_related("operation__by").order_by("pk")[:MOST_ON_RECEIPT])
    count = imported.result.get("conflicts", 0)
    for_file = imported.result.get("conflicts_file", 0)
    return {
        "conflicts": told(imported, shown),
        "conflicts_count": count,
        "conflicts_file": for_file,
        "conflicts_here": count - for_file,
        "conflicts_more": count > len(shown),
    }
