"""A sheet once read: its headers, what each column looks like, and its rows in packed chunks."""

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError

from core import dates
from transfers.framing import Frame
from transfers.reading import Cells, FileRefused

CHUNK = 1_000
SAMPLES = 3

_NUMERIC_DATE = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2,4})(?:[ T].*)?")
_NUMBER = re.compile(r"[-+(]?[\s\u00a0\u202f$€£]*\d[\d\s\u00a0\u202f'’.,]*(?:[)%$€£\s]|k|m|eur)*", re.I)

SERIAL = re.compile(r"[34567]\d{4}(?:\.\d+)?")  # days as Excel counts them, of the years 1982 to 2118
_EITHER = re.compile(r"(?<!\d)[1-9]\d{0,2}[.,]\d{3}(?!\d)")  # 1,234: of thousands, or of thousandths


@dataclass
class Profile:
    """What a column's cells look like: enough to guess its field, and to decide how its dates and numbers are read."""

    header: str
    samples: list[str] = field(default_factory=list)
    filled: int = 0
    whole_numbers: int = 0
    numbers: int = 0
    day_first: int = 0
    month_first: int = 0
    either_first: int = 0
    other_dates: int = 0
    decimal_comma: int = 0
    decimal_dot: int = 0
    decimal_either: int = 0
    periods: int = 0  # months and quarters alone
    serials: int = 0  # numbers that may be days

    @property
    def date_order(self) -> str | None:
        """``dmy`` or ``mdy`` if the cells decide it; ``None`` if they admit both orders, or mix them."""
        if self.day_first and not self.month_first:
            return "dmy"
        if self.month_first and not self.day_first:
            return "mdy"
        return None if self.either_first or self.day_first else "dmy"

    @property
    def decimal(self) -> str | None:
        """The decimal sign if the cells decide it."""
        if self.decimal_comma and not self.decimal_dot:
            return ","
        if self.decimal_dot and not self.decimal_comma:
            return "."
        return None

    @property
    def mixes_dates(self) -> bool:
        """Some cells can only be day/month, others only month/day."""
        return bool(self.day_first and self.month_first)

    @property
    def asks_decimal(self) -> bool:
        """Whether the cells admit both signs (``1,234`` alone), or mix them."""
        return bool(self.decimal is None and (self.decimal_either or self.decimal_comma))

    def look_at_all(self, cells: Sequence[Any]) -> None:
        """What is written again and again is looked at once."""
        if not {str, type(None)}.issuperset(map(type, cells)):
            for cell in cells:
                self.look_at(cell)
            return
        counted = Counter(cells)
        counted.pop(None, None)
        for cell, times in counted.items():
            if len(self.samples) < SAMPLES or not cell[:1].isalpha():
                self.look_at(cell, times)
            else:
                self.filled += times

    def look_at(self, cell: Any, times: int = 1) -> None:
        if cell is None:
            return
        self.filled += times
        if isinstance(cell, str):
            text = cell.strip()
            if text and not text[0].isalpha():
                self._look_at_text(text, times)
            elif text[-2:].isdecimal() and len(text) < 25:
                self._look_at_words(text, times)
        else:
            text = shown(cell)
            self.numbers += isinstance(cell, int | float) * times
            self.whole_numbers += (isinstance(cell, int) and not isinstance(cell, bool)) * times
            self.serials += (SERIAL.fullmatch(text) is not None) * times
            self.other_dates += (isinstance(cell, dict) and "d" in cell) * times
        if len(self.samples) < SAMPLES and text and text not in self.samples:
            self.samples.append(text[:60])

    def _look_at_text(self, text: str, times: int) -> None:
        """A text that begins with no letter: only such a one is a number or a date of numbers."""
        if text.isdecimal():
            self.numbers += times
            self.whole_numbers += times
            self.serials += (SERIAL.fullmatch(text) is not None) * times
        elif found := _NUMERIC_DATE.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                self.day_first += times
            elif second > 12 >= first:
                self.month_first += times
            else:
                self.either_first += times
        elif _NUMBER.fullmatch(text):
            self.numbers += times
            self.whole_numbers += (text.endswith((".0", ",0")) and text[:-2].isdecimal()) * times
            self._look_at_decimals(text, times)
        elif len(text) < 40:
            self._look_at_words(text, times)

    def _look_at_words(self, text: str, times: int) -> None:
        """A text that may be a date with the name of its month, or the month alone."""
        if dates.parse_period(text):
            self.periods += times
            self.other_dates += times
            return
        try:
            dates.parse_date(text)
        except ValidationError:
            return
        self.other_dates += times

    def _look_at_decimals(self, text: str, times: int) -> None:
        dot, comma = text.rfind("."), text.rfind(",")
        if dot >= 0 and comma >= 0:
            self.decimal_dot += (dot > comma) * times
            self.decimal_comma += (comma > dot) * times
        elif dot >= 0 or comma >= 0:
            sign, at = (".", dot) if dot >= 0 else (",", comma)
            digits = sum(letter.isdigit() for letter in text[at:])
            if text.count(sign) == 1 and digits == 3 and _EITHER.search(text):
                self.decimal_either += times
            elif text.count(sign) == 1:
                self.decimal_dot += (sign == ".") * times
                self.decimal_comma += (sign == ",") * times
            else:
                self.decimal_comma += (sign == ".") * times
                self.decimal_dot += (sign == ",") * times


