"""The next step of an opportunity: its first open task, kept on it so that the list reads nothing else (LIST-8).

Derived, not journalled, and no new version of the opportunity: whoever edits it meanwhile has nothing to merge.
"""

from collections.abc import Iterable, Sequence

from core import sql
from opportunities.models import Opportunity
from tasks.models.category import icon_of

COLUMNS = ("next_task_id", "next_task_on", "next_task_label", "next_task_icon")
_OPPORTUNITY, _TASK = Opportunity._meta.db_table, "tasks_task"
CHUNK = 1000


def refresh_of_tasks(ids: Sequence[int]) -> None:
    """Of the opportunities that these tasks are on, or were the next step of."""
    for start in range(0, len(ids), CHUNK):
        part = sql.in_list(ids[start : start + CHUNK])
        found = sql.fetch(
            f"SELECT opportunity_id FROM {_TASK} WHERE id IN ({part}) AND opportunity_id IS NOT NULL "
            f"UNION SELECT id FROM {_OPPORTUNITY} WHERE next_task_id IN ({part})"
        )
        refresh(pk for (pk,) in found)


def refresh(opportunities: Iterable[int]) -> None:
    """Write the next step of these opportunities anew, where it changed."""
    wanted = sql.in_list(opportunities)
    rows = sql.fetch(
        "SELECT o.id, o.next_task_id, o.next_task_on, o.next_task_label, o.next_task_icon, "
        f"t.id, t.due_on, t.title, t.category_id FROM {_OPPORTUNITY} o LEFT JOIN {_TASK} t ON t.id = "
        f"(SELECT n.id FROM {_TASK} n WHERE n.opportunity_id = o.id AND n.done_at IS NULL AND n.removed_at IS NULL "
        f"ORDER BY n.order_key, n.id LIMIT 1) WHERE o.id IN ({wanted})"
    )
    changed = []
    for pk, *row in rows:
        task, due, title, category = row[4:]
        now = [task, due, (title or "")[:120], icon_of(category) if task else ""]
        if now != row[:4]:
            changed.append(dict(zip(("id", *COLUMNS), (pk, *now), strict=True)))
    sql.update_rows(Opportunity, COLUMNS, sql.as_stored(Opportunity, (*COLUMNS, "id"), changed))
