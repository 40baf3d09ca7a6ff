"""DATA-3: a row that says of a record what it says itself is known as such before anything is looked up or settled."""

import csv
import datetime as dt
import io

import pytest

from opportunities.models import Opportunity
from pipelines.models import Source
from tests.make import make_account, make_opportunity
from tests.transfers.sheets import check, counts, read, run
from transfers.models import Export


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def deals(cast):
    house = make_account(owner=cast.claire)
    web = Source(name="Web").add(by=None)
    given = {"owner": cast.claire, "account": house, "source": web, "due_on": dt.date(2026, 12, 1)}
    return [make_opportunity(name=f"Deal {at}", reference=f"R{at}", amount=1_000 + at, **given) for at in range(4)]


def exported(by, kind="opportunity"):
    buffer = io.BytesIO()
    Export.here(by=by, kind=kind, format=Export.Format.CSV).write(buffer)
    return list(csv.reader(io.StringIO(buffer.getvalue().decode())))


def known(made, **decided):
    """How many of the rows are known before they are planned."""
    settings = made.settings
    for name, value in decided.items():
        setattr(settings, name, value)
    made.decide(settings)
    planner = made.new_planner()
    [chunk] = made.chunks_of_rows()
    told = [reader.read([cells[reader.at] for cells in chunk]) for reader in planner.readers]
    return len(planner.unchanged.of(chunk, told))


def test_data_3_every_row_of_an_export_is_known_again(cast, deals):
    deals[1].win(by=cast.claire)
    for kind in ("opportunity", "account"):
        made = read(exported(cast.bo, kind), cast.bo, kind)
        assert known(made, match="id", duplicates="overwrite", clear_empty=True) == made.rows > 0


def test_data_3_a_row_that_changes_a_cell_is_planned_beside_those_that_do_not(cast, deals):
    rows = exported(cast.bo)
    amount, name = rows[0].index("amount"), rows[0].index("name")
    rows[2][amount] = "77"
    changed = rows[2][name]
    made = run(rows, cast.bo, match="id", duplicates="overwrite")
    assert counts(made) == {"updated": 1, "unchanged": 3}
    assert [deal.name for deal in Opportunity.objects.filter(amount=77)] == [changed]


def test_data_3_a_blank_cell_says_nothing_unless_it_clears(cast, deals):
    rows = [["Reference", "Source"], ["R0", ""], ["R1", "Web"]]
    assert known(read(rows, cast.bo), match="reference", duplicates="overwrite") == 2
    assert known(read(rows, cast.bo), match="reference", duplicates="overwrite", clear_empty=True) == 1
    run(rows, cast.bo, match="reference", duplicates="overwrite", clear_empty=True)
    assert Opportunity.objects.get(reference="R0").source is None


def test_opp_5_the_word_that_closed_an_opportunity_says_nothing_new_of_it(cast, deals):
    deals[0].win(by=cast.claire)
    rows = [["Reference", "Stage"], ["R0", "Won"], ["R1", "Won"]]
    assert known(read(rows, cast.bo), match="reference", duplicates="overwrite") == 1
    assert counts(run(rows, cast.bo, match="reference", duplicates="overwrite")) == {"updated": 1, "unchanged": 1}


def test_data_4_a_text_of_which_it_was_decided_what_it_stands_for_is_that(cast, deals):
    other = Source(name="Fair").add(by=None)
    rows = [["Reference", "Source"], ["R0", "Web"]]
    decided = {"source": {"Web": {"to": other.pk}}}
    run(rows, cast.bo, match="reference", duplicates="overwrite", values=decided)
    assert Opportunity.objects.get(reference="R0").source == other


def test_data_3_a_row_without_news_counts_what_the_update_would_leave(cast, deals):
    rows = [["Reference", "Name", "Amount"], ["R0", "Deal 0", "1000"], ["R1", "", "1001"]]
    made = check(read(rows, cast.bo), match="reference", duplicates="update")
    assert (made.counts["unchanged"], made.counts["withheld"]) == (2, 1)
    assert [line.name for line in made.lines.order_by("number")] == ["Deal 0", "Deal 1"]


def test_data_3_a_record_that_stands_in_two_rows_is_not_known_by_one_of_them(cast, deals):
    rows = [["ID", "Amount"], [str(deals[0].pk), "1000"], [f"#{deals[0].pk}", "1000"]]
    assert known(read(rows, cast.bo), match="id", duplicates="overwrite") == 0


def test_give_4_what_one_does_not_see_is_not_known(cast, deals):
    rows = [["Reference", "Amount"], ["R0", "1000"]]
    assert known(read(rows, cast.eve), match="reference", duplicates="overwrite") == 0


def test_data_11_what_changed_here_since_the_export_is_merged(cast, deals):
    buffer = io.BytesIO()
    export = Export.here(by=cast.bo, kind="opportunity", format=Export.Format.XLSX)
    export.write(buffer)
    export.keep()
    deals[0].amount = 5
    deals[0].edit(by=cast.claire)
    made = read(buffer.getvalue(), cast.bo, name="sheet.xlsx")
    assert known(made) == 3
