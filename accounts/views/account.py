"""The page of an account and its tabs (ACC-3)."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account, Contact, ContactList
from attributes.views.custom import edit as edit_custom_of
from attributes.views.custom import show as show_custom
from attributes.views.panels import panels
from core.prepared import Prepared
from records import gate
from records.companions import shown_on
from records.history import history as history_of
from users.middleware import SignedIn
from users.models import User

GLANCE = 5  # contacts in the right panel
MOST = 50  # contacts on their tab


@require_safe
def account(request: SignedIn, pk: int) -> HttpResponse:
    """Its opportunities, which their own app adds."""
    return page(request, fetch(request, pk), "opportunities")


@require_safe
def contacts(request: SignedIn, pk: int) -> HttpResponse:
    found = fetch(request, pk)
    return page(request, found, "contacts", people=list(contacts_of(found, request.user)[:MOST]))


@require_safe
def information(request: SignedIn, pk: int) -> HttpResponse:
    """Everything that is known of it."""
    found = fetch(request, pk)
    below = Account.objects.filter(parent=found).visible_to(request.user, few=True).order_by("name_key", "pk")
    sites = list(found.sites.active())
    return page(request, found, "information", sites=sites, subsidiaries=list(below[:MOST]))


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


def custom_page(request: SignedIn, found: Account, context: dict[str, Any], status: int) -> HttpResponse:
    return page(request, found, "custom", status=status, **context)


@require_safe
def menu(request: SignedIn, pk: int) -> HttpResponse:
    """The actions on a row of the list."""
    found = fetch(request, pk)
    context = {"account": found, "may": rights(request.user, found), "in_menu": True}
    return render(request, f"accounts/{'_menu' if request.htmx else 'menu'}.html", context)


_record = Prepared(lambda pk: Account.objects.select_related("parent", "owner").filter(pk=pk))


def fetch(request: SignedIn, pk: int) -> Account:
    return gate.seen_or_404(request.user, _record(pk))


def page(request: SignedIn, found: Account, tab: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = header(request, found, tab)
    return render(request, f"accounts/{tab}.html", context | {"tab": tab} | more, status=status)


def header(request: SignedIn, found: Account, tab: str) -> dict[str, Any]:
    """What the head and the right panel show, on every tab."""
    contacts = contacts_of(found, request.user)
    return {
        "account": found,
        "may": rights(request.user, found),
        "sees_parent": found.parent is not None and gate.may(request.user, "view", found.parent),
        "added": shown_on(found, request, tab),
        "contact_count": contacts.count(),
        "contacts": list(contacts[:GLANCE]),
        "lists": list(lists_of(found, request.user)),
        **panels(found),
    }


def contacts_of(account: Account, user: User) -> Any:
    """Those of its contacts that this person sees, in name order."""
    seen = Contact.objects.filter(account=account).visible_to(user, few=True)
    return seen.order_by("name_key", "pk")


def lists_of(record: Account | Contact, user: User) -> Any:
    """The lists it is on, as far as this person sees them."""
    return ContactList.objects.holding(record).visible_to(user).prefetch_related("groups")


def rights(user: User, record: Account | Contact) -> set[str]:
    """The verbs on this record, and ``create_contact`` where the profile grants it."""
    extra = {"create_contact"} if gate.allows(user, Contact, "create") else set()
    return gate.verbs_on(user, record) | extra
