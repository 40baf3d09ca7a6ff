"""Privilege profiles: what a person may do at all, and how far (GIVE-3)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.gate import Scope
from records.models import SetUpRecord


class Ability(models.TextChoices):
    """Rights without a scope."""

    SET_UP = "set_up", _("Set up pipelines, sources and lists")
    PEOPLE = "people", _("Manage people, teams and profiles")
    JOURNAL = "journal", _("Read the whole journal")
    RESTORE = "restore", _("Restore from the trash")
    BULK = "bulk", _("Close and delete many at once")


class Profile(SetUpRecord):
    """Rights by kind of record: ``{"opportunity": {"view": "team", "change": "own"}}``; what is not named is none."""

    class Level(models.TextChoices):
        USER = "user", pgettext_lazy("level", "User")
        ADMINISTRATOR = "administrator", _("Administrator")
        SUPER_ADMINISTRATOR = "super_administrator", _("Super administrator")

    undo_ability = ""  # who gives rights looks at each
    KINDS: ClassVar[tuple[str, ...]] = ("opportunity", "account", "contact")

    code = models.SlugField(max_length=40, unique=True, null=True, editable=False)
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.USER)
    rights: Any = models.JSONField(_("rights"), default=dict)
    abilities: Any = models.JSONField(_("abilities"), default=list)

    class Meta(SetUpRecord.Meta):
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def scope(self, kind: str, verb: str) -> str:
        return str(self.rights.get(kind, {}).get(verb, Scope.NONE))

    @property
    def rank(self) -> int:
        """How high the level is, from 0."""
        return list(Profile.Level).index(Profile.Level(self.level))

    def can(self, ability: str) -> bool:
        return ability in self.abilities
