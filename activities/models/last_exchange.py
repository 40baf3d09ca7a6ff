"""When there was last an exchange with the client: kept on the opportunity, so that *asleep* reads nothing else.

Derived, not journalled, no new version. Comments and what an import brings do not wake it (design, *Asleep*).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from core import sql
from core.dates import today
from opportunities.models import Opportunity

_OPPORTUNITY = Opportunity._meta.db_table
CHUNK = 1000


def refresh(activities: Sequence[int], former: Iterable[int] = ()) -> None:
    """Of the opportunities that these activities are on or are linked to, and of those that they were on."""
    for start in range(0, len(activities), CHUNK):
        part = sql.in_list(activities[start : start + CHUNK])
        found = sql.fetch(
            f"SELECT opportunity_id FROM activities_activity WHERE id IN ({part}) AND opportunity_id IS NOT NULL "
            f"UNION SELECT opportunity_id FROM activities_activitylink WHERE activity_id IN ({part})"
        )
        _refresh({pk for (pk,) in found}, part)
    _refresh(former, sql.in_list(activities))


def _refresh(opportunities: Iterable[int], activities: str) -> None:
    """Write the day of their last exchange anew. Where none is left, there is one no more if it was one of these
    activities; else the day came with the opportunity."""
    wanted = sql.in_list(opportunities)
    exchanges = "activities_activity a JOIN activities_activitytype t ON t.id = a.type_id AND t.is_exchange"
    rows = sql.fetch(
        f"SELECT o.id, o.last_exchange_on, (SELECT max(a.happened_on) FROM {exchanges} WHERE a.removed_at IS NULL "
        "AND a.happened_on <= %s AND (a.opportunity_id = o.id OR a.id IN "
        "(SELECT l.activity_id FROM activities_activitylink l WHERE l.opportunity_id = o.id))), "
        f"EXISTS (SELECT 1 FROM {exchanges} WHERE a.id IN ({activities}) AND a.happened_on = o.last_exchange_on) "
        f"FROM {_OPPORTUNITY} o WHERE o.id IN ({wanted})",
        [today().isoformat()],
    )
    columns = ("last_exchange_on", "id")
    changed = [
        {"id": pk, "last_exchange_on": _day(last)}
        for pk, before, last, was_of_these in rows
        if _day(last) != before and (last is not None or was_of_these)
    ]
    sql.update_rows(Opportunity, columns[:1], sql.as_stored(Opportunity, columns, changed))


def _day(value: Any) -> dt.date | None:
    """SQLite loses the type of a column under ``max``."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
