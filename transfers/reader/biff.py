"""The records of an old workbook of Excel (BIFF8 in a compound file): [MS-XLS] and [MS-CFB]."""

import struct
from collections.abc import Iterator

SHEET, ROW, END, FORMAT, STYLE, FORMULA, ERROR = 0x85, 0x208, 0x0A, 0x41E, 0xE0, 0x06, 0x205
NUMBER, RK, RKS = 0x203, 0x27E, 0xBD
HEIGHT_ZERO = 0x20
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from here to the end of their part."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        if kind == END:
            return
        at += 4 + size


def records_of(stream: bytes, sheet: str) -> Iterator[tuple[int, bytes]]:
    """The records of the sheet of this name."""
    for kind, body in records(stream, 0):
        if kind == SHEET and sheet_name(body) == sheet:
            (start,) = struct.unpack_from("<I", body)
            yield from records(stream, start)
            return


def sheet_name(body: bytes) -> str:
    length, wide = body[6], body[7] & 1
    return body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def styles_of(stream: bytes) -> list[str]:
    """The number format of each style of cells, blank for those that Excel has built in."""
    own: dict[int, str] = {}
    found: list[int] = []
    for kind, body in records(stream, 0):
        if kind == FORMAT and len(body) > 5:
            number, length = struct.unpack_from("<HH", body)
            wide = body[4] & 1
            own[number] = body[5 : 5 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
        elif kind == STYLE and len(body) >= 4:
            found.append(struct.unpack_from("<H", body, 2)[0])
    return [own.get(number, "") for number in found]


def cells_of(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of each number that a record holds."""
    if kind in (NUMBER, RK):
        yield struct.unpack_from("<HHH", body)
    elif kind == RKS:
        row, first = struct.unpack_from("<HH", body)
        for at in range((len(body) - 6) // 6):
            yield row, first + at, struct.unpack_from("<H", body, 4 + at * 6)[0]


def error_of(kind: int, body: bytes) -> tuple[int, int, str] | None:
    """Row, column and text of the error that a record holds."""
    code = None
    if kind == ERROR and len(body) >= 8 and body[7]:
        code = body[6]
    elif kind == FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
        code = body[8]
    if code is None:
        return None
    row, column = struct.unpack_from("<HH", body)
    return row, column, ERRORS.get(code, "#VALUE!")


def workbook_stream(content: bytes) -> bytes:
    """The stream *Workbook* of a compound file: sectors in a chain, which the allocation table links."""
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
