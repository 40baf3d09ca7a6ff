"""The root: settings, URLs, the Celery application and the commands that start the CRM. It knows every app."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
