"""Suggestions while a name is being typed: at most ten, only what one may see (GIVE-4)."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.listing import seen, with_company
from accounts.models import Account, Contact, alike
from core.folding import fold
from records import gate
from records.models import OwnedQuerySet
from records.models.owned import NAME_KEY_LENGTH
from records.search import LAST_LETTER
from users.middleware import SignedIn

MOST = 10
LONGEST = 200


@require_safe
def accounts(request: SignedIn) -> HttpResponse:
    return suggest(request, Account, seen(Account, request.user))


@require_safe
def contacts(request: SignedIn) -> HttpResponse:
    """Those of the account that the form has chosen already, if it has."""
    people = with_company(seen(Contact, request.user), request.user)
    chosen = request.GET.get("account", "")
    if chosen.isdecimal() and len(chosen) < 19:
        people = people.filter(account__in=Account.objects.filter(pk=chosen).visible_to(request.user, few=True))
    return suggest(request, Contact, people)


def suggest(request: SignedIn, model: type[Account | Contact], records: OwnedQuerySet) -> HttpResponse:
    """Those whose name begins with the text first, then by name; and to create one of this name, if one may."""
    field, text = typed(request)
    options = found(records, text)
    is_named = any(fold(str(option)) == fold(text) for option in options)
    is_new = bool(text) and not is_named and gate.allows(request.user, model, "create")
    if is_new and len(options) < MOST:
        options = [*likely(request, model, records, text, options), *options][:MOST]
    context = {"field": field, "options": options, "new": text if is_new else ""}
    folder = "accounts" if model is Account else "contacts"
    return render(request, f"{folder}/_options.html", context)


def found(records: OwnedQuerySet, text: str) -> list[Any]:
    """Two queries at the most: the second only where few names begin with the text."""
    key = fold(text)[:NAME_KEY_LENGTH]
    ordered = records.order_by("name_key", "pk")
    first = list(ordered.filter(name_key__gte=key, name_key__lt=key + LAST_LETTER)[:MOST])
    if len(first) == MOST or not key:
        return first
    others = ordered.matching(text).exclude(pk__in=[record.pk for record in first])
    return first + list(others[: MOST - len(first)])


def likely(
    request: SignedIn, model: type[Account | Contact], records: OwnedQuerySet, text: str, but: list[Any]
) -> list[Any]:
    """Those that are likely meant, so that nobody creates them again (DUP-1)."""
    first, _space, last = text.rpartition(" ")
    row = {"name": text} if model is Account else {"first_name": first, "last_name": last}
    known = {record.pk for record in but}
    pks = [one.pk for one in alike(model, {0: row}, request.user).get(0, []) if one.pk not in known]
    return list(records.filter(pk__in=pks)) if pks else []


def typed(request: SignedIn) -> tuple[str, str]:
    """The name of the form's field, and what was typed into it."""
    field = request.GET.get("field", "")
    field = field if re.fullmatch(r"[A-Za-z][\w-]{0,40}", field) else "pick"
    text = request.GET.get(f"{field}_name") or request.GET.get("q", "")
    return field, " ".join(text.replace("\0", "").split())[:LONGEST]
