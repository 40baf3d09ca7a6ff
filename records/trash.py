"""The trash (LIFE-3): what is deleted stays 30 days, restored whole or gone for good, values in the journal included.

Deleting a record writes one column, ``trashed_at``, so that its lines, shares, people and history stay where they are
and come back with it. An account takes along those of its contacts that the person may delete; an account is not
deleted while opportunities belong to it, nor a contact who is all the party that one has (``Companion.keeps``). What
still names a record in the trash shows its name, and names nothing once it is gone.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext as _

from records.companions import companions
from records.erasing import erase, erasure
from records.journal import operation
from records.models.operation import Door

KEPT_FOR = dt.timedelta(days=30)


class Trashable(models.Model):
    kept_for: ClassVar[dt.timedelta] = KEPT_FOR
    unique_outside_trash: ClassVar[str] = ""  # the text that no two records outside the trash share

    class Meta:
        abstract = True

    @property
    def gone_at(self: Any) -> dt.datetime:
        """When a record in the trash is erased."""
        at: dt.datetime = self.trashed_at + KEPT_FOR
        return at

    # One record

    def trash(self: Any, *, by: Any, door: str = Door.FORM) -> None:
        """Put it in the trash, with what goes along. Harmless twice.

        Raises ``ValidationError`` where something keeps it.
        """
        if refusal := self.kept([self.pk], by).get(self.pk):
            raise ValidationError(refusal, code="kept")
        with operation(by=by, door=door, what=f"{self.gate_key()}.delete"):
            self.trash_rows([self.pk], by=by)

    def restore(self: Any, *, by: Any, door: str = Door.FORM) -> list[str]:
        """Take it out of the trash as it was, with what went along; what is worth a word. Harmless twice."""
        with operation(by=by, door=door, what=f"{self.gate_key()}.restore"):
            said: list[str] = self.restore_rows([self.pk], by=by).get(self.pk, [])
        return said

    # Many records

    @classmethod
    def kept(
        cls: Any, ids: Collection[int], by: Any, leaving: Mapping[Any, Collection[int]] | None = None
    ) -> dict[int, str]:
        """Which of these cannot be deleted, and why; those that are ``leaving``, by kind, keep nothing any more."""
        found: dict[int, str] = {}
        for companion in companions():
            found |= companion.keeps(cls, ids, by, leaving or {})
        return found

    @classmethod
    def along(cls, ids: Collection[int]) -> list[Any]:
        """The records that leave and return with these, as querysets."""
        return []

    @classmethod
    def trash_rows(cls: Any, ids: Collection[int], *, by: Any, at: dt.datetime | None = None) -> list[int]:
        """Inside an operation: put these in the trash, with those that go along as far as this person may delete
        them; the ids of those that were not there yet."""
        at = at or timezone.now()
        done: list[int] = cls.turn_rows(cls.objects.live().filter(pk__in=ids), at)
        for others in cls.along(done):
            mine = others.live() if by is None else others.allowing(by, "delete")
            others.model.trash_rows(list(mine.values_list("pk", flat=True)), by=by, at=at)
        return done

    @classmethod
    def restore_rows(cls: Any, ids: Collection[int], *, by: Any) -> dict[int, list[str]]:
        """Inside an operation: take these out of the trash, with those that went along; what is worth a word, by id.

        One whose 30 days are over stays away, whether or not it was erased yet.
        """
        there = list(
            cls.objects.filter(pk__in=ids, trashed_at__gt=timezone.now() - KEPT_FOR).values_list("pk", "trashed_at")
        )
        said: dict[int, list[str]] = {pk: [] for pk, _at in there}
        if not there:
            return {}
        for pk, text in cls._bring_back([*said]).items():
            said[pk].append(text)
        at = {when for _pk, when in there}
        for others in cls.along([*said]):
            others.model.restore_rows(list(others.filter(trashed_at__in=at).values_list("pk", flat=True)), by=by)
        return said

    @classmethod
    def purge_rows(cls: Any, ids: Sequence[int]) -> None:
        """Inside an operation: gone for good, with all that hangs on them; their values in the journal are erased."""
        cls.let_go(ids)
        for companion in companions():
            companion.purging(cls, ids)
        collector = Collector(using="default")
        collector.collect(list(models.QuerySet(cls).filter(pk__in=ids)))
        with erasure("purge"):
            for model, gone in _collected(collector).items():
                erase(model, gone)
                for companion in companions():
                    companion.erase(model, gone)
        collector.delete()

    @classmethod
    def let_go(cls, ids: Sequence[int]) -> None:
        """Records of the same app that name these name nothing from now on."""

    @classmethod
    def turn_rows(
        cls: Any, records: Any, at: dt.datetime | None, new: Mapping[int, dict[str, str]] | None = None
    ) -> list[int]:
        befores = list(records.values(*cls.columns()))
        rows = [{**before, "trashed_at": at, **(new or {}).get(before["id"], {})} for before in befores]
        cls.change_rows(rows, befores, cls.around(rows))
        return [row["id"] for row in rows]

    @classmethod
    def _bring_back(cls: Any, ids: list[int]) -> dict[int, str]:
        """Each under a name of its own: one taken meanwhile gets a number behind it; what was said of which."""
        name, new, said = cls.unique_outside_trash, {}, {}
        records = cls.objects.filter(pk__in=ids)
        if name:
            wanted = dict(records.exclude(**{name: ""}).order_by("pk").values_list("pk", name))
            taken = cls.taken(name, wanted.values())
            for pk, text in wanted.items():
                free = numbered_free(text, taken, cls._meta.get_field(name).max_length)
                taken.add(free)
                if free != text:
                    new[pk] = {name: free}
                    told = _("“%(old)s” was taken meanwhile: it is “%(new)s” now.")
                    said[pk] = told % {"old": text, "new": free}
        cls.turn_rows(records, None, new)
        return said

    @classmethod
    def taken(cls: Any, name: str, texts: Collection[str]) -> set[str]:
        """Which of these texts, or of those made from them, a record outside the trash has."""
        if not texts:
            return set()
        begins = models.Q(**{f"{name}__in": list(texts)})
        found = set(cls.objects.live().filter(begins).values_list(name, flat=True))
        for text in list(found):
            found |= set(cls.objects.live().filter(**{f"{name}__startswith": f"{text}-"}).values_list(name, flat=True))
        return found


def numbered_free(text: str, taken: Collection[str], most: int) -> str:
    """The text itself, or with the first number behind it that makes it free: ``OP-2026-7-2``."""
    free, number = text, 1
    while free in taken:
        number += 1
        free = f"{text[: most - len(str(number)) - 1]}-{number}"
    return free


def _collected(collector: Collector) -> Mapping[Any, list[int]]:
    """The records that go, by model: the ones asked for and those that the database cascades to."""
    gone: dict[Any, list[int]] = {}
    for model, instances in collector.data.items():
        if hasattr(model, "tracked"):
            gone.setdefault(model, []).extend(one.pk for one in instances)
    for rows in collector.fast_deletes:
        if hasattr(rows.model, "tracked"):
            gone.setdefault(rows.model, []).extend(one.pk for one in rows)
    return gone
