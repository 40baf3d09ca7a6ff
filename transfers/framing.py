"""Where the table lies in a sheet: under which row of headers, and what around it is no record (DATA-9).

Titles above the headers and in the table, headers said again, subtotals, totals and notes under the table, hidden rows:
each is left out, and counted with its reason, so that nothing vanishes unsaid and all of it can be taken after all.
Headers of two rows, of which the upper one names groups of columns in merged cells, are read as one.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

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
_SUBTOTAL = re.compile(r"(?:sub|sous)[ -]?tota|(?:total|totaux|totals)\W*$")


class Why(models.TextChoices):
    """Why a row of the file is no record."""

    ABOVE = "above", _("above the headers")
    HIDDEN = "hidden", _("hidden")
    HEADERS = "headers", _("the headers again")
    TOTAL = "total", _("a total")
    TITLE = "title", _("a title in the table")
    NOTE = "note", _("a note under the table")


@dataclass
class Frame:
    """What was asked for: the headers' row (0: found), all rows taken (``whole``); then what was found."""

    header: int = 0
    whole: bool = False
    hidden: Collection[int] = frozenset()
    across: dict[int, list[tuple[int, int]]] = field(
        default_factory=dict
    )  # merged cells: first and last column, by row
    left: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def learn(self, told: dict[str, Any]) -> None:
        """Take from what the reader tells of the file what concerns the rows: it is not kept."""
        self.hidden = frozenset(told.pop("hidden", ()))
        for number, left, right in told.pop("across", ()):
            self.across.setdefault(number, []).append((left, right))

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
        top, (number, headers), rest = at, first[at], first[at + 1 :]
        if not self.whole and (names := self._under(first[at], rest[:1])):
            headers, rest = names, rest[1:]
        elif at and not self.whole and (names := self._under(first[at - 1], [first[at]])):
            top, headers = at - 1, names
        for above, _cells in first[:top]:
            self.leave(above, Why.ABOVE)
        yield number, headers
        yield from self._without_end(headers, _chain(rest, filled))

    def _under(self, upper: tuple[int, Cells], lower: list[tuple[int, Cells]]) -> Cells | None:
        """The names of columns of which some stand under the name of a group, in merged cells; nothing if none do."""
        if not lower or lower[0][0] != upper[0] + 1:
            return None
        (number, groups), cells = upper, list(lower[0][1])
        width = max(len(groups), len(cells))
        merged = [(left, right) for left, right in self.across.get(number, ()) if right - left + 1 < width]
        grouped = {at: _at(groups, left) for left, right in merged for at in range(left, right + 1)}
        names = [_at(cells, at) if _at(cells, at) is not None else _at(groups, at) for at in range(width)]
        if not grouped or not _only_names([name for name in names if name is not None]):
            return None
        if any(_at(cells, at) is None for at in grouped):
            return None
        many = {name for name in names if names.count(name) > 1}
        return [f"{grouped[at]} {name}" if at in grouped and name in many else name for at, name in enumerate(names)]

    def _filled(self, rows: Iterable[Cells]) -> Iterator[tuple[int, Cells]]:
        for number, row in enumerate(rows, 1):
            cells = [None if isinstance(cell, str) and (not cell or cell.isspace()) else cell for cell in row]
            if cells.count(None) == len(cells):
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
            if not self.whole and (why := self._between(number, cells, headers)):
                self.leave(number, why)
                continue
            held.append((number, cells))
            if len(held) > TAIL:
                passed = held.popleft()
                if len(passed[1]) < len(headers) or None in passed[1]:
                    always = {at for at in always if at < len(passed[1]) and passed[1][at] is not None}
                yield passed
        kept = list(held) if self.whole else self._cut(list(held), always, len(headers))
        yield from kept

    def _between(self, number: int, cells: Cells, headers: Cells) -> Why | None:
        """Whether a row of the table is none of its records: headers said again, a title over it, a subtotal."""
        if cells[: len(headers)] == headers:
            return Why.HEADERS
        width, count = len(headers), len(cells) - cells.count(None)
        if width <= 2 or count * 2 > width:
            return None
        if count == 1:
            spans = self.across.get(number, ())
            return Why.TITLE if any((right - left + 1) * 2 > width for left, right in spans) else None
        texts = _texts([cell for cell in cells if cell is not None])
        return Why.TOTAL if len(texts) == 1 and _SUBTOTAL.match(fold(texts[0])) else None

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
    texts = _texts(filled)
    if len(texts) == 1 and _TOTAL.fullmatch(fold(texts[0]).rstrip(" :")) and (len(filled) > 1 or width > 1):
        return Why.TOTAL
    leads = _at(cells, min(always)) is not None if always else True  # a record has what all others begin with
    if not texts and width > 2 and len(filled) * 2 <= width and not leads:
        return Why.TOTAL
    if apart and len(filled) == 1 and len(texts) == 1 and width > 2:
        return Why.NOTE
    return None


def _names(cells: Cells) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return _only_names(filled) and len(filled) == len({cell.strip() for cell in filled})


def _only_names(filled: Cells) -> bool:
    return len(_texts(filled)) == len(filled)


def _texts(filled: Cells) -> list[str]:
    return [cell for cell in filled if isinstance(cell, str) and not _NUMBER_LIKE.fullmatch(cell.strip())]


def _always(always: set[int], rows: list[tuple[int, Cells]]) -> set[int]:
    return {at for at in always if all(_at(cells, at) is not None for _number, cells in rows)}


def _at(cells: Cells, at: int) -> object:
    return cells[at] if at < len(cells) else None


def _chain(held: list[tuple[int, Cells]], rest: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    yield from held
    yield from rest
