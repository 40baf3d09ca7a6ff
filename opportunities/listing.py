"""The list (LIST-1): one page of it, at the same small cost for whoever reads it and however deep.

Who sees all reads the index of the list order. Anybody else reads the access index: one ordered, limited scan for each
way of seeing, merged, repeats dropped. Then one query reads the rows of the page. Totals are apart: they come with the
page where they are cheap, and after it where they are not.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from accounts.models import Account, AccountAccess, Contact
from core import sql
from core.keyset import PAGE, Key
from opportunities.models import Opportunity, OpportunityAccess
from opportunities.models.ordering import CLOSED_HALF
from pipelines.models.currency import ONE as RATE_ONE
from records import gate
from users.models import User

_OPPORTUNITY, _ACCESS = Opportunity._meta.db_table, OpportunityAccess._meta.db_table


PIECE = 1_000_000
SUMS = (  # of amounts and weighted amounts, in two pieces each: SQLite refuses a sum beyond 63 bits
    f"sum(amount / {PIECE}), sum(amount %% {PIECE}), "
    f"sum(amount * probability / {PIECE}), sum(amount * probability %% {PIECE})"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a row of the list is made of, as the database holds it; amounts in thousandths."""

    pk: int
    list_key: int
    name: str
    status: str
    stage_id: int
    probability: int
    by_hand: bool
    amount: int | None
    currency: str
    due_on: dt.date | None
    opened_on: dt.date
    last_exchange_on: dt.date | None
    is_incomplete: bool
    next_on: dt.date | None
    next_label: str
    next_icon: str
    account_id: int | None
    account: str | None
    contact_id: int | None
    contact_first: str | None
    contact_last: str | None
    owner_id: int | None
    owner_first: str | None
    owner_last: str | None
    version: int
    sees_account: bool

    @property
    def is_open(self) -> bool:
        return self.list_key < CLOSED_HALF


@dataclass(frozen=True)
class Total:
    """One half of the list, in one currency: two currencies are never added up (OPP-14)."""

    is_open: bool
    currency: str
    rate: Decimal | None  # frozen at closing
    count: int
    amount: int
    weighted: int
    incomplete: int
    remaining: int


class OpportunityList:
    """The opportunities that a person sees, narrowed by a condition, in the order of LIST-1."""

    def __init__(self, user: User, condition: models.Q | None = None) -> None:
        self.user = user
        self.condition = condition or models.Q()
        self.principals = gate.principals(user, Opportunity.gate_key())

    def page(self, after: Key | None = None, size: int = PAGE) -> tuple[list[Listed], bool]:
        """The rows after a key, and whether more follow."""
        keys = self._keys(after, size + 1)
        rows = rows_of([pk for _, pk in keys[:size]], self.user)
        return rows, len(keys) > size

    def totals(self, last: Key | None = None, most: int | None = None) -> list[Total] | None:
        """Count, amount and weighted amount of each half and currency, and how many rows follow the ``last`` key.

        ``None`` if there are more than ``most`` rows: then they are too many to be added up in passing.
        """
        last = last or Key(0, 0)
        limited = self._everything()
        if most is not None:
            limited = limited[: most + 1]
        try:
            query, parameters = limited.query.sql_with_params()
        except EmptyResultSet:
            return []
        rows = sql.fetch(
            f"SELECT list_key >= {CLOSED_HALF}, currency, closing_rate, count(*), {SUMS}, "
            "sum(CASE WHEN is_incomplete THEN 1 ELSE 0 END), "
            "sum(CASE WHEN list_key > %s OR (list_key = %s AND id > %s) THEN 1 ELSE 0 END) "
            f"FROM ({query}) AS o GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [last.sort, last.sort, last.pk, *parameters],
        )
        if most is not None and sum(row[3] for row in rows) > most:
            return None
        return [
            Total(
                is_open=not closed,
                currency=currency,
                rate=rate_of(rate),
                count=count,
                amount=whole(*pieces[:2]),
                weighted=whole(*pieces[2:]) // 100,
                incomplete=incomplete,
                remaining=remaining,
            )
            for closed, currency, rate, count, *pieces, incomplete, remaining in rows
        ]

    def ids(self) -> list[int]:
        """All of them, in list order."""
        try:
            return list(self._everything().order_by("list_key", "pk").values_list("pk", flat=True))
        except EmptyResultSet:
            return []

    def _everything(self) -> models.QuerySet[Opportunity]:
        seen: models.QuerySet[Opportunity] = Opportunity.objects.visible_to(self.user)
        if self.condition and self.principals is not None:
            # Few rows are looked at: asking for each of them is quicker than reading all that the person sees.
            ways = OpportunityAccess.objects.filter(record=models.OuterRef("pk"), principal__in=self.principals)
            seen = Opportunity.objects.live().filter(models.Exists(ways))
        seen = seen.filter(self.condition)
        columns = ("id", "list_key", "currency", "closing_rate", "amount", "probability", "is_incomplete")
        return seen.order_by().values_list(*columns)

    def _keys(self, after: Key | None, size: int) -> list[tuple[int, int]]:
        try:
            return self._scan(after, size)
        except EmptyResultSet:  # the condition cannot be met
            return []

    def _scan(self, after: Key | None, size: int) -> list[tuple[int, int]]:
        if self.principals is None:
            return sql.fetch(*self._scan_of_all(after, size))
        scans = [self._scan_of(principal, after, size) for principal in self.principals]
        if not scans:
            return []
        union = " UNION ".join(f"SELECT * FROM ({query}) AS s{at}" for at, (query, _) in enumerate(scans))
        parameters = [value for _, values in scans for value in values]
        return sql.fetch(f"{union} ORDER BY 1, 2 LIMIT {size}", parameters)

    def _scan_of_all(self, after: Key | None, size: int) -> tuple[str, list[Any]]:
        if self.condition:
            found = Opportunity.objects.live().filter(self.condition)
            return _ordered(found, after, size, "pk")
        return _plain_scan(_OPPORTUNITY, "id", "trashed_at IS NULL", [], after, size)

    def _scan_of(self, principal: int, after: Key | None, size: int) -> tuple[str, list[Any]]:
        if self.condition:
            mine = OpportunityAccess.objects.filter(principal=principal).filter(through(self.condition, "record"))
            return _ordered(mine, after, size, "record_id")
        return _plain_scan(_ACCESS, "record_id", "principal = %s", [principal], after, size)


