"""Two people at once on one record: what only the other changed, what only you changed, what both did (REC-5)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType

from records.history import Names
from records.models import Change, Record, StaleRecord

MINE, THEIRS, BOTH = "mine", "theirs", "both"
LONG = 100
TRIES = 5
Result = TypeVar("Result")


def until_fresh(attempt: Callable[[], Result]) -> Result:
    """Do it again, from reading on, where somebody else saved between reading and writing. Raises ``StaleRecord`` if
    somebody is quicker each time."""
    for _try in range(TRIES - 1):
        try:
            return attempt()
        except StaleRecord:
            continue
    return attempt()


@dataclass(frozen=True)
class Difference:
    """A field that one of the two changed, as texts: what it was, what it is now."""

    name: str
    label: Any
    old: str
    new: str
    by: Any = None


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed since the form was read, and that the form changes too.

    ``both`` is the two texts in one, where the field is a text.
    """

    name: str
    label: Any
    before: str
    theirs: str
    mine: str
    both: str
    by: Any
    at: dt.datetime
    chosen: str

    @property
    def outcome(self) -> str:
        """What will be saved."""
        return {MINE: self.mine, THEIRS: self.theirs, BOTH: self.both}[self.chosen]


def changes_since(record: Record, version: int) -> dict[str, tuple[Any, Change]]:
    """For each field changed after the version: its value then, and the last change of it."""
    changes = Change.objects.filter(
        model=ContentType.objects.get_for_model(type(record)), record_id=record.pk, version__gt=version
    ).select_related("operation__by")
    found: dict[str, tuple[Any, Change]] = {}
    for change in changes.order_by("id"):
        for name, (old, _new) in change.fields.items():
            found[name] = (found[name][0] if name in found else old, change)
    return found


def told(record: Record, reader: Any, name: str, value: Any) -> str:
    """A value of a field, as the journal keeps it, in the reader's words; a long text is not cut short."""
    change = Change(fields={name: [None, value]})
    if isinstance(value, str) and len(value) > LONG:
        return value
    return Names(type(record), [change], reader, [record]).text(name, value, change)
