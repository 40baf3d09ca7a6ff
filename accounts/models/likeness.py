"""What makes two accounts, or two contacts, likely the same: e-mail, telephone, registration, name (DUP-1).

Each of these has a key, a number that an index finds: names without accents, punctuation or legal form; numbers by
their digits. A key of how a name sounds finds those that are spelt nearly so, which are then compared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.contact import Contact
from accounts.models.reach import digits_of
from core import sql
from core.folding import fold
from records import gate
from users.models import User

CHUNK = 1_000
MOST = 5  # named for one record
MOST_READ = 20_000  # rows of the index that one question reads
SAME_DIGITS = 9  # of a telephone number: what is left of it in each country
FEWEST_DIGITS = 6
FEWEST_SOUNDS = 3
NEARLY = 0.84
NOWHERE = -1  # stands for a company that is not there yet
LEGAL_FORMS = frozenset(
    "sa sas sasu sarl eurl snc sci scop scm selarl gie gmbh ag kg kgaa ug ohg mbh bv nv cv spa srl sl slu ltd limited "
    "llc llp plc inc incorporated corp corporation co cie compagnie company societe ste ets etablissements oy oyj ab "
    "as asa aps sprl bvba vof pty sro doo kft zrt group groupe holding the le la les et and und y".split()
)
_WORD = re.compile(r"[^\W_]+")
_APART = re.compile(r"\b(\w)[. ](?=\w\b)")  # S.A.S. and S A S


class Like(models.TextChoices):
    """By what two records are likely the same, the surest first."""

    REGISTRATION = "registration", _("same registration number")
    EMAIL = "email", _("same e-mail address")
    PHONE = "phone", _("same telephone number")
    NAME = "name", _("same name")
    SPELLING = "spelling", _("a name spelt nearly so")


ORDER = {like: at for at, like in enumerate(Like)}


@dataclass(frozen=True)
class Alike:
    """A record that is likely the same, and by what."""

    pk: int
    name: str
    likes: tuple[Like, ...]

    @property
    def why(self) -> list[Any]:
        return [like.label for like in self.likes]


class LikenessKey(models.Model):
    """One key of one record; subclasses add ``record``. Follows the record's columns."""

    key = models.BigIntegerField()

    class Meta:
        abstract = True

    @classmethod
    def record_model(cls) -> Any:
        return cls._meta.get_field("record").related_model

    @classmethod
    def follow(cls, ids: Sequence[int]) -> None:
        """Write the keys of these records anew, as they now stand."""
        model = cls.record_model()
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            sql.execute(f"DELETE FROM {cls._meta.db_table} WHERE record_id IN ({sql.in_list(part)})")
            kept = model.objects.filter(pk__in=part).values(*columns_of(model))
            sql.insert_rows(cls, ("key", "record_id"), list(rows_of(kept)))

    @classmethod
    def differences(cls) -> int:
        """How many rows are missing or too many, against the records."""
        model = cls.record_model()
        rows: models.QuerySet[Any] = cls._default_manager.all()
        wrong, last = 0, 0
        records = model.objects.order_by("pk").values(*columns_of(model))
        while kept := list(records.filter(pk__gt=last)[:CHUNK]):
            there = rows.filter(record__gt=last, record__lte=kept[-1]["id"])
            last = kept[-1]["id"]
            wrong += len(set(rows_of(kept)) ^ set(there.values_list("key", "record_id")))
        return wrong

    @classmethod
    def rebuild(cls) -> None:
        cls.follow(list(cls.record_model().objects.order_by("pk").values_list("pk", flat=True)))


class AccountKey(LikenessKey):
    pk = models.CompositePrimaryKey("key", "record")
    record = models.ForeignKey(Account, models.CASCADE, related_name="likeness")

    def __str__(self) -> str:
        return f"{self.record_id}: {self.key}"


class ContactKey(LikenessKey):
    pk = models.CompositePrimaryKey("key", "record")
    record = models.ForeignKey(Contact, models.CASCADE, related_name="likeness")

    def __str__(self) -> str:
        return f"{self.record_id}: {self.key}"


Account.likeness_keys, Contact.likeness_keys = AccountKey, ContactKey


def alike(model: type[Account | Contact], rows: Mapping[Any, Mapping[str, Any]], user: User) -> dict[Any, list[Alike]]:
    """For each of these rows the records that are likely the same, the surest first, among those one may see (GIVE-4).

    A row has the columns by which records are alike, or some of them, and its ``id`` if it stands already.
    """
    asked = {name: keys_of(row) for name, row in rows.items()}
    keys = {key for found in asked.values() for key in found}
    if not keys:
        return {}
    table = model.likeness_keys
    columns = [f"record__{name}" for name in columns_of(model)]
    holders: dict[int, list[dict[str, Any]]] = {}
    seen = table._default_manager.filter(gate.sees_related(user, model, "record"), key__in=sql.among(keys))
    for key, *values in seen.values_list("key", *columns)[:MOST_READ]:
        holders.setdefault(key, []).append(dict(zip(columns_of(model), values, strict=True)))
    answers = {name: _compare(rows[name], found, holders) for name, found in asked.items()}
    return {name: found for name, found in answers.items() if found}


