"""Winning, losing, cancelling, reopening, moving (LIFE-1, LIFE-2, OPP-5, REC-1)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from core import dates
from opportunities.models import Opportunity, OpportunityPeriod
from pipelines.models import Pipeline, Stage
from records.journal import operation
from records.models import Change, Operation
from tests.make import lost_reason, make_account, make_opportunity, stage

D = dt.date
VERBS = ["win", "lose", "cancel", "reopen", "move"]


@pytest.fixture
def deal(cast):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire), stage=stage("Proposal"))


def post(browser, deal, verb, **data):
    return browser.post(f"/opportunities/{deal.pk}/{verb}/", data)


def saved(deal):
    return Opportunity.objects.get(pk=deal.pk)


def last(deal):
    return Change.objects.filter(record_id=deal.pk, model__model="opportunity").order_by("-pk").first()


# LIFE-1


@pytest.mark.parametrize(("verb", "status", "probability"), [("win", "won", 100), ("cancel", "cancelled", 0)])
def test_life_1_closing_sets_the_date_and_keeps_the_stage(cast, as_, deal, verb, status, probability):
    response = post(as_(cast.claire), deal, verb)
    closed = saved(deal)
    assert response.url == f"/opportunities/{deal.pk}/"
    assert (closed.status, closed.probability, closed.closed_on) == (status, probability, dates.today())
    assert (closed.stage.name, closed.status_on, closed.probability_before_closing) == ("Proposal", dates.today(), 60)
    change = last(deal)
    assert (change.operation.by, change.operation.what) == (cast.claire, f"opportunity.{status}")
    assert change.fields["status"] == ["open", status]


def test_life_1_losing_asks_for_the_reason_and_takes_a_note(cast, as_, deal):
    browser = as_(cast.claire)
    assert browser.get(f"/opportunities/{deal.pk}/lose/").status_code == 200
    response = post(browser, deal, "lose", note="Too dear")
    assert response.status_code == 422
    assert "Choose the reason of the loss." in response.content.decode() and "Too dear" in response.content.decode()
    assert saved(deal).status == "open"
    post(browser, deal, "lose", reason=lost_reason("Price").pk, note="Too dear")
    lost = saved(deal)
    assert (lost.status, lost.probability, lost.lost_reason.name, lost.lost_note) == ("lost", 0, "Price", "Too dear")


@pytest.mark.parametrize("reason", ["999999", "9" * 40, "x", ""])
def test_life_1_an_unknown_reason_is_refused(cast, as_, deal, reason):
    assert post(as_(cast.claire), deal, "lose", reason=reason).status_code == 422
    assert saved(deal).status == "open"


def test_life_1_an_archived_reason_is_not_offered(cast, as_, deal):
    price = lost_reason("Price")
    with operation(by=cast.ada, door="set_up", what="test"):
        price.archived_at = dt.datetime.now(dt.UTC)
        price.save()
    assert post(as_(cast.claire), deal, "lose", reason=price.pk).status_code == 422


def test_life_1_twice_is_harmless(cast, as_, deal):
    browser = as_(cast.claire)
    post(browser, deal, "win")
    before = Operation.objects.count()
    post(browser, deal, "win")
    assert Operation.objects.count() == before and saved(deal).version == 2


def test_acc_1_an_account_becomes_a_client_with_its_first_won_opportunity(cast, as_, deal):
    assert deal.account.kind == "prospect"
    post(as_(cast.claire), deal, "win")
    assert saved(deal).account.kind == "client"


# LIFE-2


def test_life_2_reopened_it_has_its_stage_and_probability_again(cast, as_, deal):
    deal.probability, deal.probability_by_hand = 33, True
    deal.edit(by=cast.claire)
    deal.lose(by=cast.claire, reason=lost_reason("Price"), note="Too dear")
    post(as_(cast.claire), deal, "reopen")
    again = saved(deal)
    assert (again.status, again.stage.name, again.probability, again.probability_by_hand) == (
        "open",
        "Proposal",
        33,
        True,
    )
    assert (again.closed_on, again.lost_reason, again.lost_note) == (None, None, "")


def test_life_2_what_is_open_says_so_and_nothing_is_written(cast, as_, deal):
    before = Operation.objects.count()
    response = as_(cast.claire).post(f"/opportunities/{deal.pk}/reopen/", follow=True)
    assert "It is open already." in response.content.decode()
    assert Operation.objects.count() == before


def test_life_2_an_archived_stage_gives_way_to_the_nearest_before_it_and_that_is_said(cast, as_, deal):
    deal.win(by=cast.claire)
    proposal = stage("Proposal")
    with operation(by=cast.ada, door="set_up", what="test"):
        proposal.archived_at = dt.datetime.now(dt.UTC)
        proposal.save()
    page = as_(cast.claire).post(f"/opportunities/{deal.pk}/reopen/", follow=True).content.decode()
    assert saved(deal).stage.name == "Demonstration"
    assert "Reopened in “Demonstration”: “Proposal” is archived." in page


# REC-1: moving


def test_rec_1_a_click_on_a_stage_moves_it_there(cast, as_, deal):
    post(as_(cast.claire), deal, "move", stage=stage("Negotiation").pk)
    moved = saved(deal)
    assert (moved.stage.name, moved.probability) == ("Negotiation", 80)
    assert last(deal).fields["probability"] == [60, 80]
    assert OpportunityPeriod.objects.filter(opportunity=deal).count() == 2


def test_opp_5_moving_keeps_a_probability_set_by_hand(cast, as_, deal):
    deal.probability, deal.probability_by_hand = 33, True
    deal.edit(by=cast.claire)
    post(as_(cast.claire), deal, "move", stage=stage("Negotiation").pk)
    assert (saved(deal).stage.name, saved(deal).probability) == ("Negotiation", 33)


@pytest.mark.parametrize("wanted", ["", "x", "999999", "9" * 40, "-1", "1.5"])
def test_rec_1_a_stage_that_is_none_is_refused_in_words(cast, as_, deal, wanted):
    browser = as_(cast.claire)
    page = browser.post(f"/opportunities/{deal.pk}/move/", {"stage": wanted}, follow=True).content.decode()
    assert "This stage is not one of its pipeline." in page
    response = browser.post(f"/opportunities/{deal.pk}/move/", {"stage": wanted}, headers={"hx-request": "true"})
    assert response.status_code == 409 and "This stage is not one of its pipeline." in response.content.decode()
    assert saved(deal).version == 1


def test_f058_a_stage_of_another_pipeline_is_refused(cast, as_, deal):
    with operation(by=cast.ada, door="set_up", what="test"):
        other = Pipeline.objects.create(name="Partners", position=9)
        strange = Stage.objects.create(pipeline=other, name="Signed up", probability=30, position=1)
    post(as_(cast.claire), deal, "move", stage=strange.pk)
    assert saved(deal).stage.name == "Proposal"


def test_rec_1_what_is_closed_does_not_move(cast, as_, deal):
    deal.win(by=cast.claire)
    page = as_(cast.claire).post(f"/opportunities/{deal.pk}/move/", {"stage": stage("Negotiation").pk}, follow=True)
    assert "Reopen it to move it." in page.content.decode()
    assert saved(deal).stage.name == "Proposal"


def test_rec_1_to_where_it_stands_writes_nothing(cast, as_, deal):
    before = Operation.objects.count()
    post(as_(cast.claire), deal, "move", stage=deal.stage_id)
    assert Operation.objects.count() == before


# Who may


@pytest.mark.parametrize("verb", VERBS)
def test_give_3_a_viewer_is_refused_and_an_outsider_finds_nothing(cast, as_, deal, verb):
    for person, status in ((cast.tom, 403), (cast.eve, 404), (cast.sam, 404)):
        assert post(as_(person), deal, verb, stage=stage("Negotiation").pk).status_code == status
    assert saved(deal).version == 1


@pytest.mark.parametrize(
    ("verb", "status"), [("win", 200), ("lose", 200), ("cancel", 200), ("reopen", 405), ("move", 405)]
)
def test_a_link_does_not_write(cast, as_, deal, verb, status):
    assert as_(cast.claire).get(f"/opportunities/{deal.pk}/{verb}/").status_code == status
    assert saved(deal).version == 1


def test_give_3_without_the_right_to_close_there_is_no_button_and_a_refusal(cast, as_, deal):
    profile = cast.claire.profile
    profile.edit(
        by=cast.ada, rights={**profile.rights, "opportunity": {**profile.rights["opportunity"], "close": "none"}}
    )
    browser = as_(cast.claire)
    assert "/win/" not in browser.get(f"/opportunities/{deal.pk}/").content.decode()
    for verb in ("win", "lose", "cancel", "reopen"):
        assert post(browser, deal, verb).status_code == 403


# OPP-5: the database holds it too


def around_everything(deal):
    """As a write would reach the database that neither verbs nor rules have seen."""
    return models.QuerySet(Opportunity).filter(pk=deal.pk)


@pytest.mark.parametrize(
    "values",
    [
        {"probability": 0}, {"probability": 100}, {"probability": 101}, {"status": "won"}, {"status": "lost", "probability": 1},
        {"status": "cancelled", "probability": 100}, {"closed_on": D(2026, 1, 1)}, {"status": "perhaps"},
        {"amount": -1}, {"production_from": D(2026, 2, 2), "production_to": D(2026, 2, 1)}, {"status_on": D(2025, 1, 1)},
    ],
)  # fmt: skip
def test_opp_5_the_database_refuses_what_must_never_be(deal, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        around_everything(deal).update(**values)


def test_opp_5_only_a_lost_one_has_a_reason_in_the_database_too(deal):
    with pytest.raises(IntegrityError), transaction.atomic():
        around_everything(deal).update(lost_reason=lost_reason("Price"))


def test_opp_3_the_database_holds_a_reference_once(cast, deal):
    make_opportunity(by=cast.claire, reference="R1")
    with pytest.raises(IntegrityError), transaction.atomic():
        around_everything(deal).update(reference="R1")


def test_opp_5_out_of_range_is_an_error_in_words_before_the_database(cast, deal):
    for probability in (0, 100, -3):
        deal.probability, deal.probability_by_hand = probability, True
        with pytest.raises(ValidationError, match="between 1 and 99"):
            deal.edit(by=cast.claire)
