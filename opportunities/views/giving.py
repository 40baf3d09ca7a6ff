"""Sharing an opportunity, and who has access to it (GIVE-2, GIVE-5)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from opportunities.views.record import fetch
from users.middleware import SignedIn
from users.views import access as access_page
from users.views import sharing


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: SignedIn, pk: int) -> HttpResponse:
    return sharing.answer(request, fetch(request, pk), "opportunities")


@require_safe
def access(request: SignedIn, pk: int) -> HttpResponse:
    return access_page.answer(request, fetch(request, pk), "opportunities")
