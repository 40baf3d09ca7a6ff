"""Likely duplicates, named while one types (DUP-1)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Account, Contact, alike
from accounts.models.likeness import NOWHERE
from users.middleware import SignedIn

LONGEST = 500


@require_safe
def accounts(request: SignedIn) -> HttpResponse:
    return answer(request, Account, {"name": typed(request, "name"), "registration": typed(request, "registration")})


@require_safe
def contacts(request: SignedIn) -> HttpResponse:
    account = typed(request, "account")
    named = {name: typed(request, name) for name in ("first_name", "last_name")}
    return answer(request, Contact, {**named, "account_id": company(account)})


def answer(request: SignedIn, model: type[Account | Contact], row: dict[str, Any]) -> HttpResponse:
    """Those one may see that are likely the same as what stands in the form."""
    known = typed(request, "pk")
    row |= {name: typed(request, name).split("\n") for name in ("emails", "phones")}
    row["id"] = int(known) if known.isdecimal() and len(known) < 19 else None
    found = alike(model, {0: row}, request.user).get(0, [])
    context = {"alike": found, "url": "accounts:account" if model is Account else "contacts:contact"}
    return render(request, "accounts/_alike.html", context)


def company(text: str) -> int | None:
    """The account that the form has chosen; one that is yet to be created is nobody else's."""
    if text == "new":
        return NOWHERE
    return int(text) if text.isdecimal() and len(text) < 19 else None


def typed(request: SignedIn, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").replace("\r", "").strip()[:LONGEST]
