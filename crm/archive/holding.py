"""Holding a job while an archive is written: what is read stands still in one long transaction, in which nothing can be
told; so a thread with a connection of its own renews the lease, tells how far it is, and hears that it is to stop."""

import logging
import threading
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from core.models import Job
from core.models.job import LeaseLost

log = logging.getLogger("crm.jobs")
OFTEN = 5  # times in the life of a lease


class Stopped(Exception):
    """It is not to be written any further: it was cancelled, or somebody else writes it by now."""


class Holding:
    """``with Holding(archive) as holding``: inside, ``holding.went(rows)`` counts on, and raises ``Stopped``."""

    def __init__(self, archive: Any) -> None:
        self.archive = archive
        self.rows = 0
        self.is_stopped = False
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._hold, daemon=True)

    def __enter__(self) -> "Holding":
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        self.thread.join()

    def went(self, rows: int) -> None:
        self.rows += rows
        if self.is_stopped:
            raise Stopped

    def _hold(self) -> None:
        try:
            while not self.is_stopped and not self.over.wait(settings.JOB_LEASE_SECONDS / OFTEN):
                self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        job = self.archive.job
        try:
            job.renew()
            type(self.archive).objects.filter(pk=self.archive.pk).update(written=self.rows)
            self.is_stopped = Job.objects.filter(pk=job.pk, cancel_requested=True).exists()
        except LeaseLost:
            self.is_stopped = True
        except DatabaseError:
            log.exception("%s: could not hold on, and tries again", job)
