"""Which rows a workbook hides, filtered or folded away: its readers do not tell."""

import html
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from transfers.reader import biff
from transfers.reader.parts import PIECE, part_of, rows_in

_XLSX_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_ODS_MARK = re.compile(rb"<table:table (?P<table>[^>]*)>|<table:table-row\b(?P<row>[^>]*)>")
_REPEATED = re.compile(rb'number-rows-repeated="(\d+)"')
_AWAY = re.compile(rb'table:visibility="(?:collapse|filter)"')
_NAMED = re.compile(rb'table:name="([^"]*)"')
MOST = 100_000


def hidden_rows(path: Path, kind: str, sheet: str) -> list[int]:
    """The numbers of the rows that the spreadsheet program does not show."""
    ways = {"xlsx": hidden_in_xlsx, "xls": hidden_in_xls, "ods": hidden_in_ods}
    try:
        return list(ways[kind](path, sheet))[:MOST] if kind in ways else []
    except (LookupError, ValueError, OSError, EOFError, struct.error, zipfile.BadZipFile, NotImplementedError):
        return []  # the rows were read; that some may be hidden is not known


def hidden_in_xlsx(path: Path, sheet: str) -> Iterator[int]:
    with zipfile.ZipFile(path) as archive:
        at = 0
        for text in rows_in(archive, part_of(archive, sheet)):
            for found in _XLSX_ROW.finditer(text):
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
                inside = name is not None and html.unescape(name[1].decode("utf-8")) == sheet
                at = 0
            elif inside:
                many = _REPEATED.search(found["row"])
                times = int(many[1]) if many else 1
                if _AWAY.search(found["row"]) and times < MOST:
                    yield from range(at + 1, at + times + 1)
                at += times


def hidden_in_xls(path: Path, sheet: str) -> Iterator[int]:
    for kind, body in biff.records_of(biff.workbook_stream(path.read_bytes()), sheet):
        if kind == biff.ROW and len(body) >= 16:
            number, flags = struct.unpack_from("<H10xH", body)
            if flags & biff.HEIGHT_ZERO:
                yield number + 1


def marks(archive: zipfile.ZipFile, name: str, mark: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """The tags of a document, piece by piece: a tag that a piece cuts is looked at with the next."""
    with archive.open(name) as member:
        rest = b""
        while piece := member.read(PIECE):
            text = rest + piece
            end = text.rfind(b"<") if b">" not in text[text.rfind(b"<") :] else len(text)
            yield from mark.finditer(text, 0, end)
            rest = text[end:]
