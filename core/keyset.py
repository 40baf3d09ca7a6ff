"""Pages by key: the next page starts after the last row of this one, at the same cost however deep (LIST-1)."""

from dataclasses import dataclass
from typing import Self

PAGE = 50


@dataclass(frozen=True)
class Key:
    """A place in an order of whole numbers: the sort key of a row, then its id."""

    sort: int
    pk: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """``10735921.8127``; nothing if it is not a key."""
        sort, dot, pk = text.partition(".")
        try:
            found = cls(int(sort), int(pk))
        except ValueError:
            return None
        return found if dot and abs(found.sort) < 2**62 and 0 <= found.pk < 2**62 else None

    def __str__(self) -> str:
        return f"{self.sort}.{self.pk}"


@dataclass(frozen=True)
class TextKey:
    """A place in an order of texts: the sort key of a row, then its id."""

    sort: str
    pk: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """``hexabio.812``; nothing if it is not a key."""
        sort, dot, pk = text.rpartition(".")
        if not dot or "\0" in sort or not (pk.isascii() and pk.isdecimal()) or len(pk) > 18:
            return None
        return cls(sort, int(pk))

    def __str__(self) -> str:
        return f"{self.sort}.{self.pk}"
