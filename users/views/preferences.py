"""What each person sets for themselves."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from records.journal import operation
from records.models import Door
from users.forms import PreferencesForm
from users.middleware import SignedIn
from users.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        with operation(by=request.user, door=Door.FORM, what="user.preferences"):
            form.save()
        with override(form.instance.language or None):
            messages.success(request, _("Preferences saved."))
        return redirect("users:preferences")
    status = 422 if form.errors else 200
    return render(request, "users/preferences.html", {"form": form}, status=status)


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
