"""What is due of itself: reminders of tasks, and then the mails of all that there is to tell."""

from celery import shared_task
from django.db import close_old_connections

from core.models.house import look_at_mark
from tasks.models import Reminder
from users import mailing


@shared_task(name="tasks.jobs.tell")
def tell() -> None:
    """In this order, so that what was missed during an outage is there whole when it is mailed in one piece."""
    close_old_connections()
    look_at_mark()
    Reminder.tell_due()
    mailing.post()
