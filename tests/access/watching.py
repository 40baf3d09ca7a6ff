"""What a request moves: the database, the mail outbox, the queue. All of it is taken back."""

import re
from contextlib import contextmanager

from django.core import mail
from django.db import connection, transaction

from core.models.house import see_mark

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\s+(INTO\s+|FROM\s+)?[\"']?(?P<table>\w+)", re.IGNORECASE)
NOT_BUSINESS = {"django_session"}


class Watch:
    """Notes what a request writes, mails, and sends to the queue once committed."""

    def __init__(self):
        self.writes, self.mails, self.queued = [], 0, 0

    def __call__(self, execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found["table"] not in NOT_BUSINESS:
            self.writes.append(sql[:120])
        return execute(sql, params, many, context)

    @property
    def moved(self):
        return bool(self.writes or self.mails or self.queued)


@contextmanager
def watched():
    watch, before, queued = Watch(), len(mail.outbox), len(connection.run_on_commit)
    with transaction.atomic(), connection.execute_wrapper(watch):
        yield watch
        watch.mails = len(mail.outbox) - before
        watch.queued = len(connection.run_on_commit) - queued
        transaction.set_rollback(True)
    if watch.writes:
        see_mark("unknown")
    del mail.outbox[before:]
