"""Managing people: who may give which rights to whom, and what the house cannot do without (GIVE-3, SET-1)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from records.gate import Refused
from records.journal import operation
from records.models import Door, Row
from users.models.profile import Ability, Profile


class Managed(models.Model):
    """The verbs that one person does on another; nobody reaches above their own level."""

    class Meta:
        abstract = True

    def add(self: Any, *, by: Any, door: str = Door.SET_UP, groups: Collection[Group] = ()) -> Any:
        """Create the person; without a password they set one by mail, or never sign in."""
        if not self.password:
            self.set_unusable_password()
        self._check_reach(by)
        with operation(by=by, door=door, what="user.add"):
            self.save()
            self.set_groups(groups, by=by)
        return self

    def edit(
        self: Any, *, by: Any, what: str = "user.edit", groups: Collection[Group] | None = None, **values: Any
    ) -> None:
        """Write what was changed on this instance since it was read, and these values. Raises ``ValidationError``."""
        for name, value in values.items():
            setattr(self, name, value)
        self._check_reach(by)
        with operation(by=by, door=Door.SET_UP, what=what):
            self.save()
            if groups is not None:
                self.set_groups(groups, by=by)

    def deactivate(self: Any, *, by: Any) -> None:
        """Out at the next request, everywhere; what they own stays theirs until it is given to somebody."""
        if by is not None and by.pk == self.pk:
            raise ValidationError(_("Nobody deactivates themselves. Ask another administrator."), code="self")
        self.edit(by=by, what="user.deactivate", is_active=False)

    def reactivate(self: Any, *, by: Any) -> None:
        self.edit(by=by, what="user.reactivate", is_active=True)

    def set_groups(self: Any, groups: Collection[Group], *, by: Any) -> None:
        """Exactly these groups."""
        before = sorted(self.groups.values_list("pk", flat=True))
        after = sorted(group.pk for group in groups)
        if before == after:
            return
        self._check_reach(by)
        with operation(by=by, door=Door.SET_UP, what="user.groups"):
            self.groups.set(after)
            self.touch({"groups": [before, after]})

    def may_manage(self: Any, other: Any) -> bool:
        """Whether the other one's level is not above the own one."""
        return bool(self.can(Ability.PEOPLE) and other.profile.rank <= self.profile.rank)

    def givable_profiles(self: Any) -> list[Profile]:
        """The profiles up to the own level."""
        return [profile for profile in Profile.objects.active() if profile.rank <= self.profile.rank]

    def require_ability(self: Any, ability: str) -> None:
        """Raise ``Refused``, naming the right and whom to ask, unless the profile has it (GIVE-3)."""
        if self.can(ability):
            return
        names = helpers(type(self).objects.signing_in(), ability)
        said = _("This needs the right “%(right)s”, which your profile “%(profile)s” does not give.") % {
            "right": Ability(ability).label,
            "profile": self.profile,
        }
        asked = _("Ask %(names)s.") % {"names": names}
        raise Refused(f"{said} {asked}" if names else said)

    def _check_reach(self: Any, by: Any) -> None:
        """Nobody changes a person above their level, nor lifts one above it."""
        if by is None:
            return
        was = Profile.objects.get(pk=self.was["profile_id"]) if self.was else None
        for profile in (was, self.profile):
            if profile is not None and profile.rank > by.profile.rank:
                said = _("The profile “%(profile)s” is above your own: a %(level)s can do this.")
                raise ValidationError(
                    {"profile": said % {"profile": profile, "level": profile.get_level_display().lower()}},
                    code="level",
                )


def helpers(people: Any, ability: str = Ability.PEOPLE) -> str:
    """Up to three, by name, of those who have this right and can give it; where nobody can, of those who have it."""
    having = [person for person in people.select_related("profile") if person.can(ability)]
    giving = [person for person in having if person.can(Ability.PEOPLE)]
    return ", ".join(map(str, (giving or having)[:3]))


def keep_a_super_administrator(model: Any, row: Row, was: Mapping[str, Any]) -> None:
    """Raises ``ValidationError`` if this change would take away the last super administrator who can sign in."""
    held = ("is_active", "signs_in", "profile_id")
    if not was or all(row[name] == was[name] for name in held):
        return
    supers = set(Profile.objects.filter(level=Profile.Level.SUPER_ADMINISTRATOR).values_list("pk", flat=True))

    def is_one(values: Mapping[str, Any]) -> bool:
        return bool(values["is_active"] and values["signs_in"] and values["profile_id"] in supers)

    if is_one(was) and not is_one(row):
        others = model.objects.select_for_update().signing_in().filter(profile__in=supers).exclude(pk=row["id"])
        if not list(others.values_list("pk", flat=True)):
            raise ValidationError(
                _("This is the last super administrator who can sign in. Name another one first."), code="last"
            )
