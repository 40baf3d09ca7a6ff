"""Deleting an opportunity, from its page and the row menu (LIFE-3)."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from opportunities.views.record import fetch
from users.deleting import answer
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedIn, pk: int) -> HttpResponse:
    return answer(request, fetch(request, pk), reverse("opportunities:index"))
