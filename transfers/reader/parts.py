"""The parts of a workbook of Excel (OOXML), piece by piece: which is a sheet’s, and its rows as they are written."""

import re
import zipfile
from collections.abc import Iterator

from defusedxml.ElementTree import fromstring

PIECE = 1 << 20
LONGEST_ROW = 64 << 20
_PLACE = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
_TAG_OF_ROW = re.compile(rb"<(?:\w+:)?row\b")


def part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds a sheet. Raises ``KeyError`` where there is none."""
    book = fromstring(archive.read("xl/workbook.xml"))
    links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    for one in book.iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            wanted = next((value for name, value in one.attrib.items() if name.endswith("}id")), "")
            target = next((link.get("Target", "") for link in links if link.get("Id") == wanted), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def rows_in(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The text of a sheet, cut between rows only."""
    with archive.open(part) as member:
        rest = b""
        while piece := member.read(PIECE):
            text = rest + piece
            end = last_row(text)
            if end > 0:
                yield text[:end]
                rest = text[end:]
            else:
                rest = text
            if len(rest) > LONGEST_ROW:
                raise ValueError("a row without end")
        yield rest


def extent_of(texts: Iterator[bytes]) -> tuple[int, int, int]:
    """How many rows and columns the filled cells of a sheet go over, and how many they are at least."""
    rows = columns = cells = 0
    for text in texts:
        cells += text.count(b"<v") + text.count(b"<is")
        before = at = 0
        while (at := text.find(b"row>", at + 1)) >= 0:
            end = max(text.rfind(b"</v", before, at), text.rfind(b"</is", before, at))
            last_cell = text.rfind(b' r="', before, end) if end >= 0 else -1
            if last_cell >= 0 and (place := _PLACE.match(text, last_cell)):
                columns, rows = max(columns, number_of(place[1])), max(rows, int(place[2]))
            before = at
    return rows, columns, cells


def number_of(letters: bytes) -> int:
    """The number of a column, from 1: 28 for AB."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def last_row(text: bytes) -> int:
    """Where the last row of a text begins; -1 if none does."""
    at = text.rfind(b"row ")
    while at > 0:
        start = text.rfind(b"<", 0, at)
        if start >= 0 and _TAG_OF_ROW.match(text, start) and at - start < 20:
            return start
        at = text.rfind(b"row ", 0, at)
    return -1


def styles_in(archive: zipfile.ZipFile) -> list[str]:
    """The number format of each style of cells, blank for those that Excel has built in."""
    tree = fromstring(archive.read("xl/styles.xml"))
    own: dict[str, str] = {}
    found: list[str] = []
    for one in tree:
        if one.tag.endswith("}numFmts"):
            own |= {format.get("numFmtId", ""): format.get("formatCode", "") for format in one}
        elif one.tag.endswith("}cellXfs"):
            found = [own.get(xf.get("numFmtId", ""), "") for xf in one]
    return found
