"""Where the table lies in a sheet: under which row of headers, and what around it is no record (DATA-9).

Titles above the headers, headers said again, totals and notes under the table, hidden rows: each is left out, and
counted with its reason, so that nothing vanishes unsaid and all of it can be taken after all.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from transfers.reading import Cells

LOOKED_AT = 60  # rows, for the one that holds the headers
HIGHEST = 25  # rows that titles may take
TAIL = 12  # rows that totals and notes may take
MOST_TOLD = 200

_NUMBER_LIKE = re.compile(r"[-+(]?[\s\u00a0\u202f$€£]*\d[\d\s\u00a0\u202f'’.,:/-]*(?:[)%$€£\s]|k|m|eur)*", re.I)
_TOTAL = re.compile(
    r"(?:grand |sub ?-?|sous ?-?)?(?:total|totaux|totals|somme|sum|moyenne|average)(?: (?:general|ht|ttc))?"
)


class Why(models.TextChoices):
    """Why a row of the file is no record."""

    ABOVE = "above", _("above the headers")
    HIDDEN = "hidden", _("hidden")
    HEADERS = "headers", _("the headers again")
    TOTAL = "total", _("a total")
    NOTE = "note", _("a note under the table")


@dataclass
class Frame:
    """What was asked for: the headers' row (0: found), all rows taken (``whole``); then what was found."""

    header: int = 0
    whole: bool = False
    hidden: Collection[int] = frozenset()
    left: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def leave(self, number: int, why: Why) -> None:
        self.count += 1
        if len(self.left) < MOST_TOLD:
            self.left.append((number, str(why)))

    def rows(self, rows: Iterable[Cells]) -> Iterator[tuple[int, Cells]]:
        """The headers, then the records, each with its number in the file; nothing if there are no headers."""
        filled = self._filled(rows)
        first = [row for _at, row in zip(range(LOOKED_AT), filled, strict=False)]
        if not first:
            return
        at = self._place(first)
        for number, _cells in first[:at]:
            self.leave(number, Why.ABOVE)
        headers = first[at]
        yield headers
        yield from self._without_end(headers[1], _chain(first[at + 1 :], filled))

    def _filled(self, rows: Iterable[Cells]) -> Iterator[tuple[int, Cells]]:
        for number, row in enumerate(rows, 1):
            cells = [None if isinstance(cell, str) and not cell.strip() else cell for cell in row]
            if all(cell is None for cell in cells):
                continue
            if number in self.hidden and not self.whole and number != self.header:
                self.leave(number, Why.HIDDEN)
            else:
                yield number, cells

    def _place(self, first: list[tuple[int, Cells]]) -> int:
        if self.header:
            return next((at for at, (number, _cells) in enumerate(first) if number >= self.header), 0)
        return 0 if self.whole else place_of_headers([cells for _number, cells in first])

    def _without_end(self, headers: Cells, rows: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
        """Rows as they come, the last dozen held back until it is known whether they are the end of the table."""
        held: deque[tuple[int, Cells]] = deque()
        always = set(range(len(headers)))
        for number, cells in rows:
            if cells[: len(headers)] == headers and not self.whole:
                self.leave(number, Why.HEADERS)
                continue
            held.append((number, cells))
            if len(held) > TAIL:
                passed = held.popleft()
                always = {at for at in always if at < len(passed[1]) and passed[1][at] is not None}
                yield passed
        kept = list(held) if self.whole else self._cut(list(held), always, len(headers))
        yield from kept

    def _cut(self, held: list[tuple[int, Cells]], always: set[int], width: int) -> list[tuple[int, Cells]]:
        """The rows before the totals and notes that end the table."""
        for at, (number, cells) in enumerate(held):
            before = held[at - 1][0] if at else number - 1
            filled = _always(always, held[:at]) if at > 1 else set()
            first = end_of(cells, apart=number - before > 1, always=filled, width=width)
            rest = [end_of(later, apart=True, always=set(), width=width) for _number, later in held[at + 1 :]]
            if first and all(rest):
                for (left, _cells), why in zip(held[at:], [first, *rest], strict=True):
                    self.leave(left, why or Why.NOTE)
                return held[:at]
        return held


def place_of_headers(first: list[Cells]) -> int:
    """Which of the first rows names the columns: the first, unless a title stands there and a fuller one follows."""
    widths = [sum(cell is not None for cell in cells) for cells in first]
    most = max(widths)
    if widths[0] * 2 > most:
        return 0
    for at, cells in enumerate(first[:HIGHEST]):
        if widths[at] * 5 >= most * 4 and _names(cells):
            return at
    return 0


def end_of(cells: Cells, *, apart: bool, always: set[int], width: int) -> Why | None:
    """Whether a row at the end of the table is a total, or a note that stands apart from it."""
    filled = [cell for cell in cells if cell is not None]
    texts = [cell for cell in filled if isinstance(cell, str) and not _NUMBER_LIKE.fullmatch(cell.strip())]
    if len(texts) == 1 and _TOTAL.fullmatch(fold(texts[0]).rstrip(" :")) and (len(filled) > 1 or width > 1):
        return Why.TOTAL
    if not texts and width > 2 and len(filled) * 2 <= width and any(_at(cells, at) is None for at in always):
        return Why.TOTAL
    if apart and len(filled) == 1 and len(texts) == 1 and width > 2:
        return Why.NOTE
    return None


def _names(cells: Cells) -> bool:
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    filled = sum(cell is not None for cell in cells)
    return len(texts) == filled == len(set(texts)) and not any(_NUMBER_LIKE.fullmatch(text) for text in texts)


def _always(always: set[int], rows: list[tuple[int, Cells]]) -> set[int]:
    return {at for at in always if all(_at(cells, at) is not None for _number, cells in rows)}


def _at(cells: Cells, at: int) -> object:
    return cells[at] if at < len(cells) else None


def _chain(held: list[tuple[int, Cells]], rest: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    yield from held
    yield from rest
