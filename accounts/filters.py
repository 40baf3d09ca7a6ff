"""The filters of the lists of accounts and contacts: repeated GET names that combine."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, ContactList
from attributes.custom_filters import AttributeFilters
from attributes.filters import TagFilters, tag_condition, told
from core.filters import Chip, IdsFilter
from records import search
from users.models import User


class PartyFilter(AttributeFilters, TagFilters):
    """What both lists are narrowed by. ``conditions`` is all of it as one ``Q``."""

    model: ClassVar[type[Account | Contact]]

    owner = IdsFilter(label=_("Owner"))
    list = IdsFilter(label=_("List"))
    q = django_filters.CharFilter(label=_("Text"), max_length=200)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(cls.base_filters)

    def conditions(self, user: User) -> models.Q:
        """All filters as one condition; one that cannot be read matches nothing, and the page says so."""
        if not self.form.is_valid():
            return models.Q(pk__in=[])
        given = self.form.cleaned_data
        condition = models.Q()
        if given["owner"]:
            condition &= models.Q(owner__in=given["owner"])
        if given["list"]:
            lists = ContactList.objects.visible_to(user).filter(pk__in=given["list"])
            listed: Any = self.model._meta.get_field("listed").related_model
            condition &= models.Q(pk__in=listed.objects.filter(list__in=lists).values("record_id"))
        condition &= tag_condition(self.model, given) & self.custom_condition()
        if given["q"]:
            condition &= search.condition(self.model, given["q"])
        return condition

    def chips(self, query: QueryDict, user: User) -> Sequence[Chip]:
        """One chip for each filter in force."""
        return [
            Chip.of(name, self.filters[name].label, self.told(name, user), query)
            for name in self.filters
            if name not in ("q", "tags") and any(query.getlist(name))
        ]

    def told(self, name: str, user: User) -> str:
        """The value of a filter in the reader's words."""
        if (said := self.custom_told(name, user)) is not None:
            return said
        given = getattr(self.form, "cleaned_data", {}).get(name)
        if not given:
            return ""
        if name == "tag":
            return told(self.form.cleaned_data)
        names = self.words(name, given, user)
        return ", ".join(names.get(key, f"#{key}") for key in given)

    def words(self, name: str, given: Any, user: User) -> dict[Any, str]:
        """What the values of a filter stand for, as far as one may see it."""
        if name == "owner":
            return {person.pk: str(person) for person in User.objects.filter(pk__in=given)}
        return dict(ContactList.objects.visible_to(user).filter(pk__in=given).values_list("pk", "name"))


class AccountFilter(PartyFilter):
    model = Account

    kind = django_filters.MultipleChoiceFilter(choices=Account.Kind, label=_("Kind"))

    class Meta:
        model = Account
        fields: list[str] = []

    def conditions(self, user: User) -> models.Q:
        condition = super().conditions(user)
        if self.form.is_valid() and self.form.cleaned_data["kind"]:
            condition &= models.Q(kind__in=self.form.cleaned_data["kind"])
        return condition

    def words(self, name: str, given: Any, user: User) -> dict[Any, str]:
        if name == "kind":
            return {code: str(label) for code, label in Account.Kind.choices}
        return super().words(name, given, user)


class ContactFilter(PartyFilter):
    model = Contact

    account = IdsFilter(label=_("Account"))

    class Meta:
        model = Contact
        fields: list[str] = []

    def conditions(self, user: User) -> models.Q:
        """A company that one may not see has no contacts here, the same as one that does not exist (GIVE-4)."""
        condition = super().conditions(user)
        if self.form.is_valid() and self.form.cleaned_data["account"]:
            wanted = Account.objects.filter(pk__in=self.form.cleaned_data["account"])
            condition &= models.Q(account__in=wanted.visible_to(user, few=True))
        return condition

    def words(self, name: str, given: Any, user: User) -> dict[Any, str]:
        if name == "account":
            seen = Account.objects.filter(pk__in=given).visible_to(user, few=True)
            return dict(seen.values_list("pk", "name"))
        return super().words(name, given, user)
