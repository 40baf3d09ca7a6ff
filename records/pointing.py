"""Narrowing records by what points to them: their tags, their custom values.

Few such rows are looked up first and name their records. Many are asked for each record in turn, in whatever order the
list has, which finds a page soon because many records have one; *measured* at 100 k on SQLite: 1 ms, against 40 for
reading all of them first, as ``IN`` with a subquery does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Lookup

FEW = 1_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows with a column ``record_id``."""

    found: models.QuerySet[Any]


def pointed_at(rows: models.QuerySet[Any]) -> models.Q:
    """The records that these rows point to by ``record``, as a condition that may be put on a related model's query."""
    ids = list(rows.order_by().values_list("record_id", flat=True)[: FEW + 1])
    return models.Q(pk__in=set(ids)) if len(ids) <= FEW else models.Q(pk__pointed_at=Rows(rows))


def pointed_at_by_all(several: Sequence[models.QuerySet[Any]]) -> models.Q:
    """The records that rows of each of these point to. Together they may be few where each alone is many."""
    if len(several) < 2:
        return pointed_at(several[0]) if several else models.Q()
    both = several[0]
    for rows in several[1:]:
        both = both.filter(models.Exists(rows.order_by().filter(record=models.OuterRef("record_id"))))
    ids = list(both.order_by().values_list("record_id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return models.Q(pk__in=set(ids))
    condition = models.Q()
    for rows in several:
        condition &= models.Q(pk__pointed_at=Rows(rows))
    return condition


@models.BigAutoField.register_lookup
class PointedAt(Lookup):
    lookup_name = "pointed_at"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        pk, given = self.process_lhs(compiler, connection)
        query, parameters = self.rhs.found.order_by().values("record_id").query.sql_with_params()
        return f"EXISTS (SELECT 1 FROM ({query}) p WHERE p.record_id = {pk})", (*parameters, *given)
