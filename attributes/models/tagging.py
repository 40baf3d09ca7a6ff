"""Tags on records: one record or thousands, always as a whole set, in the journal as ``tags`` (OPP-9)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from attributes.models.tag import Tag
from core import sql
from records import journal
from records.journal import operation
from records.models import Door, Hanging, OwnedRecord

CHUNK = 1_000


class Tagging(models.Model):
    """A tag on a record; subclasses add ``record``, by which it is reached as ``tagged``."""

    tag = models.ForeignKey(Tag, models.PROTECT, db_index=False, related_name="+")

    class Meta:
        abstract = True


class Taggable(OwnedRecord):
    class Meta:
        abstract = True

    @classmethod
    def tagging_model(cls) -> Any:
        """The rows that tag records of this kind, with ``record`` and ``tag``."""
        return cls._meta.get_field("tagged").related_model

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            **super().hanging_fields(),
            "tags": Hanging(_("tags"), "attributes.Tag", lambda key, wanted: cls.tag_rows(wanted)),
        }

    @classmethod
    def tags_of(cls, ids: Iterable[int]) -> dict[int, list[Tag]]:
        """The tags of each of these records, in the order of the set-up; records without one are left out."""
        tags = Tag.remembered()
        if not tags:
            return {}
        model = cls.tagging_model()
        pairs = sql.fetch(
            f"SELECT record_id, tag_id FROM {model._meta.db_table} WHERE record_id IN ({sql.in_list(ids)})"
        )
        places = {pk: place for place, pk in enumerate(tags)}
        found: dict[int, list[Tag]] = {}
        for pk, tag in sorted(pairs, key=lambda pair: places[pair[1]]):
            found.setdefault(pk, []).append(tags[tag])
        return found

    def tags(self) -> list[Tag]:
        return self.tags_of([self.pk]).get(self.pk, [])

    def tag_ids(self) -> set[int]:
        return {tag.pk for tag in self.tags()}

    def retag(
        self, *, add: Collection[int] = (), remove: Collection[int] = (), by: Any, door: str = Door.INLINE
    ) -> None:
        """Give it some tags and take others off; harmless twice."""
        with operation(by=by, door=door, what=f"{self.gate_key()}.tag"):
            self.set_tags((self.tag_ids() | set(add)) - set(remove))

    def set_tags(self, tags: Collection[int]) -> None:
        """Inside an operation: have exactly these tags."""
        before, after = self.tag_ids(), set(tags)
        if before == after:
            return
        model = self.tagging_model()
        model.objects.filter(record=self, tag__in=before - after).delete()
        sql.insert_rows(model, ("record_id", "tag_id"), [(self.pk, tag) for tag in sorted(after - before)])
        self.touch({"tags": [sorted(before), sorted(after)]})

    @classmethod
    def tag_rows(cls, wanted: Mapping[int, Collection[int]]) -> None:
        """Inside an operation: have exactly these tags on each of these records."""
        ids = sorted(wanted)
        for start in range(0, len(ids), CHUNK):
            cls._tag_chunk({pk: set(wanted[pk]) for pk in ids[start : start + CHUNK]})

    @classmethod
    def _tag_chunk(cls, wanted: Mapping[int, set[int]]) -> None:
        model = cls.tagging_model()
        versions = dict(cls.objects.filter(pk__in=wanted).values_list("pk", "version"))
        before: dict[int, set[int]] = {pk: set() for pk in versions}
        numbers: dict[tuple[int, int], int] = {}
        for number, pk, tag in model.objects.filter(record__in=wanted).values_list("pk", "record_id", "tag_id"):
            before[pk].add(tag)
            numbers[pk, tag] = number
        changed = [pk for pk in versions if before[pk] != wanted[pk]]
        gone = [numbers[pk, tag] for pk in changed for tag in before[pk] - wanted[pk]]
        if gone:
            sql.execute(f"DELETE FROM {model._meta.db_table} WHERE id IN ({sql.in_list(gone)})")
        new = [(pk, tag) for pk in changed for tag in sorted(wanted[pk] - before[pk])]
        sql.insert_rows(model, ("record_id", "tag_id"), new)
        sql.update_rows(cls, ("version",), [(versions[pk] + 1, pk) for pk in changed])
        writing = journal.current()
        for pk in changed:
            writing.changed(cls, pk, versions[pk] + 1, {"tags": [sorted(before[pk]), sorted(wanted[pk])]})
