"""DATA-9: workbooks as programs write them: what their cells show, and what only calls itself a workbook."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest

from tests.transfers.sheets import write, xlsx_bytes, zip_bytes
from transfers import reading
from transfers.reader import biff
from transfers.reader.books import cell_of
from transfers.reader.faces import of_zeros, padded
from transfers.reading import FileRefused, open_sheet

PAGE = """<html><head><meta charset="utf-8"></head><body><table><tr><td>Menu</table>
<table border=1><tr><th>Nom<th>Montant<th>Ville</tr>
<tr><td rowspan=2>Café<td>1 234,50&nbsp;€<td>Nîmes<br>Gard</tr><tr><td>5<td>Évry</tr>
<tr><td colspan=2>Forêt</td><td>Mâcon</td></tr></table></body></html>"""
XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Vide"><Table/></Worksheet><Worksheet ss:Name="Affaires"><Table>
<Row><Cell><Data ss:Type="String">Nom</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Date</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">Café</Data></Cell><Cell><Data ss:Type="Number">12.50</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-11-24T00:00:00.000</Data></Cell></Row>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="Error">#N/A</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
</Table></Worksheet></Workbook>"""
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def read(tmp_path, content, name="f.xlsx", sheet=""):
    opened = open_sheet(write(tmp_path, name, content), name, sheet=sheet)
    return opened.format, list(opened.rows)


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_rows(rows):
    """A workbook whose sheet holds this XML."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes([["x"]]))) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name).decode()
    parts["xl/worksheets/sheet1.xml"] = f"{HEAD}{rows}</sheetData></worksheet>"
    return zip_bytes(**parts)


def text(place, words):
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def test_data_9_zeros_that_a_format_puts_before_a_number_are_read(tmp_path):
    book = openpyxl.Workbook()
    for row in (["CP", "Téléphone", "Montant", "Année"], [1000, 612345678, 1000, 2026], [75001, 33, 12000, 2027]):
        book.active.append(row)
    for row in ("2", "3"):
        for column, format in (("A", "00000"), ("B", '0#" "##" "##" "##" "##'), ("C", r"#\ ##0"), ("D", "0000")):
            book.active[column + row].number_format = format
    assert read(tmp_path, saved(book))[1][1:] == [
        ["01000", "06 12 34 56 78", 1000, 2026],
        [75001, "00 00 00 00 33", 12000, 2027],
    ]


@pytest.mark.parametrize(
    ("format", "number", "shown"),
    [
        ("00000", 1000, "01000"),
        ("000000000", 1234, "000001234"),
        ("000 000 000", 552013500, "552 013 500"),
        (r"00\ 00", 123, "01 23"),
        ("00000;-00000", 7, "00007"),
        ("#,##0", 7, ""),
        ("# ##0", 7, ""),
        ("0.00", 7, ""),
        ("0", 7, ""),
        ("General", 7, ""),
        ("dd/mm/yyyy", 7, ""),
        ("0%", 7, ""),
    ],
)
def test_data_9_formats_of_digits(format, number, shown):
    bare = of_zeros(format)
    assert (padded(number, bare) if bare else "") == shown


def test_data_9_errors_of_formulas_are_no_empty_cells(tmp_path):
    rows = (
        f'<row r="1">{text("A1", "Name")}{text("B1", "Amount")}</row>'
        f'<row r="2">{text("A2", "Deal")}<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        f'<row r="3">{text("A3", "Two")}<c r="B3"><v>5</v></c></row>'
    )
    assert read(tmp_path, with_rows(rows))[1] == [["Name", "Amount"], ["Deal", {"e": "#DIV/0!"}], ["Two", 5]]


def test_data_9_errors_of_old_workbooks():
    error = struct.pack("<HHHBB", 4, 2, 0, 42, 1)
    truth = struct.pack("<HHHBB", 4, 2, 0, 1, 0)
    formula = struct.pack("<HHHBBBBBBH", 5, 1, 0, 2, 0, 7, 0, 0, 0, 0xFFFF)
    assert biff.error_of(biff.ERROR, error) == (4, 2, "#N/A")
    assert biff.error_of(biff.ERROR, truth) is None
    assert biff.error_of(biff.FORMULA, formula) == (5, 1, "#DIV/0!")


def test_data_9_zero_bytes_of_old_workbooks_do_not_reach_the_database():
    assert cell_of("T\x00i\x00t\x00l\x00e") == "Title"


def test_data_9_one_cell_far_away_does_not_fill_the_memory(tmp_path):
    rows = f'<row r="1">{text("A1", "Name")}{text("B1", "Amount")}</row><row r="2">{text("A2", "Deal")}</row>'
    rows += f'<row r="60000">{text("CV60000", "far")}</row>'
    found = read(tmp_path, with_rows(rows))[1]
    assert found[1][0] == "Deal" and len(found) == 60_000 and found[-1][-1] == "far"
    with pytest.raises(FileRefused, match="1,000 columns"):
        read(tmp_path, with_rows(rows.replace("CV60000", "XFD60000")))


def test_data_9_many_empty_rows_with_a_format_are_no_bomb(tmp_path):
    rows = f'<row r="1">{text("A1", "Name")}</row><row r="2">{text("A2", "Deal")}</row>'
    rows += "".join(
        f'<row r="{at}" spans="1:16384" s="0" customFormat="1" ht="15.000000" customHeight="1"/>'
        for at in range(3, 250_000)
    )
    assert [row for row in read(tmp_path, with_rows(rows))[1] if any(row)] == [["Name"], ["Deal"]]


def test_data_9_what_does_not_fit_into_the_memory_is_refused_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MEGABYTES", 60)
    columns = [openpyxl.utils.get_column_letter(at) for at in range(1, 101)]
    row = "".join(f'<c r="{column}%d"><v>1</v></c>' for column in columns)
    rows = "".join(f'<row r="{at}">{row.replace("%d", str(at))}</row>' for at in range(1, 15_000))
    with pytest.raises(FileRefused, match="too large to be opened"):
        read(tmp_path, with_rows(rows))


def test_data_9_the_table_of_a_page_that_is_called_a_workbook_is_read(tmp_path):
    found, rows = read(tmp_path, PAGE.encode(), "export.xls")
    assert found["kind"] == "html"
    assert rows == [
        ["Nom", "Montant", "Ville"],
        ["Café", "1 234,50 €", "Nîmes\nGard"],
        ["Café", "5", "Évry"],
        ["Forêt", None, "Mâcon"],
    ]


def test_data_9_the_xml_of_excel_2003_is_read(tmp_path):
    found, rows = read(tmp_path, XML.encode(), "export.xls")
    assert (found["sheets"], found["sheet"]) == (["Vide", "Affaires"], "Affaires")
    day = {"d": dt.date(2026, 11, 24).isoformat()}
    assert rows == [["Nom", None, "Date"], [], ["Café", 12.5, day], [{"e": "#N/A"}, None, True]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (XML[:400], "cannot be read"),
        (XML.replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook'), "unpacks"),
        (PAGE.replace("table", "div"), "a web page"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "a web page"),
    ],
)
def test_data_9_a_page_or_xml_without_a_table_is_refused(tmp_path, content, reason):
    with pytest.raises(FileRefused, match=reason):
        read(tmp_path, content.encode(), "export.xls")