def seen(principals: list[int] | None, condition: models.Q) -> models.QuerySet[Opportunity]:
    """What is seen under these principals, for a query in the order of any index: each row is asked of the access
    index by its whole key."""
    live: models.QuerySet[Opportunity] = Opportunity.objects.live().filter(condition)
    if principals is None:
        return live
    ways = OpportunityAccess.seen_by(principals)
    return live.filter(models.Exists(ways.filter(list_key=models.OuterRef("list_key"), record=models.OuterRef("pk"))))


def whole(high: Any, low: Any) -> int:
    """A sum that was added up in two pieces."""
    return int(high or 0) * PIECE + int(low or 0)


def rate_of(stored: Any) -> Decimal | None:
    """A rate as its column holds it."""
    return None if stored is None else Decimal(stored) / RATE_ONE


def _plain_scan(
    table: str, pk: str, where: str, parameters: list[Any], after: Key | None, size: int
) -> tuple[str, list[Any]]:
    if after is not None:
        where += f" AND (list_key, {pk}) > (%s, %s)"
        parameters = [*parameters, after.sort, after.pk]
    return f"SELECT list_key, {pk} FROM {table} WHERE {where} ORDER BY list_key, {pk} LIMIT {size}", parameters


def _ordered(found: models.QuerySet[Any], after: Key | None, size: int, pk: str) -> tuple[str, list[Any]]:
    if after is not None:
        found = found.filter(list_key__gte=after.sort).exclude(list_key=after.sort, **{f"{pk}__lte": after.pk})
    query, parameters = found.order_by("list_key", pk).values_list("list_key", pk)[:size].query.sql_with_params()
    return query, list(parameters)


def through(condition: models.Q, relation: str) -> models.Q:
    """The same condition, asked of the related opportunity; the place in the list stands in the index itself."""
    moved = models.Q(_connector=condition.connector, _negated=condition.negated)
    moved.children = [
        through(child, relation) if isinstance(child, models.Q) else _moved(child, relation)
        for child in condition.children
    ]
    return moved


def _moved(lookup: Any, relation: str) -> Any:
    name, value = lookup
    return lookup if name.startswith("list_key") else (f"{relation}__{name}", value)


def rows_of(ids: Iterable[int], user: User) -> list[Listed]:
    """The rows of these ids, in list order: one query."""
    mine = gate.principals(user, Account.gate_key())
    if mine is None:
        sees = "o.account_id IS NOT NULL"
    else:
        sees = (
            f"EXISTS (SELECT 1 FROM {AccountAccess._meta.db_table} s "
            f"WHERE s.record_id = o.account_id AND s.principal IN ({sql.in_list(mine)}))"
        )
    rows = sql.fetch(
        "SELECT o.id, o.list_key, o.name, o.status, o.stage_id, o.probability, o.probability_by_hand, o.amount, "
        "o.currency, o.due_on, o.opened_on, o.last_exchange_on, o.is_incomplete, "
        "o.next_task_on, o.next_task_label, o.next_task_icon, o.account_id, a.name, o.contact_id, "
        f"c.first_name, c.last_name, o.owner_id, u.first_name, u.last_name, o.version, {sees} "
        f"FROM {_OPPORTUNITY} o "
        f"LEFT JOIN {Account._meta.db_table} a ON a.id = o.account_id "
        f"LEFT JOIN {Contact._meta.db_table} c ON c.id = o.contact_id "
        f"LEFT JOIN {User._meta.db_table} u ON u.id = o.owner_id "
        f"WHERE o.id IN ({sql.in_list(ids)}) ORDER BY o.list_key, o.id"
    )
    return [Listed(*row) for row in rows]
