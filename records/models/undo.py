"""The undoing of an operation: at once if it is small, else by a job; its receipt stays (LOG-2)."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sql
from core.collecting import uncollected
from core.models import Job
from records import gate, journal
from records.journal import Writing, operation
from records.models.operation import Change, Door, Operation
from records.undoing import ARCHIVE, RESTORE, TRASH, UNDO_ANY, Taken, Undoing, Why, rounds

WITHIN = dt.timedelta(days=30)
AT_ONCE = 200
CHUNK = 1_000


class Undo(models.Model):
    """``counts`` are records: ``returned``, ``trashed``, ``restored``, ``kept`` in whole or in part."""

    of = models.OneToOneField(Operation, models.PROTECT, related_name="undo_of")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    operation = models.OneToOneField(Operation, models.PROTECT, null=True, related_name="+")
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")
    last = models.BigIntegerField(null=True, help_text="the change that was taken back last")
    counts: Any = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.of_id} by {self.operation_id}"

    # Who may, and until when

    @staticmethod
    def why_not(of: Operation, by: Any) -> str:
        """Why this person cannot take the operation back; blank if they may try."""
        if of.at <= timezone.now() - WITHIN:
            return _("It is older than 30 days, and stays.")
        if of.job is not None and not of.job.is_over:
            return _("It is still running.")
        if by is not None and of.by_id != by.pk and not by.can(UNDO_ANY):
            return _("Whoever did it can undo it, and so can administrators.")
        return ""

    @staticmethod
    def restored(operations: Collection[int]) -> set[int]:
        """Those of these operations that only deleted, and of which all was restored since: nothing would return."""
        if not operations:
            return set()
        of_it = {"model": models.OuterRef("model"), "record_id": models.OuterRef("record_id")}
        since = Change.objects.filter(**of_it, kind=Change.Kind.RESTORED, pk__gt=models.OuterRef("pk"))
        is_restored = models.Q(models.Exists(since), kind=Change.Kind.TRASHED)
        returns = Change.objects.filter(~is_restored, operation=models.OuterRef("pk"))
        found = Operation.objects.filter(~models.Exists(returns), pk__in=operations)
        return set(found.values_list("pk", flat=True))

    # Verbs

    @classmethod
    def start(cls, of: Operation, *, by: Any) -> "Undo":
        """Take it back, or have it taken back. Harmless twice.

        Raises ``ValidationError`` after 30 days, ``Refused`` for anybody but its author and administrators.
        """
        if refusal := cls.why_not(of, by):
            if by is not None and of.by_id != by.pk:
                raise gate.Refused(refusal)
            raise ValidationError(refusal, code="late")
        with transaction.atomic():
            undo, is_new = cls.objects.get_or_create(of=of, defaults={"by": by})
            if not is_new:
                undo = cls.objects.select_for_update(of=("self",)).get(pk=undo.pk)
                if undo.operation_id is not None or undo.is_running:
                    return undo
                undo._again(by)
            if of.changes.count() <= AT_ONCE:
                while (chunk := undo.prepare()) is not None:
                    undo.commit(chunk)
            else:
                undo.job = Job.objects.create(kind=cls._meta.label, by=by, total=of.changes.count())
                undo.save(update_fields=["job"])
                undo.job.ring()
        return undo

    @property
    def is_running(self) -> bool:
        return self.job is not None and not self.job.is_over

    def planned(self, most: int) -> list[Taken]:
        """What would become of the records, of as many as asked for; nothing is written."""
        changes = list(self.of.changes.order_by("-pk")[:most])
        found: list[Taken] = []
        with journal.foreseeing_undo():
            for model, group in rounds(changes):
                found += Undoing(self.of, model, group, self.by, found).plan()
        return found

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        changes = self.of.changes.order_by("-pk")
        if self.last is not None:
            changes = changes.filter(pk__lt=self.last)
        return list(changes[:CHUNK]) or None

    def commit(self, chunk: Any) -> int:
        cursor = (int(self.job.cursor) if self.job else 0) + len(chunk)
        writes = operation(by=self.by, door=Door.FORM, what="undo", undoes=self.of, job=self.job, resume=self.operation)
        with uncollected(), writes as writing:
            for model, group in rounds(chunk):
                undoing = Undoing(self.of, model, group, self.by)
                planned = undoing.plan(lock=True)
                undoing.write(planned)
                journal.current().flush()
                self._note(planned, journal.current())
        if writing.operation.pk is not None:
            self.operation = writing.operation
        self.last = chunk[-1].pk
        self.save(update_fields=["operation", "last", "counts"])
        return cursor

    def finish(self) -> None:
        pass

    def fail(self, error: str) -> None:
        pass

    def _again(self, by: Any) -> None:
        """An undo that could not change anything may be tried again."""
        self.lines.all().delete()
        self.by, self.job, self.last, self.counts = by, None, None, {}
        self.save()

    def _note(self, planned: Sequence[Taken], writing: Writing) -> None:
        along = [  # with another record that returned
            taken.change.kind == Change.Kind.TRASHED
            for taken in planned
            if not (taken.returns or taken.turn or taken.kept) and writing.has_written(taken.model, taken.pk)
        ]
        for name, held in (
            ("returned", sum(taken.returns for taken in planned) + along.count(False)),
            ("trashed", sum(taken.turn in (TRASH, ARCHIVE) for taken in planned)),
            ("restored", sum(taken.turn == RESTORE for taken in planned) + along.count(True)),
            ("kept", sum(bool(taken.kept) for taken in planned)),
        ):
            self.counts[name] = self.counts.get(name, 0) + held
        rows = [
            (self.pk, ContentType.objects.get_for_model(taken.model).pk, taken.pk, *line)
            for taken in planned
            for line in ((kept.name, str(kept.why), kept.by, _stored(kept.at), kept.text) for kept in taken.kept)
        ]
        sql.insert_rows(UndoLine, UndoLine.COLUMNS, rows)


class UndoLine(models.Model):
    """What did not return: a field of a record, or the record if ``name`` is blank; who changed it since, and when."""

    COLUMNS = ("undo_id", "model_id", "record_id", "name", "why", "by_id", "at", "text")

    undo = models.ForeignKey(Undo, models.CASCADE, related_name="lines")
    model = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    record_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    why = models.CharField(max_length=8, choices=Why)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(null=True)
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.undo_id}: {self.record_id} {self.name} {self.why}"


def _stored(at: dt.datetime | None) -> Any:
    """A moment as the driver takes it."""
    return sql.as_stored(UndoLine, ("at",), [{"at": at}])[0][0]
