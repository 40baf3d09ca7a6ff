"""REC-1: the Pipeline tab tells the time in each stage, what was skipped, the way back, and moves on a click."""

import datetime as dt
from unittest.mock import patch

from django.utils import timezone

from opportunities.passages import passages, stays
from tests.make import lost_reason, make_opportunity, stage


def at(day):
    return patch("django.utils.timezone.now", lambda: dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC))


def test_rec_1_time_in_each_stage_skipped_back_and_forth_reopened(cast):
    with at(1):
        opportunity = make_opportunity(by=cast.claire, opened_on=dt.date(2026, 3, 1), due_on=dt.date(2026, 12, 1))
    for day, name in ((4, "Proposal"), (10, "Qualified"), (12, "Negotiation")):
        with at(day):
            opportunity.move_to(stage(name), by=cast.claire)
    with at(20):
        opportunity.lose(reason=lost_reason("Price"), by=cast.claire, on=dt.date(2026, 3, 20))
    with at(25):
        opportunity.reopen(by=cast.claire)
    with at(30):
        way = passages(opportunity)
        told = [(one.stage.name, one.way, one.days) for one in way]
        listed = {
            stay.step.stage.name: (stay.times, stay.step.days, stay.is_skipped) for stay in stays(opportunity, way)
        }
    assert told == [
        ("To qualify", "opened", 3),
        ("Proposal", "on", 6),
        ("Qualified", "back", 2),
        ("Negotiation", "on", 8),
        ("Negotiation", "lost", 5),
        ("Negotiation", "reopened", 5),
    ]
    assert [[one.name for one in passage.skipped] for passage in way[1:4]] == [
        ["Qualified", "Demonstration"], [], ["Demonstration", "Proposal"],
    ]  # fmt: skip
    assert listed["Negotiation"] == (2, 13, False)
    assert listed["Demonstration"] == (0, None, True)
    assert listed["Qualified"] == (1, 2, False)


def test_rec_1_an_amount_that_changes_does_not_end_a_stay(cast):
    opportunity = make_opportunity(by=cast.claire, opened_on=timezone.localdate())
    opportunity.amount = 5
    opportunity.edit(by=cast.claire)
    assert len(passages(opportunity)) == 1


def test_rec_1_a_click_on_a_stage_of_the_tab_moves_and_stays_there(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    page = f"/opportunities/{opportunity.pk}/pipeline/"
    assert "Move to Proposal" in as_(cast.claire).get(page).content.decode()
    answer = as_(cast.claire).post(
        f"/opportunities/{opportunity.pk}/move/", {"stage": stage("Proposal").pk, "back": page}
    )
    assert answer.url == page
    opportunity.refresh_from_db()
    assert opportunity.stage == stage("Proposal")
    assert "Move to" not in as_(cast.tom).get(page).content.decode()
