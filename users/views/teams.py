"""Teams: their names, managers, order, and who is in each (SET-1)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from records.models import SetUpQuerySet, SetUpRecord
from records.set_up.page import SetUpPage
from users.forms.people import TeamForm, TeamMembersForm
from users.middleware import SignedIn
from users.models import Ability, Team
from users.views.people import teams


class Teams(SetUpPage):
    model = Team
    form_class = TeamForm
    ability = Ability.PEOPLE
    title = gettext_lazy("Teams")
    group = gettext_lazy("People and rights")
    add_label = gettext_lazy("Add a team")
    fact_label = gettext_lazy("People")
    uses = (
        (
            "shield",
            gettext_lazy("Profiles"),
            gettext_lazy("“Team”, in a profile, is the team of the owner; a person is in one at the most"),
        ),
        (
            "person",
            gettext_lazy("Manager"),
            gettext_lazy("sees and edits the records of the teams led, as the profile says"),
        ),
        ("filter", gettext_lazy("Lists"), gettext_lazy("as a filter by the owner’s team")),
    )

    def listed(self) -> SetUpQuerySet:
        return Team.objects.select_related("manager")

    @cached_property
    def sizes(self) -> dict[int, int]:
        return {team.pk: team.size for team in teams()}

    def fact(self, row: SetUpRecord) -> Any:
        n = self.sizes.get(row.pk, 0)
        text = ngettext("%(n)s person", "%(n)s people", n) % {"n": n}
        return format_html('<a href="{}">{}</a>', reverse("users:team", args=[row.pk]), text)


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: SignedIn, pk: int) -> HttpResponse:
    """Who is in a team; joining one leaves the other."""
    request.user.require_ability(Ability.PEOPLE)
    team = get_object_or_404(Team, pk=pk)
    form = TeamMembersForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            form.save_as(request.user)
        except ValidationError as error:
            form.add_error("members", error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("users:teams")
    context = {"form": form, "team": team, "title": team.name, "back": reverse("users:teams"), "parent": _("Teams")}
    return render(request, "users/members.html", context, status=422 if form.errors else 200)
