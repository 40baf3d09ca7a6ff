"""The process: its limits, and what it says."""

import itertools
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transfers.reader.books import read_book
from transfers.reader.kinds import BOOKS, kind_of, kind_of_text
from transfers.reader.limits import Limits, Refusal
from transfers.reader.markup import read_html, read_xml_book
from transfers.reader.texts import Source, read_text

BOOK_NAMES = ("xlsx", "xlsm", "ods", "xls", "xlsb")
PACKED = ("gzip", "zipped")


def read(path: Path, name: str, limits: Limits, sheet: str = "") -> Iterator[Any]:
    """What the file is, then its rows: by what is in it, whatever it is called."""
    with path.open("rb") as file:
        start = file.read(8192)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refusal("empty")
    kind = kind_of(path, start)
    if kind in PACKED:
        source = Source(path, kind, limits)
        kind = kind_of_text(next(source.pieces(), b""))
        name = Path(name).stem
        if kind == "text":
            yield from read_text(source, name)
            return
    elif kind == "text":
        found = read_text(Source(path, kind, limits), name)
        yield from tables(found) if name.lower().endswith(BOOK_NAMES) else found
        return
    elif kind == "html":
        yield from read_html(Source(path, kind, limits))
        return
    elif kind == "xml book":
        yield from read_xml_book(path, limits, sheet)
        return
    elif kind in BOOKS:
        yield from read_book(path, kind, limits, sheet)
        return
    raise Refusal("unknown", kind)


def tables(found: Iterator[Any]) -> Iterator[Any]:
    """A text that is named like a workbook, as other programs write them: if it has columns."""
    told = next(found)
    first = list(itertools.islice(found, 20))
    if all(len(row) < 2 for row in first):
        raise Refusal("not_a_workbook")
    yield told
    yield from first
    yield from found


def main(arguments: list[str]) -> int:
    path, name, sheet, rows, columns, unpacked, megabytes, seconds = arguments
    memory = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory * 4, memory * 4))
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
        write(encode({"error": "died", "detail": ""}) + "\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
