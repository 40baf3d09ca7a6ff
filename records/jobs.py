"""What is due of itself: the end of what was in the trash for 30 days."""

from celery import shared_task
from django.db import close_old_connections

from records.models import Purge


@shared_task(name="records.jobs.purge")
def purge() -> None:
    close_old_connections()
    Purge.start_if_due()
