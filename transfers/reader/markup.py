"""Reads what many programs write and call a workbook: the table of a web page, and the XML of Excel 2003."""

import codecs
import datetime as dt
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from transfers.reader.encodings import encoding_of
from transfers.reader.limits import Limits, Refusal, limited
from transfers.reader.texts import Source

MOST_REPEATED = 1_000  # cells or rows that one of a page may go over
_SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
Rows = list[list[Any]]


class Tables(HTMLParser):
    """The tables of a page, with one in another after it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self.open: list[Rows] = []
        self.cell: list[str] | None = None
        self.below: dict[int, tuple[int, str]] = {}
        self.span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._close()
            self.tables.append([])
            self.open.append(self.tables[-1])
            self.below = {}
        elif tag == "tr" and self.open:
            self._close()
            self.open[-1].append([])
            self._fill()
        elif tag in ("td", "th") and self.open:
            self._close()
            if not self.open[-1]:
                self.open[-1].append([])
            given = dict(attrs)
            self.cell, self.span = [], (times(given.get("colspan")), times(given.get("rowspan")))
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._close()
        elif tag == "table" and self.open:
            self._close()
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(" ".join(data.replace("\xa0", " ").split(" ")).replace("\r", " ").replace("\n", " "))

    def _close(self) -> None:
        """The cell ends, whether the page says so or not."""
        if self.cell is None or not self.open:
            return
        text = "\n".join(" ".join(line.split()) for line in "".join(self.cell).split("\n")).strip()
        across, down = self.span
        row = self.open[-1][-1]
        if down > 1:
            self.below[len(row)] = (down - 1, text)
        row.extend([text, *[""] * (across - 1)])
        self.cell = None
        self._fill()

    def _fill(self) -> None:
        """A cell of an earlier row that goes on in this one."""
        row = self.open[-1][-1]
        while left := self.below.pop(len(row), None):
            more, text = left
            if more > 1:
                self.below[len(row)] = (more - 1, text)
            row.append(text)


def times(said: str | None) -> int:
    return min(max(int(said), 1), MOST_REPEATED) if said and said.strip().isdecimal() else 1


def read_html(source: Source) -> Iterator[Any]:
    """The largest table of a page. Raises ``Refusal`` for a page without one."""
    encoding, errors = encoding_of(source.pieces)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    page = Tables()
    for piece in source.pieces():
        page.feed(decoder.decode(piece))
    page.close()
    tables = [table for table in page.tables if len(table) > 1 and max(map(len, table)) > 1]
    if not tables:
        raise Refusal("unknown", "html")
    yield {"kind": "html", "encoding": encoding}
    for row in limited(iter(max(tables, key=lambda table: sum(map(len, table)))), source.limits):
        yield [cell if cell != "" else None for cell in row]


def read_xml_book(path: Path, limits: Limits, wanted: str) -> Iterator[Any]:
    """The sheet of this name, else the first that holds something."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    sheets: dict[str, Rows] = {}
    name = ""
    try:
        for event, one in iterparse(path, ("start", "end"), forbid_dtd=True):
            if event == "start" and one.tag == f"{_SPREADSHEET}Worksheet":
                name = one.get(f"{_SPREADSHEET}Name", "") or str(len(sheets) + 1)
                sheets[name] = []
            elif event == "end" and one.tag == f"{_SPREADSHEET}Row" and name:
                rows = sheets[name]
                rows.extend([] for _at in range(len(rows) + 1, min(place(one), limits.rows + 2)))
                rows.append(cells_of(one, limits))
                one.clear()
    except DefusedXmlException:
        raise Refusal("bomb", "entities") from None
    except (ParseError, ValueError):
        raise Refusal("broken") from None
    filled = [each for each, rows in sheets.items() if any(rows)]
    if not filled:
        raise Refusal("empty")
    sheet = wanted if wanted in sheets else filled[0]
    yield {"kind": "xml", "sheets": list(sheets), "sheet": sheet}
    yield from limited(iter(sheets[sheet]), limits)


def cells_of(row: Any, limits: Limits) -> list[Any]:
    found: list[Any] = []
    for cell in row.findall(f"{_SPREADSHEET}Cell"):
        found.extend([None] * (min(place(cell), limits.columns + 2) - 1 - len(found)))
        data = cell.find(f"{_SPREADSHEET}Data")
        found.append(None if data is None else value_of("".join(data.itertext()), data.get(f"{_SPREADSHEET}Type", "")))
        across = times(cell.get(f"{_SPREADSHEET}MergeAcross"))
        found.extend([None] * (across if cell.get(f"{_SPREADSHEET}MergeAcross") else 0))
    return found


def place(one: Any) -> int:
    """Which row or cell this is, where it says so: those before it are empty."""
    said = one.get(f"{_SPREADSHEET}Index", "")
    return int(said) if said.isdecimal() else 0


def value_of(text: str, kind: str) -> Any:
    try:
        if kind == "Number":
            number = float(text)
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if kind == "DateTime":
            moment = dt.datetime.fromisoformat(text.removesuffix("Z"))
            midnight = moment.hour == moment.minute == moment.second == 0
            return {"d": moment.date().isoformat() if midnight else moment.isoformat(sep=" ", timespec="seconds")}
    except (ValueError, OverflowError):
        return text or None
    if kind == "Error":
        return {"e": text}
    return text == "1" if kind == "Boolean" else text or None
