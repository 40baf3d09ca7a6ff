"""What tasks add to the pages of opportunities, accounts and contacts: the panel at the right (REC-3)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from core.dates import today
from core.prepared import Prepared
from opportunities.models import Opportunity
from records import gate
from records.companions import Companion
from records.models import OwnedRecord, Record
from tasks import track_panel
from tasks.following import after_closing
from tasks.models import Reminder, Task
from tasks.models.reach import PARENTS
from tasks.rows import present
from users.models import User

SHOWN = 8


def _open(name: str) -> Prepared[Task]:
    tasks = Task.objects.open().filter(applied=None).select_related("assignee").order_by("order_key", "pk")
    return Prepared(lambda pk: tasks.filter(**{name: pk})[: SHOWN + 1])


_open_tasks = {name: _open(name) for name in PARENTS}


class TaskPanel(Companion):
    def after(self, model: type[Record], ids: Sequence[int], changed: Collection[str]) -> None:
        """Who moves to another time zone, or gets up at another hour, is reminded by that."""
        if issubclass(model, User) and not {"timezone", "morning"}.isdisjoint(changed):
            theirs = Task.objects.open().filter(assignee__in=ids, remind_before__isnull=False)
            Reminder.refresh(list(theirs.values_list("pk", flat=True)))

    def shown_on(self, record: Record, request: Any, tab: str) -> Mapping[str, str]:
        name = next((name for name, model in PARENTS.items() if isinstance(record, model)), None)
        if name is None or not isinstance(record, OwnedRecord):
            return {}
        found = _open_tasks[name](record.pk)
        for task in found:
            setattr(task, name, record)
        may_change = gate.may(request.user, "change", record)
        context = {
            "rows": present(found[:SHOWN], request.user),
            "count": len(found) if len(found) <= SHOWN else f"{SHOWN}+",
            "new_url": f"{reverse('tasks:new')}?{urlencode({name: record.pk})}",
            "may_change": may_change,
            "idle": isinstance(record, Opportunity) and record.is_open and record.next_task_id is None,
            "has_more": len(found) > SHOWN,
        }
        shown: dict[str, str] = {"aside": render_to_string("tasks/_panel.html", context, request)}
        if isinstance(record, Opportunity) and may_change and not found and _just_closed(record):
            then = {"opportunity": record, "suggestions": after_closing(record)}
            shown["then"] = render_to_string("tasks/_then.html", then, request)
        if isinstance(record, Opportunity):
            tracks = track_panel.parts(record, request, may_change)
            shown |= tracks | {"aside": shown["aside"] + tracks["aside"]}
        return shown


def _just_closed(opportunity: Opportunity) -> bool:
    return not opportunity.is_open and opportunity.status_on == today()
