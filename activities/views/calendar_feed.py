"""The calendar feed, and the page of preferences where its address is shown, renewed and switched off (ALL-7)."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from activities.ics import calendar_of
from activities.models import CalendarFeed
from users.middleware import SignedIn
from users.views.preferences import tabs


@require_safe
def page(request: SignedIn) -> HttpResponse:
    feed = CalendarFeed.of(request.user)
    address = f"{settings.SITE_URL}{reverse('activities:calendar', args=[feed.token])}" if feed is not None else ""
    context = {"address": address, "feed": feed, "tabs": tabs("activities:calendar_feed")}
    return render(request, "activities/calendar_feed.html", context)


@require_POST
def renew(request: SignedIn) -> HttpResponse:
    CalendarFeed.renew(request.user)
    messages.success(request, _("Your calendar has a new address."))
    return redirect("activities:calendar_feed")


@require_POST
def stop(request: SignedIn) -> HttpResponse:
    CalendarFeed.stop(request.user)
    messages.success(request, _("Your calendar is not given out any more."))
    return redirect("activities:calendar_feed")


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """For calendar programs, which do not sign in. What they have already is not sent again."""
    person = CalendarFeed.read_by(token)
    if person is None:
        raise Http404
    content = calendar_of(person)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(content, "text/calendar; charset=utf-8")
    response.headers["ETag"], response.headers["Cache-Control"] = etag, "private, no-cache"
    return response
