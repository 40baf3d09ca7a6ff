"""What a house's own fields add to the verbs of the records that have them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attributes.models import Of
from attributes.models.field import active_fields
from records.companions import Companion
from records.models import Row


class CustomFieldGates(Companion):
    """A stage may ask for a custom field of the opportunity; one that is archived is asked no more (SET-4)."""

    def asks(self) -> Mapping[str, Any]:
        return {field.input_name: field.name for field in active_fields(Of.OPPORTUNITY)}

    def missing(self, rows: Sequence[Row], codes: Collection[str]) -> Mapping[int, Collection[str]]:
        asked = [field for field in active_fields(Of.OPPORTUNITY) if field.input_name in codes]
        return {
            at: lacking
            for at, row in enumerate(rows)
            if (lacking := {field.input_name for field in asked if field.key not in row["custom"]})
        }
