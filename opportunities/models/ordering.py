"""The one order of the list (LIST-1), as a whole number that an index keeps.

Opportunities at 1..99 % come first, by due date, oldest first; those at 0 % and 100 % after them, by closing date,
newest first; in both halves those without a date come last, and the id, ascending, decides between equals.
"""

import datetime as dt

from opportunities.models.status import Status

DATELESS = 9_000_000  # after every date: the ordinal of 9999-12-31 is 3,652,059
CLOSED_HALF = 10_000_000


def list_key(status: str, due_on: dt.date | None, closed_on: dt.date | None) -> int:
    """The place in the list: ``ORDER BY list_key, id`` is LIST-1."""
    if status == Status.OPEN:
        return due_on.toordinal() if due_on else DATELESS
    return CLOSED_HALF + (DATELESS - closed_on.toordinal() if closed_on else DATELESS)


def is_open(key: int) -> bool:
    """Whether a key lies in the upper half."""
    return key < CLOSED_HALF


def due_from(key: int) -> dt.date | None:
    """The date that a key was made of."""
    days = key if key < CLOSED_HALF else DATELESS - (key - CLOSED_HALF)
    return dt.date.fromordinal(days) if 0 < days < DATELESS else None
