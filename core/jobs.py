"""The Celery tasks: the doorbell, and the sweeper that rings again for what was lost."""

from celery import shared_task
from django.db import close_old_connections

from core.models import Job, Pulse


@shared_task(name="core.jobs.run")
def run(pk: int) -> None:
    close_old_connections()
    if job := Job.objects.filter(pk=pk).first():
        job.run()


@shared_task(name="core.jobs.sweep")
def sweep() -> None:
    """Rings for jobs that are due and that nobody holds; shows that beat, broker and worker are alive."""
    close_old_connections()
    Pulse.beat()
    for job in Job.objects.unrung().order_by("run_at")[:100]:
        job.ring()
