"""Writing CSV as it streams by (DATA-1, DATA-9), and what the formats have in common.

For machines: UTF-8, commas, the names of the fields, ISO dates, plain amounts, codes. For readers: their headings,
separators and formats, as their spreadsheet program expects them. Both come home through the import.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core import money
from opportunities.models import Status
from opportunities.models.classifying import Per
from transfers.columns import Column
from transfers.widgets import Amount, Choice, Date, Id, Number, Percent, Text, Texts, WholeNumber, neutral

Render = Callable[[Any], Any]


def headings(columns: dict[str, Column], speech: str | None) -> list[str]:
    """The names of the fields, or what the reader calls them."""
    if speech is None:
        return [column.heading or name for name, column in columns.items()]
    with override(speech):
        return [str(column.label) for column in columns.values()]


def renders(columns: dict[str, Column], speech: str | None) -> list[Render | None]:
    """How each column's values become the texts of a CSV; ``None`` where they go as they are."""
    return [_render(column, speech) for column in columns.values()]


def _render(column: Column, speech: str | None) -> Render | None:
    widget = column.widget
    if isinstance(widget, Id | WholeNumber | Percent):
        return None
    if isinstance(widget, Amount):
        return _french_amount if speech == "fr" else money.plain
    if isinstance(widget, Date):
        return None if speech is None else _day_first
    if isinstance(widget, Number):
        return _french_number if speech == "fr" else None
    if isinstance(widget, Choice):
        return None if speech is None else labels_of(speech)
    if isinstance(widget, Texts):
        return _joined
    return _safe if isinstance(widget, Text) else None


def _safe(text: str | None) -> str | None:
    return neutral(text) if text and text[0] in "=+-@\t\r'" else text


def _joined(texts: list[str] | None) -> str | None:
    return neutral("; ".join(texts)) if texts else None


def _french_amount(units: int | None) -> str:
    return money.plain(units).replace(".", ",")


def _french_number(text: str | None) -> str | None:
    return text.replace(".", ",") if text else None


def _day_first(text: str | None) -> str | None:
    return f"{text[8:10]}/{text[5:7]}/{text[:4]}" if text else None


def labels_of(speech: str) -> Render:
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
    """A CSV, piece by piece."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if speech == "fr" else ",", lineterminator="\r\n" if speech else "\n")
    if speech is not None:
        yield b"\xef\xbb\xbf"
    writer.writerow(headings(columns, speech))
    work = [(at, render) for at, render in enumerate(renders(columns, speech)) if render is not None]
    for chunk in chunks:
        texts: list[Any] = list(zip(*chunk, strict=True))
        for at, render in work:
            texts[at] = map(render, texts[at])
        writer.writerows(zip(*texts, strict=True))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()
