"""Exported workbooks that tests change and send back."""

import io

import openpyxl

from transfers.models import Export


def exported(by, kind="opportunity", query="", speech="", only_shown=False):
    """An exported workbook, kept as one that a page or a command made."""
    export = Export.here(by=by, kind=kind, format="xlsx", query=query, speech=speech, only_shown=only_shown)
    buffer = io.BytesIO()
    export.write(buffer)
    export.save()
    export.keep()
    return buffer.getvalue()


def edited(workbook, **cells):
    """The workbook with some cells written: ``amount=7`` in the first row, ``name__3="x"`` in the third."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for name, value in cells.items():
        field, _, row = name.rpartition("__")
        sheet.cell(int(row) + 1 if field else 2, places[field or name]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cells_of(workbook, row=1):
    """A row's cells by heading."""
    rows = list(openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0].iter_rows(values_only=True))
    return dict(zip(rows[0], rows[row], strict=True))
