"""The journal (LOG-1): an operation is what somebody did at once, a change is what it did to one record."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Job


class Door(models.TextChoices):
    """How an operation came in."""

    FORM = "form", _("Form")
    INLINE = "inline", _("In place")
    BOARD = "board", _("Board")
    BULK = "bulk", _("Bulk action")
    IMPORT = "import", pgettext_lazy("door", "Import")
    MAIL = "mail", _("Mail")
    API = "api", _("API")
    AUTOMATION = "automation", _("Automation")
    SET_UP = "set_up", _("Set-up")


class Operation(models.Model):
    """Who did what, when, through which door. Append-only, by triggers."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="operations")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    door = models.CharField(max_length=12, choices=Door)
    what = models.CharField(max_length=40)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="operations")

    def __str__(self) -> str:
        return f"{self.pk} {self.what}"

    def undo(self, *, by: Any) -> Any:
        """Take it back (LOG-2): the ``Undo``, which says what returned and what is kept. Harmless twice."""
        return apps.get_model("records", "Undo").start(self, by=by)


class Change(models.Model):
    """What one operation did to one record: ``fields`` is ``{field: [old, new]}`` in database values."""

    class Kind(models.TextChoices):
        CREATED = "created", pgettext_lazy("record", "created")
        CHANGED = "changed", pgettext_lazy("record", "changed")
        TRASHED = "trashed", pgettext_lazy("record", "deleted")
        RESTORED = "restored", pgettext_lazy("record", "restored")

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "operation_id",
        "model_id",
        "record_id",
        "kind",
        "version",
        "fields",
    )

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="changes")
    model = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    version = models.PositiveIntegerField(help_text=_("The record’s version after the change."))
    fields: Any = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["model", "record_id"], name="records_change_of_record")]

    def __str__(self) -> str:
        return f"{self.kind} {self.model_id}/{self.record_id}"


class Erasure(models.Model):
    """A declared erasure: while a row stands here inside a transaction, the journal lets values be overwritten.

    The row is deleted again before the commit, so no other transaction ever sees it (LIFE-3's purge, ALL-9).
    """

    why = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.why
