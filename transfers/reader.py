"""Reads one spreadsheet and writes its cells as lines of JSON. Runs alone, in a process with limits, without Django.

    python -I reader.py FILE NAME SHEET ROWS COLUMNS BYTES MEGABYTES SECONDS

SHEET is the name of one, or blank for the first that is not empty. The first line tells what the file is; each
further line is a row: texts, numbers, booleans, nulls, ``{"d": "2026-11-24"}`` for a date, ``{"e": "#DIV/0!"}`` for
an error. A file that cannot be read ends with ``{"error": code}`` and status 3.
What is inside is never run: a formula is read as its last result.
"""

import csv
import datetime as dt
import gzip
import io
import json
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SPREADSHEETS = {
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
}
SEPARATORS = ",;\t|"
_SAID = re.compile(r"sep=(.)\r?\n")  # how Excel is told the separator
ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#DATA!", "#SPILL!", "#CALC!"}
LONGEST_CELL = 32_767  # what Excel holds in one
TEXT_NAMES = ("csv", "tsv", "txt", "tab")
BOOK_NAMES = {"xlsx": "xlsx", "xlsm": "xlsx", "ods": "ods", "xls": "xls", "xlsb": "xlsb"}


class Refusal(Exception):
    """The file is refused; ``code`` says why, ``detail`` what it is instead."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Limits:
    def __init__(self, rows: int, columns: int, unpacked: int) -> None:
        self.rows, self.columns, self.unpacked = rows, columns, unpacked


def read(path: Path, name: str, limits: Limits, sheet: str = "") -> Iterator[Any]:
    """What the file is, then its rows."""
    data_start = path.open("rb").read(8192)
    if not data_start.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refusal("empty")
    suffix = Path(name).suffix.lower().lstrip(".")
    kind = kind_of(path, data_start)
    if kind == "gzip":
        yield from read_text(unzipped(path, limits), Path(name).stem, limits)
    elif kind == "text":
        if suffix in BOOK_NAMES:
            raise Refusal("not_a_workbook")
        yield from read_text(path.read_bytes(), name, limits)
    elif kind in ("xlsx", "xls", "ods", "xlsb"):
        if suffix in TEXT_NAMES:
            raise Refusal("workbook_named_as_text", kind)
        yield from read_book(path, kind, limits, sheet)
    else:
        raise Refusal("unknown", kind)


def kind_of(path: Path, start: bytes) -> str:
    """What a file is, by its content."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    for magic, container in SPREADSHEETS.items():
        if start.startswith(magic):
            return kind_of_zip(path) if container == "zip" else kind_of_ole(path)
    for magic, kind in (
        (b"%PDF", "pdf"),
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF8", "image"),
        (b"{\\rtf", "rtf"),
        (b"\x7fELF", "program"),
        (b"MZ", "program"),
        (b"Rar!", "archive"),
        (b"7z\xbc\xaf", "archive"),
    ):
        if start.startswith(magic):
            return kind
    lowered = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        return "html"
    return "text"


def kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]:
                return "ods"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Refusal("truncated") from None
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if any(name.endswith("workbook.xml") or name.startswith(("xl/", "/xl/", "xl\\")) for name in names):
        return "xlsx"
    return "archive"


def kind_of_ole(path: Path) -> str:
    """An old Excel workbook, an encrypted new one, or some other old Office file."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refusal("encrypted")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return "xls"
    return "document"


def unzipped(path: Path, limits: Limits) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(limits.unpacked + 1)
    except (OSError, EOFError, ValueError):
        raise Refusal("truncated") from None
    if len(content) > limits.unpacked:
        raise Refusal("bomb")
    return content


# Texts


def read_text(content: bytes, name: str, limits: Limits) -> Iterator[Any]:
    text, encoding = decoded(content)
    del content
    text = text.replace("\x00", "")
    said = _SAID.match(text)
    separator = said[1] if said else separator_of(text, name)
    csv.field_size_limit(LONGEST_CELL * 40)
    yield {"kind": "csv", "encoding": encoding, "separator": separator}
    rows = csv.reader(lines_of(text), delimiter=separator, skipinitialspace=False)
    try:
        for at, row in enumerate(limited(rows, limits)):
            yield [cell if cell != "" else None for cell in row] if at or not said else []
    except csv.Error as error:
        raise Refusal("broken", str(error)) from None


def lines_of(text: str) -> Iterator[str]:
    """Lines with their ends; a lone carriage return ends a line too, as on old Macs."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    return io.StringIO(text, newline="")


