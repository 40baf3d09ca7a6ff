"""Signing in with the house's own provider (OpenID Connect): whoever is there by e-mail address, nobody new (ALL-5)."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal.flows.login import record_authentication
from allauth.socialaccount.providers.openid_connect import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from users.models import User


class Welcome(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Goes on as the person with the address that the provider has verified; nothing is kept of the account."""
        person = person_of(sociallogin)
        if person is None:
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        if request.user.is_authenticated:
            get_adapter(request).logout(request)
        sociallogin.user = person
        record_authentication(request, sociallogin)
        to = sociallogin.get_redirect_url(request)
        raise ImmediateHttpResponse(
            perform_login(request, person, redirect_url=to, signal_kwargs={"sociallogin": sociallogin})
        )


def person_of(sociallogin: Any) -> User | None:
    """An address that nobody verified could be anybody's."""
    for address in sociallogin.email_addresses:
        if address.verified is True:
            return User.objects.filter(email__iexact=address.email, is_active=True).first()
    return None


@require_POST
@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider; if it cannot be reached, a sentence."""
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)
    return answer


@require_safe
@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    try:
        answer: HttpResponse = views.callback(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)
    return answer


@require_safe
@login_not_required
def cancelled(request: HttpRequest) -> HttpResponse:
    return redirect("account_login")
