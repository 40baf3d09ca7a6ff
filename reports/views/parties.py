"""The opportunities of one account or one contact, found by name (LIST-4)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.listing import seen, with_company
from accounts.models import Account, Contact
from core.folding import fold
from opportunities.parties import Figures, new_url, of, section
from records import search
from reports.views.tabs import tabs
from users.middleware import SignedIn

MOST = 12  # parties of a kind to choose from
Party = Account | Contact
KINDS: Sequence[type[Party]] = (Account, Contact)


@require_safe
def index(request: SignedIn) -> HttpResponse:
    return redirect("reports:opportunities")


@require_safe
def opportunities(request: SignedIn) -> HttpResponse:
    """Asks for a name; shows that party's opportunities and totals, or the parties to choose among."""
    text = " ".join(request.GET.get("q", "").split())[:200]
    party = named_by_id(request)
    found = [] if party is not None or not text else matching(request, text)
    if party is None and len(found) == 1:
        party = found[0]
    context: dict[str, Any] = {"q": text, "party": party, "found": found if party is None else []}
    context["tabs"] = tabs("reports:opportunities")
    if party is not None:
        owned = of(party, request.user)
        context |= {"figures": Figures.of(owned), "new_url": new_url(party, request.user)}
        context |= section(party, owned, request.user)
    return render(request, "reports/opportunities.html", context)


def named_by_id(request: SignedIn) -> Party | None:
    """The account or the contact that the URL names, if one sees it."""
    for model in KINDS:
        wanted = request.GET.get(str(model._meta.model_name), "")
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
            party: Party | None = model.objects.visible_to(request.user, few=True).filter(pk=int(wanted)).first()
            if party is not None:
                return party
    return None


def matching(request: SignedIn, text: str) -> list[Party]:
    """Accounts, then contacts, whose names hold the text, as far as one sees them; a name that is the text, first."""
    found: list[Party] = []
    for model in KINDS:
        named = seen(model, request.user).filter(search.condition(model, text)).order_by("name_key", "pk")
        if model is Contact:
            named = with_company(named, request.user)
        found += sorted(named[:MOST], key=lambda party: fold(str(party)) != fold(text))
    return found
