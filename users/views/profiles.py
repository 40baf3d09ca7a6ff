"""Privilege profiles as they are: verb by kind of record, and how far each reaches (GIVE-3)."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from records.gate import VERB_NAMES, Scope
from users.middleware import SignedIn
from users.models import Ability, Profile
from users.models.user import owned_models

YES_OR_NO = {"import"}  # reaches no record that is there: granted, or not


@dataclass(frozen=True)
class Cell:
    """How far a profile lets one do a verb on a kind of record; ``None`` where the kind does not know the verb."""

    scope: str | None
    label: Any
    yes_or_no: bool


@require_safe
def index(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    return redirect("users:profile", Profile.objects.active()[0].pk)


@require_safe
def profile(request: SignedIn, pk: int) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    people = models.Count("people", filter=models.Q(people__is_active=True))
    profiles = list(Profile.objects.annotate(size=people).order_by("position", "id"))
    found = next((one for one in profiles if one.pk == pk), None) or get_object_or_404(Profile, pk=pk)
    kinds = sorted(owned_models(), key=lambda model: Profile.KINDS.index(model.gate_key()))
    context = {
        "profiles": [one for one in profiles if not one.archived_at or one.pk == pk],
        "profile": found,
        "kinds": [model._meta.verbose_name_plural for model in kinds],
        "rows": [
            (name, [cell(found, model, verb) for model in kinds])
            for verb, name in VERB_NAMES.items()
            if any(verb in model.verbs for model in kinds)
        ],
        "abilities": [(ability.label, found.can(ability)) for ability in Ability],
        "scopes": Scope,
    }
    return render(request, "users/profile.html", context)


def cell(profile: Profile, model: Any, verb: str) -> Cell:
    if verb not in model.verbs:
        return Cell(None, "", False)
    scope = Scope(profile.scope(model.gate_key(), verb))
    return Cell(scope.value, scope.label, verb in YES_OR_NO)
