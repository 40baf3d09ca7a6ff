"""What an erasure takes from imports: the names and values of records that are gone for good (LIFE-3)."""

from collections.abc import Sequence

from records.companions import Companion
from records.models import OwnedRecord, Record
from transfers.models import ImportConflict, ImportLine, ImportLink
from transfers.planning.planned import Outcome


class Receipts(Companion):
    def erase(self, model: type[Record], ids: Sequence[int]) -> None:
        """The lines stay, so that a receipt still adds up: they say that there was a record, and not which."""
        if not issubclass(model, OwnedRecord):
            return
        of = {"import_job__kind": model.gate_key(), "record_id__in": ids}
        lines = ImportLine.objects.filter(**of)
        lines.filter(outcome=Outcome.REFUSED).update(name="", details=[])
        lines.exclude(outcome=Outcome.REFUSED).update(name="", details={})
        ImportConflict.objects.filter(**of).delete()
        ImportLink.objects.filter(**of).delete()
