"""E-mail addresses and telephone numbers: several each, the first is the main one (ACC-1, ACC-2)."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import OwnedRecord, Row
from users.models.user import initials

MOST = 20
ALIKE_BY = frozenset({"name", "first_name", "last_name", "emails", "phones", "registration"})


def check_emails(values: Any) -> None:
    """Each a valid address. Raises ``ValidationError`` naming the first that is not."""
    for value in values:
        try:
            validate_email(value)
        except ValidationError:
            raise ValidationError(_("“%(value)s” is not an e-mail address."), params={"value": value}) from None
    check_number(values)


def check_phones(values: Any) -> None:
    """Each with at least three digits; written as people write them, leading zeros and ``+`` kept."""
    for value in values:
        if sum(letter.isdigit() for letter in value) < 3:
            raise ValidationError(_("“%(value)s” is not a telephone number."), params={"value": value})
    check_number(values)


def check_number(values: Any) -> None:
    if len(values) > MOST:
        raise ValidationError(_("At most %(most)s."), params={"most": MOST})


class Reachable(models.Model):
    derived_fields = OwnedRecord.derived_fields | {"main_email"}

    emails: Any = models.JSONField(_("e-mail addresses"), default=list, blank=True, validators=[check_emails])
    phones: Any = models.JSONField(_("telephone numbers"), default=list, blank=True, validators=[check_phones])

    main_email = models.EmailField(editable=False, default="", db_index=True)

    likeness_keys: ClassVar[Any]  # the model of the keys by which likely duplicates are found (DUP-1)

    class Meta:
        abstract = True

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        super().derive(row, around)  # type: ignore[misc]
        row["main_email"] = row["emails"][0].lower()[:254] if row["emails"] else ""

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        if not ALIKE_BY.isdisjoint(changed):
            cls.likeness_keys.follow(ids)
        super().follow(ids, changed)  # type: ignore[misc]

    @property
    def email(self) -> str:
        """The main address, or nothing."""
        return self.emails[0] if self.emails else ""

    @property
    def phone(self) -> str:
        return self.phones[0] if self.phones else ""

    @property
    def initials(self) -> str:
        return initials(str(self))

    @property
    def mail_links(self) -> list[tuple[str, str]]:
        """Each address, and the link that writes to it."""
        return [(email, mail_link(email)) for email in self.emails]

    @property
    def phone_links(self) -> list[tuple[str, str]]:
        """Each number as written, and the link that dials it."""
        return [(phone, phone_link(phone)) for phone in self.phones]


def mail_link(email: str) -> str:
    return f"mailto:{quote(email, safe='@')}"


def phone_link(phone: str) -> str:
    """What dials a number: ``+33 2 40 00 00 00`` → ``tel:+33240000000``."""
    return f"tel:{'+' if phone.lstrip().startswith('+') else ''}{digits_of(phone)}"


def digits_of(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdecimal())


def reach_texts(row: Row) -> list[str]:
    """What a record is found by: addresses, and numbers both as written and as bare digits."""
    return [*row["emails"], *row["phones"], *map(digits_of, row["phones"])]