def decoded(content: bytes) -> tuple[str, str]:
    """BOM first, then UTF-8 strictly, then UTF-16 by its zero bytes, then Windows-1252."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                raise Refusal("truncated") from None
    sample = content[:4096]
    evens, odds = sample[0::2].count(0), sample[1::2].count(0)
    if max(evens, odds) > len(sample) // 5:
        encoding = "utf-16-be" if evens > odds else "utf-16-le"
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            raise Refusal("binary") from None
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    control = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    if control > len(sample) // 50:
        raise Refusal("binary")
    return content.decode("cp1252", errors="replace"), "windows-1252"


def separator_of(text: str, name: str) -> str:
    """The sign that splits the rows into as many cells as the first, else as most, the more the better."""
    sample = text[:65_536]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = "\t" if name.lower().endswith((".tsv", ".tab")) else ",", 0.0
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines_of(sample), delimiter=separator) if any(row)][:200]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=0)
        for width, weight in ((widths[0] if widths else 0, 1.0), (usual, 0.9)):
            score = weight * widths.count(width) / max(len(widths), 1) * (width**0.3)
            if width > 1 and score > best_score:
                best, best_score = separator, score
    return best


# Workbooks


def read_book(path: Path, kind: str, limits: Limits, sheet: str) -> Iterator[Any]:
    if kind in ("xlsx", "ods", "xlsb"):
        check_zip(path, limits)
    readers = [with_calamine, with_openpyxl] if kind == "xlsx" else [with_calamine]
    opened = False
    for reader in readers:
        try:
            names, at, rows, mark, merged = reader(path, sheet)
        except Refusal:
            raise
        except MemoryError:
            raise Refusal("bomb") from None
        except BaseException as error:  # calamine raises its panics as BaseException
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            if "password" in str(error).lower() or "encrypt" in str(error).lower():
                raise Refusal("encrypted") from None
            continue
        opened = True
        if names:
            hidden = hidden_rows(path, kind, names[at])
            across = [[top + 1, left, right] for (top, left), (_bottom, right) in merged if right > left]
            told = {"hidden": hidden, "mark": mark, "across": across[:MOST_MERGED]}
            yield {"kind": kind, "sheets": names, "sheet": names[at], **told}
            for row in limited(spread(rows, merged), limits):
                yield [cell_of(value) for value in row]
            return
    raise Refusal("empty" if opened else "broken")


def check_zip(path: Path, limits: Limits) -> None:
    """A workbook that says it unpacks to too much, or does, is refused before anything else looks at it."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if any(info.flag_bits & 1 for info in infos):
                raise Refusal("encrypted")
            total = sum(info.file_size for info in infos)
            packed = sum(info.compress_size for info in infos)
            if total > limits.unpacked or (total > 20_000_000 and total > 200 * max(packed, 1)):
                raise Refusal("bomb")
            for info in infos:
                if info.filename.endswith((".xml", ".rels")):
                    with archive.open(info) as member:
                        head = member.read(2048)
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                        raise Refusal("bomb", "entities")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Refusal("truncated") from None


MARKED = "_crm"  # the hidden sheet of a workbook of ours, as in transfers/marking.py
MOST_MERGED = 5_000
Merged = list[tuple[tuple[int, int], tuple[int, int]]]  # first and last cell of each, row and column, from 0
# The sheets, which of them is read, its rows, our mark, its merged cells
Book = tuple[list[str], int, Iterator[list[Any]], str, Merged]


def with_calamine(path: Path, wanted: str) -> Book:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    visible = python_calamine.SheetVisibleEnum.Visible
    work = python_calamine.SheetTypeEnum.WorkSheet
    names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible and sheet.typ == work]
    names = names or [sheet.name for sheet in book.sheets_metadata]
    mark = ""
    if MARKED in book.sheet_names:
        first = book.get_sheet_by_name(MARKED).to_python(nrows=1)
        mark = str(first[0][0])[:200] if first and first[0] else ""
    for name in [wanted] if wanted in names else names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            rows = iter(sheet.to_python(skip_empty_area=False))
            return names, names.index(name), rows, mark, sheet.merged_cell_ranges or []
    return [], 0, iter(()), "", []


def spread(rows: Iterator[list[Any]], merged: Merged) -> Iterator[list[Any]]:
    """A value in cells merged from top to bottom stands in each of their rows, as people read it."""
    below: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in merged:
        if bottom > top:
            below.setdefault(top, []).append((left, bottom))
    held: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(rows) if below else ():
        for left, (bottom, value) in list(held.items()):
            if number > bottom:
                del held[left]
            elif left < len(row) and row[left] in (None, ""):
                row[left] = value
        for left, bottom in below.get(number, ()):
            if left < len(row):
                held[left] = (bottom, row[left])
        yield row
    if not below:
        yield from rows


def with_openpyxl(path: Path, wanted: str) -> Book:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)
    if not sheets:
        return [], 0, iter(()), "", []
    names = [sheet.title for sheet in sheets]
    at = names.index(wanted) if wanted in names else 0
    sheets[at].reset_dimensions()
    rows = [list(row) for row in sheets[at].iter_rows(values_only=True)]
    return (names, at, iter(rows), "", []) if rows else ([], 0, iter(()), "", [])


# Hidden rows: what filtered or folded away, the readers above do not tell

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


def cell_of(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, dt.datetime):
        midnight = value.hour == value.minute == value.second == 0
        return {"d": value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    text = str(value)
    return {"e": text} if text in ERRORS else text


# Limits


def limited(rows: Iterator[list[Any]], limits: Limits) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        if number > limits.rows + 1:
            raise Refusal("too_many_rows")
        if len(row) > limits.columns:
            while row and row[-1] in (None, ""):
                row = row[:-1]
            if len(row) > limits.columns:
                raise Refusal("too_many_columns")
        yield row


def main(arguments: list[str]) -> int:
    path, name, sheet, rows, columns, unpacked, megabytes, seconds = arguments
    memory = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    write = sys.stdout.write
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    try:
        for item in read(Path(path), name, Limits(int(rows), int(columns), int(unpacked)), sheet):
            write(encode(item) + "\n")
    except Refusal as refusal:
        write(encode({"error": refusal.code, "detail": refusal.detail}) + "\n")
        return 3
    except MemoryError:
        write(encode({"error": "bomb", "detail": ""}) + "\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
