"""The board (LIST-6): the open opportunities of a pipeline, a column per stage, each in the order of the list.

A column's first cards are the first of a limited scan of its stage's own index, each row asked of the access index by
its key; all columns come with one query. Who sees few opportunities has them all read instead, and sorted into columns
here. The figures of the heads are apart, as the list's totals are.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from core import sql
from core.keyset import PAGE, Key
from opportunities.listing import SUMS, Listed, rate_of, rows_of, seen, through, whole
from opportunities.models import Opportunity, OpportunityAccess
from opportunities.models.ordering import CLOSED_HALF, DATELESS
from pipelines.models import Pipeline, Stage, open_stages
from records import gate
from users.models import User

FEW = 2_000
MONEY = ("currency", "closing_rate", "amount", "probability")
_ANY_STAGE = -7_000_007  # stands for the stage in a query that is put together once for all columns


@dataclass(frozen=True)
class Figures:
    """What stands in one stage, or was closed one way this month, in one currency; amounts in thousandths. ``rate`` is
    the one frozen at closing."""

    currency: str
    rate: Decimal | None
    count: int
    amount: int
    weighted: int
    late: int = 0
    asleep: int = 0


@dataclass(frozen=True)
class Totals:
    """The figures by stage, and of what was closed this month by status."""

    stages: dict[int, list[Figures]]
    closed: dict[str, list[Figures]]


class Board:
    """The open opportunities of a pipeline that a person sees, narrowed by a condition."""

    def __init__(self, user: User, pipeline: Pipeline, condition: models.Q | None = None) -> None:
        self.user, self.pipeline = user, pipeline
        self.condition = condition or models.Q()
        self.principals = gate.principals(user, Opportunity.gate_key())
        self.stages = open_stages(pipeline.pk)

    def cards(self, size: int = PAGE) -> dict[int, tuple[list[Listed], bool]]:
        """For each stage its first rows, and whether more follow."""
        return self._with_rows(self._first_keys([stage.pk for stage in self.stages], size + 1), size)

    def column(self, stage: Stage, after: Key, size: int = PAGE) -> tuple[list[Listed], bool]:
        """The rows of one stage after a key, and whether more follow."""
        scan = self._scan(size + 1, after)
        keys = sql.fetch(*_at_stage(scan, stage.pk)) if scan else []
        return self._with_rows({stage.pk: [pk for _, _, pk in keys]}, size)[stage.pk]

    def totals(self, today: dt.date, stages: Iterable[int] = (), most: int | None = None) -> Totals | None:
        """The figures of these stages, or of all; ``None`` if they hold more than ``most`` rows."""
        wanted = list(stages) or [stage.pk for stage in self.stages]
        by_stage = self._open_figures(wanted, today, most)
        return None if by_stage is None else Totals(by_stage, self._closed_figures(today))

    def _with_rows(self, keys: dict[int, list[int]], size: int) -> dict[int, tuple[list[Listed], bool]]:
        rows: dict[int, list[Listed]] = {stage: [] for stage in keys}
        for row in rows_of([pk for ids in keys.values() for pk in ids[:size]], self.user):
            rows[row.stage_id].append(row)
        return {stage: (rows[stage], len(ids) > size) for stage, ids in keys.items()}

    def _first_keys(self, stages: Sequence[int], size: int) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {stage: [] for stage in stages}
        for stage, _, pk in self._few(stages) if self._sees_few() else self._first_of_each(stages, size):
            if len(found[stage]) < size:
                found[stage].append(pk)
        return found

    def _sees_few(self) -> bool:
        if self.principals is None:
            return False
        mine = OpportunityAccess.seen_by(self.principals).filter(list_key__lt=CLOSED_HALF)
        return len(mine.values_list("record_id", flat=True)[: FEW + 1]) <= FEW

    def _few(self, stages: Sequence[int]) -> list[tuple[int, int, int]]:
        assert self.principals is not None
        mine = OpportunityAccess.seen_by(self.principals).filter(list_key__lt=CLOSED_HALF, record__stage__in=stages)
        mine = mine.filter(through(self.condition, "record")).order_by("list_key", "record_id").distinct()
        return list(mine.values_list("record__stage_id", "list_key", "record_id"))

    def _first_of_each(self, stages: Sequence[int], size: int) -> list[tuple[int, int, int]]:
        scan = self._scan(size)
        if scan is None or not stages:
            return []
        scans = [_at_stage(scan, stage) for stage in stages]
        union = " UNION ALL ".join(f"SELECT * FROM ({query}) AS c{at}" for at, (query, _) in enumerate(scans))
        return sql.fetch(union, [value for _, values in scans for value in values])

    def _scan(self, size: int, after: Key | None = None) -> tuple[str, Sequence[Any]] | None:
        """The query of one column, any stage; nothing where the condition cannot be met."""
        found = self._seen().filter(stage=_ANY_STAGE, list_key__lt=CLOSED_HALF)
        if after is not None:
            found = found.filter(list_key__gte=after.sort).exclude(list_key=after.sort, pk__lte=after.pk)
        try:
            ordered = found.order_by("list_key", "pk").values_list("stage_id", "list_key", "pk")
            return ordered[:size].query.sql_with_params()
        except EmptyResultSet:
            return None

    def _seen(self) -> models.QuerySet[Opportunity]:
        return seen(self.principals, self.condition)

    def _open_figures(self, stages: Sequence[int], today: dt.date, most: int | None) -> dict[int, list[Figures]] | None:
        found = self._seen().filter(stage__in=stages, list_key__lt=CLOSED_HALF)
        columns = (*MONEY, "stage_id", "list_key", "last_exchange_on", "opened_on")
        limited = found.order_by().values_list(*columns)
        asleep = " ".join(f"WHEN {int(stage.pk)} THEN %s" for stage in self.stages) or "WHEN 0 THEN %s"
        since = [today - dt.timedelta(days=stage.asleep_after) for stage in self.stages] or [today]
        rows = _added_up(
            limited if most is None else limited[: most + 1],
            "stage_id",
            f"sum(CASE WHEN list_key < {today.toordinal()} THEN 1 ELSE 0 END), "
            f"sum(CASE WHEN coalesce(last_exchange_on, opened_on) < CASE stage_id {asleep} END THEN 1 ELSE 0 END)",
            since,
        )
        if most is not None and sum(row[3] for row in rows) > most:
            return None
        return _by_first(rows, stages)

    def _closed_figures(self, today: dt.date) -> dict[str, list[Figures]]:
        """What was closed since the first of the month: a short range of the list's order."""
        since = CLOSED_HALF + DATELESS - today.replace(day=1).toordinal()
        found = self._seen().filter(pipeline=self.pipeline.pk, list_key__gte=CLOSED_HALF, list_key__lte=since)
        rows = _added_up(found.order_by().values_list(*MONEY, "status"), "status")
        return _by_first(rows, ("won", "lost", "cancelled"))


def _at_stage(scan: tuple[str, Sequence[Any]], stage: int) -> tuple[str, list[Any]]:
    query, values = scan
    return query, [stage if value == _ANY_STAGE else value for value in values]


def _added_up(
    rows: models.QuerySet[Any, Any], by: str, more: str = "", values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Count, amount and weighted amount in two pieces each, and more, of each value of a column and each currency."""
    try:
        query, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    select = f"SELECT {by}, currency, closing_rate, count(*), {SUMS}{', ' if more else ''}{more}"
    return sql.fetch(f"{select} FROM ({query}) AS o GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", [*values, *parameters])


def _by_first(rows: list[tuple[Any, ...]], keys: Iterable[Any]) -> dict[Any, list[Figures]]:
    figures: dict[Any, list[Figures]] = {key: [] for key in keys}
    for key, currency, rate, count, *pieces in rows:
        amount, weighted = whole(*pieces[:2]), whole(*pieces[2:4]) // 100
        figures[key].append(Figures(currency, rate_of(rate), count, amount, weighted, *pieces[4:]))
    return figures
