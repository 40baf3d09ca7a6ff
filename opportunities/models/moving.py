"""Moving along the pipeline (REC-1)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from pipelines.models import Stage
from records.journal import operation


class Movable(models.Model):
    class Meta:
        abstract = True

    def move_to(self: Any, stage: Stage, *, by: Any, door: str = "form") -> None:
        """Put an open opportunity on a stage, of this or another pipeline. Harmless twice.

        Raises ``ValidationError`` if it is closed, or the stage is archived.
        """
        if not self.is_open:
            raise ValidationError(_("It is closed. Reopen it to move it."), code="closed")
        if stage.archived_at is not None:
            raise ValidationError(_("The stage “%(stage)s” is archived.") % {"stage": stage}, code="archived")
        with operation(by=by, door=door, what="opportunity.move"):
            self.stage = stage
            self.save()
