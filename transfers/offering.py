"""What a column of an exported workbook offers in its drop-down: the valid values that one may choose (DATA-11)."""

from transfers.columns import Column
from transfers.references import Owned, Sites, Stages, reference_of
from transfers.widgets import Choice, Texts
from transfers.writing import labels_of
from users.models import User

MOST = 1_000


def offered(columns: dict[str, Column], user: User, speech: str | None) -> dict[str, list[str]]:
    """The values of each column that holds one of a list; columns of many values in one cell have none."""
    found = {name: values_of(column, user, speech) for name, column in columns.items()}
    return {name: values for name, values in found.items() if 0 < len(values) <= MOST}


def values_of(column: Column, user: User, speech: str | None) -> list[str]:
    widget = column.widget
    if isinstance(widget, Choice):
        codes = list(dict.fromkeys(widget.codes.values()))
        return codes if speech is None else [str(label) for label in map(labels_of(speech), codes)]
    if not column.reference or isinstance(widget, Texts):
        return []
    reference = reference_of(column.reference, user)
    if isinstance(reference, Owned | Sites):
        return []
    labels = reference.names() if isinstance(reference, Stages) else [label for _value, label in reference.candidates()]
    return list(dict.fromkeys(labels))
