"""Privilege profiles: verb by kind of record, and how far each reaches (GIVE-3; design 15d)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records.gate import Refused, Scope
from records.models import StaleRecord
from users.forms.profiles import ProfileForm
from users.middleware import SignedIn
from users.models import Ability, Profile


@require_safe
def index(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    return redirect("users:profile", Profile.objects.active()[0].pk)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedIn, pk: int) -> HttpResponse:
    """What is saved holds from each person's next request."""
    found = fetch(request, pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, profile=found, by=request.user)
    if request.method == "POST":
        require_editable(request, found)
        if form.is_valid() and save(request, form):
            return redirect("users:profile", found.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "users/profile.html", context_of(request, found, form), status=status)


@require_POST
def effect(request: SignedIn, pk: int) -> HttpResponse:
    """What saving the table as it stands would change; nothing is written."""
    found = fetch(request, pk)
    form = ProfileForm(request.POST, profile=found, by=request.user)
    form.is_valid()
    context = {"changes": form.changes(), "size": found.people.filter(is_active=True).count(), "form": form}
    return render(request, "users/_profile_effect.html", context)


@require_POST
def duplicate(request: SignedIn, pk: int) -> HttpResponse:
    """A new profile with the same rights, to be changed."""
    found = fetch(request, pk)
    require_editable(request, found)
    copy = found.duplicate(by=request.user)
    messages.success(request, _("“%(name)s” is added. Nobody has it yet.") % {"name": copy})
    return redirect("users:profile", copy.pk)


def fetch(request: SignedIn, pk: int) -> Profile:
    request.user.require_ability(Ability.PEOPLE)
    found: Profile = get_object_or_404(Profile, pk=pk)
    return found


def require_editable(request: SignedIn, found: Profile) -> None:
    """Raise ``Refused`` with the reason."""
    if reason := found.why_not_edit(request.user):
        raise Refused(reason)


def save(request: SignedIn, form: ProfileForm) -> bool:
    changed = len(form.changes())
    values = {"name": form.cleaned_data["name"], "rights": form.rights(), "abilities": form.abilities()}
    try:
        form.profile.edit(by=request.user, **values)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except StaleRecord:
        form.add_error(None, _("Somebody else saved this just now. Look again."))
        return False
    said = ngettext("%(n)s right changed.", "%(n)s rights changed.", changed) % {"n": changed}
    messages.success(request, said if changed else _("Saved."))
    return True


def context_of(request: SignedIn, found: Profile, form: ProfileForm) -> dict[str, Any]:
    people = models.Count("people", filter=models.Q(people__is_active=True))
    profiles = Profile.objects.annotate(size=people).order_by("position", "id")
    return {
        "profiles": [one for one in profiles if not one.archived_at or one.pk == found.pk],
        "profile": found,
        "people": list(found.people.filter(is_active=True)),
        "form": form,
        "kinds": [model._meta.verbose_name_plural for model in form.kinds],
        "scopes": Scope,
        "why_not": found.why_not_edit(request.user),
    }
