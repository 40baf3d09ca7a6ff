"""Plans tasks of Claire's whose reminders come now, or came so many hours ago: ``python -m tests.services.remind N HOURS``."""

import datetime as dt
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from core.dates import today  # noqa: E402
from records.journal import operation  # noqa: E402
from tasks.models import Reminder, Task  # noqa: E402
from users.models import User  # noqa: E402


def plan(count, hours):
    claire = User.objects.get(email="claire@demo.example")
    blank = Task.blank_row() | {"assignee_id": claire.pk, "made_by_id": claire.pk, "remind_before": 0}
    due = today() + dt.timedelta(days=9)
    with operation(by=claire, door="form", what="test"):
        Task.create_rows([blank | {"title": f"Task {at}", "due_on": due} for at in range(count)])
    Reminder.objects.update(run_at=timezone.now() - dt.timedelta(hours=hours))


if __name__ == "__main__":
    plan(int(sys.argv[1]), float(sys.argv[2]))
