"""A job is a row: what is to be done, how far it came, who holds it (ARCHITECTURE 4, BULK-3, DATA-10).

Whoever runs a job holds a lease, a token with an end. Every chunk is one transaction that first renews the lease: a
worker that was thought dead and wakes up finds its token gone, and its chunk is rolled back. A chunk, its journal, its
counts and the cursor are committed together, so that each row is done exactly once whatever dies in between.
"""

import datetime as dt
import logging
import secrets
from functools import partial
from typing import Any, Protocol

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.house import look_at_mark

log = logging.getLogger("crm.jobs")
ATTEMPTS_AT_ONE_CURSOR = 3


class LeaseLost(Exception):
    """Someone else runs this job by now."""


class Work(Protocol):
    """What a job does: the model named by ``Job.kind``, found by its ``job``."""

    def prepare(self) -> Any | None:
        """Read and compute the next chunk, without a lock on the database; ``None`` when there is no more."""

    def commit(self, chunk: Any) -> int:
        """Write the chunk, inside the transaction that also moves the cursor; the new cursor."""

    def finish(self) -> None:
        """Close the work, in the transaction that marks the job as done; or set it waiting ``again``."""

    def fail(self, error: str) -> None:
        """Say so on the work itself, in the transaction that marks the job as failed or cancelled."""


class JobQuerySet(models.QuerySet["Job"]):
    def due(self) -> "JobQuerySet":
        """Jobs that nobody holds and whose time has come."""
        now = timezone.now()
        return self.filter(state__in=(Job.State.WAITING, Job.State.RUNNING), run_at__lte=now).filter(
            models.Q(lease_until=None) | models.Q(lease_until__lt=now)
        )

    def unrung(self) -> "JobQuerySet":
        """Due jobs whose last ring is a lease ago, and so thought lost."""
        patience = timezone.now() - dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)
        return self.due().filter(models.Q(rung_at=None) | models.Q(rung_at__lt=patience))


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    cursor = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at_cursor = models.BigIntegerField(default=-1)
    cancel_requested = models.BooleanField(default=False)
    run_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["run_at"], name="core_job_to_do", condition=models.Q(state__in=("waiting", "running")))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def work(self) -> Work:
        model = apps.get_model(self.kind)
        work = model._default_manager.get(job=self)
        work.job = self
        return work

    def ring(self) -> None:
        """Tell a worker once the transaction is committed. A ring that gets lost is rung again by the sweeper."""
        Job.objects.filter(pk=self.pk).update(rung_at=timezone.now())
        send = partial(current_app.send_task, "core.jobs.run", (self.pk,), expires=60, retry=False)
        transaction.on_commit(send, robust=True)

    def again(self) -> None:
        """Set the job waiting from the start, for its next phase."""
        self.state, self.cursor, self.total, self.attempts = self.State.WAITING, 0, None, 0
        self.attempted_at_cursor, self.error, self.cancel_requested = -1, "", False
        self.started_at = self.finished_at = self.lease_until = self.rung_at = None
        self.run_at = timezone.now()
        self.save()

    def cancel(self) -> None:
        """Ask whoever runs it to stop after the present chunk; a job that nobody runs stops at once."""
        Job.objects.filter(pk=self.pk).update(cancel_requested=True)
        self.refresh_from_db()
        if not self.is_over:
            self.ring()

    def run(self) -> None:
        """Take the lease and work until done, cancelled, or the lease is lost. Harmless if somebody else runs it."""
        if not self.take():
            return
        log.info("%s: taken at %s, attempt %s", self, self.cursor, self.attempts)
        try:
            if self.attempts > ATTEMPTS_AT_ONE_CURSOR:
                given_up = _("It stopped three times at the same place, and was given up.")
                self._end(self.State.FAILED, f"{given_up} {self.error}".strip())
                return
            work = self.work
            while self._step(work):
                pass
        except LeaseLost:
            log.warning("%s: somebody else runs it by now", self)
        except Exception as error:
            log.exception("%s: failed at %s", self, self.cursor)
            self.let_go(str(error))

    def take(self) -> bool:
        """Take the lease, if nobody holds it."""
        now = timezone.now()
        token = secrets.token_hex(16)
        taken = (
            Job.objects.due()
            .filter(pk=self.pk)
            .update(lease=token, lease_until=now + self._lease(), state=self.State.RUNNING)
        )
        if not taken:
            return False
        self.refresh_from_db()
        if self.lease != token:
            return False
        self.attempts = self.attempts + 1 if self.attempted_at_cursor == self.cursor else 1
        self.attempted_at_cursor = self.cursor
        self.started_at = self.started_at or now
        self.save(update_fields=["attempts", "attempted_at_cursor", "started_at"])
        return True

    def renew(self) -> None:
        """Hold on: also called while a chunk is being prepared for long. Raises ``LeaseLost``."""
        held = Job.objects.filter(pk=self.pk, lease=self.lease, state=self.State.RUNNING).update(
            lease_until=timezone.now() + self._lease()
        )
        if not held:
            raise LeaseLost(self.pk)

    def let_go(self, error: str) -> None:
        """Give the lease back after an error, to be tried again."""
        Job.objects.filter(pk=self.pk, lease=self.lease, state=self.State.RUNNING).update(
            lease="", lease_until=None, error=error[:2000], rung_at=None
        )

    def _step(self, work: Work) -> bool:
        look_at_mark()
        if Job.objects.filter(pk=self.pk, cancel_requested=True).exists():
            self._end(self.State.CANCELLED, "")
            return False
        chunk = work.prepare()
        with transaction.atomic():
            self.renew()
            if chunk is None:
                work.finish()
                if self.state == self.State.RUNNING:
                    self._close(self.State.DONE, "")
                return False
            self.cursor = work.commit(chunk)
            Job.objects.filter(pk=self.pk).update(cursor=self.cursor)
        return True

    def _end(self, state: "Job.State", error: Any) -> None:
        try:
            with transaction.atomic():
                self.renew()
                self.work.fail(str(error))
                self._close(state, str(error))
        except LeaseLost:
            raise
        except Exception:
            log.exception("%s: could not say that it is %s", self, state)
            self._close(state, str(error))

    def _close(self, state: "Job.State", error: str) -> None:
        self.state, self.error, self.finished_at = state, error, timezone.now()
        self.lease, self.lease_until = "", None
        self.save(update_fields=["state", "error", "finished_at", "lease", "lease_until"])

    def _lease(self) -> dt.timedelta:
        return dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)


class Pulse(models.Model):
    """The last time beat, broker and worker were seen to work together; ``/readyz`` reads it."""

    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.seen_at.isoformat()

    @classmethod
    def beat(cls) -> None:
        cls.objects.update_or_create(pk=1, defaults={"seen_at": timezone.now()})

    @classmethod
    def is_alive(cls, within: int = 20) -> bool:
        return cls.objects.filter(seen_at__gt=timezone.now() - dt.timedelta(seconds=within)).exists()
