"""DATA-2, DATA-8: what no two records share, wanted by two rows of one file."""

import pytest

from tests.make import make_opportunity
from tests.transfers.sheets import refusals, run


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("known", [0, 1, 2])
def test_data_2_a_reference_that_two_rows_want_is_refused_to_the_second(cast, known):
    """Whether they are new or known: the database would stop the whole import."""
    there = [make_opportunity(f"Deal {at}", by=cast.bo).pk for at in range(known)]
    rows = [[pk, "Deal", "", "", "", "R-1"] for pk in there]
    rows += [["", "Deal", "Company", "Proposal", "5", "R-1"] for _new in range(2 - known)]
    made = run([["ID", "Name", "Account", "Stage", "Amount", "Reference"], *rows], cast.bo, duplicates="overwrite",
               create=["account"], match="id")  # fmt: skip
    assert made.result["refused"] == 1 and made.result["created"] + made.result["updated"] == 1
    assert [message for _row, _column, message in refusals(made)] == ["This reference is taken."]


def test_data_8_a_code_that_two_rows_want_is_refused_to_the_second(cast):
    made = run([["Name", "Code"], ["A", "C-1"], ["B", "C-1"]], cast.bo, kind="account", match="name")
    assert (made.result["created"], made.result["refused"]) == (1, 1)
