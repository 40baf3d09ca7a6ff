"""*And then?* What is proposed once a task is ticked or a sale is closed: one click makes it (LIFE-1, design 4)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core import dates
from opportunities.models import Opportunity, Status
from tasks.models import Task, TaskCategory, task_categories


@dataclass(frozen=True)
class Suggestion:
    """A task to be made by one click: what it says on the button, and what the form posts."""

    label: str
    title: str
    due_on: dt.date
    category: int | None
    parent: str
    parent_id: int


def suggestions(task: Task) -> list[Suggestion]:
    """After a task on a record: a call in a week, a meeting in two."""
    for name in ("opportunity", "account", "contact"):
        pk = getattr(task, f"{name}_id")
        if pk is not None:
            return suggested(name, pk, str(_party(task)))
    return []


def after_closing(opportunity: Opportunity) -> list[Suggestion]:
    """Whatever the outcome: to sell again, to start, to learn, to come back later (LIFE-1, F068)."""
    now, party = dates.today(), opportunity.contact or opportunity.account or opportunity
    call, meeting = _category(TaskCategory.Icon.CALL), _category(TaskCategory.Icon.MEETING)
    won = (
        (_("Kick-off meeting in 1 week"), _("Kick-off meeting with %(party)s"), 7, meeting),
        (_("Call in 3 months"), _("Call %(party)s to sell again"), 91, call),
    )
    not_won = (
        (_("Call in 1 week"), _("Call %(party)s to learn why"), 7, call),
        (_("Call in 6 months"), _("Call %(party)s again"), 182, call),
    )
    return [
        Suggestion(
            label, title % {"party": party}, now + dt.timedelta(days=days), category, "opportunity", opportunity.pk
        )
        for label, title, days, category in (won if opportunity.status == Status.WON else not_won)
    ]


def suggested(name: str, pk: int, party: str) -> list[Suggestion]:
    now = dates.today()
    return [
        Suggestion(
            _("Call in 1 week"), _("Call %(party)s") % {"party": party}, now + dt.timedelta(days=7),
            _category(TaskCategory.Icon.CALL), name, pk,
        ),
        Suggestion(
            _("Review meeting"), _("Review meeting with %(party)s") % {"party": party}, now + dt.timedelta(days=14),
            _category(TaskCategory.Icon.MEETING), name, pk,
        ),
    ]  # fmt: skip


def _party(task: Task) -> Any:
    record: Any = task.parent
    if task.opportunity_id is not None:
        return record.contact or record.account or record
    return record


def _category(icon: str) -> int | None:
    return next((pk for pk, one in task_categories().items() if one.icon == icon and not one.archived_at), None)
