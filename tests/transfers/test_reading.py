"""DATA-9: what a file is, however it is written; what is refused, and why."""

import datetime as dt
import gzip

import pytest

from tests.transfers.sheets import csv_bytes, write, xlsx_bytes, zip_bytes
from transfers.reading import FileRefused, open_sheet

ROWS = [["Nom", "Montant"], ["Café Éclair", "1 234,50 €"], ["ligne 1\nligne 2", "0"]]


def rows_of(path):
    opened = open_sheet(path, path.name)
    return opened.format, list(opened.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_data_9_csv_in_any_usual_encoding_and_separator(tmp_path, encoding, separator):
    found, rows = rows_of(write(tmp_path, "f.csv", csv_bytes(ROWS, encoding, separator)))
    assert rows == ROWS
    assert found["separator"] == separator


def test_data_9_xlsx_cells_keep_their_types(tmp_path):
    path = write(
        tmp_path, "f.xlsx", xlsx_bytes([["a"], ["007"], [7], [7.5], [True], [dt.date(2026, 11, 24)], ["=1+1"]])
    )
    assert rows_of(path)[1][:6] == [["a"], ["007"], [7], [7.5], [True], [{"d": "2026-11-24"}]]


def test_data_9_a_formula_is_not_run(tmp_path):
    _format, rows = rows_of(write(tmp_path, "f.csv", b"a\n=1+1\n"))
    assert rows == [["a"], ["=1+1"]]


@pytest.mark.parametrize(
    "name,content,reason",
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b" \n\n \n", "empty"),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 90, "an image"),
        ("paper.csv", b"%PDF-1.7 ...", "a PDF"),
        ("page.csv", b"<!DOCTYPE html><html><table>", "a web page"),
        ("text.xlsx", b"Attached as agreed.\n", "plain text"),
        ("list.csv", b'[{"a": 1}]', "a JSON document"),
        ("list.xml", b'<?xml version="1.0"?><list/>', "an XML document"),
        ("letter.ods", zip_bytes(mimetype="application/vnd.oasis.opendocument.text"), "a text document"),
        ("letter.docx", zip_bytes(**{"word/document.xml": "<a/>"}), "a text document"),
        ("sheet.numbers", zip_bytes(**{"Index/Document.iwa": "a"}), "export it to Excel"),
        ("crm.csv", b"SQLite format 3\x00" + b"\x00" * 90, "a database"),
        ("cut.xlsx", xlsx_bytes([["a"], [1]])[:700], "damaged"),
        ("archive.xlsx", zip_bytes(readme="hello"), "an archive"),
        ("bomb.xlsx", zip_bytes(**{"xl/workbook.xml": "<a/>", "xl/big.xml": "0" * 60_000_000}), "unpacks"),
        ("entities.xlsx", zip_bytes(**{"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "unpacks"),
        ("noise.csv", bytes(range(256)) * 20, "not a text"),
        ("picture.csv.gz", gzip.compress(b"\x89PNG\r\n\x1a\n" + b"0" * 90, mtime=0), "an image"),
        ("cut.csv.gz", gzip.compress(b"a,b\n" * 10_000, mtime=0)[:60], "damaged"),
        ("bomb.csv.gz", None, "unpacks"),
    ],
)
def test_data_9_a_bad_file_is_refused_with_the_reason(tmp_path, name, content, reason):
    if content is None:
        content = gzip.compress(b"a,b\n" * 120_000_000, 1)
    path = write(tmp_path, name, content)
    with pytest.raises(FileRefused, match=reason):
        list(open_sheet(path, name).rows)


@pytest.mark.parametrize("name", ["book.csv", "book.xls", "book.ods", "book", "book.txt"])
def test_data_9_a_workbook_is_read_whatever_it_is_called(tmp_path, name):
    found, rows = rows_of(write(tmp_path, name, xlsx_bytes([["a"], [1]])))
    assert (found["kind"], rows) == ("xlsx", [["a"], [1]])


def test_data_9_a_text_that_other_programs_call_a_workbook_is_read(tmp_path):
    found, rows = rows_of(write(tmp_path, "export.xls", csv_bytes(ROWS, "cp1252", "\t")))
    assert (found["kind"], found["encoding"], rows) == ("csv", "windows-1252", ROWS)


def test_data_9_the_one_text_of_an_archive_is_read(tmp_path):
    content = zip_bytes(**{"__MACOSX/._f.csv": "x", "f.csv": csv_bytes(ROWS).decode()})
    assert rows_of(write(tmp_path, "f.csv.zip", content))[1] == ROWS


def test_data_9_an_encrypted_workbook_is_refused(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    with pytest.raises(FileRefused, match="password"):
        open_sheet(write(tmp_path, "secret.xlsx", ole), "secret.xlsx")
