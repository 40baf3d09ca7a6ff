"""The question before a record is deleted: what goes, what goes along, what keeps it (LIFE-3)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import ngettext

from records.companions import companions
from records.gate import Person
from records.models import OwnedRecord
from records.trash import KEPT_FOR


def question(record: OwnedRecord, by: Person, back: str) -> dict[str, Any]:
    """What the dialog shows; ``refusal`` says why the record stays, if it does."""
    return {
        "record": record,
        "along": going_along(type(record), [record.pk], by).get(record.pk, []),
        "refusal": record.kept([record.pk], by).get(record.pk, ""),
        "days": KEPT_FOR.days,
        "back": back,
    }


def going_along(
    model: type[OwnedRecord], ids: Sequence[int], by: Person, *, trashed: bool = False
) -> dict[int, list[str]]:
    """What leaves with each of these records and returns with it, in words: ``3 lines``, ``2 contacts``."""
    found: dict[int, list[str]] = {pk: [] for pk in ids}
    for pk in ids if len(ids) < 100 else []:
        for others in model.along([pk]):
            counted = others.exclude(trashed_at=None) if trashed else others.allowing(by, "delete")
            if count := counted.count():
                name = others.model._meta.verbose_name if count == 1 else others.model._meta.verbose_name_plural
                found[pk].append(f"{count} {name}")
    for pk, count in _assigned(model, ids).items():
        found[pk].append(ngettext("%(n)s person assigned", "%(n)s people assigned", count) % {"n": count})
    for pk, count in _shared(model, ids).items():
        found[pk].append(ngettext("%(n)s share", "%(n)s shares", count) % {"n": count})
    for companion in companions():
        for pk, texts in companion.goes_along(model, ids).items():
            found[pk].extend(texts)
    return found


def _assigned(model: type[OwnedRecord], ids: Sequence[int]) -> dict[int, int]:
    assignment = model.assignment_model()
    return _counts(assignment._default_manager.filter(record__in=ids).values_list("record_id")) if assignment else {}


def _shared(model: type[OwnedRecord], ids: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    tables: Any = model.grant_models()
    for grants, name in zip(tables, ("user_id", "group_id"), strict=True):
        rows = grants._default_manager.filter(content_object__in=ids).values_list("content_object_id", name).distinct()
        for pk, _holder in rows:
            counts[pk] = counts.get(pk, 0) + 1
    return counts


def _counts(rows: Any) -> dict[int, int]:
    counts: dict[int, int] = {}
    for (pk,) in rows:
        counts[pk] = counts.get(pk, 0) + 1
    return counts
