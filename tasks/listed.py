"""Tasks of a list, read by one statement with the names of what they are on and no more: a page of fifty costs no
models (ARCHITECTURE 7 and 10)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet

from accounts.models import Account, Contact
from core import sql
from core.addresses import address
from core.dates import today
from opportunities.models import Opportunity
from tasks.models import Task, TaskQuerySet
from tasks.models.category import icon_of
from users.models import User


@dataclass(frozen=True, slots=True)
class Listed:
    """A task with what a row says of it, as the database holds it."""

    pk: int
    order_key: int
    title: str
    detail: str
    due_on: dt.date | None
    due_time: dt.time | None
    category_id: int | None
    priority: int
    repeat_unit: str
    repeat_every: int
    applied_id: int | None
    place: int
    is_open: bool
    assignee_id: int | None
    assignee_first: str | None
    assignee_last: str | None
    assignee_email: str | None
    opportunity_id: int | None
    opportunity: str | None
    account_id: int | None
    account: str | None
    contact_id: int | None
    contact_first: str | None
    contact_last: str | None

    @property
    def is_late(self) -> bool:
        return bool(self.is_open) and self.due_on is not None and self.due_on < today()

    @property
    def icon(self) -> str:
        return icon_of(self.category_id)

    @property
    def assignee(self) -> str:
        return f"{self.assignee_first or ''} {self.assignee_last or ''}".strip() or self.assignee_email or ""

    @property
    def about(self) -> tuple[str, str]:
        """What it is on, and its address; blank for a task alone."""
        if self.opportunity_id is not None:
            return str(self.opportunity), address("opportunities:opportunity", self.opportunity_id)
        if self.account_id is not None:
            return str(self.account), address("accounts:account", self.account_id)
        if self.contact_id is not None:
            name = f"{self.contact_first} {self.contact_last}".strip()
            return name, address("contacts:contact", self.contact_id)
        return "", ""


def stretches(tasks: TaskQuerySet, bounds: Collection[tuple[int, int]], most: int) -> list[list[int]]:
    """The ids in order within each pair of order keys, the second left out; at most so many of each. The gate's
    condition is written once for all of them."""
    try:
        query, parameters = tasks.order_by().values_list("order_key", "pk").query.sql_with_params()
    except EmptyResultSet:
        return [[] for _ in bounds]
    scans = [
        f"SELECT * FROM (SELECT {at} AS stretch, pk FROM ({query}) AS t{at} "
        f"WHERE order_key >= %s AND order_key < %s ORDER BY order_key, pk LIMIT {most}) AS s{at}"
        for at in range(len(bounds))
    ]
    given: list[Any] = [value for bound in bounds for value in (*parameters, *bound)]
    found: list[list[int]] = [[] for _ in bounds]
    for at, pk in sql.fetch(" UNION ALL ".join(scans), given):
        found[at].append(pk)
    return found


def rows_of(ids: Collection[int]) -> dict[int, Listed]:
    """The tasks of these ids: one query."""
    rows = sql.fetch(
        "SELECT t.id, t.order_key, t.title, t.detail, t.due_on, t.due_time, t.category_id, t.priority, t.repeat_unit, "
        "t.repeat_every, t.applied_id, t.place, t.done_at IS NULL, t.assignee_id, u.first_name, u.last_name, u.email, "
        "t.opportunity_id, o.name, t.account_id, a.name, t.contact_id, c.first_name, c.last_name "
        f"FROM {Task._meta.db_table} t "
        f"LEFT JOIN {User._meta.db_table} u ON u.id = t.assignee_id "
        f"LEFT JOIN {Opportunity._meta.db_table} o ON o.id = t.opportunity_id "
        f"LEFT JOIN {Account._meta.db_table} a ON a.id = t.account_id "
        f"LEFT JOIN {Contact._meta.db_table} c ON c.id = t.contact_id "
        f"WHERE t.id IN ({sql.in_list(ids)})"
    )
    return {row[0]: Listed(*row) for row in rows}
