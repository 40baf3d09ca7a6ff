"""A person of the house: signs in by e-mail address, or owns records without ever signing in."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core import sql
from core.folding import fold
from core.models import House
from records.gate import Memberships, Scope
from records.models import Hanging, OwnedRecord, Record, RecordQuerySet, Row
from users.models.managing import Managed, keep_a_super_administrator
from users.models.profile import Profile
from users.models.team import Team
from users.models.telling import Told

LANGUAGES = [("", _("As the house")), ("en", "English"), ("fr", "Français")]
FACTORS = {"app": _("authenticator app"), "key": _("passkey"), "codes": _("recovery codes")}
UNJOURNALLED = frozenset({"password", "last_login"})


class UserQuerySet(RecordQuerySet):
    def active(self) -> "UserQuerySet":
        """Not deactivated: those that may be chosen as an owner."""
        return self.filter(is_active=True)

    def signing_in(self) -> "UserQuerySet":
        """Those who can sign in."""
        return self.filter(is_active=True, signs_in=True)

    def named(self, text: str) -> "User | None":
        """The one active person of this name or e-mail address, accents and case aside; none if it fits several."""
        wanted = fold(text)
        found = [
            person
            for person in self.active()
            if wanted in (fold(str(person)), fold(f"{person.last_name} {person.first_name}"), fold(person.email or ""))
        ]
        return found[0] if len(found) == 1 else None


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Managed, Told, Record, AbstractBaseUser, PermissionsMixin):
    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        NORMAL = "", _("Normal, 40 px")
        COMPACT = "compact", _("Compact, 32 px")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]
    derived_fields = Record.derived_fields | UNJOURNALLED | {"name_key"}
    silent_fields = frozenset({"notice_ways"})
    is_taken_back = False  # whoever gives rights looks at each

    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80)
    name_key = models.CharField(_("name"), max_length=170, editable=False, default="", db_index=True)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="people", verbose_name=_("profile"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("team"))
    is_active = models.BooleanField(_("active"), default=True)
    signs_in = models.BooleanField(_("signs in"), default=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, blank=True, default="")
    timezone = models.CharField(_("time zone"), max_length=40, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True, default="")
    density = models.CharField(_("density"), max_length=8, choices=Density, blank=True, default="")
    single_keys = models.BooleanField(_("single-letter shortcuts"), default=True)

    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name_key", "id")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="an_address_is_in_lower_case"),
            models.CheckConstraint(
                condition=models.Q(signs_in=False) | models.Q(email__isnull=False),
                name="who_signs_in_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email or ""

    def get_full_name(self) -> str:
        return str(self)

    @property
    def initials(self) -> str:
        return initials(str(self))

    def scope(self, kind: str, verb: str) -> str:
        """How far the profile lets this person do the verb: none, own, team or all."""
        return self.profile.scope(kind, verb) if self.is_active else Scope.NONE

    def can(self, ability: str) -> bool:
        return self.is_active and self.profile.can(ability)

    @cached_property
    def memberships(self) -> Memberships:
        """The own team, the teams led, the groups: one query, asked once per request."""
        groups = User.groups.through._meta.db_table
        rows = sql.fetch(
            f"SELECT 1, group_id FROM {groups} WHERE user_id = %s "
            f"UNION ALL SELECT 2, id FROM {Team._meta.db_table} WHERE manager_id = %s",
            [self.pk, self.pk],
        )
        teams = {pk for kind, pk in rows if kind == 2} | ({self.team_id} if self.team_id else set())
        return Memberships(teams=frozenset(teams), groups=frozenset(pk for kind, pk in rows if kind == 1))

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            "groups": Hanging(_("groups"), "auth.Group"),
            "second_factor": Hanging(_("second factor"), text_of=factors_told),
        }

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        row["email"] = row["email"].strip().lower() if row["email"] else None
        keep_a_super_administrator(cls, row, was)

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        row["name_key"] = fold(f"{row['first_name']} {row['last_name']}")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Journalled like every record, but for the password and the last visit."""
        alone = kwargs.get("update_fields")
        if alone is not None and UNJOURNALLED.issuperset(alone):
            models.Model.save(self, *args, **kwargs)
        else:
            Record.save(self, *args, **kwargs)

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        super().follow(ids, changed)
        if "team_id" in changed:
            for model in owned_models():
                owned = model._default_manager.filter(owner__in=ids).values_list("pk", flat=True)
                model.access.rebuild(list(owned))
        House.set_up_changed()


def factors_told(key: str, codes: Any) -> str:
    """A value of the journal in words."""
    return ", ".join(str(FACTORS[code]) for code in ([codes] if isinstance(codes, str) else codes) if code in FACTORS)


def owned_models() -> list[type[OwnedRecord]]:
    """Every kind of record that has an owner."""
    return [model for model in apps.get_models() if issubclass(model, OwnedRecord)]


def owned_counts(people: Collection[int], reader: User) -> dict[int, list[tuple[str, Any, int]]]:
    """For each person, by kind: its key in a profile, its name, how many the person owns of those the reader sees."""
    found: dict[int, list[tuple[str, Any, int]]] = {pk: [] for pk in people}
    for model in sorted(owned_models(), key=lambda model: Profile.KINDS.index(model.gate_key())):
        owned = model.objects.visible_to(reader).filter(owner__in=people).order_by()
        for owner, count in owned.values_list("owner").annotate(n=models.Count("pk")):
            name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            found[owner].append((model.gate_key(), name, count))
    return found


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[:1].isalpha()]
    return ((words[0][0] + words[-1][0]) if len(words) > 1 else name[:2]).upper()
