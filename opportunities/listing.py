"""The list (LIST-1): one page of it, at the same small cost for whoever reads it and however deep.

Who sees all reads the index of the list order. Anybody else reads the access index: one ordered, limited scan for each
way of seeing, merged, repeats dropped. Then one query reads the rows of the page. Totals are apart: they come with the
page where they are cheap, and after it where they are not.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from accounts.models import Account, AccountAccess, Contact
from core import sql
from core.keyset import PAGE, Key
from opportunities.models import Opportunity, OpportunityAccess, Status
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
SUMMED = ("status", "currency", "closing_rate", "probability", "is_incomplete", "amount")


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


@dataclass
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
        limited = self._everything(much=most is None)[: None if most is None else most + 1]
        place, at = self._until(last or Key(0, 0)) if self._is_plain else _beyond(last or Key(0, 0))
        try:
            query, parameters = limited.query.sql_with_params()
        except EmptyResultSet:
            return []
        # Grouped as the index of totals is ordered, so that it is read once from end to end and nothing is sorted.
        rows = sql.fetch(
            "SELECT status, currency, closing_rate, probability, is_incomplete, count(*), "
            f"sum(amount / {PIECE}), sum(amount %% {PIECE}), {place} "
            f"FROM ({query}) AS o GROUP BY 1, 2, 3, 4, 5",
            [*at, *parameters],
        )
        if most is not None and sum(row[5] for row in rows) > most:
            return None
        until = rows[0][-1] if rows and self._is_plain else None
        return _totals(rows, until)

    def _sees_much(self) -> bool:
        """Whether the person sees so much of all that reading all is quicker than looking each up."""
        seen = OpportunityAccess.seen_by(self.principals or []).count()
        return seen > 1000 and seen * 4 > Opportunity.objects.live().count()

    @property
    def _is_plain(self) -> bool:
        """Whether it is all that one sees: then what goes before a row is counted in the index of the list order."""
        return not self.condition

    def _until(self, last: Key) -> tuple[str, list[Any]]:
        """How many rows of the plain list go up to this key: few on the first pages, where most people stay."""
        found, pk = f"count(*) FROM {_OPPORTUNITY} WHERE trashed_at IS NULL", "id"
        if self.principals is not None:
            mine = sql.in_list(self.principals)
            found, pk = f"count(DISTINCT record_id) FROM {_ACCESS} WHERE principal IN ({mine})", "record_id"
        return f"(SELECT {found} AND (list_key, {pk}) <= (%s, %s))", [last.sort, last.pk]

    def ids(self) -> list[int]:
        """All of them, in list order."""
        try:
            return list(self._everything().order_by("list_key", "pk").values_list("pk", flat=True))
        except EmptyResultSet:
            return []

    def _everything(self, much: bool = False) -> models.QuerySet[Opportunity]:
        seen: models.QuerySet[Opportunity] = Opportunity.objects.visible_to(self.user)
        if self.condition and self.principals is not None:
            # Few rows are looked at: asking for each of them is quicker than reading all that the person sees.
            ways = OpportunityAccess.objects.filter(record=models.OuterRef("pk"), principal__in=self.principals)
            seen = Opportunity.objects.live().filter(models.Exists(ways))
        elif much and self.principals is not None and self._sees_much():
            ways = OpportunityAccess.seen_by(self.principals)
            numbered = Opportunity.objects.live().annotate(number=sql.Unindexed("pk"))
            seen = numbered.filter(number__in=ways.values("record_id"))
        seen = seen.filter(self.condition)
        place = () if self._is_plain else ("id", "list_key")
        return seen.order_by().values_list(*place, *SUMMED)

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


def _beyond(last: Key) -> tuple[str, list[Any]]:
    """The count of the rows after a key."""
    after = "sum(CASE WHEN list_key > %s OR (list_key = %s AND id > %s) THEN 1 ELSE 0 END)"
    return after, [last.sort, last.sort, last.pk]


def _totals(rows: Sequence[tuple[Any, ...]], until: int | None) -> list[Total]:
    """Rows of status, currency, rate, probability, whether incomplete, count, the sum of amounts in two pieces and how
    many follow, added up by half and currency. ``until`` is how many go before, where that is known for all at once."""
    found: dict[tuple[Any, ...], Total] = {}
    weighted: dict[tuple[Any, ...], int] = defaultdict(int)
    for status, currency, rate, probability, is_incomplete, count, high, low, remaining in rows:
        key = status != Status.OPEN, currency, rate
        total = found.setdefault(key, Total(not key[0], currency, rate_of(rate), 0, 0, 0, 0, 0))
        amount = whole(high, low)
        total.count += count
        total.amount += amount
        total.incomplete += count if is_incomplete else 0
        total.remaining += remaining if until is None else count
        weighted[key] += amount * probability
    for key, total in found.items():
        total.weighted = weighted[key] // 100
    ordered = [found[key] for key in sorted(found, key=lambda key: (key[0], key[1], key[2] or 0))]
    for total in ordered:
        gone = min(until or 0, total.remaining)
        until, total.remaining = (until or 0) - gone, total.remaining - gone
    return ordered


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
