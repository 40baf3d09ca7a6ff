"""What each person sets for themselves."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records.forms import RecordForm
from records.journal import operation
from records.models import Door, StaleRecord
from records.set_up.page import Tab
from users.forms.preferences import DisplayForm, NameForm
from users.middleware import SignedIn, language_of
from users.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedIn) -> HttpResponse:
    """One's name; and what others have set for one."""
    more = {"groups": request.user.groups.order_by("name"), "leads": request.user.led_teams.all()}
    return answer(request, NameForm, "users:preferences", **{name: list(rows) for name, rows in more.items()})


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: SignedIn) -> HttpResponse:
    """Language, time zone, light or dark, density, shortcuts."""
    return answer(request, DisplayForm, "users:display")


@require_safe
def sign_in(request: SignedIn) -> HttpResponse:
    """The password, the second factor, and one's sessions on all devices (ALL-5)."""
    context = {
        "sessions": sessions_of(request),
        **factors_of(request),
        "tabs": tabs("users:sign_in"),
        "since": request.user.last_login,
        "until": request.session.get_expiry_date(),
        "ends_with_browser": request.session.get_expire_at_browser_close(),
        "browser": browser(request.headers.get("user-agent", "")),
    }
    return render(request, "users/preferences/sign_in.html", context)


@require_safe
def factors(request: SignedIn) -> HttpResponse:
    """Where one goes on after a change of the second factor."""
    return redirect("users:sign_in")


@require_POST
def end_session(request: SignedIn, pk: int) -> HttpResponse:
    """Signs another device out at its next request; any but one's own sessions is not found."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    session.end()
    messages.success(request, _("This session is ended."))
    return redirect("users:sign_in")


@require_POST
def end_other_sessions(request: SignedIn) -> HttpResponse:
    """Signs every other device out."""
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    for session in others:
        session.end()
    messages.success(request, _("All other sessions are ended."))
    return redirect("users:sign_in")


def sessions_of(request: SignedIn) -> list[tuple[Any, str, bool]]:
    """Each session with its browser's name, and whether it is this one; the latest first."""
    found = UserSession.objects.filter(user=request.user).order_by("-created_at")
    return [(one, browser(one.user_agent), one.session_key == request.session.session_key) for one in found]


def factors_of(request: SignedIn) -> dict[str, Any]:
    """Whether an app gives one's codes, how many passkeys there are, and how many recovery codes are left."""
    found = list(Authenticator.objects.filter(user=request.user))
    kinds = Authenticator.Type
    codes = next((one for one in found if one.type == kinds.RECOVERY_CODES), None)
    return {
        "has_app": any(one.type == kinds.TOTP for one in found),
        "keys": sum(one.type == kinds.WEBAUTHN for one in found),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
    }


def answer(request: SignedIn, form_class: type[RecordForm], here: str, **more: Any) -> HttpResponse:
    """Save and show the page again, in the language that was just chosen; or what is wrong."""
    form = form_class(request.POST or None, instance=User.objects.select_related("profile").get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        try:
            form.instance.edit(by=request.user, what="user.preferences")
        except StaleRecord:
            form.add_error(None, _("Somebody else saved this just now. Save again to merge both."))
        else:
            with override(language_of(request, form.instance)):
                messages.success(request, _("Preferences saved."))
            return redirect(here)
    status = 409 if form.clashes else 422 if form.errors else 200
    context = {"form": form, "tabs": tabs(here), **more}
    return render(request, f"users/preferences/{here.removeprefix('users:')}.html", context, status=status)


def tabs(here: str) -> list[Tab]:
    names = (
        ("users:preferences", _("Profile")),
        ("users:display", _("Display and language")),
        ("users:notice_ways", _("Notifications")),
        ("activities:calendar_feed", _("Calendar")),
        ("users:sign_in", _("Sign-in")),
    )
    return [Tab(label, reverse(name), name == here) for name, label in names]


def browser(agent: str) -> str:
    """The browser's name as it calls itself; nothing if it is none of the usual ones."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    return next((name for sign, name in names if sign in agent), "")


@require_POST
def theme(request: SignedIn) -> HttpResponse:
    """Light or dark; without a word, the other one than now."""
    wanted = request.POST.get("theme") or ("light" if request.user.theme == "dark" else "dark")
    return _set(request, "theme", wanted, User.Theme.values)


@require_POST
def density(request: SignedIn) -> HttpResponse:
    return _set(request, "density", request.POST.get("density", ""), User.Density.values)


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """The language of somebody who has not signed in yet, kept in a cookie."""
    response = HttpResponseRedirect(_back(request))
    if request.POST.get("language") in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.POST["language"], samesite="Lax", httponly=True)
    return response


def _set(request: SignedIn, name: str, value: str, allowed: list[str]) -> HttpResponse:
    if value in allowed:
        person = User.objects.get(pk=request.user.pk)
        setattr(person, name, value)
        with operation(by=request.user, door=Door.FORM, what="user.preferences"):
            person.save()
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the form was, if that is a page of ours."""
    for url in (request.POST.get("next"), request.META.get("HTTP_REFERER")):
        if url and url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()):
            return url
    return "/"
