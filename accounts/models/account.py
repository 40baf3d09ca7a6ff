"""A company: client or prospect (ACC-1)."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.reach import Reachable, reach_texts
from core.money import MoneyField
from records.models import Access, GroupGrant, OwnedRecord, Row, UserGrant


class Account(Reachable, OwnedRecord):
    class Kind(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        CLIENT = "client", _("Client")

    verbs = ("view", "create", "change", "share", "reassign", "delete", "export", "import")

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PROSPECT)
    sector = models.CharField(_("sector"), max_length=100, blank=True, default="")
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    revenue = MoneyField(_("revenue"), null=True, blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True, default="")
    website = models.CharField(_("website"), max_length=250, blank=True, default="")
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    country = models.CharField(_("country"), max_length=100, blank=True, default="")
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
            models.Index(fields=["owner"], name="accounts_account_by_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:account", args=[self.pk])

    @classmethod
    def hanging_fields(cls) -> dict[str, tuple[Any, str]]:
        return {**super().hanging_fields(), "lists": (_("lists"), "accounts.ContactList")}

    @classmethod
    def search_texts(cls, row: Row, around: Any) -> list[str]:
        named = [row[column] for column in ("name", "code", "registration", "city", "website")]
        return [*named, *reach_texts(row)]

    @property
    def address(self) -> str:
        """On one line: ``12, rue de la Loire, 44200 Nantes``."""
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.city}".strip(), self.country) if part)

    def ancestors(self) -> set[int]:
        """Ids of the parent, its parent, and so on."""
        found: set[int] = set()
        parent_id = self.parent_id
        while parent_id is not None and parent_id not in found:
            found.add(parent_id)
            parent_id = Account.objects.filter(pk=parent_id).values_list("parent_id", flat=True).first()
        return found


class AccountAccess(Access):
    pk = models.CompositePrimaryKey("principal", "record")
    record = models.ForeignKey(Account, models.CASCADE, related_name="+")


class AccountUserGrant(UserGrant):
    content_object = models.ForeignKey(Account, models.CASCADE, related_name="user_grants")


class AccountGroupGrant(GroupGrant):
    content_object = models.ForeignKey(Account, models.CASCADE, related_name="group_grants")


Account.access = AccountAccess
