"""DATA-9: how the dates and numbers of a column are written is decided for the whole column, or asked."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Account
from opportunities.models import Opportunity
from tests.transfers.sheets import check, counts, read, refusals, run, xlsx_bytes

D = dt.date


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def due(rows, cast, **decided):
    run([["Name", "Due date"], *([f"{at:02d}", text] for at, text in enumerate(rows))], cast.bo, **decided)
    return list(Opportunity.objects.order_by("name").values_list("due_on", flat=True))


def amounts(texts, cast, **decided):
    made = run([["Name", "Amount"], *([f"{at:02d}", text] for at, text in enumerate(texts))], cast.bo, **decided)
    found = dict(Opportunity.objects.values_list("name", "amount"))
    return made, [found.get(f"{at:02d}", "refused") for at in range(len(texts))]


def test_data_9_one_cell_decides_the_order_of_the_whole_column(cast):
    assert due(["03/04/2026", "04/13/2026"], cast) == [D(2026, 3, 4), D(2026, 4, 13)]


def test_data_9_one_cell_decides_day_first_as_well(cast):
    assert due(["03/04/2026", "13.04.26"], cast) == [D(2026, 4, 3), D(2026, 4, 13)]


@pytest.mark.parametrize(
    "texts,said",
    [
        (["03/04/2026", "05/06/2026"], "cannot be told apart"),
        (["13/04/2026", "04/13/2026"], "others only month/day"),
    ],
)
def test_data_9_a_column_of_dates_that_mixes_or_admits_two_orders_asks(cast, as_, texts, said):
    made, browser = read([["Name", "Due date"], *(["x", text] for text in texts)], cast.bo), as_(cast.bo)
    asked = {"column-0": "name", "column-1": "due_on"}
    answer = browser.post(f"/imports/{made.pk}/columns/", asked)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert browser.post(f"/imports/{made.pk}/columns/", asked | {"order-1": "mdy"}).status_code == 302
    made.refresh_from_db()
    assert made.settings.date_orders == {1: "mdy"}


def test_data_9_numbers_are_read_by_the_sign_of_their_column(cast):
    made, found = amounts(["1,234", "1,234.50", "12k€", "-", "(500)", "1 234"], cast)
    assert found == [Decimal(1234), Decimal("1234.5"), Decimal(12_000), None, "refused", Decimal(1234)]
    assert "not negative" in refusals(made)[0][2]


def test_data_9_a_decimal_comma_is_read_for_the_whole_column(cast):
    _made, found = amounts(["1.234", "1 234,5", "12,000"], cast)
    assert found == [Decimal(1234), Decimal("1234.5"), Decimal(12)]


@pytest.mark.parametrize(
    "texts,said",
    [(["1,234", "5"], "cannot be told apart"), (["1,234.50", "1.234,50"], "others a point")],
)
def test_data_9_a_column_of_numbers_that_mixes_or_admits_two_signs_asks(cast, as_, texts, said):
    made, browser = read([["Name", "Amount"], *(["x", text] for text in texts)], cast.bo), as_(cast.bo)
    asked = {"column-0": "name", "column-1": "amount"}
    answer = browser.post(f"/imports/{made.pk}/columns/", asked)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert browser.post(f"/imports/{made.pk}/columns/", asked | {"decimal-1": ","}).status_code == 302
    made.refresh_from_db()
    assert made.settings.decimals == {1: ","}


def test_data_9_the_chosen_sign_is_the_one_that_reads(cast):
    _made, found = amounts(["1,234"], cast, decimals={1: ","})
    assert found == [Decimal("1.23")]


def test_data_9_zeros_long_numbers_and_plus_signs_stay_text_where_the_field_is_text(cast):
    rows = [
        ["Name", "Postal code", "SIRET", "Phone", "Code"],
        ["Acme", "01220", "00552013500038", "+33 2 40 00 00 00", "-"],
        ["Long", 44000, 55201350003812345, 33240000000, 12345678901234567890.0],
    ]
    assert counts(run(xlsx_bytes(rows), cast.bo, kind="account", name="a.xlsx")) == {"created": 2}
    acme, long = Account.objects.order_by("name")
    assert (acme.postcode, acme.registration, acme.phone, acme.code) == (*rows[1][1:],)
    assert (long.postcode, long.phone, "e" in long.registration + long.code) == ("44000", "33240000000", False)


def test_all_6_columns_that_are_refused_leave_what_was_decided_and_checked(cast, as_):
    made = check(read([["Name", "Amount"], ["Sensors", "1000"]], cast.bo))
    before = (made.phase, made.decisions, made.counts, made.lines.count())
    answer = as_(cast.bo).post(f"/imports/{made.pk}/columns/", {"column-0": "", "column-1": "", "duplicates": "update"})
    assert answer.status_code == 422
    made.refresh_from_db()
    assert (made.phase, made.decisions, made.counts, made.lines.count()) == before
