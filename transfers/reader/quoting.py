"""The rows of a text: how it is separated and quoted, and what becomes of a quote that is never closed."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from transfers.reader.limits import Refusal

SEPARATORS = ",;\t|"
SAID = re.compile(r"sep=(.)\r?\n")  # how Excel is told the separator
LONGEST_CELL = 4_000_000
MOST_LOOKED_AT = 200  # rows


@dataclass(frozen=True)
class Form:
    """How a text's cells are apart, and into how many a row usually falls."""

    separator: str
    width: int = 1
    spaced: bool = False  # blanks between a separator and a quote
    escape: str | None = None  # before a quote inside quotes

    def reader(self, lines: Iterable[str], **more: Any) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.separator, skipinitialspace=self.spaced, escapechar=self.escape, **more)


def form_of(lines: list[str], name: str) -> Form:
    """The form of a text by its first lines: what splits the rows into as many cells as the first, else as most, the
    more the better."""
    sample = "".join(lines)
    if said := SAID.match(sample):
        return form_by(said[1], sample, 1)
    best, best_score = form_by("\t" if name.lower().endswith((".tsv", ".tab")) else ",", sample, 1), 0.0
    for separator in SEPARATORS:
        form = form_by(separator, sample, 1)
        try:
            rows = [row for row in form.reader(lines) if any(row)]
        except csv.Error:
            continue
        widths = [len(row) for row in rows][:MOST_LOOKED_AT]
        usual = max(set(widths), key=widths.count, default=0)
        for width, weight in ((widths[0] if widths else 0, 1.0), (usual, 0.9)):
            score = weight * widths.count(width) / max(len(widths), 1) * (width**0.3)
            if width > 1 and score > best_score:
                best, best_score = form_by(separator, sample, usual), score
    return best


def form_by(separator: str, sample: str, width: int) -> Form:
    sign = re.escape(separator)
    spaced = separator != " " and re.search(rf'{sign} +"', sample) is not None
    escaped = re.search(rf'[^"\\{sign}]\\"[^"{sign}\r\n]', sample) is not None
    return Form(separator, width, spaced, "\\" if escaped else None)


def rows_of(lines: Iterator[str], form: Form) -> Iterator[list[str]]:
    """The rows; where a quote would take the following rows into its cell, it is a sign like any other."""
    csv.field_size_limit(LONGEST_CELL)
    back: deque[str] = deque()
    taken: list[str] = []

    def feed() -> Iterator[str]:
        while (line := back.popleft() if back else next(lines, None)) is not None:
            taken.append(line)
            yield line

    reader = form.reader(feed())
    while True:
        taken.clear()
        try:
            row = next(reader, None)
        except csv.Error:
            row = []
            if len(taken) == 1:
                raise Refusal("broken", "cell") from None
        if row is None:
            return
        if is_astray(taken, row, form):
            back.extendleft(reversed(taken[1:]))
            row = next(form.reader(taken[:1], quoting=csv.QUOTE_NONE), [])
            reader = form.reader(feed())
        yield row


def is_astray(lines: list[str], row: list[str], form: Form) -> bool:
    """Whether a row has come about by a quote that was not meant to open a cell."""
    if len(lines) == 1:
        return bool(row) and row[-1].endswith(("\n", "\r"))  # only what is never closed keeps the end of its line
    try:
        list(form.reader(lines, strict=True))
    except csv.Error:
        return True
    if len(row) == form.width or form.width == 1:
        return False
    return any(line.count(form.separator) >= form.width - 1 for line in lines[1:])
