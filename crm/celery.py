"""The Celery application: the doorbell of the jobs. What is to be done stands in the database (``core.Job``)."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
TRANSPORT_ALIASES["filesystem"] = "core.broker:Transport"

app = Celery("crm", set_as_current=True)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["core", "records", "tasks", "transfers", "crm"], related_name="jobs")
