"""What cells show and the readers do not tell: errors of formulas, and the zeros that a format puts before a number.

A postcode kept as the number 1000 in a column of the format ``00000`` is 01000 to everybody who looks at it.
"""

import re
import struct
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transfers.reader import biff
from transfers.reader.parts import number_of, part_of, rows_in, styles_in

MOST = 500_000  # cells
Faces = dict[int, list[tuple[int, Any]]]  # by row, from 0: the column, and an error or a format
_WITH_ZEROS = re.compile(r"0[0# -]*")
_ESCAPED = re.compile(r'\\(.)|"([^"]*)"')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_ERROR = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>/]*)>')
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<|</(?:\w+:)?c>")


def faces_of(path: Path, kind: str, sheet: str) -> Faces:
    ways = {"xlsx": faces_in_xlsx, "xls": faces_in_xls}
    found: Faces = defaultdict(list)
    try:
        for many, (row, column, face) in enumerate(ways[kind](path, sheet) if kind in ways else ()):
            found[row].append((column, face))
            if many > MOST:
                break
    except (LookupError, ValueError, OSError, EOFError, struct.error, zipfile.BadZipFile, NotImplementedError):
        pass  # the cells were read; how some of them look is not known
    return found


def show(row: list[Any], faces: list[tuple[int, Any]]) -> None:
    """Put into a row what its cells show."""
    for column, face in faces:
        if column >= len(row):
            continue
        if isinstance(face, dict):
            row[column] = face
        elif isinstance(value := row[column], int | float) and 0 <= value < 1e15 and value == int(value):
            shown = padded(int(value), face)
            row[column] = shown if shown != str(int(value)) else value


def padded(number: int, format: str) -> str:
    """The number in a format of digits: 612345678 in ``0# ## ## ## ##`` is 06 12 34 56 78."""
    places = sum(sign in "0#" for sign in format)
    digits = str(number).rjust(places, "0")
    shown = iter(digits[len(digits) - places :])
    return digits[: len(digits) - places] + "".join(next(shown) if sign in "0#" else sign for sign in format)


def of_zeros(format: str) -> str:
    """The format as digits and what stands between them, if it puts zeros before a number; else blank."""
    bare = _ESCAPED.sub(lambda found: found[1] or found[2] or "", format.split(";")[0].replace("General", ""))
    places = sum(sign in "0#" for sign in bare)
    return bare if places > 1 and bare.startswith("0") and _WITH_ZEROS.fullmatch(bare) else ""


def faces_in_xlsx(path: Path, sheet: str) -> Iterator[tuple[int, int, Any]]:
    with zipfile.ZipFile(path) as archive:
        formats = {str(at).encode(): of_zeros(format) for at, format in enumerate(styles_in(archive))}
        formats = {at: format for at, format in formats.items() if format}
        styles = b"|".join(formats)
        styled = re.compile(rb'<(?:\w+:)?c\b([^>]*\bs="(?:%s)"[^>/]*)>' % styles) if formats else None
        for text in rows_in(archive, part_of(archive, sheet)):
            if b't="e"' in text:
                for cell in _ERROR.finditer(text):
                    value = _VALUE.search(text, cell.end())
                    said = value[1].decode("utf-8", "replace") if value and value[1] else "#VALUE!"
                    yield from placed(cell[1], {"e": said})
            for cell in styled.finditer(text) if styled else ():
                style = _STYLE.search(cell[1])
                yield from placed(cell[1], formats[style[1]]) if style else ()


def placed(attributes: bytes, face: Any) -> Iterator[tuple[int, int, Any]]:
    if place := _PLACE.search(attributes):
        yield int(place[2]) - 1, number_of(place[1]) - 1, face


def faces_in_xls(path: Path, sheet: str) -> Iterator[tuple[int, int, Any]]:
    stream = biff.workbook_stream(path.read_bytes())
    formats = [of_zeros(format) for format in biff.styles_of(stream)]
    some = any(formats)
    for kind, body in biff.records_of(stream, sheet):
        if error := biff.error_of(kind, body):
            yield error[0], error[1], {"e": error[2]}
        elif some:
            for row, column, style in biff.cells_of(kind, body):
                if style < len(formats) and formats[style]:
                    yield row, column, formats[style]
