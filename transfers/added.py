"""The columns of what the house adds to its records: its own fields and its tags (OPP-9, OPP-13, DATA-5)."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from attributes.kinds.choices import people
from attributes.models import AttributedRecord, CustomField
from attributes.models.field import active_fields
from core import money
from transfers.columns import Column, key
from transfers.widgets import Amount, Choice, Date, Link, Named, Number, Text, Texts, Widget, Words

TAGS = "tags"
YES_NO = {
    "yes": ("oui", "y", "o", "true", "vrai", "1", "x"),
    "no": ("non", "n", "false", "faux", "0"),
}
WIDGETS: dict[str, Callable[[], Widget]] = {
    "text": lambda: Text(200),
    "long_text": lambda: Text(20_000),
    "number": Number,
    "money": Amount,
    "date": Date,
    "yes_no": lambda: Choice(YES_NO),
    "list": lambda: Named(80),
    "multiple_list": Texts,
    "link": lambda: Link(500),
    "person": lambda: Named(254),
}
Reader = Callable[[tuple[Any, ...]], list[Any]]
NO_VALUES: Mapping[str, Any] = {}


def added_columns(model: type[AttributedRecord]) -> dict[str, Column]:
    """Tags, and the active fields of this kind of record, headed by their names."""
    tags = Column(_("Tags"), Words(), reference="tag", synonyms="tags|tag|labels|label|étiquettes|étiquette|mots clés")
    return {TAGS: tags} | {field.input_name: column_of(field) for field in active_fields(model.attributed)}


def column_of(field: CustomField) -> Column:
    references = {"list": f"value {field.pk}", "multiple_list": f"value {field.pk}", "person": "colleague"}
    return Column(
        field.name,
        WIDGETS[field.kind](),
        reference=references.get(field.kind),
        synonyms=key(field.name),
        overwrite=True,
        heading=field.name,
    )


def field_of(name: str) -> CustomField | None:
    """The custom field that a column feeds."""
    number = name.removeprefix("cf_")
    return CustomField.remembered().get(int(number)) if name.startswith("cf_") and number.isdecimal() else None


def is_added(name: str) -> bool:
    """Whether a column is one of these."""
    return name == TAGS or field_of(name) is not None


def reader_of(model: type[AttributedRecord], name: str) -> Reader | None:
    """How an export reads the column: of ids for the tags, of the records' own values by key for a field."""
    if name == TAGS:
        return lambda ids: _tags(model, ids)
    field = field_of(name)
    if field is None:
        return None
    present, own = _present(field), field.key
    if present is None:
        return lambda kept: [values.get(own) for values in kept]
    return lambda kept: [None if (plain := values.get(own)) is None else present(plain) for values in kept]


def _tags(model: type[AttributedRecord], ids: tuple[Any, ...]) -> list[Any]:
    found = model.tags_of(ids)
    return [[tag.name for tag in found[pk]] if pk in found else None for pk in ids]


def values_of(kept: Any) -> Mapping[str, Any]:
    """The records' own values as the database holds them; a record of many fields is parsed once."""
    if not kept or kept == "{}":
        return NO_VALUES
    found: Mapping[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return found


def _present(field: CustomField) -> Callable[[Any], Any] | None:
    """A value as the writers take it: thousandths, names, codes; the rest is passed on."""
    options = {pk: option.name for pk, option in field.options().items()}
    known = {pk: name for pk, (name, _active) in people().items()}
    ways: dict[str, Callable[[Any], Any]] = {
        "money": lambda plain: money.to_units(Decimal(plain)),
        "yes_no": lambda plain: "yes" if plain else "no",
        "list": options.get,
        "multiple_list": lambda plain: [options[one] for one in plain if one in options],
        "person": known.get,
    }
    return ways.get(field.kind)
