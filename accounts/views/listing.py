"""The lists of accounts and of contacts, in name order."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.filters import AccountFilter, ContactFilter, PartyFilter
from accounts.listing import NameOrder
from accounts.models import Account, Contact, ContactList
from accounts.rows import AccountRow, ContactRow, account_rows, contact_rows, read_accounts, read_contacts
from attributes.custom_filters import inputs_of
from attributes.filters import tag_choices
from core.filters import asked, query_with
from core.keyset import TextKey
from records import gate
from users.middleware import SignedIn
from users.models import User


@require_safe
def accounts(request: SignedIn) -> HttpResponse:
    filters = AccountFilter(request.GET)
    found = NameOrder(Account, request.user, filters.conditions(request.user))
    page, more = found.page(after(request), read_accounts)
    rows = account_rows(page, request.user)
    return render(request, "accounts/index.html", frame(request, filters, rows, more))


@require_safe
def contacts(request: SignedIn) -> HttpResponse:
    filters = ContactFilter(request.GET)
    found = NameOrder(Contact, request.user, filters.conditions(request.user))
    page, more = found.page(after(request), partial(read_contacts, user=request.user))
    rows = contact_rows(page, request.user)
    return render(request, "contacts/index.html", frame(request, filters, rows, more))


@require_safe
def account_filters(request: SignedIn) -> HttpResponse:
    """The form of all filters, filled in with those in force; a dialog over the list, or a page."""
    choices = people_and_lists(request.user, Account) | {
        "kind": [(code, str(label)) for code, label in Account.Kind.choices]
    }
    return filter_form(request, AccountFilter, choices)


@require_safe
def contact_filters(request: SignedIn) -> HttpResponse:
    return filter_form(request, ContactFilter, people_and_lists(request.user, Contact))


def after(request: SignedIn) -> TextKey | None:
    return TextKey.parse(request.GET.get("after", ""))


def frame(
    request: SignedIn, filters: PartyFilter, rows: Sequence[AccountRow | ContactRow], more: bool
) -> dict[str, Any]:
    """What surrounds the rows: filters in force, pager, what may be done."""
    query = request.GET
    return {
        "rows": rows,
        "filters": filters,
        "is_filtered": any(any(query.getlist(name)) for name in filters.filters),
        "chips": filters.chips(query, request.user),
        "kept": [(name, value) for name in filters.filters if name != "q" for value in query.getlist(name)],
        "after": after(request),
        "start": query_with(query, after=""),
        "next": query_with(query, after=str(rows[-1].key)) if more else "",
        "may": {verb: gate.allows(request.user, filters.model, verb) for verb in ("create", "import", "export")},
    }


def filter_form(
    request: SignedIn, filters: type[PartyFilter], choices: dict[str, list[tuple[Any, str]]]
) -> HttpResponse:
    given, labels = request.GET, filters.base_filters
    custom = inputs_of(filters.model.attributed, given, request.user)
    own = [
        {
            "name": name,
            "label": labels[name].label,
            "options": [(value, label, str(value) in given.getlist(name)) for value, label in options],
        }
        for name, options in choices.items()
        if options
    ]
    context = {
        "model": filters.model,
        "given": given,
        "kept": [(name, value) for name in labels if name not in (*choices, "tags") for value in given.getlist(name)],
        "groups": asked([*own, *custom]),
    }
    folder = "accounts" if filters.model is Account else "contacts"
    return render(request, f"{folder}/{'_filters' if request.htmx else 'filters'}.html", context)


def people_and_lists(user: User, model: type[Account | Contact]) -> dict[str, list[tuple[Any, str]]]:
    """What can be chosen in both filter forms: people and lists, no records."""
    people = User.objects.active()
    if user.scope(model.gate_key(), "view") in (gate.Scope.OWN, gate.Scope.NONE):
        people = people.filter(pk=user.pk)
    return {
        "owner": [(person.pk, str(person)) for person in people],
        "list": list(ContactList.objects.active().visible_to(user).values_list("pk", "name")),
        "tag": tag_choices(),
    }
