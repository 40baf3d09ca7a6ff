"""DATA-9: dates as sheets hold them: months and quarters alone, months by name, and the numbers that Excel counts."""

import datetime as dt

import openpyxl
import pytest

from core.dates import parse_period
from opportunities.models import Opportunity
from tests.transfers.sheets import check, counts, guessed, read, refusals, run
from tests.transfers.test_framing import book, content_of


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("déc. 2026", "2026-12-01", "2026-12-31"),
        ("Dec 2026", "2026-12-01", "2026-12-31"),
        ("février 2028", "2028-02-01", "2028-02-29"),
        ("déc.-26", "2026-12-01", "2026-12-31"),
        ("Dec-26", "2026-12-01", "2026-12-31"),
        ("Dec '26", "2026-12-01", "2026-12-31"),
        ("12/2026", "2026-12-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("T3 2026", "2026-07-01", "2026-09-30"),
        ("Q4/2026", "2026-10-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("3e trimestre 2026", "2026-07-01", "2026-09-30"),
        ("1er semestre 2026", "2026-01-01", "2026-06-30"),
        ("H2 2026", "2026-07-01", "2026-12-31"),
    ],
)
def test_data_9_a_month_or_a_quarter_has_a_first_and_a_last_day(text, first, last):
    assert parse_period(text) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    ["2026", "13/2026", "Dec", "Dec 26", "Rue 26", "T4", "S3 2026", "PO-2026", "12/0000", "24 nov. 2026", "1234-56"],
)
def test_data_9_what_is_no_month_is_none(text):
    assert parse_period(text) is None


def test_data_9_a_month_is_due_on_its_last_day_and_opened_on_its_first(cast, as_):
    rows = [["Name", "Opened on", "Due date"], ["a", "oct. 2026", "déc. 2026"], ["b", "T4 2026", "Q1 2027"]]
    assert guessed(rows) == {"Name": ["name"], "Opened on": ["opened_on"], "Due date": ["due_on"]}
    made = read(rows, cast.bo)
    page = as_(cast.bo).get(f"/imports/{made.pk}/columns/").content.decode()
    assert "is read as its first day" in page and "is read as its last day" in page
    made = check(made)
    preview = as_(cast.bo).get(f"/imports/{made.pk}/preview/").content.decode()
    assert "31 Dec" in preview and "31 Mar 2027" in preview
    run(rows, cast.bo)
    assert list(Opportunity.objects.order_by("pk").values_list("opened_on", "due_on")) == [
        (dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        (dt.date(2026, 10, 1), dt.date(2027, 3, 31)),
    ]


def test_data_9_numbers_that_excel_counts_are_days(cast, as_):
    rows = [["Name", "Due date"], ["a", 46350], ["b", 46350.75], ["c", 12], ["d", 2026]]
    sheet = content_of(book(A=rows))
    made = run(sheet, cast.bo, name="a.xlsx")
    assert counts(made) == {"created": 2, "refused": 2}
    assert set(Opportunity.objects.values_list("due_on", flat=True)) == {dt.date(2026, 11, 24)}
    assert [row for row, _column, _message in refusals(made)] == [4, 5]
    page = as_(cast.bo).get(f"/imports/{read(sheet, cast.bo, name='a.xlsx').pk}/columns/").content.decode()
    assert "the days that Excel counts" in page
    run([["Name", "Due date"], ["e", "46350"]], cast.bo)
    assert Opportunity.objects.get(name="e").due_on == dt.date(2026, 11, 24)


def test_data_9_a_column_of_months_by_name_is_one_of_dates(cast):
    rows = [["Affaire", "Clôture prév."], ["a", "24 nov. 2026"], ["b", "1er décembre 2026"], ["c", "déc. 2026"]]
    assert guessed(rows)["Clôture prév."] == ["due_on"]


def test_data_9_a_cell_formatted_as_a_month_is_its_day(cast):
    made = openpyxl.Workbook()
    for row in (["Name", "Due date"], ["a", dt.date(2026, 12, 1)]):
        made.active.append(row)
    made.active["B2"].number_format = "mmm yyyy"
    run(content_of(made), cast.bo, name="a.xlsx")
    assert Opportunity.objects.get().due_on == dt.date(2026, 12, 1)
