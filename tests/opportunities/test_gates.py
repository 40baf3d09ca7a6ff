"""SET-4: what a stage asks for before an opportunity may enter it, at every door alike."""

import pytest
from django.core.exceptions import ValidationError

from opportunities.models import Opportunity
from opportunities.models.gates import Missing
from records.journal import operation
from records.models import Operation
from tests.make import make_account, make_contact, make_opportunity, stage
from tests.pages import fields, send


@pytest.fixture
def gates(cast):
    """Proposal asks for the brief, Negotiation for the main contact and the expected signature."""
    stage("Proposal").edit(by=cast.ada, asks=["brief"])
    stage("Negotiation").edit(by=cast.ada, asks=["contact", "signature_on"])


@pytest.fixture
def opportunity(cast, gates):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire))


def move(browser, opportunity, to, **headers):
    return browser.post(f"/opportunities/{opportunity.pk}/move/", {"stage": stage(to).pk}, headers=headers)


def where(opportunity):
    return Opportunity.objects.get(pk=opportunity.pk).stage.name


def test_set_4_the_answer_lists_what_is_missing_with_its_inputs(cast, as_, opportunity):
    answer = move(as_(cast.claire), opportunity, "Negotiation", **{"hx-request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#dialog"
    assert "3 things are missing" in page
    assert 'name="brief"' in page  # the stage skipped asks too
    assert 'name="contact"' in page
    assert 'name="signature_on"' in page
    assert where(opportunity) == "To qualify"


def test_set_4_filled_in_there_it_is_saved_and_moved_in_one_operation(cast, as_, opportunity):
    contact = make_contact(by=cast.claire, account=opportunity.account)
    url = f"/opportunities/{opportunity.pk}/enter/{stage('Negotiation').pk}/"
    partly = as_(cast.claire).post(url, {"brief": "Sensors", "contact": contact.pk})
    assert partly.status_code == 422
    assert where(opportunity) == "To qualify"
    operations = Operation.objects.count()
    whole = {"brief": "Sensors", "contact": contact.pk, "signature_on": "2026-12-18"}
    assert as_(cast.claire).post(url, whole).status_code == 302
    assert where(opportunity) == "Negotiation"
    assert Operation.objects.count() == operations + 1
    assert {"stage_id", "brief", "contact_id", "signature_on"} <= Operation.objects.latest(
        "pk"
    ).changes.get().fields.keys()


@pytest.mark.parametrize("url", ["/opportunities/{}/move/", "/opportunities/board/{}/move/"])
def test_set_4_the_stage_bar_and_the_board_are_held(cast, as_, opportunity, url):
    sent = {"stage": stage("Proposal").pk, "version": opportunity.version}
    assert as_(cast.claire).post(url.format(opportunity.pk), sent).status_code == 422
    assert where(opportunity) == "To qualify"


def test_set_4_the_form_is_held_and_marks_the_fields(cast, as_, opportunity):
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/edit/"
    form = fields(browser.get(url), "opportunity-form") | {"stage": stage("Proposal").pk, "name": "Renamed"}
    answer = browser.post(url, form)
    assert answer.status_code == 422
    assert "Before it enters “Proposal”, this is to be filled in: brief." in answer.content.decode()
    assert "“Proposal” asks for it." in answer.content.decode()
    assert browser.post(url, form | {"brief": "Sensors"}).status_code == 302
    assert where(opportunity) == "Proposal"


def test_set_4_what_is_created_further_on_is_held_too(cast, gates):
    with pytest.raises(ValidationError, match=r"Before it enters “Proposal”"):
        make_opportunity(by=cast.claire, stage=stage("Proposal"))
    assert make_opportunity(by=cast.claire, stage=stage("Proposal"), brief="Sensors").stage.name == "Proposal"


def test_set_4_many_at_once_are_held_by_the_same_rule(cast, opportunity):
    before = Opportunity.objects.filter(pk=opportunity.pk).values(*Opportunity.columns()).get()
    with pytest.raises(Missing) as refused, operation(by=cast.claire, door="bulk", what="opportunity.move"):
        Opportunity.change_rows([before | {"stage_id": stage("Negotiation").pk}], [before])
    assert refused.value.codes == ["brief", "contact", "signature_on"]


def test_set_4_what_stands_there_already_is_edited_freely(cast, as_, opportunity):
    stage("To qualify").edit(by=cast.ada, asks=["source"])
    assert as_(cast.claire).post(f"/opportunities/{opportunity.pk}/field/amount/", {"amount": "5"}).status_code == 302


def test_set_4_reopening_is_not_asked(cast):
    opportunity = make_opportunity(by=cast.claire, stage=stage("Negotiation"))
    opportunity.lose(by=cast.claire)
    stage("Negotiation").edit(by=cast.ada, asks=["contact"])
    opportunity.reopen(by=cast.claire)
    assert where(opportunity) == "Negotiation"


def test_set_4_the_gate_is_set_up_on_the_page_of_the_stages(cast, as_, opportunity):
    url = f"/settings/pipelines/{stage('Qualified').pipeline_id}/?gate={stage('Qualified').pk}"
    assert send(as_(cast.ada), url, **{"gate-asks": ["amount", "source"]}).status_code == 302
    assert stage("Qualified").asks == ["amount", "source"]
    assert "Source" in as_(cast.ada).get(url).content.decode()
    assert send(as_(cast.ada), url, **{"gate-asks": None}).status_code == 302
    assert stage("Qualified").asks == []
    refused = send(as_(cast.ada), url, **{"gate-asks": ["nonsense"]})
    assert refused.status_code == 422


def test_set_4_the_page_says_how_many_would_pass_today(cast, as_, opportunity):
    make_opportunity("With a brief", by=cast.claire, brief="Sensors")
    answer = as_(cast.ada).get(f"/opportunities/gate-effect/{stage('Proposal').pk}/?gate-asks=brief")
    assert "1 of 2 opportunities before it would pass today." in answer.content.decode()
