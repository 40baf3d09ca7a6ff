"""A company: client or prospect (ACC-1)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.address import Addressed
from accounts.models.reach import Reachable, reach_texts
from attributes.models import AttributedRecord, FieldValue, Tagging, indexes
from core.money import MoneyField
from records.journal import operation
from records.models import Access, Door, GroupGrant, Hanging, Row, UserGrant


class Account(Addressed, Reachable, AttributedRecord):
    class Kind(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        CLIENT = "client", _("Client")

    attributed = "account"
    verbs = ("view", "create", "change", "share", "reassign", "delete", "export", "import")
    unique_outside_trash = "code"

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PROSPECT)
    sector = models.CharField(_("sector"), max_length=100, blank=True, default="")
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    revenue = MoneyField(_("revenue"), null=True, blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True, default="")
    website = models.CharField(_("website"), max_length=250, blank=True, default="")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subsidiaries", verbose_name=_("parent account")
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                "code",
                condition=models.Q(trashed_at=None) & ~models.Q(code=""),
                name="an_account_code_is_unique_outside_the_trash",
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("pk")), name="an_account_is_not_its_own_parent"),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="accounts_account_by_name"),
            models.Index(fields=["owner", "name_key", "id"], name="accounts_account_by_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:account", args=[self.pk])

    @property
    def website_url(self) -> str:
        """Where the website is; nothing if what is written there is no web address."""
        return web_address(self.website)

    @property
    def website_name(self) -> str:
        """The address as people say it: ``hexabio.example``."""
        return self.website_url.partition("://")[2].removeprefix("www.").rstrip("/")

    def add(self, *, by: Any, door: str = Door.FORM) -> Self:
        with operation(by=by, door=door, what="account.add"):
            self.save()
        return self

    def edit(self, *, by: Any, door: str = Door.FORM) -> None:
        """Write what was changed on this instance since it was read."""
        with operation(by=by, door=door, what="account.edit"):
            self.save()

    def is_below(self, other: "Account") -> bool:
        """Whether it stands below the other one, at whatever depth."""
        above = Around([{"id": None, "parent_id": self.parent_id}])
        return other.pk in above.line(self.parent_id)

    def site_labels(self) -> list[str]:
        return [site.label for site in self.sites.active()]

    @classmethod
    def become_clients(cls, ids: Collection[int]) -> None:
        """Inside an operation: a prospect becomes a client with its first won opportunity (ACC-1)."""
        befores = list(cls.objects.filter(pk__in=ids, kind=cls.Kind.PROSPECT).values(*cls.columns()))
        cls.change_rows([{**before, "kind": cls.Kind.CLIENT.value} for before in befores], befores)

    @classmethod
    def note_sites(cls, wanted: Mapping[int, list[str]]) -> None:
        """Inside an operation that writes sites: tell the histories of their accounts which sites those have."""
        for account in cls.objects.filter(pk__in=wanted):
            account.touch({"sites": [account.site_labels(), wanted[account.pk]]})

    @classmethod
    def along(cls, ids: Collection[int]) -> list[Any]:
        return [cls._contacts().objects.filter(account__in=ids)]

    @classmethod
    def let_go(cls, ids: Sequence[int]) -> None:
        contacts = cls._contacts()
        daughters = cls.objects.filter(parent__in=ids).exclude(pk__in=ids)
        for found, name in ((daughters, "parent_id"), (contacts.objects.filter(account__in=ids), "account_id")):
            model = found.model
            befores = list(found.values(*model.columns()))
            rows = [{**before, name: None} for before in befores]
            model.change_rows(rows, befores, model.around(rows))

    @classmethod
    def _contacts(cls) -> Any:
        return cls._meta.get_field("contacts").related_model

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            **super().hanging_fields(),
            "lists": Hanging(_("lists"), "accounts.ContactList", lambda key, wanted: cls._listed().write(wanted)),
            "sites": Hanging(_("sites"), write=lambda key, wanted: cls.note_sites(wanted)),
        }

    @classmethod
    def around(cls, rows: Sequence[Row]) -> "Around":
        return Around(rows)

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: "Around") -> None:
        row["code"] = row["code"].strip()
        if row["parent_id"] is not None and row["parent_id"] != was.get("parent_id"):
            if row.get("id") in around.line(row["parent_id"]):
                raise ValidationError({"parent": _("An account cannot stand below itself.")}, code="circle")

    @classmethod
    def _listed(cls) -> Any:
        return cls._meta.get_field("listed").related_model

    @classmethod
    def search_texts(cls, row: Row, around: Any) -> list[str]:
        named = [row[column] for column in ("name", "code", "registration", "city", "website")]
        return [*named, *reach_texts(row)]


class Around:
    """Who stands above whom, as far as these rows ask."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.parents: dict[int, int | None] = {row["id"]: row["parent_id"] for row in rows if row.get("id")}
        unknown = {row["parent_id"] for row in rows} - {None} - self.parents.keys()
        while unknown:
            found = dict(Account.objects.filter(pk__in=unknown).values_list("pk", "parent_id"))
            self.parents |= found
            unknown = set(found.values()) - {None} - self.parents.keys()

    def line(self, account_id: int | None) -> list[int]:
        """The account, its parent, the parent's parent, and so on."""
        found: list[int] = []
        while account_id is not None and account_id not in found:
            found.append(account_id)
            account_id = self.parents.get(account_id)
        return found


def web_address(text: str) -> str:
    """Where ``hexabio.example`` leads: https if it names no scheme; nothing for any scheme but http and https."""
    bare = text.strip()
    url = bare if "://" in bare else f"https://{bare}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_address = parts.scheme in ("http", "https") and host and ("." in host or url == bare)
    return url if is_address and not any(map(str.isspace, url)) else ""


class AccountValue(FieldValue):
    record = models.ForeignKey(Account, models.CASCADE, db_index=False, related_name="custom_values")

    class Meta:
        indexes = indexes("account_value")

    def __str__(self) -> str:
        return f"{self.record_id}: {self.field_id}"


class AccountTag(Tagging):
    record = models.ForeignKey(Account, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint("tag", "record", name="an_account_has_a_tag_once")]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.tag_id}"


class AccountAccess(Access):
    pk = models.CompositePrimaryKey("principal", "record")
    record = models.ForeignKey(Account, models.CASCADE, related_name="+")


class AccountUserGrant(UserGrant):
    content_object = models.ForeignKey(Account, models.CASCADE, related_name="user_grants")


class AccountGroupGrant(GroupGrant):
    content_object = models.ForeignKey(Account, models.CASCADE, related_name="group_grants")


Account.access = AccountAccess
