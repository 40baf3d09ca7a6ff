"""Reads workbooks: which sheet, its rows, its merged cells."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transfers.reader.hidden import hidden_rows
from transfers.reader.limits import Limits, Refusal, limited

ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#DATA!", "#SPILL!", "#CALC!"}


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
