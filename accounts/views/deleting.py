"""Deleting an account or a contact, from its page and the row menu (LIFE-3)."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.views import account, contact
from users.deleting import answer
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: SignedIn, pk: int) -> HttpResponse:
    return answer(request, account.fetch(request, pk), reverse("accounts:index"))


@require_http_methods(["GET", "HEAD", "POST"])
def delete_contact(request: SignedIn, pk: int) -> HttpResponse:
    return answer(request, contact.fetch(request, pk), reverse("contacts:index"))
