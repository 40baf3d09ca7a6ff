"""Contact lists, and who may see each (SET-2). A list holds accounts and contacts."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.contact import Contact
from core import sql
from records import journal
from records.journal import operation
from records.models import Door, Hanging, SetUpQuerySet, SetUpRecord

if TYPE_CHECKING:
    from records.gate import Person


class ContactListQuerySet(SetUpQuerySet):
    def visible_to(self, user: "Person") -> Self:
        """Lists for everybody, and those of a group one is in; who sets up sees all."""
        if getattr(user, "can", lambda ability: False)("set_up"):
            return self
        shown = ContactList.groups.through._default_manager.filter(group__in=user.memberships.groups)
        return self.filter(models.Q(for_everybody=True) | models.Q(pk__in=shown.values("contactlist_id")))

    def holding(self, record: "Account | Contact") -> Self:
        """Those that this account or contact is on."""
        return self.filter(pk__in=listed_model(record)._default_manager.filter(record=record).values("list_id"))


class ContactList(SetUpRecord):
    for_everybody = models.BooleanField(_("everybody sees it"), default=True)
    groups = models.ManyToManyField(Group, blank=True, related_name="+", verbose_name=_("groups that see it"))

    objects: ClassVar[Any] = ContactListQuerySet.as_manager()

    class Meta(SetUpRecord.Meta):
        verbose_name = _("list")
        verbose_name_plural = _("lists")

    @property
    def audience(self) -> str:
        """Who sees it, in words; its groups are read before."""
        if self.for_everybody:
            return gettext("seen by everybody")
        names = ", ".join(group.name for group in self.groups.all())
        return gettext("seen by %(groups)s") % {"groups": names} if names else gettext("seen by those who set up")

    def add(self, *, by: Any, door: str = Door.SET_UP, groups: Collection[int] = ()) -> Self:
        """Put it at the end of the lists, seen by everybody or by these groups."""
        with operation(by=by, door=door, what="contactlist.add"):
            super().add(by=by, door=door)
            self.hang("groups", groups)
        return self

    def edit(self, *, by: Any, groups: Collection[int] | None = None, **values: Any) -> None:
        """Rename it, or say who sees it: everybody, or these groups."""
        with operation(by=by, door=Door.SET_UP, what="contactlist.edit"):
            super().edit(by=by, **values)
            if groups is not None:
                self.hang("groups", groups)

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {"groups": cls.hung(_("groups that see it"), "groups", "auth.Group")}

    def put(self, record: Account | Contact, *, by: Any, door: str = Door.FORM) -> None:
        """Put an account or a contact on the list; harmless twice."""
        self._change(record, on=True, by=by, door=door)

    def take_off(self, record: Account | Contact, *, by: Any, door: str = Door.FORM) -> None:
        self._change(record, on=False, by=by, door=door)

    def _change(self, record: Account | Contact, *, on: bool, by: Any, door: str) -> None:
        listed = listed_model(record)
        with operation(by=by, door=door, what=f"{record.gate_key()}.{'list' if on else 'unlist'}"):
            before = sorted(listed.objects.filter(record=record).values_list("list_id", flat=True))
            if on:
                listed.objects.get_or_create(list=self, record=record)
            else:
                listed.objects.filter(list=self, record=record).delete()
            after = sorted(listed.objects.filter(record=record).values_list("list_id", flat=True))
            if before != after:
                record.touch({"lists": [before, after]})


class Listed(models.Model):
    """A record on a list; subclasses add ``list`` and ``record``."""

    class Meta:
        abstract = True

    @classmethod
    def write(cls: Any, wanted: Mapping[int, Collection[int]]) -> None:
        """Inside an operation: have each of these records on exactly these lists."""
        model = cls._meta.get_field("record").related_model
        rows = list(model.objects.filter(pk__in=wanted).values_list("pk", "version"))
        before: dict[int, set[int]] = {pk: set() for pk, _version in rows}
        for pk, list_id in cls.objects.filter(record__in=wanted).values_list("record_id", "list_id"):
            before[pk].add(list_id)
        changed = [(pk, version) for pk, version in rows if before[pk] != set(wanted[pk])]
        for pk, _version in changed:
            cls.objects.filter(record=pk, list__in=before[pk] - set(wanted[pk])).delete()
        new = [(list_id, pk) for pk, _version in changed for list_id in sorted(set(wanted[pk]) - before[pk])]
        sql.insert_rows(cls, ("list_id", "record_id"), new)
        sql.update_rows(model, ("version",), [(version + 1, pk) for pk, version in changed])
        writing = journal.current()
        for pk, version in changed:
            writing.changed(model, pk, version + 1, {"lists": [sorted(before[pk]), sorted(wanted[pk])]})


class ListedAccount(Listed):
    list = models.ForeignKey(ContactList, models.CASCADE, related_name="listed_accounts")
    record = models.ForeignKey(Account, models.CASCADE, related_name="listed")

    class Meta:
        constraints = [models.UniqueConstraint("list", "record", name="an_account_is_on_a_list_once")]

    def __str__(self) -> str:
        return f"{self.list_id}: {self.record_id}"


class ListedContact(Listed):
    list = models.ForeignKey(ContactList, models.CASCADE, related_name="listed_contacts")
    record = models.ForeignKey(Contact, models.CASCADE, related_name="listed")

    class Meta:
        constraints = [models.UniqueConstraint("list", "record", name="a_contact_is_on_a_list_once")]

    def __str__(self) -> str:
        return f"{self.list_id}: {self.record_id}"


def listed_model(record: Account | Contact) -> Any:
    """The model of the rows that put records of this kind on lists."""
    return ListedAccount if isinstance(record, Account) else ListedContact
