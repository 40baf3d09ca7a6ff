"""Forms of people, and of who is in a team or a group."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import SeveralField
from core.models.house import per_set_up
from records.forms import RecordForm
from records.journal import operation
from records.models import Door
from records.set_up.forms import SetUpForm
from users.models import Profile, Team, User
from users.models.groups import add_group, rename_group


class PersonForm(RecordForm):
    """A person as whoever manages people sees them: nobody gives a profile above their own level."""

    groups = SeveralField(
        Group.objects.order_by("name"),
        label=gettext_lazy("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "signs_in", "profile", "team", "groups")

    def __init__(self, *args: Any, manager: User, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.manager = manager
        self.is_new = self.instance.pk is None
        present = {self.instance.profile_id}
        givable = [profile.pk for profile in manager.givable_profiles()]
        self.fields["profile"].queryset = Profile.objects.filter(pk__in={*givable, *present} - {None})  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(  # type: ignore[attr-defined]
            models.Q(archived_at=None) | models.Q(pk=self.instance.team_id)
        )
        self.fields["team"].empty_label = _("None")  # type: ignore[attr-defined]
        self.fields["signs_in"].widget.attrs["class"] = "check"
        self.fields["profile"].empty_label = _("Choose a profile") if self.is_new else None  # type: ignore[attr-defined]
        self.fields["profile"].error_messages["required"] = _("Choose what this person may do.")
        self.fields["last_name"].error_messages["required"] = _("Enter the last name.")
        if not self.is_new:
            self.initial["groups"] = list(self.instance.groups.values_list("pk", flat=True))

    def clean_email(self) -> str | None:
        email = (self.cleaned_data["email"] or "").strip().lower()
        if not email:
            return None
        other = User.objects.filter(email=email).exclude(pk=self.instance.pk).first()
        if other is not None:
            raise ValidationError(_("%(person)s has this address.") % {"person": other}, code="taken")
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("signs_in") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Whoever signs in needs an address. Enter one, or untick “signs in”."))
        return cleaned

    def save_as(self, by: User) -> User:
        person: User = self.instance
        groups = list(self.cleaned_data["groups"])
        if self.is_new:
            person.add(by=by, groups=groups)
        else:
            person.edit(by=by, groups=groups)
        return person

    def _merge(self, read: int) -> None:
        """Of the groups, the last save decides."""
        groups = self.cleaned_data.pop("groups", [])
        super()._merge(read)
        self.cleaned_data["groups"] = groups


class TeamForm(SetUpForm):
    """One row of the list of teams."""

    class Meta(SetUpForm.Meta):
        model = Team
        fields = ("name", "manager")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Team")
        manager: Any = self.fields["manager"]
        manager.queryset = User.objects.filter(models.Q(is_active=True) | models.Q(pk=self.instance.manager_id))
        present = self.instance.manager
        gone = [(present.pk, str(present))] if present and not present.is_active else []
        manager.choices = [("", _("nobody")), *gone, *active_people()]


class MembersForm(forms.Form):
    """Who is in a team or a group."""

    use_required_attribute = False
    members = SeveralField(
        User.objects.none(),
        label=gettext_lazy("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
    )

    def __init__(self, *args: Any, present: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = {person.pk for person in present}
        self.initial["members"] = sorted(self.present)
        people = User.objects.filter(models.Q(is_active=True) | models.Q(pk__in=self.present))
        self.fields["members"].queryset = people.select_related("team", "profile")  # type: ignore[attr-defined]

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    def turned(self) -> tuple[list[User], list[User]]:
        """Who joins, and who leaves."""
        chosen = {person.pk: person for person in self.cleaned_data["members"]}
        joining = [person for pk, person in chosen.items() if pk not in self.present]
        leaving = list(User.objects.select_related("profile").filter(pk__in=self.present - chosen.keys()))
        return joining, leaving


class TeamMembersForm(MembersForm):
    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        self.team = team
        super().__init__(*args, present=team.people.all(), **kwargs)

    def save_as(self, by: User) -> None:
        joining, leaving = self.turned()
        with operation(by=by, door=Door.SET_UP, what="team.members"):
            for person in joining:
                person.edit(by=by, team=self.team)
            for person in leaving:
                person.edit(by=by, team=None)


class GroupForm(MembersForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    field_order = ("name", "members")

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        self.group: Group = group
        present = User.objects.filter(groups=group) if group.pk else User.objects.none()
        super().__init__(*args, present=present, **kwargs)
        self.initial["name"] = group.name
        self.fields["name"].error_messages["required"] = _("Name the group.")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Group.objects.filter(name__iexact=name).exclude(pk=self.group.pk).exists():
            raise ValidationError(_("Another group has this name."))
        return name

    def save_as(self, by: User) -> Group:
        joining, leaving = self.turned()
        with operation(by=by, door=Door.SET_UP, what="group.edit"):
            if self.group._state.adding:
                self.group = add_group(self.cleaned_data["name"], by=by)
            else:
                rename_group(self.group, self.cleaned_data["name"], by=by)
            for person in joining:
                person.set_groups([*person.groups.all(), self.group], by=by)
            for person in leaving:
                person.set_groups([one for one in person.groups.all() if one != self.group], by=by)
        return self.group


@per_set_up
def active_people() -> list[tuple[int, str]]:
    """Who may be chosen, by name."""
    return [(person.pk, str(person)) for person in User.objects.active()]
