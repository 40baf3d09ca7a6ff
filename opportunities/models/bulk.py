"""One thing done to many opportunities: what was confirmed, how far it is, what became of each (BULK-1..3)."""

import zlib
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sql
from core.collecting import uncollected
from core.models import Job
from core.sentences import led
from opportunities.acting import DONE, UNCHANGED, Action, actions
from opportunities.models.opportunity import Opportunity
from records import gate
from records.journal import operation
from records.models import Door, Operation
from users.models import Kind, Notice
from users.models.giving import Given, tell_of

AT_ONCE = 200
CHUNK = 1_000
ASKED = 20_000  # records looked at one by one before they are confirmed


class BulkQuerySet(models.QuerySet["Bulk"]):
    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(by=user.pk)


class Bulk(models.Model):
    """``packed`` holds the ids that were chosen, as they were chosen: whatever joins the list later is not touched."""

    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.CharField(max_length=10)
    given: Any = models.JSONField(default=dict)
    packed = models.BinaryField()
    chosen = models.PositiveIntegerField()
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="+")
    result: Any = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BulkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.action} {self.chosen}"

    def get_absolute_url(self) -> str:
        return reverse("opportunities:bulk_job", args=[self.pk])

    # What is known of it

    @property
    def acts(self) -> Action:
        return actions()[self.action]

    @cached_property
    def ids(self) -> list[int]:
        """The ids chosen, in the order of the list."""
        found = array("q")
        found.frombytes(zlib.decompress(bytes(self.packed)))
        return found.tolist()

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.finished_at is None

    @property
    def what(self) -> str:
        """The name of the operation in the journal."""
        if self.action == "close":
            return f"opportunity.{self.given['status']}"
        return self.acts.what

    # Verbs

    @classmethod
    def choose(cls, action: str, ids: Sequence[int], *, by: Any) -> "Bulk":
        """Keep what was chosen, to be asked and confirmed."""
        packed = zlib.compress(array("q", ids).tobytes(), 1)
        return cls.objects.create(by=by, action=action, packed=packed, chosen=len(ids))

    def run(self, given: dict[str, Any]) -> None:
        """Do it, at once if it is few, else by a worker. Harmless twice."""
        with transaction.atomic():
            started = Bulk.objects.filter(pk=self.pk, started_at=None).update(started_at=timezone.now(), given=given)
            if not started:
                return
            self.refresh_from_db()
            if self.chosen <= AT_ONCE:
                self._at_once()
            else:
                self.job = Job.objects.create(kind=self._meta.label, by=self.by, total=self.chosen)
                self.save(update_fields=["job"])
                self.job.ring()

    def cancel(self) -> None:
        """Stop after the present thousand; what is done stays, and the receipt says how much."""
        if self.job is not None:
            self.job.cancel()

    def allowed(self, ids: Sequence[int]) -> set[int]:
        """Those on which the person may do it now."""
        if self.acts.ability and not self.by.can(self.acts.ability):
            return set()
        found: set[int] = set()
        for start in range(0, len(ids), CHUNK):
            part = Opportunity.objects.live().filter(pk__in=ids[start : start + CHUNK])
            found.update(gate.allowing(part, self.by, self.acts.verb, few=True).values_list("pk", flat=True))
        return found

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        cursor = int(self.job.cursor) if self.job else 0
        return self.ids[cursor : cursor + CHUNK] or None

    def commit(self, chunk: Any) -> int:
        with self.by.spoken_to():
            self._do(chunk)
        return (int(self.job.cursor) if self.job else 0) + len(chunk)

    def finish(self) -> None:
        if self.operation is not None:
            self.acts.tell(self.operation, self.given, self.by)
            if self.given.get("tell"):
                tell_of(self._gave(self.operation), by=self.by)
        self.finished_at = timezone.now()
        self.save(update_fields=["finished_at"])
        if self.job is not None:
            self._tell()

    def fail(self, error: str) -> None:
        self.finish()

    def _gave(self, written: Operation) -> list[Given]:
        """What it gave of each record, as the journal has it: one notice tells of all chunks (GIVE-2)."""
        changes = list(written.changes.values_list("record_id", "fields"))
        records = Opportunity.objects.only("name").in_bulk([pk for pk, _fields in changes])
        none: list[Any] = [None, None]
        return [
            Given(records[pk], tuple(fields.get("owner_id", none)), tuple(fields.get("shares", [{}, {}])))
            for pk, fields in changes
            if pk in records
        ]

    def _at_once(self) -> None:
        if self.ids:
            self._do(self.ids)
        self.finish()

    def _tell(self) -> None:
        """To whoever did not wait for it (ALL-4)."""
        with self.by.spoken_to():
            counts = {name: self.result.get(name, 0) for name in ("done", "unchanged", "refused")}
            told = _("%(done)s done, %(unchanged)s as they were, %(refused)s refused.") % counts
            Notice.post(self.by, Kind.BULK, subject=led(self.acts.label, told), text=told, url=self.get_absolute_url())

    def _do(self, ids: Sequence[int]) -> None:
        allowed = self.allowed(ids)
        found = Opportunity.objects.live().filter(pk__in=allowed).select_for_update(of=("self",))
        rows = list(found.values(*Opportunity.columns()))
        writes = operation(by=self.by, door=Door.BULK, what=self.what, job=self.job, resume=self.operation)
        with uncollected(), writes as writing:
            outcome = self.acts.write(rows, self.given, self.by)
        if self.operation is None and writing.operation.pk is not None:
            self.operation = writing.operation
        refused = {pk: outcome.get(pk, "") for pk in ids if outcome.get(pk, None) not in (DONE, UNCHANGED)}
        for name, held in (
            ("done", sum(one == DONE for one in outcome.values())),
            ("unchanged", sum(one == UNCHANGED for one in outcome.values())),
            ("refused", len(refused)),
        ):
            self.result[name] = self.result.get(name, 0) + held
        sql.insert_rows(
            BulkLine,
            BulkLine.COLUMNS,
            [(self.pk, pk, why or _("Not yours to do this.")) for pk, why in refused.items()],
        )
        self.save(update_fields=["operation", "result"])


class BulkLine(models.Model):
    """One record that stayed as it was, and why."""

    COLUMNS = ("bulk_id", "record_id", "why")

    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="lines")
    record_id = models.BigIntegerField()
    why = models.CharField(max_length=300)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.record_id}"
