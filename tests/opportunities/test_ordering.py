"""LIST-1: the order of the list."""

import datetime as dt

import pytest

from opportunities.models import Opportunity
from tests.make import make_opportunity, stage

D = dt.date


def test_list_1_open_by_due_date_then_closed_newest_first(cast):
    wanted = [
        make_opportunity("late", by=cast.claire, due_on=D(2026, 1, 5)),
        make_opportunity("one percent", by=cast.claire, due_on=D(2026, 2, 1), probability=1, probability_by_hand=True),
        make_opportunity("99 percent", by=cast.claire, due_on=D(2026, 2, 1), probability=99, probability_by_hand=True),
        make_opportunity("open, no date", by=cast.claire, due_on=None),
        make_opportunity("won yesterday", by=cast.claire, status="won", closed_on=D(2026, 11, 21)),
        make_opportunity("lost the same day", by=cast.claire, status="lost", closed_on=D(2026, 11, 21)),
        make_opportunity("cancelled long ago", by=cast.claire, status="cancelled", closed_on=D(2026, 3, 1)),
        make_opportunity("won, no date", by=cast.claire, status="won"),
    ]
    assert [o.name for o in Opportunity.objects.order_by("list_key", "id")] == [o.name for o in wanted]


def test_list_1_order_follows_every_change(cast):
    first = make_opportunity("first", by=cast.claire, due_on=D(2026, 1, 5))
    second = make_opportunity("second", by=cast.claire, due_on=D(2026, 1, 6))
    assert list(Opportunity.objects.all()) == [first, second]
    first.win(by=cast.claire)
    assert list(Opportunity.objects.all()) == [second, first]
    first.reopen(by=cast.claire)
    first.due_on = D(2026, 1, 7)
    first.edit(by=cast.claire)
    assert list(Opportunity.objects.all()) == [second, first]


@pytest.mark.parametrize("status,probability", [("open", 10), ("won", 100), ("lost", 0), ("cancelled", 0)])
def test_opp_5_probability_follows_status_and_stage(cast, status, probability):
    assert make_opportunity(by=cast.claire, status=status).probability == probability
    assert make_opportunity(by=cast.claire, status=status, stage=stage("Negotiation")).stage.name == "Negotiation"
