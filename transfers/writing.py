"""Writing CSV as it streams by (DATA-1, DATA-9), and what the formats have in common.

For machines: UTF-8, commas, the names of the fields, ISO dates, plain amounts, codes. For readers: their headings,
separators and formats, as their spreadsheet program expects them. Both come home through the import.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core import money
from opportunities.models import Status
from opportunities.models.classifying import Per
from transfers.columns import Column
from transfers.widgets import Amount, Choice, Date, Exact, Id, Number, Percent, Texts, WholeNumber, exact, neutral


def headings(columns: dict[str, Column], speech: str | None) -> list[str]:
    """The names of the fields, or what the reader calls them."""
    if speech is None:
        return [column.heading or name for name, column in columns.items()]
    with override(speech):
        return [str(column.label) for column in columns.values()]


def labels_of(speech: str) -> Callable[[Any], Any]:
    """What a code is called in this language."""
    with override(speech):
        labels = {code: str(label) for code, label in (*Status.choices, *Per.choices)} | {
            "prospect": _("Prospect"),
            "client": _("Client"),
            "yes": _("Yes"),
            "no": _("No"),
        }
    return lambda code: labels.get(code, code)


def csv_lines(columns: dict[str, Column], chunks: Iterable[list[Any]], speech: str | None) -> Iterator[bytes]:
    """A CSV, piece by piece. Texts stand in quotes, so that a program that heeds them leaves ``007`` as it is."""
    separator, end = ";" if speech == "fr" else ",", "\r\n" if speech else "\n"
    if speech is not None:
        yield b"\xef\xbb\xbf"
    yield (separator.join(map(_heading, headings(columns, speech))) + end).encode()
    work = [_cell(column, speech) for column in columns.values()]
    for chunk in chunks:
        texts = [written(cell, values) for cell, values in zip(work, zip(*chunk, strict=True), strict=False)]
        yield (end.join(map(separator.join, zip(*texts, strict=True))) + end).encode()


def written(cell: Callable[[Any], str], values: Sequence[Any]) -> Iterable[str]:
    """A column's values as they stand in the file; many a column is blank from top to end."""
    if not any(values) and 0 not in values:
        return repeat(cell(None), len(values))
    return map(cell, values)


def _cell(column: Column, speech: str | None) -> Callable[[Any], str]:
    """How a value of the column stands in the file."""
    widget = column.widget
    if isinstance(widget, Id | WholeNumber | Percent):
        return lambda number: "" if number is None else str(number)
    if isinstance(widget, Exact):
        return _french_exact if speech == "fr" else _exact
    if isinstance(widget, Amount):
        return _french_amount if speech == "fr" else money.plain
    if isinstance(widget, Date):
        return _plain if speech is None else _day_first
    if isinstance(widget, Number):
        return _french_number if speech == "fr" else _plain
    if isinstance(widget, Choice) and speech is not None:
        labels = labels_of(speech)
        return lru_cache(100)(lambda code: _quoted(labels(code)))
    if isinstance(widget, Texts):
        return lambda texts: _quoted("; ".join(texts)) if texts else ""
    return (
        lru_cache(4096)(_quoted) if column.reference or isinstance(widget, Choice) else _quoted
    )  # said again and again


def _quoted(text: str | None) -> str:
    if not text:
        return ""
    if text[0] in "=+-@\t\r'":
        text = neutral(text)
    return f'"{text}"' if '"' not in text else '"' + text.replace('"', '""') + '"'


def _plain(text: str | None) -> str:
    return text or ""


def _french_amount(units: int | None) -> str:
    return money.plain(units).replace(".", ",")


def _exact(units: int | None) -> str:
    """With a fourth decimal where three would be taken for thousands: ``1.1250``."""
    if units is None:
        return ""
    return f"{exact(units)}0" if units % 10 else exact(units)


def _french_exact(units: int | None) -> str:
    return _exact(units).replace(".", ",")


def _french_number(text: str | None) -> str:
    return text.replace(".", ",") if text else ""


def _day_first(text: str | None) -> str:
    return f"{text[8:10]}/{text[5:7]}/{text[:4]}" if text else ""


def _heading(text: str) -> str:
    return text if text.replace("_", "").isalnum() else _quoted(text)
