"""Custom fields as columns of lists, declared: what each is called, how it looks, whether it sorts (LIST-3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from attributes.kinds import Lookup
from attributes.models import AttributedRecord, CustomField
from attributes.models.field import active_fields
from core.templatetags.components import language

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
    def css(self) -> str:
        return "c-more num" if self.is_numeric else "c-more"

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


def chosen_columns(model: type[AttributedRecord], query: QueryDict) -> list[FieldColumn]:
    """Those that a URL names, in its order; what is no field is left out."""
    columns = {column.code: column for column in columns_for(model)}
    return [columns[code] for code in dict.fromkeys(query.getlist("columns")) if code in columns]


def cells_of(
    model: type[AttributedRecord], ids: Iterable[int], columns: Collection[FieldColumn]
) -> dict[int, SafeString]:
    """The cells of these columns by record: one query, or none."""
    if not columns:
        return {}
    speech = language()
    rows = model._default_manager.filter(pk__in=list(ids)).order_by().values_list("pk", "custom")
    return {
        pk: SafeString(
            "".join(f'<td role="cell" class="{column.css}">{column.cell(custom, speech)}</td>' for column in columns)
        )
        for pk, custom in rows
    }
