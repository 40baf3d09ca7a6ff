"""A person at a client's or prospect's, or on their own (ACC-2)."""

from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.reach import Reachable, reach_texts
from attributes.models import AttributedRecord, FieldValue, Tagging, indexes
from core.folding import fold
from records.journal import operation
from records.models import Access, Door, GroupGrant, Hanging, Row, UserGrant
from records.models.owned import NAME_KEY_LENGTH


class Contact(Reachable, AttributedRecord):
    attributed = "contact"
    verbs = ("view", "create", "change", "share", "reassign", "delete", "export", "import")

    first_name = models.CharField(_("first name"), max_length=100, blank=True, default="")
    last_name = models.CharField(_("last name"), max_length=100, blank=True, default="")
    role = models.CharField(_("role"), max_length=150, blank=True, default="")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("account")
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(condition=~models.Q(first_name="", last_name=""), name="a_contact_has_a_name")
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="accounts_contact_by_name"),
            models.Index(fields=["owner", "name_key", "id"], name="accounts_contact_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("contacts:contact", args=[self.pk])

    def add(self, *, by: Any, door: str = Door.FORM) -> Self:
        with operation(by=by, door=door, what="contact.add"):
            self.save()
        return self

    def edit(self, *, by: Any, door: str = Door.FORM) -> None:
        """Write what was changed on this instance since it was read. Moving to another company leaves the
        opportunities where they are (ACC-2)."""
        with operation(by=by, door=door, what="contact.edit"):
            self.save()

    @classmethod
    def join_rows(cls, accounts: Mapping[int, int]) -> None:
        """Inside an operation: these contacts now work for these accounts."""
        befores = list(cls.objects.filter(pk__in=accounts).values(*cls.columns()))
        cls.change_rows([{**before, "account_id": accounts[before["id"]]} for before in befores], befores)

    @classmethod
    def key_of(cls, first_name: str, last_name: str) -> str:
        """The sort key of somebody of this name."""
        return fold(f"{last_name} {first_name}")[:NAME_KEY_LENGTH]

    @classmethod
    def name_of(cls, row: Row) -> str:
        return f"{row['last_name']} {row['first_name']}".strip()

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            **super().hanging_fields(),
            "lists": Hanging(_("lists"), "accounts.ContactList", lambda key, wanted: cls._listed().write(wanted)),
        }

    @classmethod
    def _listed(cls) -> Any:
        return cls._meta.get_field("listed").related_model

    @classmethod
    def search_texts(cls, row: Row, around: Any) -> list[str]:
        return [f"{row['first_name']} {row['last_name']} {row['first_name']}", row["role"], *reach_texts(row)]


class ContactValue(FieldValue):
    record = models.ForeignKey(Contact, models.CASCADE, db_index=False, related_name="custom_values")

    class Meta:
        indexes = indexes("contact_value")

    def __str__(self) -> str:
        return f"{self.record_id}: {self.field_id}"


class ContactTag(Tagging):
    record = models.ForeignKey(Contact, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint("tag", "record", name="a_contact_has_a_tag_once")]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.tag_id}"


class ContactAccess(Access):
    pk = models.CompositePrimaryKey("principal", "record")
    record = models.ForeignKey(Contact, models.CASCADE, related_name="+")


class ContactUserGrant(UserGrant):
    content_object = models.ForeignKey(Contact, models.CASCADE, related_name="user_grants")


class ContactGroupGrant(GroupGrant):
    content_object = models.ForeignKey(Contact, models.CASCADE, related_name="group_grants")


Contact.access = ContactAccess
