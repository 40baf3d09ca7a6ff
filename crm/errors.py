"""The pages of what went wrong: cause, way out, reference (design 11b). Never a bare error, nobody named on a 404."""

import logging
import secrets
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from core.templatetags.components import language
from core.uploads import too_large
from records.gate import Refused

log = logging.getLogger("crm.errors")


def page(request: HttpRequest, status: int, title: str, text: str, **context: Any) -> HttpResponse:
    said = told(request, status, title, text) | context
    if not hasattr(request, "user"):  # refused before anybody was looked up: for another host, say
        return bare(said)
    return render(request, "error.html", said, status=status)


def bare(said: dict[str, Any]) -> HttpResponse:
    """For nobody, from nothing but the template."""
    context = said | {"user": AnonymousUser(), "shell": {"language": language()}}
    return HttpResponse(render_to_string("error.html", context), status=said["status"])


def told(request: HttpRequest, status: int, title: str, text: str) -> dict[str, Any]:
    """What the page says; its reference goes into the log."""
    reference, now = secrets.token_hex(4), timezone.localtime()
    log.info("%s %s %s, reference %s", status, request.method, request.path, reference)
    return {
        "status": status,
        "title": title,
        "text": text,
        "reference": reference,
        "day": now.date(),
        "clock": f"{now:%H:%M}",
    }


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        said = f"{too_large()} " + _("Split it.")
        return page(request, 400, _("This is more than can be sent at once"), said)
    return page(request, 400, _("This request cannot be read"), _("Go back, and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    record = getattr(exception, "record", None)
    reason = exception.reason if isinstance(exception, Refused) else _("Your profile does not let you do this.")
    title = _("You cannot do this here") if record is None else _("You cannot change this record")
    return page(request, 403, title, str(reason), record=record)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same words each time, without a reference: what is hidden answers exactly as what is absent (GIVE-4)."""
    title = _("This page does not exist")
    text = _("Or it is not yours to see. The address may have a typing error.")
    return page(request, 404, title, text, reference="", day=None, clock="")


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    title = _("The CRM made a mistake")
    text = _("Nothing was changed. The error is noted; tell an administrator the reference below if it comes again.")
    try:
        return page(request, 500, title, text)
    except Exception:  # what the page itself needs has failed: the database, the session
        return bare(told(request, 500, title, text))


@requires_csrf_token
def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("You may have signed in or out meanwhile, or cookies are blocked. Go back, reload the page, try again.")
    return page(request, 403, _("This form has expired"), text)
