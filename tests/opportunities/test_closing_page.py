"""LIFE-1, LIFE-2: winning, losing, cancelling with their date, reason and note; reopening."""

import datetime as dt

import pytest

from core import dates
from opportunities.models import Opportunity
from records.models import Change, Operation
from tests.make import lost_reason, make_opportunity, stage

D = dt.date


@pytest.fixture
def opportunity(cast):
    return make_opportunity(by=cast.claire, stage=stage("Proposal"))


def post(browser, opportunity, verb, **data):
    return browser.post(f"/opportunities/{opportunity.pk}/{verb}/", data)


@pytest.mark.parametrize(("verb", "status", "probability"), [("win", "won", 100), ("cancel", "cancelled", 0)])
def test_life_1_closed_on_the_day_that_is_said_else_today(cast, as_, opportunity, verb, status, probability):
    assert post(as_(cast.claire), opportunity, verb, on="2026-02-10").status_code == 302
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.probability) == (status, probability)
    assert (opportunity.closed_on, opportunity.status_on) == (D(2026, 2, 10), D(2026, 2, 10))
    assert opportunity.stage == stage("Proposal")
    other = make_opportunity(by=cast.claire)
    post(as_(cast.claire), other, verb)
    other.refresh_from_db()
    assert other.closed_on == dates.today()


@pytest.mark.parametrize("verb", ["win", "lose", "cancel"])
@pytest.mark.parametrize(
    ("on", "said"), [("2025-12-31", "lies before the opening date"), ("2999-01-01", "does not lie in the future")]
)
def test_life_1_a_closing_date_lies_between_the_opening_and_today(cast, as_, opportunity, verb, on, said):
    answer = post(as_(cast.claire), opportunity, verb, on=on, reason=lost_reason("Price").pk)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    opportunity.refresh_from_db()
    assert opportunity.is_open


def test_life_1_the_dialog_offers_today_and_asks_the_reason_of_a_loss_alone(cast, as_, opportunity):
    for verb, asks in (("win", False), ("lose", True), ("cancel", False)):
        page = as_(cast.claire).get(f"/opportunities/{opportunity.pk}/{verb}/")
        assert f'value="{dates.today().isoformat()}"' in page.content.decode()
        assert ('name="reason"' in page.content.decode()) == asks


def test_life_1_lost_with_a_reason_and_a_note(cast, as_, opportunity):
    assert post(as_(cast.claire), opportunity, "lose").status_code == 422
    sent = {"reason": lost_reason("Price").pk, "note": "Twice ours", "on": "2026-03-01"}
    assert post(as_(cast.claire), opportunity, "lose", **sent).status_code == 302
    opportunity.refresh_from_db()
    assert (opportunity.lost_reason, opportunity.lost_note) == (lost_reason("Price"), "Twice ours")
    assert opportunity.closed_on == D(2026, 3, 1)


def test_life_2_reopened_at_its_stage_with_its_probability_and_without_its_closing(cast, as_, opportunity):
    opportunity.probability, opportunity.probability_by_hand = 35, True
    opportunity.edit(by=cast.claire)
    opportunity.lose(reason=lost_reason("Price"), note="Twice ours", by=cast.claire)
    assert post(as_(cast.claire), opportunity, "reopen").status_code == 302
    opportunity = Opportunity.objects.get(pk=opportunity.pk)
    assert (opportunity.stage, opportunity.probability, opportunity.probability_by_hand) == (
        stage("Proposal"),
        35,
        True,
    )
    assert (opportunity.closed_on, opportunity.lost_reason, opportunity.lost_note) == (None, None, "")
    kept = Change.objects.filter(record_id=opportunity.pk, operation__what="opportunity.reopen").get().fields
    assert kept["lost_reason_id"] == [lost_reason("Price").pk, None]


def test_life_2_a_stage_archived_meanwhile_gives_the_nearest_before_it_and_the_message_says_so(cast, as_, opportunity):
    opportunity.win(by=cast.claire)
    stage("Proposal").archive(by=cast.ada)
    answer = as_(cast.claire).post(f"/opportunities/{opportunity.pk}/reopen/", follow=True)
    assert "Reopened in “Demonstration”: “Proposal” is archived." in answer.content.decode()
    opportunity.refresh_from_db()
    assert opportunity.stage == stage("Demonstration")


def test_life_2_reopening_what_is_open_changes_nothing(cast, as_, opportunity):
    operations = Operation.objects.count()
    answer = as_(cast.claire).post(f"/opportunities/{opportunity.pk}/reopen/", follow=True)
    assert "It is open already." in answer.content.decode()
    assert Operation.objects.count() == operations


def test_rec_4_what_only_this_record_refuses_is_shown_with_the_reason_what_the_profile_never_grants_is_absent(
    cast, as_
):
    opportunity = make_opportunity(by=cast.claire)
    tom = as_(cast.tom).get(f"/opportunities/{opportunity.pk}/menu/").content.decode()
    assert "It belongs to Claire Dubois, who can share it with you so that you can edit it." in tom
    assert f"/opportunities/{opportunity.pk}/win/" not in tom
    assert post(as_(cast.tom), opportunity, "win").status_code == 403
    profile = cast.tom.profile
    never = {**profile.rights, "opportunity": {**profile.rights["opportunity"], "close": "none"}}
    profile.edit(by=cast.ada, rights=never)
    tom = as_(cast.tom).get(f"/opportunities/{opportunity.pk}/menu/").content.decode()
    assert "close or reopen" not in tom
