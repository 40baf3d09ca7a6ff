"""The outbox: mails what people are to be told."""

from celery import shared_task
from django.db import close_old_connections

from core.models.house import look_at_mark
from users import mailing


@shared_task(name="users.jobs.post")
def post() -> None:
    """Mail what is to be mailed now; what fails is tried again by a later round."""
    close_old_connections()
    look_at_mark()
    mailing.post()
