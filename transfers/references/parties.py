"""Accounts, their sites, and contacts as cells name them: those that the importer may see (GIVE-4, DATA-5)."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact, Site, alike
from core import sql
from core.folding import fold
from records import gate
from records.models.owned import NAME_KEY_LENGTH
from records.search import LAST_LETTER
from transfers.references.reference import SEVERAL, SUGGESTIONS, Found, Reference, Suggestion

MOST_CANDIDATES = 5_000
AT_ONCE = 100  # texts in one query
SHORTEST = 3  # letters of a word that others begin with


class Owned(Reference):
    """Accounts or contacts that the importer may see, by name."""

    model: ClassVar[type[Account | Contact]]
    cutoff = 0.5  # they begin with the same word

    def seen(self) -> Any:
        return self.model._default_manager.visible_to(self.user)

    def seen_few(self) -> Any:
        """Where few of them are looked up."""
        return self.model._default_manager.visible_to(self.user, few=True)

    def keys(self, text: str) -> list[str]:
        return [fold(text)[:NAME_KEY_LENGTH]]

    def find(self, texts: Collection[str]) -> Found:
        wanted: dict[str, list[str]] = {}
        for text in texts:
            for name in self.keys(text):
                wanted.setdefault(name, []).append(text)
        found: Found = {}
        for pk, name_key in self.seen_few().filter(name_key__in=sql.among(wanted)).values_list("pk", "name_key"):
            for text in wanted[name_key]:
                found[text] = SEVERAL if text in found and found[text] != pk else pk
        return found

    def candidates(self) -> Iterable[tuple[str, str]]:
        rows = self.seen().order_by("name_key")[:MOST_CANDIDATES]
        return [(str(record.pk), str(record)) for record in rows]

    def kept(self, ids: Collection[int]) -> Collection[int]:
        return set(self.seen().filter(pk__in=ids).values_list("pk", flat=True)) if ids else ()

    def row_of(self, text: str) -> dict[str, Any]:
        """A record of this name, as far as it is one."""
        raise NotImplementedError

    def nearest_of(self, texts: Collection[str]) -> dict[str, list[Suggestion]]:
        """Those that are likely the same (DUP-1), and behind them those whose name begins alike: by the indexes."""
        same = alike(self.model, {text: self.row_of(text) for text in texts}, self.user)
        found = {
            text: [Suggestion(str(one.pk), one.name) for one in same.get(text, [])][:SUGGESTIONS] for text in texts
        }
        rest = [text for text in texts if not found[text]]
        for start in range(0, len(rest), AT_ONCE):
            part = {text: self.leading(text) for text in rest[start : start + AT_ONCE]}
            found |= self._beginning(part)
        return found

    def leading(self, text: str) -> str:
        """The word by which its name is sorted."""
        return fold(text).partition(" ")[0][:NAME_KEY_LENGTH]

    def _beginning(self, words: dict[str, str]) -> dict[str, list[Suggestion]]:
        begins = models.Q()
        for word in {word for word in words.values() if len(word) >= SHORTEST}:
            begins |= models.Q(name_key__gte=word, name_key__lt=word + LAST_LETTER)
        records = self.seen().filter(begins).order_by("name_key")[:MOST_CANDIDATES] if begins else []
        names = {fold(str(record)): record for record in records}
        return {
            text: [
                Suggestion(str(names[name].pk), str(names[name]))
                for name in self.close(text, [name for name in names if word in name])
            ]
            for text, word in words.items()
        }

    def may_create(self) -> bool:
        return gate.allows(self.user, self.model, "create")

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """One for each name, however it is spelt in the file: ``L’Isle`` and ``l'isle`` are one."""
        spelt: dict[str, str] = {}
        for text in texts:
            spelt.setdefault(fold(text), text)
        made = dict(zip(spelt, self.model.create_rows(self.rows_for(list(spelt.values()))), strict=True))
        return {text: made[fold(text)] for text in texts}

    def rows_for(self, texts: Collection[str]) -> list[dict[str, Any]]:
        """New records of these names."""
        raise NotImplementedError


class Accounts(Owned):
    model, label = Account, gettext_lazy("Account")

    def find(self, texts: Collection[str]) -> Found:
        """By name, else by code."""
        found = super().find(texts)
        rest = [text for text in texts if text not in found]
        if rest:
            codes = self.seen_few().identified_by(rest).values_list("code", "pk")
            found |= dict(codes)
        return found

    def row_of(self, text: str) -> dict[str, Any]:
        return {"name": text}

    def rows_for(self, texts: Collection[str]) -> list[dict[str, Any]]:
        blank = Account.blank_row()
        return [{**blank, "name": text, "owner_id": self.user.pk} for text in texts]


class Contacts(Owned):
    model, label = Contact, gettext_lazy("Contact")

    def keys(self, text: str) -> list[str]:
        words = fold(text).replace(",", " ").split()
        return list({" ".join((*words[at:], *words[:at]))[:NAME_KEY_LENGTH] for at in range(len(words))})

    def row_of(self, text: str) -> dict[str, Any]:
        first, _space, last = text.rpartition(" ")
        return {"first_name": first, "last_name": last}

    def leading(self, text: str) -> str:
        return fold(text).rpartition(" ")[2][:NAME_KEY_LENGTH]

    def rows_for(self, texts: Collection[str]) -> list[dict[str, Any]]:
        blank = Contact.blank_row()
        rows = []
        for text in texts:
            first, _space, last = text.rpartition(" ")
            rows.append({**blank, "first_name": first[:100], "last_name": last[:100], "owner_id": self.user.pk})
        return rows


class Parents(Accounts):
    label = gettext_lazy("Parent account")


class Sites(Reference):
    """Sites by name; which account's is for the row to say."""

    label = gettext_lazy("Site")
    never = gettext_lazy("A site belongs to its account. Add it there first, or leave the column out.")

    def find(self, texts: Collection[str]) -> Found:
        seen = Account.objects.visible_to(self.user).values("pk")
        found: Found = {}
        for pk, name, account_id in Site.objects.filter(name__in=texts, account__in=seen).values_list(
            "pk", "name", "account_id"
        ):
            found.setdefault(name, {})[account_id] = pk
        return found

    def candidates(self) -> Iterable[tuple[str, str]]:
        return []
