"""Groups: people across teams, to share with (SET-1, GIVE-2)."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from users.forms.people import GroupForm
from users.middleware import SignedIn
from users.models import Ability, User
from users.models.user import owned_models
from users.views.people import groups


@require_safe
def index(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    found = list(groups())
    shared = shared_counts([group.pk for group in found], request.user)
    return render(request, "users/groups.html", {"groups": [(group, shared[group.pk]) for group in found]})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    return answer(request, Group(), _("New group"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    request.user.require_ability(Ability.PEOPLE)
    group = get_object_or_404(Group, pk=pk)
    return answer(request, group, group.name)


def answer(request: SignedIn, group: Group, title: str) -> HttpResponse:
    form = GroupForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            form.save_as(request.user)
        except ValidationError as error:
            form.add_error("members", error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("users:groups")
    context = {"form": form, "title": title, "back": reverse("users:groups"), "parent": _("Groups")}
    return render(request, "users/members.html", context, status=422 if form.errors else 200)


def shared_counts(groups: list[int], reader: User) -> dict[int, int]:
    """How many records are shared with each group, of those that the reader sees."""
    found = dict.fromkeys(groups, 0)
    for model in owned_models():
        by_group = model.grant_models()[1]
        seen = by_group._default_manager.filter(
            group__in=groups, content_object__in=model.objects.visible_to(reader)
        ).values_list("group_id", "content_object_id")
        for group, _record in set(seen):
            found[group] += 1
    return found
