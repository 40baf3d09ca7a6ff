"""DATA-9: where the table lies in a file; what is around it is no record, and is said to be left out."""

import gzip
import io

import openpyxl
import pytest

from core.models import Job
from opportunities.models import Opportunity
from tests.shared import data
from tests.transfers.sheets import csv_bytes, read, refusals, run, write, zip_bytes
from transfers.models import Import
from transfers.reading import open_sheet

REPORT = [
    ["Pipeline of the West team"],
    ["Printed on", "24/11/2026"],
    [],
    ["Reference", "Opportunity", "Amount", "Owner"],
    ["R1", "Sensors", "1 000,50", "Claire Dubois"],
    [],
    ["R2", "Meters", "2 000", "Tom Baker"],
    ["Reference", "Opportunity", "Amount", "Owner"],
    ["R3", "Pumps", "-", "Tom Baker"],
    ["Total", "", "3 000,50", ""],
    [],
    ["Confidential: do not pass on"],
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def book(**sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def content_of(made):
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def names():
    return list(Opportunity.objects.order_by("reference").values_list("name", flat=True))


def test_data_9_titles_totals_and_notes_do_not_end_up_as_records(cast, as_):
    made = run(csv_bytes(REPORT, separator=";"), cast.bo)
    assert names() == ["Sensors", "Meters", "Pumps"]
    assert [str(amount) for amount in Opportunity.objects.order_by("reference").values_list("amount", flat=True)] == [
        "1000.500", "2000.000", "None",
    ]  # fmt: skip
    assert made.format["header"] == 4
    assert made.format["left"] == [[1, "above"], [2, "above"], [8, "headers"], [10, "total"], [12, "note"]]


def test_data_9_what_is_left_out_is_said_and_can_be_taken(cast, as_):
    made, browser = read(csv_bytes(REPORT), cast.bo), as_(cast.bo)
    page = browser.get(f"/imports/{made.pk}/columns/").content.decode()
    assert "rows 1, 2: above the headers" in page and "row 10: a total" in page
    browser.post(f"/imports/{made.pk}/sheet/", {"header": "4", "whole": "on"})
    Job.objects.get(pk=made.job_id).run()
    made = Import.objects.get(pk=made.pk)
    assert (made.rows, made.phase, made.format["header"]) == (6, "mapping", 4)
    assert [profile.header for profile in made.profiles] == REPORT[3]
    answer = browser.post(f"/imports/{made.pk}/sheet/", {"header": "0"})
    assert answer.status_code == 422 and b"greater than or equal to 1" in answer.content


@pytest.mark.parametrize(
    "rows",
    [
        [["Name"], ["Total"]],
        [["Name", "City", "Phone"], ["Acme", "Nantes", "1"], ["Total", "Paris", "2"]],
        [["Name", "City", "Phone"], ["Acme", "", ""]],
        [["Name", "Reference", "Amount"], ["", "", "5"]],
    ],
)
def test_data_9_a_record_is_not_taken_for_a_total(cast, rows):
    assert read(rows, cast.bo).rows == len(rows) - 1


def test_data_9_sheets_are_offered_by_name(cast, as_):
    content = content_of(book(Notice=[["Read me"]], West=[["Name"], ["Sensors"]], Ouest=[["Nom"], ["Capteurs"]]))
    made, browser = read(content, cast.bo, name="book.xlsx"), as_(cast.bo)
    assert made.format["sheet"] == "Notice"
    page = browser.get(f"/imports/{made.pk}/columns/").content.decode()
    assert all(f'<option value="{name}"' in page for name in ("Notice", "West", "Ouest"))
    browser.post(f"/imports/{made.pk}/sheet/", {"sheet": "Ouest", "header": "1"})
    Job.objects.get(pk=made.job_id).run()
    made = Import.objects.get(pk=made.pk)
    assert (made.format["sheet"], made.rows, made.settings.fields) == ("Ouest", 1, {"name": 0})
    assert browser.post(f"/imports/{made.pk}/sheet/", {"sheet": "Nord", "header": "1"}).status_code == 422


def test_data_9_hidden_rows_of_excel_are_left_out(cast):
    made = book(Deals=[["Reference", "Name"], ["R1", "Sensors"], ["R2", "Meters"], ["R3", "Pumps"]])
    made["Deals"].row_dimensions[3].hidden = True
    found = run(content_of(made), cast.bo, name="book.xlsx")
    assert names() == ["Sensors", "Pumps"]
    assert found.format["left"] == [[3, "hidden"]]


def test_data_9_ods_with_hidden_rows(tmp_path):
    rows = (("Nom", ""), ("Café", ""), ("Caché", 'table:visibility="collapse" '), ("Été", ""))
    cells = "".join(
        f'<table:table-row {more}><table:table-cell office:value-type="string"><text:p>{text}</text:p>'
        f"</table:table-cell></table:table-row>"
        for text, more in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    document = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="A &amp; B">{cells}</table:table></office:spreadsheet></office:body>'
        f"</office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    content = zip_bytes(**{"mimetype": mimetype, "content.xml": document, "META-INF/manifest.xml": manifest})
    opened = open_sheet(write(tmp_path, "f.ods", content), "f.ods")
    assert list(opened.rows) == [["Nom"], ["Café"], ["Caché"], ["Été"]]
    assert (opened.format["sheets"], opened.format["hidden"]) == (["A & B"], [3])


def test_data_9_gzip_and_tsv_and_the_separator_that_excel_is_told(cast):
    run(gzip.compress(csv_bytes([["Name", "Reference"], ["Café", "007"]])), cast.bo, name="a.csv.gz")
    run(csv_bytes([["Name", "Reference"], ["b, c", "008"]], separator="\t"), cast.bo, name="b.tsv")
    run(b"sep=;\r\nName;Reference\r\nd, e;009\r\n", cast.bo, name="c.csv")
    assert names() == ["Café", "b, c", "d, e"]


def merged(rows, *ranges):
    made = book(Sheet=rows)
    for cells in ranges:
        made["Sheet"].merge_cells(cells)
    return content_of(made)


def test_data_9_a_value_in_cells_merged_from_top_to_bottom_stands_in_each_row(cast):
    rows = [
        ["Reference", "Name", "Account", "Amount"],
        ["R1", "Sensors", "Hexabio", 10],
        ["R2", "Meters", None, 20],
        ["R3", "Pumps", None, 30],
        ["R4", "Valves", None, 40],
    ]
    run(merged(rows, "C2:C4"), cast.bo, name="a.xlsx", create=["account"])
    found = Opportunity.objects.order_by("reference").values_list("reference", "account__name")
    assert list(found) == [("R1", "Hexabio"), ("R2", "Hexabio"), ("R3", "Hexabio"), ("R4", None)]


@pytest.mark.parametrize("title", [None, "Sales of 2026"])
def test_data_9_headers_of_two_rows_name_group_and_column(cast, title):
    rows = [
        ["Reference", "Deal", None, "Amount", None],
        [None, "Name", "Stage", "Amount", "Cost"],
        ["R1", "Sensors", "Negotiation", 10, 7],
        ["R2", "Meters", "Negotiation", 20, 8],
    ]
    lines, ranges = rows, ["A1:A2", "B1:C1", "D1:E1"]
    if title:
        lines, ranges = [[title], *rows], ["A1:E1", "A2:A3", "B2:C2", "D2:E2"]
    made = read(merged(lines, *ranges), cast.bo, name="a.xlsx")
    assert [profile.header for profile in made.profiles] == ["Reference", "Name", "Stage", "Amount", "Cost"]
    assert made.rows == 2 and made.format["left"] == ([[1, "above"]] if title else [])
    rows[1] = [None, "Name", "Value", "Name", "Value"]
    rows[0] = ["Reference", "Deal", None, "Offer", None]
    made = read(merged(rows, "A1:A2", "B1:C1", "D1:E1"), cast.bo, name="a.xlsx")
    names = ["Reference", "Deal Name", "Deal Value", "Offer Name", "Offer Value"]
    assert [profile.header for profile in made.profiles] == names


def test_data_9_a_table_with_merged_cells_in_its_first_row_alone_loses_no_row(cast):
    rows = [["Reference", "Name", "Name", "Amount"], ["R1", "Sensors", "Big", 10], ["R2", "Meters", "Small", 20]]
    made = read(merged(rows, "B1:C1"), cast.bo, name="a.xlsx")
    assert made.rows == 2


def test_data_9_titles_and_subtotals_in_the_table_are_no_records(cast):
    rows = [
        ["Reference", "Name", "Owner", "Amount", "Due date"],
        ["West", None, None, None, None],
        ["R1", "Sensors", "Tom Baker", 10, "2026-01-05"],
        ["R2", "Total Energies", "Tom Baker", 10, "2026-01-05"],
        ["Sous-total Ouest", None, None, 20, None],
        ["East", None, None, None, None],
        ["R3", "Total", "Tom Baker", 20, "2026-01-05"],
        ["R4", "Subtotal study", "Tom Baker", 20, "2026-01-05"],
        ["Total :", None, None, 20, None],
        *[[f"R{n}", "Pumps", "Tom Baker", 1, "2026-01-05"] for n in range(5, 25)],
        ["Grand total", None, None, 20, None],
        [None, None, None, None, None],
        ["Printed by Tom", None, None, None, None],
    ]
    made = run(merged(rows, "A2:E2", "A6:E6"), cast.bo, name="a.xlsx")
    assert made.rows == 24 == Opportunity.objects.count()
    left = [[2, "title"], [5, "total"], [6, "title"], [9, "total"], [30, "total"], [32, "note"]]
    assert made.format["left"] == left
    assert set(Opportunity.objects.values_list("name", flat=True)) >= {"Total Energies", "Total", "Subtotal study"}


def test_data_9_hidden_rows_of_an_old_workbook_are_left_out(cast, tmp_path):
    """The row's record says that it has no height; its number is the first thing in it."""
    path = data("csv") / "csvkit" / "examples" / "test_skip_lines.xls"
    content = bytearray(path.read_bytes())
    shown = read(bytes(content), cast.bo, name="a.xls")
    at = -1
    while (at := content.find(b"\x08\x02\x10\x00", at + 1)) >= 0:
        if content[at + 4] == 5:
            content[at + 16] |= 0x20
            break
    made = read(bytes(content), cast.bo, name="a.xls")
    assert (shown.rows, made.rows) == (5, 4)
    assert [6, "hidden"] in made.format["left"]


def test_data_9_a_last_record_of_few_numbers_is_no_total(cast):
    rows = [["ID", "Name", "Owner", "Amount"], [1, "Sensors", "Tom Baker", 10], [2, "Meters", "Tom Baker", 20]]
    assert read([*rows, [3, "", "", 30]], cast.bo).rows == 3
    assert read([*rows, ["", "", "", 30]], cast.bo).rows == 2


@pytest.mark.parametrize(
    ("rows", "count", "headers"),
    [
        ([["1", "2", "3"]], 1, ["(1)", "(2)", "(3)"]),
        ([["1", "12,5", "2026-01-05"], ["2", "13,5", "2026-01-06"]], 2, ["(1)", "(2)", "(3)"]),
        ([["Ann Roy", "ann@x.example", "Nantes"], ["Bo Ek", "bo@x.example", "Brest"]], 2, ["(1)", "(2)", "(3)"]),
        ([["Pumps", "10", "05/01/2026"], ["Valves", "20", "06/01/2026"]], 2, ["(1)", "(2)", "(3)"]),
        ([["Name", "2025", "2026"], ["Pumps", "10", "20"]], 1, ["Name", "2025", "2026"]),
        ([["Name", "01/2025", "02/2025"], ["Pumps", "10", "20"]], 1, ["Name", "01/2025", "02/2025"]),
        ([["", "2025", "2026"], ["Pumps", "10", "20"]], 1, ["(1)", "2025", "2026"]),
        ([["Name", "Mail"], ["Ann Roy", "ann@x.example"]], 1, ["Name", "Mail"]),
    ],
)
def test_data_9_a_table_without_headers_loses_no_record(cast, rows, count, headers):
    made = read(rows, cast.bo)
    assert (made.rows, [profile.header for profile in made.profiles]) == (count, headers)
    assert made.format["bare"] is (headers[0] == "(1)" and headers[1] == "(2)")


def test_data_9_whether_a_table_has_headers_can_be_said(cast, as_):
    made, browser = read([["Pumps", "Nantes"], ["Valves", "Brest"]], cast.bo), as_(cast.bo)
    page = f"/imports/{made.pk}/columns/"
    assert (made.rows, made.format["bare"]) == (1, False)
    for said, rows, field in (
        ({"bare": "on"}, 2, b'type="hidden" name="header"'),
        ({}, 1, b'type="number" name="header"'),
    ):
        browser.post(f"/imports/{made.pk}/sheet/", {"header": "1", **said})
        Job.objects.get(pk=made.job_id).run()
        made = Import.objects.get(pk=made.pk)
        assert (made.rows, made.format["bare"]) == (rows, bool(said))
        assert field in browser.get(page).content


def test_data_9_cells_beside_the_headers_have_columns_of_their_own(cast):
    rows = [["Reference", "Name"], ["R1", "Sensors", "call back"], ["R2", "Meters", None]]
    assert [profile.header for profile in read(content_of(book(A=rows)), cast.bo, name="a.xlsx").profiles] == [
        "Reference", "Name", "(3)",
    ]  # fmt: skip


def test_data_9_a_row_that_a_separator_has_made_too_long_is_refused_whole(cast, as_):
    rows = [
        ["Reference", "Name", "Amount"],
        *([f"R{n}", "Pumps", "5"] for n in range(1, 9)),
        ["R9", "Acme", "7", "x"],
    ]
    made = run(rows, cast.bo)
    assert (made.rows, made.result["created"], made.result["refused"]) == (9, 8, 1)
    assert refusals(made)[0] == (10, "", "The row has more cells than there are columns.")
    sent = b"".join(as_(cast.bo).get(f"/imports/{made.pk}/refused/").streaming_content).decode("utf-8-sig")
    assert sent.splitlines()[1] == "R9,Acme,7,The row has more cells than there are columns.,x"


def test_data_9_one_row_that_is_too_long_does_not_move_the_headers(cast):
    rows = [["Subject", "Text"], *([f"S{n}", "words"] for n in range(8)), ["S9", "a", "few", "more", "words"]]
    made = read(rows, cast.bo)
    assert (made.format["header"], made.rows, made.format["left"]) == (1, 9, [])


def test_data_9_headers_of_groups_and_columns_in_a_text(cast):
    rows = [
        ["", "2025", "", "2026", ""], ["Name", "Amount", "Cost", "Amount", "Cost"],
        ["Pumps", "10", "7", "20", "8"], ["Valves", "11", "7", "21", "8"],
    ]  # fmt: skip
    made = read(rows, cast.bo)
    assert made.rows == 2
    assert [profile.header for profile in made.profiles] == [
        "Name", "2025 Amount", "2025 Cost", "2026 Amount", "2026 Cost",
    ]  # fmt: skip


def test_data_9_headers_that_repeat_a_name_are_found_under_a_title(cast):
    rows = [["Sales of the West"], [], ["Name", "#", "%", "#", "%"], *([f"R{n}", 1, 2, 3, 4] for n in range(5))]
    made = read(content_of(book(A=rows)), cast.bo, name="a.xlsx")
    assert (made.format["header"], made.rows) == (3, 5)


def test_data_9_a_column_that_repeats_one_value_is_no_column_of_headers(cast):
    assert read([["West"], ["West"], ["East"]], cast.bo).rows == 2
    assert read([["Name", "5"], ["Pumps", "5"], ["Name", "5"]], cast.bo).rows == 2
