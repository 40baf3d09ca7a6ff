"""Reading cells a column at a time: what is written again and again is read once."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from transfers.widgets import Parser

DASHES = ("-", "–", "—")  # how people write that there is no amount, no date
MOST_KEPT = 4_000  # cells of a column


class Blank:
    """A cell that says nothing."""


BLANK = Blank()
TEXTS = {str, type(None)}


class CellReader:
    """Reads a column of the file for a field: each cell's value, ``BLANK``, or the ``ValidationError`` it raises."""

    def __init__(self, at: int, name: str, parser: Parser, *, is_dashed: bool) -> None:
        self.at, self.name, self.parser, self.is_dashed = at, name, parser, is_dashed
        self._kept: dict[Any, Any] = {}

    def read(self, cells: Sequence[Any]) -> list[Any]:
        kept = self._kept
        keys = cells if TEXTS.issuperset(map(type, cells)) else list(map(key_of, cells))
        if missing := set(keys).difference(kept):
            if len(kept) > MOST_KEPT:
                kept.clear()
                missing.update(keys)
            kept |= {
                key: self._value(cell) for key, cell in dict(zip(keys, cells, strict=True)).items() if key in missing
            }
        return list(map(kept.__getitem__, keys))

    def _value(self, cell: Any) -> Any:
        if cell is None or (self.is_dashed and isinstance(cell, str) and cell.strip() in DASHES):
            return BLANK
        try:
            value = self.parser(cell)
        except ValidationError as error:
            return error
        return BLANK if value is None or value == "" else value


def key_of(cell: Any) -> Any:
    """A cell as a key: 1, 1.0 and true are three cells."""
    if isinstance(cell, str) or cell is None:
        return cell
    return tuple(cell.items()) if isinstance(cell, dict) else (type(cell), repr(cell))
