"""The process: its limits, and what it says."""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transfers.reader.books import read_book
from transfers.reader.kinds import kind_of
from transfers.reader.limits import Limits, Refusal
from transfers.reader.texts import read_text, unzipped

TEXT_NAMES = ("csv", "tsv", "txt", "tab")
BOOK_NAMES = {"xlsx": "xlsx", "xlsm": "xlsx", "ods": "ods", "xls": "xls", "xlsb": "xlsb"}


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
