"""The reader of a page: their language and time zone."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django_htmx.middleware import HtmxDetails

from core.models import House
from users.models import User

LANGUAGES = dict(settings.LANGUAGES)


class SignedIn(HttpRequest):
    """A request of somebody who is signed in; for type checking."""

    user: User
    htmx: HtmxDetails


class Reader:
    """Middleware: speaks the language of who reads, in their time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user = get_user(request)  # read now, and plain: a lazy one costs at each touch
        person = user if isinstance(user, User) else None
        if person is not None:
            timezone.activate(person.zone)
        else:
            timezone.deactivate()
        language = language_of(request, person)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def language_of(request: HttpRequest, user: User | None) -> str:
    """The person's own language, else that of the browser, else that of the house."""
    return (user.language if user else "") or spoken(request) or House.current().language


def spoken(request: HttpRequest) -> str | None:
    """The language chosen on the sign-in page, or the first of the browser's that we speak."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in LANGUAGES:
        return chosen
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if (base := code.partition("-")[0]) in LANGUAGES:
            return base
    return None
