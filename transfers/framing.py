"""Where the table lies in a sheet: under which row of headers, and what around it is no record (DATA-9).

Titles above the headers and in the table, headers said again, subtotals, totals and notes under the table, hidden rows:
each is left out, and counted with its reason, so that nothing vanishes unsaid and all of it can be taken after all.
Headers of two rows, of which the upper one names groups of columns, are read as one; a table without headers is one of
records alone. Cells beside the headers have columns without a name.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
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
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)
_DAY = re.compile(r"(?:\d{4}-\d\d?-\d\d?|\d\d?[/.]\d\d?[/.]\d{2,4})(?:[T ].*)?")
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
    """What was asked for: the headers' row (0: found), all rows taken (``whole``), no headers (``bare``; ``None``:
    found); then what was found."""

    header: int = 0
    whole: bool = False
    bare: bool | None = None
    is_text: bool = False
    hidden: Collection[int] = frozenset()
    across: dict[int, list[tuple[int, int]]] = field(
        default_factory=dict
    )  # merged cells: first and last column, by row
    left: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def learn(self, told: dict[str, Any]) -> None:
        """Take from what the reader tells of the file what concerns the rows: it is not kept."""
        self.is_text = told.get("kind") == "csv"
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
        finds = self.bare is None and not self.header and not self.whole
        self.bare = is_bare([cells for _number, cells in first]) if finds else bool(self.bare)
        at = 0 if finds and self.bare else self._place(first)
        top, (number, headers), rest = at, first[at], first[at + 1 :]
        if not self.whole and (names := self._under(first[at], rest[:1])):
            headers, rest = names, rest[1:]
        elif at and not self.whole and (names := self._under(first[at - 1], [first[at]])):
            top, headers = at - 1, names
        if finds and not self.bare:
            self.bare = is_bare([cells for _number, cells in first[top:]])
        if self.bare:
            number, headers, rest = 0, [], first[top:]
        for above, _cells in first[:top]:
            self.leave(above, Why.ABOVE)
        wide = self._widened(headers, [cells for _number, cells in rest])
        yield number, wide
        yield from self._without_end(headers[: _width(headers)], len(wide), _chain(rest, filled))

    def _widened(self, headers: Cells, records: list[Cells]) -> Cells:
        """The headers with one for each column beside them. In a text, where few rows are longer, it is they that are
        wrong: a separator stands in one of their cells."""
        width = _width(headers)
        longer = [_width(cells) for cells in records if _width(cells) > width]
        if self.is_text and width and len(longer) * 5 <= len(records):
            return headers[:width]
        most = max(longer, default=width)
        return [*headers[:width], *(f"({at})" for at in range(width + 1, most + 1))]

    def _under(self, upper: tuple[int, Cells], lower: list[tuple[int, Cells]]) -> Cells | None:
        """The names of columns of which some stand under the name of a group, in merged cells; nothing if none do."""
        if not lower or lower[0][0] != upper[0] + 1:
            return None
        (number, groups), cells = upper, list(lower[0][1])
        width = max(len(groups), len(cells))
        merged = [(left, right) for left, right in self.across.get(number, ()) if right - left + 1 < width]
        if self.is_text:
            merged = _spans(groups, cells)
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

    def _without_end(self, names: Cells, width: int, rows: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
        """Rows as they come, the last dozen held back until it is known whether they are the end of the table."""
        held: deque[tuple[int, Cells]] = deque()
        always = set(range(width))
        for number, cells in rows:
            if not self.whole and (why := self._between(number, cells, names, width)):
                self.leave(number, why)
                continue
            held.append((number, cells))
            if len(held) > TAIL:
                passed = held.popleft()
                if len(passed[1]) < width or None in passed[1]:
                    always = {at for at in always if at < len(passed[1]) and passed[1][at] is not None}
                yield passed
        kept = list(held) if self.whole else self._cut(list(held), always, width)
        yield from kept

    def _between(self, number: int, cells: Cells, names: Cells, width: int) -> Why | None:
        """Whether a row of the table is none of its records: headers said again, a title over it, a subtotal."""
        if len(names) > 1 and cells[: len(names)] == names and _only_names(list(filter(None, names))):
            return Why.HEADERS
        count = len(cells) - cells.count(None)
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
    most = sorted(widths)[-2 if len(widths) > 4 else -1]  # one row may be too long
    if widths[0] * 2 > most:
        return 0
    for are_names in (_names, _only_names):
        for at, cells in enumerate(first[:HIGHEST]):
            if widths[at] * 5 >= most * 4 and are_names([cell for cell in cells if cell is not None]):
                return at
    return 0


def is_bare(rows: list[Cells]) -> bool:
    """Whether the first row is a record: nothing in it is a name, or it has addresses or days where the next has."""
    top, below = [[_kind(cell) for cell in cells] for cells in (rows[0], rows[1] if len(rows) > 1 else rows[0])]
    pairs = list(zip_longest(top, below, fillvalue=""))
    if any(kind == other and kind in ("mail", "day") for kind, other in pairs):
        return True
    return "name" not in top and all(other in (kind, "") if kind else other != "name" for kind, other in pairs)


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


def _names(filled: Cells) -> bool:
    return _only_names(filled) and len(filled) == len({cell.strip() for cell in filled})


def _only_names(filled: Cells) -> bool:
    return len(_texts(filled)) == len(filled)


def _texts(filled: Cells) -> list[str]:
    return [cell for cell in filled if isinstance(cell, str) and not _NUMBER_LIKE.fullmatch(cell.strip())]


def _kind(cell: object) -> str:
    """What a cell is, as far as it tells a record from headers; blank for nothing."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return "day" if isinstance(cell, dict) and "d" in cell else "number"
    text = cell.strip()
    if _MAIL.fullmatch(text):
        return "mail"
    if _DAY.fullmatch(text):
        return "day"
    return "number" if _NUMBER_LIKE.fullmatch(text) else "name"


def _spans(groups: Cells, cells: Cells) -> list[tuple[int, int]]:
    """In a text, which has no merged cells: each group goes on to the next, if names without them are not unique."""
    names = [cell for cell in cells if cell is not None]
    starts = [at for at, group in enumerate(groups) if group is not None]
    if len(starts) < 2 or len(set(map(str, names))) == len(names):
        return []
    return [(start, end - 1) for start, end in zip(starts, [*starts[1:], len(cells)], strict=True)]


def _width(cells: Cells) -> int:
    """Up to the last cell that holds something."""
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1] is not None), 0)


def _always(always: set[int], rows: list[tuple[int, Cells]]) -> set[int]:
    return {at for at in always if all(_at(cells, at) is not None for _number, cells in rows)}


def _at(cells: Cells, at: int) -> object:
    return cells[at] if at < len(cells) else None


def _chain(held: list[tuple[int, Cells]], rest: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    yield from held
    yield from rest
