"""What is due of itself: files that came in or went out longer ago than they are kept."""

from celery import shared_task
from django.db import close_old_connections

from transfers.models import Export, Import


@shared_task(name="transfers.jobs.forget")
def forget() -> None:
    close_old_connections()
    Import.forget_old()
    Export.forget_old()
