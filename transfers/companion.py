"""What an erasure takes from imports: the names and values of records that are gone for good (LIFE-3)."""

from collections.abc import Sequence

from django.db import models

from records.companions import Companion
from records.models import OwnedRecord, Record
from transfers.models import ImportConflict, ImportLine, ImportLink
from transfers.planning.planned import Outcome
from transfers.resources import RESOURCES


class Receipts(Companion):
    def erase(self, model: type[Record], ids: Sequence[int]) -> None:
        """The lines stay, so that a receipt still adds up: they say that there was a record, and not which."""
        if not issubclass(model, OwnedRecord):
            return
        kinds = [kind for kind, resource in RESOURCES.items() if resource.model is model]
        hanging = [kind for kind, resource in RESOURCES.items() if resource.record() is model and kind not in kinds]
        of = models.Q(import_job__kind__in=kinds, record_id__in=ids)
        of |= models.Q(import_job__kind__in=hanging, of_id__in=ids)
        lines = ImportLine.objects.filter(of)
        lines.filter(outcome=Outcome.REFUSED).update(name="", details=[])
        lines.exclude(outcome=Outcome.REFUSED).update(name="", details={})
        ImportConflict.objects.filter(of).delete()
        ImportLink.objects.filter(import_job__kind__in=kinds, record_id__in=ids).delete()