def _compare(
    row: Mapping[str, Any], keys: Mapping[int, Like], holders: Mapping[int, list[dict[str, Any]]]
) -> list[Alike]:
    likes: dict[int, set[Like]] = {}
    records: dict[int, dict[str, Any]] = {}
    for key, like in keys.items():
        for record in holders.get(key, ()):
            if record["id"] != row.get("id"):
                records[record["id"]] = record
                likes.setdefault(record["id"], set()).add(like)
    found = []
    for pk, reasons in likes.items():
        if sure := _sure(row, records[pk], reasons):
            found.append(Alike(pk, name_of(records[pk]), tuple(sorted(sure, key=ORDER.__getitem__))))
    found.sort(key=lambda one: ([ORDER[like] for like in one.likes], one.pk))
    return found[:MOST]


def _sure(row: Mapping[str, Any], record: Mapping[str, Any], likes: set[Like]) -> set[Like]:
    """What is left of the likenesses when the two are looked at: colleagues share a telephone, and people a name."""
    sure = set(likes)
    mine, theirs = words_of(row), words_of(record)
    if Like.NAME in sure or SequenceMatcher(None, "".join(mine), "".join(theirs)).ratio() < NEARLY:
        sure.discard(Like.SPELLING)
    if "last_name" in record:
        if Like.PHONE in sure and mine and not set(mine) & set(theirs):
            sure.discard(Like.PHONE)
        companies = {row.get("account_id"), record["account_id"]} - {None}
        if len(companies) > 1 and sure <= {Like.NAME, Like.SPELLING}:
            return set()
    return sure


# Keys


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """The columns by which records of this kind are alike."""
    named = ("name", "registration") if model is Account else ("first_name", "last_name", "account_id")
    return ("id", *named, "emails", "phones")


def keys_of(row: Mapping[str, Any]) -> dict[int, Like]:
    """The keys of a record, each with what it is the key of."""
    found: dict[int, Like] = {}
    words = words_of(row)
    whole = "".join(words)
    if len(whole) > 1:
        found[_number(f"name {whole}")] = Like.NAME
    if len(sounds := sounds_of("".join(word.rstrip("s") for word in words))) >= FEWEST_SOUNDS:
        found[_number(f"sound {sounds}")] = Like.SPELLING
    for email in row.get("emails") or ():
        if "@" in email.strip("@"):
            found[_number(f"email {email.strip().lower()}")] = Like.EMAIL
    for phone in row.get("phones") or ():
        digits = digits_of(phone)
        if len(digits) >= FEWEST_DIGITS:
            found[_number(f"phone {digits[-SAME_DIGITS:].lstrip('0')}")] = Like.PHONE
    if number := registration_of(row.get("registration") or ""):
        found[_number(f"registration {number}")] = Like.REGISTRATION
    return found


def name_of(row: Mapping[str, Any]) -> str:
    return str(row["name"]) if "name" in row else f"{row['first_name']} {row['last_name']}".strip()


def words_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a name that tell: of a company without its legal form, of a person in no order."""
    if "name" in row:
        return company_words(row["name"] or "")
    return tuple(sorted(_WORD.findall(fold(f"{row.get('first_name') or ''} {row.get('last_name') or ''}"))))


@lru_cache(maxsize=8192)
def company_words(name: str) -> tuple[str, ...]:
    """``Société Hexabio, S.A.S.`` → ``hexabio``."""
    words = _WORD.findall(_APART.sub(r"\1", fold(name)).replace("'", " "))
    return tuple(word for word in words if word not in LEGAL_FORMS) or tuple(words)


def sounds_of(word: str) -> str:
    """The consonants as they sound, each once: ``hexabio`` and ``hexabyo`` → ``hxb``."""
    plain = word.replace("ph", "f").replace("ck", "k").translate(_SOUNDS)
    found = "".join(letter for at, letter in enumerate(plain) if not at or letter not in "aeiouyhw")
    return re.sub(r"(.)\1+", r"\1", found).rstrip("s")


_SOUNDS = str.maketrans("cqz", "kks")


def registration_of(text: str) -> str:
    """Letters and digits alone; of a French VAT number the SIREN in it."""
    plain = "".join(letter for letter in text.upper() if letter.isalnum())
    if re.fullmatch(r"FR\w\w\d{9}", plain):
        return plain[4:]
    return plain if len(plain) >= FEWEST_DIGITS else ""


def rows_of(records: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    return ((key, record["id"]) for record in records for key in keys_of(record))


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
