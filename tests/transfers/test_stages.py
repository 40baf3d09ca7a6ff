"""DATA-4: the stage column closes by the words of both languages; a stage must be one of the set-up's, else its row is
refused with the nearest names; a lost reason goes with a loss alone."""

import pytest

from opportunities.models import Opportunity
from tests.make import lost_reason
from tests.transfers.sheets import counts, refusals, run


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(
    ("word", "status"),
    [("Won", "won"), ("Gagné", "won"), ("gagnée", "won"), ("LOST", "lost"), ("Perdu", "lost"), ("perdue", "lost")],
)
def test_data_4_a_closing_word_in_the_stage_column_closes(cast, word, status):
    assert counts(run([["Name", "Milestone"], ["Deal", word]], cast.bo)) == {"created": 1}
    assert Opportunity.objects.get().status == status


def test_data_4_a_lost_reason_goes_with_a_loss_and_with_nothing_else(cast):
    reason = lost_reason("Price")
    rows = [["Name", "Stage", "Lost reason"], ["a", "Lost", "price"], ["b", "Won", "Price"], ["c", "Lost", "Prise"]]
    made = run(rows, cast.bo)
    assert counts(made) == {"created": 1, "refused": 2}
    assert Opportunity.objects.get().lost_reason == reason
    said = {row: message for row, _column, message in refusals(made)}
    assert said[3] == "Only a lost opportunity has a lost reason."
    assert "Nearest: Price" in said[4]


def test_data_4_a_stage_or_pipeline_that_is_not_set_up_is_refused_with_the_nearest_names(cast):
    rows = [["Name", "Stage", "Pipeline"], ["a", "Negociation", ""], ["b", " NEGOTIATION ", ""], ["c", "", "Nowhere"]]
    made = run(rows, cast.bo)
    assert counts(made) == {"created": 1, "refused": 2}
    said = {row: (column, message) for row, column, message in refusals(made)}
    assert said[2][0] == "Stage" and "Nearest: Negotiation" in said[2][1]
    assert said[4][0] == "Pipeline" and "is not set up here" in said[4][1]
    assert Opportunity.objects.get().stage.name == "Negotiation"