def shown(cell: Any) -> str:
    """A cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return str(cell.get("d") or cell.get("e"))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(repr(cell)), "f") if isfinite(cell) else str(cell)
    return str(cell)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def pack(rows: list[Cells]) -> bytes:
    return zlib.compress(_encode(rows).encode(), 1)


def unpack(packed: bytes) -> list[Cells]:
    rows: list[Cells] = json.loads(zlib.decompress(packed))
    return rows


class SheetBuilder:
    """Takes rows as they are read: the headers, then the records of the table; what is neither is left out."""

    def __init__(self, frame: Frame | None = None) -> None:
        self.frame = frame or Frame()
        self.profiles: list[Profile] = []
        self.count = 0
        self.header_row = 0

    def chunks(self, rows: Iterable[Cells]) -> Iterator[list[Cells]]:
        """Rows in chunks, each row led by its number in the file. Raises ``FileRefused`` where there is no header."""
        chunk: list[Cells] = []
        surplus: dict[
            int, Cells
        ] = {}  # of rows that are longer than the headers, and must not be: at the end of the row
        for number, cells in self.frame.rows(rows):
            if not self.profiles:
                self.header_row = number
                self._headers(cells)
                continue
            width = len(self.profiles)
            if len(cells) > width and (more := [cell for cell in cells[width:] if cell is not None]):
                surplus[len(chunk)] = more
            chunk.append([number, *cells[:width], *[None] * (width - len(cells))])
            if len(chunk) == CHUNK:
                yield self._looked_at(chunk, surplus)
                chunk, surplus = [], {}
        if chunk:
            yield self._looked_at(chunk, surplus)
        if not self.profiles:
            raise FileRefused("empty")

    def _looked_at(self, chunk: list[Cells], surplus: dict[int, Cells]) -> list[Cells]:
        self.count += len(chunk)
        _numbers, *columns = zip(*chunk, strict=True)
        for profile, cells in zip(self.profiles, columns, strict=True):
            profile.look_at_all(cells)
        for at, more in surplus.items():
            chunk[at].extend(more)
        return chunk

    def _headers(self, cells: Cells) -> None:
        while cells and cells[-1] is None:
            cells.pop()
        seen: dict[str, int] = {}
        for at, cell in enumerate(cells, 1):
            header = " ".join(shown(cell).split()) or f"({at})"
            seen[header] = seen.get(header, 0) + 1
            self.profiles.append(Profile(header if seen[header] == 1 else f"{header} ({seen[header]})"))


def profiles_as_json(profiles: list[Profile]) -> list[dict[str, Any]]:
    return [asdict(profile) for profile in profiles]


def profiles_from_json(kept: list[dict[str, Any]]) -> list[Profile]:
    return [Profile(**profile) for profile in kept]
