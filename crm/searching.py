"""The search box: any record by name, reference, ID, e-mail, telephone, accents or not; only what one sees (ALL-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.listing import with_company
from accounts.models import Account, Contact
from core import money
from core.folding import fold
from core.templatetags.components import language
from opportunities.models import Opportunity
from records import gate
from users.middleware import SignedIn

IN_PALETTE, ON_PAGE = 5, 20
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    url: str
    icon: str
    name: SafeString
    detail: SafeString
    figure: str


@dataclass(frozen=True)
class Kind:
    label: Any
    hits: Sequence[Hit]
    more: str


@require_safe
def search(request: SignedIn) -> HttpResponse:
    """Results while typing, for the palette; or a page of them. ``#8127`` goes to that opportunity."""
    text = request.GET.get("q", "").strip()[:200]
    if not request.htmx and text.startswith("#") and (found := _by_number(request, text)):
        return redirect(found)
    number = IN_PALETTE if request.htmx else ON_PAGE
    kinds = found_kinds(request, text, number) if len(text) >= SHORTEST or text.isdecimal() else []
    template = "search/_results.html" if request.htmx else "search/index.html"
    may_create = gate.allows(request.user, Opportunity, "create")
    return render(request, template, {"q": text, "kinds": kinds, "may_create": may_create, "on_page": not request.htmx})


def found_kinds(request: SignedIn, text: str, number: int) -> list[Kind]:
    user, speech = request.user, language()
    opportunities = Opportunity.objects.visible_to(user).matching(text.lstrip("#")).select_related("account", "contact")
    accounts = Account.objects.visible_to(user).matching(text)
    contacts = with_company(Contact.objects.visible_to(user).matching(text), user)
    kinds = [
        Kind(
            _("Opportunities"),
            [
                Hit(
                    one.get_absolute_url(),
                    "opportunity",
                    marked(one.name, text),
                    marked(str(one.account or one.contact or ""), text),
                    "" if one.amount is None else money.format_money(one.amount, one.currency, speech),
                )
                for one in opportunities.order_by("list_key", "pk")[:number]
            ],
            f"/opportunities/?q={text}",
        ),
        Kind(
            _("Accounts"),
            [
                Hit(
                    one.get_absolute_url(),
                    "account",
                    marked(one.name, text),
                    marked(one.city, text),
                    one.get_kind_display(),
                )
                for one in accounts.order_by("name_key", "pk")[:number]
            ],
            f"/accounts/?q={text}",
        ),
        Kind(
            _("Contacts"),
            [
                Hit(
                    one.get_absolute_url(),
                    "person",
                    marked(str(one), text),
                    marked(", ".join(filter(None, (one.role, str(one.account) if one.sees_account else ""))), text),
                    one.email,
                )
                for one in contacts.order_by("name_key", "pk")[:number]
            ],
            f"/contacts/?q={text}",
        ),
    ]
    return [kind for kind in kinds if kind.hits]


def marked(text: str, query: str) -> SafeString:
    """The text with the words of the query marked, where folding keeps its letters in place."""
    folded = fold(text)
    if len(folded) != len(text):
        return escape(text)
    spans = sorted((at, at + len(word)) for word in fold(query).split() if (at := folded.find(word)) >= 0)
    pieces, last = [], 0
    for start, end in spans:
        if start >= last:
            pieces.append(f"{escape(text[last:start])}<mark>{escape(text[start:end])}</mark>")
            last = end
    return SafeString("".join(pieces) + escape(text[last:]))


def _by_number(request: SignedIn, text: str) -> Opportunity | None:
    digits = text[1:]
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        return None
    found: Opportunity | None = Opportunity.objects.visible_to(request.user).filter(pk=int(digits)).first()
    return found
