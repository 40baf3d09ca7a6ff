"""Reads a spreadsheet in a child process with limits, before anything else looks at it (ARCHITECTURE 5, DATA-9)."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

HOUSE = Path(__file__).resolve().parents[1]
MOST_ROWS = 1_048_576
MOST_COLUMNS = 1_000
MOST_UNPACKED = 400_000_000
MEGABYTES = 280
SECONDS = 25  # of work
WAITED = 120  # seconds at most, for a reader whose rows wait to be taken

Cells = list[Any]


class FileRefused(Exception):
    """The whole file is refused; the text says why, and what to do, in the language of who reads it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail

    def __str__(self) -> str:
        return refusal(self.code, self.detail)


@dataclass
class Opened:
    """A file being read: what it is, and its rows as they come."""

    format: dict[str, Any]
    rows: Iterator[Cells]


def open_sheet(path: Path, name: str, alive: Callable[[], None] = lambda: None, *, sheet: str = "") -> Opened:
    """Start reading: the sheet of this name, else the first that holds something.

    Raises ``FileRefused`` now or while the rows are read; ``alive`` is called now and then.
    """
    lines = _lines(path, name, sheet, alive)
    return Opened(format=next(lines), rows=lines)


def _lines(path: Path, name: str, sheet: str, alive: Callable[[], None]) -> Iterator[Any]:
    child = subprocess.Popen(  # noqa: S603 - our own reader, with a path of ours
        command(path, name, sheet), cwd=HOUSE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdout is not None
    deadline = threading.Timer(WAITED, child.kill)
    deadline.start()
    finished = False
    try:
        for number, line in enumerate(child.stdout):
            item = json.loads(line.decode())
            if isinstance(item, dict) and "error" in item:
                raise FileRefused(item["error"], item.get("detail", ""))
            if number % 5_000 == 0:
                alive()
            yield item
        finished = True
        if status := child.wait():
            raise FileRefused("died" if status < 0 else "broken")
    finally:
        deadline.cancel()
        if not finished:
            child.kill()
        child.stdout.close()
        child.wait()


def command(path: Path, name: str, sheet: str = "") -> list[str]:
    """How the reader is started: by nothing that the environment says, and in UTF-8."""
    limits = (MOST_ROWS, MOST_COLUMNS, MOST_UNPACKED, MEGABYTES, SECONDS)
    python = [sys.executable, "-E", "-s", "-X", "utf8", "-W", "ignore", "-m", "transfers.reader"]
    return [*python, str(path.resolve()), name, sheet, *map(str, limits)]


def refusal(code: str, detail: str = "") -> str:
    """The sentence for a reason to refuse a file."""
    kinds = {
        "pdf": _("a PDF"),
        "image": _("an image"),
        "rtf": _("a text document"),
        "html": _("a web page"),
        "xml": _("an XML document"),
        "json": _("a JSON document"),
        "database": _("a database"),
        "presentation": _("a presentation"),
        "text document": _("a text document"),
        "numbers": _("a document of Numbers, which can export it to Excel or CSV"),
        "program": _("a program"),
        "archive": _("an archive"),
        "document": _("an old Office document"),
    }
    sentences = {
        "empty": _("The file is empty."),
        "not_a_workbook": _("The file is named like a workbook, but is plain text without columns."),
        "unknown": _("The file is %(kind)s, not a spreadsheet. Choose a CSV or Excel file.")
        % {"kind": kinds.get(detail, _("something else"))},
        "truncated": _("The file is cut off or damaged. Save it again and send it whole."),
        "encrypted": _("The file is protected by a password. Save it without one."),
        "bomb": _("The file unpacks to far more than it should. It was not opened."),
        "died": _("The file is damaged, or too large to be opened. Save it as CSV, or split it."),
        "binary": _("The file is not a text. Choose a CSV or Excel file."),
        "too_many_rows": _("The file has more than %(most)s rows. Split it.") % {"most": f"{MOST_ROWS:,}"},
        "too_many_columns": _("The file has more than %(most)s columns. Remove those that are not needed.")
        % {"most": f"{MOST_COLUMNS:,}"},
    }
    return sentences.get(code, _("The file cannot be read. Save it again as .xlsx or .csv."))
