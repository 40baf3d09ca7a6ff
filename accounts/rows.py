"""Rows of the lists of accounts and contacts as a template shows them: every text ready (ARCHITECTURE 7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import Account, Contact
from accounts.models.reach import mail_link, phone_link
from attributes.columns import FieldColumn, cells_of
from attributes.labels import dots
from records.models import OwnedQuerySet
from users.models import User
from users.models.user import initials


@dataclass(frozen=True, slots=True)
class Owner:
    name: str
    initials: str
    is_me: bool

    @classmethod
    def of(cls, me: User, pk: int | None, first: str | None, last: str | None) -> "Owner | None":
        name = f"{first or ''} {last or ''}".strip()
        return cls(name, initials(name), pk == me.pk) if pk else None


@dataclass(frozen=True, slots=True)
class AccountRow:
    pk: int
    url: str
    name: str
    tags: SafeString
    is_client: bool
    city: str
    sector: str
    phone: str
    dial: str
    owner: Owner | None
    more: SafeString  # the cells of the columns that were chosen


@dataclass(frozen=True, slots=True)
class ContactRow:
    pk: int
    url: str
    name: str
    tags: SafeString
    role: str
    account: str
    account_url: str
    email: str
    mail: str
    phone: str
    dial: str
    owner: Owner | None
    more: SafeString  # the cells of the columns that were chosen


OWNER = ("owner_id", "owner__first_name", "owner__last_name")


def read_accounts(accounts: OwnedQuerySet) -> models.QuerySet[Any]:
    return accounts.values_list("pk", "name_key", "name", "kind", "city", "sector", "phones", *OWNER)


def read_contacts(contacts: OwnedQuerySet, user: User) -> models.QuerySet[Any]:
    """With the name of the account where its own page is theirs to see, too (GIVE-4)."""
    seen = Account.objects.filter(pk=models.OuterRef("account")).visible_to(user, few=True)
    return contacts.values_list(
        "pk",
        "name_key",
        "first_name",
        "last_name",
        "role",
        "account_id",
        models.Case(models.When(models.Exists(seen), then="account__name")),
        "emails",
        "phones",
        *OWNER,
    )


def account_rows(
    found: Iterable[tuple[Any, ...]], user: User, columns: Collection[FieldColumn] = ()
) -> list[AccountRow]:
    base, found = reverse("accounts:index"), list(found)
    tags = Account.tags_of(row[0] for row in found)
    more = cells_of(Account, (row[0] for row in found), columns)
    return [
        AccountRow(
            pk=pk,
            url=f"{base}{pk}/",
            name=name,
            tags=dots(tags.get(pk, ())),
            is_client=kind == Account.Kind.CLIENT,
            city=city,
            sector=sector,
            phone=phones[0] if phones else "",
            dial=phone_link(phones[0]) if phones else "",
            owner=Owner.of(user, *owner),
            more=more.get(pk, SafeString("")),
        )
        for pk, _key, name, kind, city, sector, phones, *owner in found
    ]


def contact_rows(
    found: Iterable[tuple[Any, ...]], user: User, columns: Collection[FieldColumn] = ()
) -> list[ContactRow]:
    base, accounts, found = reverse("contacts:index"), reverse("accounts:index"), list(found)
    tags = Contact.tags_of(row[0] for row in found)
    more = cells_of(Contact, (row[0] for row in found), columns)
    return [
        ContactRow(
            pk=pk,
            url=f"{base}{pk}/",
            name=f"{first} {last}".strip(),
            tags=dots(tags.get(pk, ())),
            role=role,
            account=account or "",
            account_url=f"{accounts}{account_id}/" if account else "",
            email=emails[0] if emails else "",
            mail=mail_link(emails[0]) if emails else "",
            phone=phones[0] if phones else "",
            dial=phone_link(phones[0]) if phones else "",
            owner=Owner.of(user, *owner),
            more=more.get(pk, SafeString("")),
        )
        for pk, _key, first, last, role, account_id, account, emails, phones, *owner in found
    ]
