"""What a row names and the house lacks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class New:
    """A name that is to be created when the row is written."""

    text: str
