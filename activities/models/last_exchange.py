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


def refresh(activities: Sequence[int]) -> None:
    """Of the opportunities that these activities are on, or are linked to."""
    for start in range(0, len(activities), CHUNK):
        part = sql.in_list(activities[start : start + CHUNK])
        found = sql.fetch(
            f"SELECT opportunity_id FROM activities_activity WHERE id IN ({part}) AND opportunity_id IS NOT NULL "
            f"UNION SELECT opportunity_id FROM activities_activitylink WHERE activity_id IN ({part})"
        )
        refresh_of(pk for (pk,) in found)


def refresh_of(opportunities: Iterable[int]) -> None:
    """Write the day of the last exchange of these opportunities anew, where there is one and it changed."""
    wanted = sql.in_list(opportunities)
    rows = sql.fetch(
        f"SELECT o.id, o.last_exchange_on, max(a.happened_on) FROM {_OPPORTUNITY} o "
        "JOIN activities_activity a ON a.opportunity_id = o.id OR a.id IN "
        "(SELECT l.activity_id FROM activities_activitylink l WHERE l.opportunity_id = o.id) "
        f"JOIN activities_activitytype t ON t.id = a.type_id WHERE o.id IN ({wanted}) "
        "AND a.removed_at IS NULL AND t.is_exchange AND a.happened_on <= %s GROUP BY o.id, o.last_exchange_on",
        [today().isoformat()],
    )
    columns = ("last_exchange_on", "id")
    changed = [{"id": pk, "last_exchange_on": _day(last)} for pk, before, last in rows if _day(last) != before]
    sql.update_rows(Opportunity, columns[:1], sql.as_stored(Opportunity, columns, changed))


def _day(value: Any) -> dt.date:
    """SQLite loses the type of a column under ``max``."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
