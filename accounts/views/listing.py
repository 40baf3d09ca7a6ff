"""The lists of accounts and of contacts, in name order or that of a custom field."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.filters import AccountFilter, ContactFilter, PartyFilter
from accounts.listing import NameOrder, OtherOrder, Read
from accounts.models import Account, Contact, ContactList
from accounts.rows import AccountRow, ContactRow, account_rows, contact_rows, read_accounts, read_contacts
from accounts.shape import NAMES, Shape
from attributes.custom_filters import inputs_of
from attributes.filters import tag_choices
from core.columns import picks
from core.filters import Chip, asked, query_with
from core.keyset import TextKey
from core.sorting import Place, Sort
from records import gate
from users.middleware import SignedIn
from users.models import User


@require_safe
def accounts(request: SignedIn) -> HttpResponse:
    filters, shape = AccountFilter(request.GET), Shape(Account, request.GET)
    found, pager = read_page(request, filters, shape, read_accounts)
    rows = account_rows(found, request.user, shape.columns)
    return render(request, "accounts/index.html", frame(request, filters, shape, rows, _("Account")) | pager)


@require_safe
def contacts(request: SignedIn) -> HttpResponse:
    filters, shape = ContactFilter(request.GET), Shape(Contact, request.GET)
    found, pager = read_page(request, filters, shape, partial(read_contacts, user=request.user))
    rows = contact_rows(found, request.user, shape.columns)
    return render(request, "contacts/index.html", frame(request, filters, shape, rows, _("Contact")) | pager)


@require_safe
def account_columns(request: SignedIn) -> HttpResponse:
    return ask_columns(request, Account)


@require_safe
def contact_columns(request: SignedIn) -> HttpResponse:
    return ask_columns(request, Contact)


def ask_columns(request: SignedIn, model: type[Account | Contact]) -> HttpResponse:
    """Asks which fields to show as columns, and in which order; a dialog over the list, or a page."""
    shape = Shape(model, request.GET)
    here = reverse(f"{model.gate_key()}s:index")
    context = picks(request.GET, shape.offered, [column.code for column in shape.columns], here)
    return render(request, "components/columns.html" if request.htmx else "columns.html", context)


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


def read_page(
    request: SignedIn, filters: PartyFilter, shape: Shape, read: Read
) -> tuple[list[Any], dict[str, TextKey | Place | str | None]]:
    """The page after the place that the URL names, in name order or another; where it stands, and the ways on."""
    at, condition = request.GET.get("after", ""), filters.conditions(request.user)
    after: TextKey | Place | None
    onward: TextKey | Place | None
    if shape.sort is None:
        after = TextKey.parse(at)
        found, onward = NameOrder(filters.model, request.user, condition).page(after, read)
    else:
        after = Place.parse(at, shape.sort)
        found, onward = OtherOrder(filters.model, request.user, condition, shape.sort).sorted_page(after, read)
    return found, {
        "after": after,
        "start": query_with(request.GET, after=""),
        "next": query_with(request.GET, after=str(onward)) if onward else "",
    }


def frame(
    request: SignedIn, filters: PartyFilter, shape: Shape, rows: Sequence[AccountRow | ContactRow], named: str
) -> dict[str, Any]:
    """What surrounds the rows: filters in force, headings, what may be done; ``named`` heads the column of names."""
    query, kept = request.GET, (*(name for name in filters.filters if name != "q"), *NAMES)
    return {
        "rows": rows,
        "filters": filters,
        "is_filtered": any(any(query.getlist(name)) for name in filters.filters),
        "chips": chips(request, filters, shape.sort),
        "kept": [(name, value) for name in kept for value in query.getlist(name)],
        "sort": shape.sort,
        "heads": shape.heads(named),
        "has_columns": bool(shape.offered),
        "may": {verb: gate.allows(request.user, filters.model, verb) for verb in ("create", "import", "export")},
    }


def chips(request: SignedIn, filters: PartyFilter, sort: Sort | None) -> list[Chip]:
    """What is filtered, and the order where it is not that of names: each with its cross."""
    found = list(filters.chips(request.GET, request.user))
    if sort is not None:
        found.append(Chip.of("sort", _("Sort"), str(sort.order.label), request.GET))
    return found


def filter_form(
    request: SignedIn, filters: type[PartyFilter], choices: dict[str, list[tuple[Any, str]]]
) -> HttpResponse:
    given, labels = request.GET, filters.base_filters
    kept = (*(name for name in labels if name not in (*choices, "tags")), *NAMES)
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
        "kept": [(name, value) for name in kept for value in given.getlist(name)],
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
