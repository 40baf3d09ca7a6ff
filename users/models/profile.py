"""Privilege profiles: what a person may do at all, and how far (GIVE-3)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from records.gate import Scope
from records.models import SetUpRecord


class Ability(models.TextChoices):
    """Rights without a scope."""

    SET_UP = "set_up", gettext_lazy("Set up pipelines, sources and lists")
    PEOPLE = "people", gettext_lazy("Manage people, teams and profiles")
    JOURNAL = "journal", gettext_lazy("Read the whole journal")
    RESTORE = "restore", gettext_lazy("Restore from the trash")
    BULK = "bulk", gettext_lazy("Close and delete many at once")
    ARCHIVE = "archive", gettext_lazy("Export everything, people and journal included")


SETTING_UP = (Ability.SET_UP, Ability.PEOPLE, Ability.ARCHIVE)  # with any of these, there are settings


class Profile(SetUpRecord):
    """Rights by kind of record: ``{"opportunity": {"view": "team", "change": "own"}}``; what is not named is none."""

    class Level(models.TextChoices):
        USER = "user", pgettext_lazy("level", "User")
        ADMINISTRATOR = "administrator", gettext_lazy("Administrator")
        SUPER_ADMINISTRATOR = "super_administrator", gettext_lazy("Super administrator")

    undo_ability, is_taken_back = "", False  # who gives rights looks at each
    KINDS: ClassVar[tuple[str, ...]] = ("opportunity", "account", "contact")

    code = models.SlugField(max_length=40, unique=True, null=True, editable=False)
    level = models.CharField(gettext_lazy("level"), max_length=20, choices=Level, default=Level.USER)
    rights: Any = models.JSONField(gettext_lazy("rights"), default=dict)
    abilities: Any = models.JSONField(gettext_lazy("abilities"), default=list)

    class Meta(SetUpRecord.Meta):
        verbose_name = gettext_lazy("profile")
        verbose_name_plural = gettext_lazy("profiles")

    def scope(self, kind: str, verb: str) -> str:
        return str(self.rights.get(kind, {}).get(verb, Scope.NONE))

    def why_not_edit(self, by: Any) -> str:
        """Why this person may not edit it; blank if they may."""
        if self.level == self.Level.SUPER_ADMINISTRATOR:
            return _(
                "The super administrator may do everything; this profile is not edited, so that nobody is locked out."
            )
        if self.rank > by.profile.rank:
            return _("This profile is above your own level: a %(level)s can change it.") % {
                "level": self.get_level_display().lower()
            }
        return ""

    def duplicate(self, *, by: Any) -> "Profile":
        """Another profile with the same rights, at the end of the list."""
        names = set(Profile.objects.values_list("name", flat=True))
        name = next(name for number in range(2, 1000) if (name := f"{self.name[:70]} {number}") not in names)
        return Profile(name=name, level=self.level, rights=self.rights, abilities=self.abilities).add(by=by)

    @property
    def rank(self) -> int:
        """How high the level is, from 0."""
        return list(Profile.Level).index(Profile.Level(self.level))

    def can(self, ability: str) -> bool:
        """The super administrator may do everything, what came to the CRM since the profile was made too."""
        return ability in self.abilities or self.level == self.Level.SUPER_ADMINISTRATOR
