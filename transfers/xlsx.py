"""XLSX as it streams by, as far as a table needs it (ECMA-376): typed texts, numbers, dates; no formula can come to be.

openpyxl's write-only mode writes 4,000 to 6,000 rows of thirty cells a second; this writes some 30,000.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import IO, Any
from xml.sax.saxutils import escape

from core import money
from transfers.columns import Column
from transfers.marking import SHEET
from transfers.widgets import Amount, Choice, Date, Exact, Id, Number, Percent, Texts, WholeNumber, exact, writable
from transfers.writing import headings, labels_of, written

FIRST_DAY = date(1899, 12, 30).toordinal()
_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    "</Types>",
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    '<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/>'
    "</Relationships>",
    "xl/styles.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
LAST_ROW = 1_048_576
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would take for a sign's number
_QUOTE = {'"': "&quot;"}
_HEAD, _DAY, _MONEY, _TEXT = 1, 2, 3, 4


@dataclass(frozen=True)
class Aside:
    """What the hidden sheet holds: the mark of the export and words on it, then the values that columns offer."""

    mark: str = ""
    words: tuple[str, ...] = ()
    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    warning: str = ""


def write_xlsx(
    file: IO[bytes],
    title: str,
    columns: dict[str, Column],
    chunks: Iterable[list[Any]],
    speech: str | None,
    aside: Aside | None = None,
) -> None:
    """A workbook of one sheet in sight: headings that stay, then the rows; drop-downs where columns offer values."""
    aside = aside or Aside()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        archive.writestr(
            "xl/workbook.xml",
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            f'<sheets><sheet name="{escape(title)[:31]}" sheetId="1" r:id="rId1"/>'
            f'<sheet name="{SHEET}" sheetId="2" state="hidden" r:id="rId3"/></sheets></workbook>',
        )
        archive.writestr("xl/worksheets/sheet2.xml", _hidden_sheet(aside))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for piece in _sheet(columns, chunks, speech, aside):
                sheet.write(piece.encode())


def _sheet(columns: dict[str, Column], chunks: Iterable[list[Any]], speech: str | None, aside: Aside) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><cols><col min="1" max="{len(columns)}" width="18"/></cols><sheetData><row>'
    )
    yield "".join(_text_cell(heading, _HEAD) for heading in headings(columns, speech))
    yield "</row>"
    cells = [_cell(column, speech) for column in columns.values()]
    for chunk in chunks:
        texts = [written(cell, values) for cell, values in zip(cells, zip(*chunk, strict=True), strict=False)]
        yield "".join(["<row>" + "".join(row) + "</row>" for row in zip(*texts, strict=True)])
    yield f"</sheetData>{_drop_downs(columns, aside)}</worksheet>"


def _hidden_sheet(aside: Aside) -> str:
    """The mark in A1, words for whoever looks below it, one list in each column beside."""
    lists = [[aside.mark, *aside.words], *aside.offered.values()]
    rows = (
        "<row>" + "".join(_text_cell(text) if text else "<c/>" for text in texts) + "</row>"
        for texts in zip_longest(*lists, fillvalue="")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{''.join(rows)}</sheetData></worksheet>"
    )


def _drop_downs(columns: dict[str, Column], aside: Aside) -> str:
    """A list for each column that offers values; another value is warned of, not forbidden: the import may create it."""
    places = {name: letters(at) for at, name in enumerate(columns)}
    lists = [
        f'<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        f'error="{escape(aside.warning, _QUOTE)}" sqref="{places[name]}2:{places[name]}{LAST_ROW}">'
        f"<formula1>{SHEET}!${letters(at)}$1:${letters(at)}${len(values)}</formula1></dataValidation>"
        for at, (name, values) in enumerate(aside.offered.items(), 1)
        if name in places
    ]
    return f'<dataValidations count="{len(lists)}">{"".join(lists)}</dataValidations>' if lists else ""


def letters(at: int) -> str:
    """What a spreadsheet program calls the column: A for 0, AA for 26."""
    return (letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


def _text_cell(text: str, style: int = _TEXT) -> str:
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{_xml(text)}</t></is></c>'


def _xml(text: str) -> str:
    if not text.isprintable():
        text = writable(text)
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    if "&" in text or "<" in text or ">" in text:
        text = escape(text)
    return text


def _cell(column: Column, speech: str | None) -> Callable[[Any], str]:
    widget = column.widget
    if isinstance(widget, Id | WholeNumber | Percent | Number):
        return lambda value: "<c/>" if value is None else f"<c><v>{value}</v></c>"
    if isinstance(widget, Exact):
        return lambda units: "<c/>" if units is None else f"<c><v>{exact(units)}</v></c>"
    if isinstance(widget, Amount):
        return lambda units: "<c/>" if units is None else f'<c s="{_MONEY}"><v>{money.plain(units)}</v></c>'
    if isinstance(widget, Date):
        return lru_cache(4096)(_day_cell)
    labels = labels_of(speech) if isinstance(widget, Choice) and speech is not None else None
    if labels is not None:
        return lru_cache(100)(lambda code: _text_cell(labels(code)) if code else "<c/>")
    if isinstance(widget, Texts):
        return lambda texts: _text_cell("; ".join(texts)) if texts else "<c/>"
    return lru_cache(4096)(_maybe) if column.reference or isinstance(widget, Choice) else _maybe


def _maybe(text: str | None) -> str:
    return _text_cell(text) if text else "<c/>"


def _day_cell(text: str | None) -> str:
    if not text:
        return "<c/>"
    days = date.fromisoformat(text).toordinal() - FIRST_DAY
    return f'<c s="{_DAY}"><v>{days}</v></c>' if days > 60 else _text_cell(text)
