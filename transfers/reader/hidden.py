"""Which rows a workbook hides, filtered or folded away: its readers do not tell."""

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

_PIECE = 1 << 20
_XLSX_ROW = re.compile(rb"<(?:x:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_ODS_MARK = re.compile(rb"<table:table (?P<table>[^>]*)>|<table:table-row\b(?P<row>[^>]*)>")
_REPEATED = re.compile(rb'number-rows-repeated="(\d+)"')
_AWAY = re.compile(rb'table:visibility="(?:collapse|filter)"')
_NAMED = re.compile(rb'table:name="([^"]*)"')


def hidden_rows(path: Path, kind: str, sheet: str) -> list[int]:
    """The numbers of the rows that the spreadsheet program does not show."""
    try:
        if kind == "xlsx":
            return list(hidden_in_xlsx(path, sheet))
        if kind == "xls":
            return list(hidden_in_xls(path, sheet))
        return list(hidden_in_ods(path, sheet)) if kind == "ods" else []
    except (LookupError, ValueError, OSError, EOFError, struct.error, zipfile.BadZipFile, NotImplementedError):
        return []  # the rows were read; that some may be hidden is not known


def hidden_in_xlsx(path: Path, sheet: str) -> Iterator[int]:
    import xml.etree.ElementTree as Tree

    with zipfile.ZipFile(path) as archive:
        book = Tree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = Tree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        ids = [
            next(value for name, value in one.attrib.items() if name.endswith("}id"))
            for one in book.iter()
            if one.tag.endswith("}sheet") and one.get("name") == sheet
        ]
        targets = [link.get("Target", "") for link in links if link.get("Id") in ids[:1]]
        for target in targets:
            place = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            at = 0
            for found in marks(archive, place, _XLSX_ROW):
                number = _NUMBER.search(found[1])
                at = int(number[1]) if number else at + 1
                if _HIDDEN.search(found[1]):
                    yield at


def hidden_in_ods(path: Path, sheet: str) -> Iterator[int]:
    with zipfile.ZipFile(path) as archive:
        at, inside = 0, False
        for found in marks(archive, "content.xml", _ODS_MARK):
            if found["table"] is not None:
                name = _NAMED.search(found["table"])
                inside = name is not None and unescaped(name[1]) == sheet
                at = 0
            elif inside:
                many = _REPEATED.search(found["row"])
                times = int(many[1]) if many else 1
                if _AWAY.search(found["row"]) and times < 100_000:
                    yield from range(at + 1, at + times + 1)
                at += times


_SHEET, _ROW, _END = 0x85, 0x208, 0x0A  # records of a workbook in BIFF8
_HEIGHT_ZERO = 0x20


def hidden_in_xls(path: Path, sheet: str) -> Iterator[int]:
    book = workbook_stream(path.read_bytes())
    for record, body in records(book, 0):
        if record == _SHEET and sheet_name(body) == sheet:
            (start,) = struct.unpack_from("<I", body)
            for inner, cells in records(book, start):
                if inner == _ROW and len(cells) >= 16:
                    number, flags = struct.unpack_from("<H10xH", cells)
                    if flags & _HEIGHT_ZERO:
                        yield number + 1
            return
        if record == _END:
            return


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from here to the end of their part."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        if kind == _END:
            return
        at += 4 + size


def sheet_name(body: bytes) -> str:
    length, wide = body[6], body[7] & 1
    return body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def workbook_stream(content: bytes) -> bytes:
    """The stream *Workbook* of a compound file ([MS-CFB]): sectors in a chain, which the allocation table links."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    first_directory, *_rest, difat, difats = struct.unpack_from("<I5I2I", content, 48)

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    tables = list(struct.unpack_from("<109I", content, 76))
    for _at in range(difats):
        *more, difat = struct.unpack(f"<{size // 4}I", sector(difat))
        tables += more
    table = b"".join(sector(number) for number in tables if number < 0xFFFFFFFA)
    links = struct.unpack(f"<{len(table) // 4}I", table)

    def chain(number: int) -> bytes:
        parts: list[bytes] = []
        while number < 0xFFFFFFFA and len(parts) <= len(links):
            parts.append(sector(number))
            number = links[number]
        return b"".join(parts)

    directory = chain(first_directory)
    for at in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        if directory[at : at + max(length - 2, 0)].decode("utf-16-le").lower() == "workbook":
            first, long = struct.unpack_from("<IQ", directory, at + 116)
            if long < 4096:
                raise ValueError("too short a workbook to stand in sectors of its own")
            return chain(first)
    raise KeyError("Workbook")


def unescaped(name: bytes) -> str:
    import html

    return html.unescape(name.decode("utf-8"))


def marks(archive: zipfile.ZipFile, name: str, mark: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """The tags of a document, piece by piece: a tag that a piece cuts is looked at with the next."""
    with archive.open(name) as member:
        rest = b""
        while piece := member.read(_PIECE):
            text = rest + piece
            end = text.rfind(b"<") if b">" not in text[text.rfind(b"<") :] else len(text)
            yield from mark.finditer(text, 0, end)
            rest = text[end:]
