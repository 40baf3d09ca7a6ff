"""The outbox: mails what people are to be told."""

import logging

from celery import shared_task
from django.db import close_old_connections

from users.models import Notice

log = logging.getLogger("crm.notices")


@shared_task(name="users.jobs.post")
def post() -> None:
    """Mail notices that were not sent yet; one that fails is tried again by the next round."""
    close_old_connections()
    for notice in Notice.objects.unsent().select_related("user").order_by("pk")[:100]:
        try:
            notice.mail()
        except OSError:
            log.exception("notice %s was not mailed", notice.pk)
            Notice.objects.filter(pk=notice.pk).update(mailed_at=None)
            break
