"""The custom values of a record as its page shows them."""

from dataclasses import dataclass
from typing import Any

from attributes.models import AttributedRecord, CustomField
from attributes.models.field import all_fields
from core.templatetags.components import language


@dataclass(frozen=True)
class Filled:
    """A field of a record, and its value ready to be shown; nothing where it is blank."""

    field: CustomField
    value: Any


def groups_of(record: AttributedRecord) -> list[tuple[str, list[Filled]]]:
    """Its fields by group; an archived one only where it has a value. The first group may have no name."""
    speech = language()
    groups: dict[str, list[Filled]] = {}
    for field in all_fields(record.attributed).values():
        plain = record.custom.get(field.key)
        if plain is not None or not field.archived_at:
            value = "" if plain is None else field.way.html(field, plain, speech)
            groups.setdefault(field.group.name if field.group else "", []).append(Filled(field, value))
    return list(groups.items())


def has_fields(record: AttributedRecord) -> bool:
    """Whether the record's page has a tab of custom fields at all."""
    return any(not field.archived_at or field.key in record.custom for field in all_fields(record.attributed).values())
