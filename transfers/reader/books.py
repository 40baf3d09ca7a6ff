"""Reads workbooks: which sheet, its rows, its merged cells."""

import datetime as dt
import itertools
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transfers.reader.faces import Faces, faces_of, show
from transfers.reader.hidden import hidden_rows
from transfers.reader.limits import Limits, Refusal, limited
from transfers.reader.parts import extent_of, part_of, rows_in

_ERR = re.compile(r"Err:\d{3}")  # as LibreOffice writes its own
SUFFIXES = {"xlsx": (".xlsx", ".xlsm"), "ods": (".ods",), "xls": (".xls",), "xlsb": (".xlsb",)}
ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#DATA!", "#SPILL!", "#CALC!"}


def read_book(path: Path, kind: str, limits: Limits, sheet: str) -> Iterator[Any]:
    if kind in ("xlsx", "ods", "xlsb"):
        check_zip(path, limits)
    readers = [with_calamine, with_openpyxl] if kind == "xlsx" else [with_calamine]
    opened = False
    for reader in readers:
        try:
            names, at, rows, mark, merged = reader(path, kind, sheet)
        except Refusal:
            raise
        except Sparse:
            continue
        except MemoryError:
            raise Refusal("died") from None
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
            seen = faced(rows, faces_of(path, kind, names[at]))
            for row in limited(spread(seen, merged), limits):
                yield [cell_of(value) for value in row]
            return
    raise Refusal("empty" if opened else "broken")


MOST_OF_ONE_SIGN = 20_000_000  # bytes that a part may repeat; but empty rows with a format are many, and alike
_SHEETS = re.compile(r"[/\\]worksheets[/\\]|content\.xml$")


def check_zip(path: Path, limits: Limits) -> None:
    """A workbook that says it unpacks to too much, or does, is refused before anything else looks at it."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if any(info.flag_bits & 1 for info in infos):
                raise Refusal("encrypted")
            if sum(info.file_size for info in infos) > limits.unpacked:
                raise Refusal("bomb")
            for info in infos:
                repeats = info.file_size > MOST_OF_ONE_SIGN and info.file_size > 200 * info.compress_size
                if repeats and not _SHEETS.search(info.filename):
                    raise Refusal("bomb")
                if info.filename.endswith((".xml", ".rels")):
                    with archive.open(info) as member:
                        head = member.read(2048)
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                        raise Refusal("bomb", "entities")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Refusal("truncated") from None


MARKED = "_crm"  # the hidden sheet of a workbook of ours, as in transfers/marking.py
MOST_MERGED = 5_000
MOST_SPREAD = 5_000_000  # cells, with the empty ones between
Merged = list[tuple[tuple[int, int], tuple[int, int]]]  # first and last cell of each, row and column, from 0
# The sheets, which of them is read, its rows, our mark, its merged cells
Book = tuple[list[str], int, Iterator[list[Any]], str, Merged]


def with_calamine(path: Path, kind: str, wanted: str) -> Book:
    import python_calamine

    with tempfile.TemporaryDirectory() as folder:
        if path.suffix.lower() not in SUFFIXES[kind]:  # which is all that calamine goes by
            named = Path(folder) / f"book{SUFFIXES[kind][0]}"
            named.symlink_to(path)
            path = named
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
        if kind == "xlsx" and is_sparse(path, name):
            raise Sparse
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            rows = from_first_column(sheet)
            return names, names.index(name), rows, mark, sheet.merged_cell_ranges or []
    return [], 0, iter(()), "", []


class Sparse(Exception):
    """A sheet with cells so far apart that all the empty ones between them would fill the memory."""


def is_sparse(path: Path, sheet: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            rows, columns, cells = extent_of(rows_in(archive, part_of(archive, sheet)))
    except (LookupError, ValueError, OSError, EOFError, zipfile.BadZipFile, NotImplementedError, SyntaxError):
        return False
    return rows * columns > MOST_SPREAD and rows * columns > 4 * cells


def from_first_column(sheet: Any) -> Iterator[list[Any]]:
    """The rows as they are wanted one by one, with the empty columns before the first that is not."""
    before = [None] * sheet.start[1] if sheet.start else []
    return (before + row for row in sheet.iter_rows())


def faced(rows: Iterator[list[Any]], faces: Faces) -> Iterator[list[Any]]:
    for number, row in enumerate(rows):
        if number in faces:
            show(row, faces[number])
        yield row


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


def with_openpyxl(path: Path, kind: str, wanted: str) -> Book:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)
    if not sheets:
        return [], 0, iter(()), "", []
    names = [sheet.title for sheet in sheets]
    at = names.index(wanted) if wanted in names else 0
    for place in [at] if names[at] == wanted else range(len(sheets)):
        sheets[place].reset_dimensions()
        rows = (list(row) for row in sheets[place].iter_rows(values_only=True))
        first = list(itertools.islice(rows, 100))
        if any(value is not None for row in first for value in row):
            return names, place, itertools.chain(first, rows), "", []
    return [], 0, iter(()), "", []


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
    if isinstance(value, dict):
        return value
    text = str(value).replace("\x00", "")
    return {"e": text} if text in ERRORS or _ERR.fullmatch(text) else text
