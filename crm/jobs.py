"""What is due of itself: the end of full exports that were kept for a day."""

from celery import shared_task
from django.db import close_old_connections

from crm.models import Archive


@shared_task(name="crm.jobs.expire")
def expire() -> None:
    close_old_connections()
    for archive in Archive.objects.over():
        archive.remove()
