"""The page of a contact: opportunities and details on one page, its history of changes on another (ACC-3)."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Contact
from accounts.views.account import GLANCE, contacts_of, lists_of, rights
from attributes.views.custom import edit as edit_custom_of
from attributes.views.custom import show as show_custom
from attributes.views.panels import panels
from core.prepared import Prepared
from records import gate
from records.companions import shown_on
from records.history import history as history_of
from users.middleware import SignedIn


@require_safe
def contact(request: SignedIn, pk: int) -> HttpResponse:
    return page(request, fetch(request, pk), "overview")


@require_safe
def history(request: SignedIn, pk: int) -> HttpResponse:
    """History of changes: its part of the journal."""
    found = fetch(request, pk)
    before = request.GET.get("before", "")
    entries, more = history_of(found, request.user, int(before) if before.isdecimal() and len(before) < 19 else None)
    return page(request, found, "history", entries=entries, more=more)


@require_safe
def custom(request: SignedIn, pk: int) -> HttpResponse:
    """What the house adds to it (OPP-13)."""
    found = fetch(request, pk)
    return show_custom(found, partial(custom_page, request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_custom(request: SignedIn, pk: int) -> HttpResponse:
    found = fetch(request, pk)
    return edit_custom_of(request, found, partial(custom_page, request, found))


def custom_page(request: SignedIn, found: Contact, context: dict[str, Any], status: int) -> HttpResponse:
    return page(request, found, "custom", status=status, **context)


@require_safe
def menu(request: SignedIn, pk: int) -> HttpResponse:
    """The actions on a row of the list."""
    found = fetch(request, pk)
    context = {"contact": found, "may": rights(request.user, found), "in_menu": True}
    return render(request, f"contacts/{'_menu' if request.htmx else 'menu'}.html", context)


_record = Prepared(lambda pk: Contact.objects.select_related("account", "owner").filter(pk=pk))


def fetch(request: SignedIn, pk: int) -> Contact:
    return gate.seen_or_404(request.user, _record(pk))


def page(request: SignedIn, found: Contact, tab: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = header(request, found, tab)
    return render(request, f"contacts/{tab}.html", context | {"tab": tab} | more, status=status)


def header(request: SignedIn, found: Contact, tab: str) -> dict[str, Any]:
    """What the head and the right panel show, on every tab; the company, and who else works there, only as far as
    one may see its own page (GIVE-4)."""
    account = found.account
    sees_account = account is not None and gate.may(request.user, "view", account)
    colleagues = contacts_of(account, request.user).exclude(pk=found.pk) if account and sees_account else []
    return {
        "contact": found,
        "may": rights(request.user, found),
        "account": account if sees_account else None,
        "hides_account": account is not None and not sees_account,
        "colleagues": list(colleagues[:GLANCE]),
        "added": shown_on(found, request, tab),
        "lists": list(lists_of(found, request.user)),
        **panels(found),
    }
