"""Sharing an account or a contact, and who has access to it (GIVE-2, GIVE-5)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import account, contact
from users.middleware import SignedIn
from users.views import access, sharing


@require_http_methods(["GET", "HEAD", "POST"])
def share_account(request: SignedIn, pk: int) -> HttpResponse:
    return sharing.answer(request, account.fetch(request, pk), "accounts")


@require_http_methods(["GET", "HEAD", "POST"])
def share_contact(request: SignedIn, pk: int) -> HttpResponse:
    return sharing.answer(request, contact.fetch(request, pk), "contacts")


@require_safe
def account_access(request: SignedIn, pk: int) -> HttpResponse:
    return access.answer(request, account.fetch(request, pk), "accounts")


@require_safe
def contact_access(request: SignedIn, pk: int) -> HttpResponse:
    return access.answer(request, contact.fetch(request, pk), "contacts")
