"""Files that came in and went out are kept as long as what is deleted (LIFE-3): nothing of a record outlives its purge
in an upload, in the rows that were read from it, or in an export."""

import datetime as dt
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone

from records.trash import KEPT_FOR
from transfers.models.phase import Phase

AT_ONCE = 50


class ForgettableQuerySet(models.QuerySet[Any]):
    def over(self) -> Self:
        """Those whose time is over and of which something is left."""
        return self.filter(self.model.something_left(), created_at__lte=timezone.now() - KEPT_FOR)


class Forgettable(models.Model):
    """``created_at`` begins its time; what ``something_left`` names is what ``forget`` takes."""

    class Meta:
        abstract = True

    @property
    def kept_until(self: Any) -> dt.datetime:
        at: dt.datetime = self.created_at + KEPT_FOR
        return at

    @classmethod
    def something_left(cls) -> models.Q:
        return ~models.Q(file="")

    @classmethod
    def forget_old(cls: Any) -> int:
        """Forget those whose time is over, some at once; how many."""
        due = list(cls.objects.over().order_by("pk")[:AT_ONCE])
        for one in due:
            one.forget()
        return len(due)

    def forget(self) -> None:
        """Harmless twice."""
        self._let_go_of_file()

    def _let_go_of_file(self: Any) -> None:
        """The row names no file any more; the file itself goes once that is committed."""
        name, storage = self.file.name, self.file.storage
        with transaction.atomic():
            self.file.name = ""
            self.save(update_fields=["file"])
            if name:
                transaction.on_commit(lambda: storage.delete(name))


class ForgettableRows(Forgettable):
    """An import: beside its file, the rows that were read from it and what was found about each. What was written
    stays, and the counts of the receipt; one that never ran goes whole."""

    class Meta:
        abstract = True

    @classmethod
    def something_left(cls: Any) -> models.Q:
        """What is in work is left alone."""
        chunks = cls.chunks.rel.related_model._default_manager.filter(import_job=models.OuterRef("pk"))
        ran = models.Q(phase__in=(Phase.DONE, Phase.CANCELLED)) | ~models.Q(result={})
        in_work = models.Q(phase__in=(Phase.READING, Phase.CHECKING, Phase.RUNNING))
        return (~ran | super().something_left() | models.Q(models.Exists(chunks))) & ~in_work

    def forget(self: Any) -> None:
        if not self.result and self.phase not in (Phase.DONE, Phase.CANCELLED):
            self.discard()
            return
        with transaction.atomic():
            self.chunks.all().delete()
            self.lines.all().delete()
            self.conflicts.filter(run=False).delete()
            self.columns = [{**column, "samples": []} for column in self.columns]
            self.save(update_fields=["columns"])
            self._let_go_of_file()
