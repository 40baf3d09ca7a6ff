"""A declared erasure: the one way to overwrite what the journal keeps (LIFE-3's purge, ALL-9)."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core import sql
from records.models.operation import Change, Erasure

ERASED = "*erased*"
CHUNK = 1_000


@contextmanager
def erasure(why: str) -> Iterator[None]:
    """While inside, this transaction, and no other, may overwrite values in the journal."""
    with transaction.atomic():
        declared = Erasure.objects.create(why=why)
        yield
        declared.delete()


def erase(model: type[models.Model], ids: Collection[int]) -> None:
    """Inside an erasure: what the journal says of these records is that something was, and not what."""
    changes = Change.objects.filter(model=ContentType.objects.get_for_model(model))
    known = list(ids)
    for start in range(0, len(known), CHUNK):
        found = changes.filter(record_id__in=known[start : start + CHUNK]).values_list("pk", "fields")
        rows = [[sql.as_json({name: [ERASED, ERASED] for name in fields}), pk] for pk, fields in found]
        sql.update_rows(Change, ("fields",), rows)
