"""Custom fields as columns of lists, declared: what each is called, how it looks, whether it sorts (LIST-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.text import Truncator

from attributes.kinds import Lookup
from attributes.models import AttributedRecord, CustomField
from attributes.models.field import active_fields

LONGEST = 80


@dataclass(frozen=True)
class FieldColumn:
    """One field as a column; ``cell`` writes it from the record's column ``custom``."""

    field: CustomField

    @property
    def code(self) -> str:
        """By what a URL names it, as a column and as an order."""
        return self.field.input_name

    @property
    def label(self) -> str:
        return self.field.name

    @property
    def is_numeric(self) -> bool:
        return self.field.way.numeric

    @property
    def sorts(self) -> bool:
        """One value a record, with rows to read it by in order."""
        way = self.field.way
        found = self.field.filterable and self.field.is_indexed
        return found and way.lookup != Lookup.NONE and self.field.kind != "multiple_list"

    def cell(self, custom: Mapping[str, Any], speech: str) -> str:
        plain = custom.get(self.field.key)
        if plain is None:
            return '<span class="muted">–</span>'
        if self.field.kind == "long_text":
            return escape(Truncator(plain).chars(LONGEST))
        html = self.field.way.html(self.field, plain, speech)
        return html.replace("<a ", '<a class="list__over" ', 1) if self.field.kind == "link" else html


def columns_for(model: type[AttributedRecord]) -> list[FieldColumn]:
    """A column for each field of this kind of record, in their order."""
    return [FieldColumn(field) for field in active_fields(model.attributed)]
