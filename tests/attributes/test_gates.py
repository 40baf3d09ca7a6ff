"""SET-4: a stage asks for custom fields as for any other, at every door."""

import pytest

from opportunities.models import Bulk, Opportunity
from records.models import Operation
from tests.attributes.conftest import KINDS, make_field, option
from tests.make import make_account, make_opportunity, stage
from tests.pages import fields, send
from tests.transfers.sheets import counts, refusals, run

HTMX = {"hx-request": "true"}


@pytest.fixture
def visit(cast):
    """Proposal asks for the house's own *Site visit*."""
    field = make_field("Site visit", "date")
    stage("Proposal").edit(by=cast.ada, asks=[field.input_name])
    return field


@pytest.fixture
def opportunity(cast):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire))


def where(opportunity):
    return Opportunity.objects.get(pk=opportunity.pk).stage.name


@pytest.mark.parametrize("url", ["/opportunities/{}/move/", "/opportunities/board/{}/move/"])
def test_set_4_the_bar_the_row_menu_and_the_board_offer_the_input(cast, as_, visit, opportunity, url):
    sent = {"stage": stage("Proposal").pk, "version": opportunity.version}
    answer = as_(cast.claire).post(url.format(opportunity.pk), sent, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#dialog"
    assert "1 thing is missing" in page and f'name="{visit.input_name}"' in page and "Site visit" in page
    assert where(opportunity) == "To qualify"


def test_set_4_a_custom_field_filled_in_at_the_gate_is_saved_with_the_move(cast, as_, visit, opportunity):
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/enter/{stage('Proposal').pk}/"
    before = Operation.objects.count()
    refused = browser.post(url, {visit.input_name: "31/02/2027"})
    assert refused.status_code == 422 and "31/02/2027" in refused.content.decode()
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {visit.input_name: "2027-02-28"}).status_code == 302
    assert where(opportunity) == "Proposal"
    assert Operation.objects.count() == before + 1
    fields = Operation.objects.latest("pk").changes.get().fields
    assert fields[f"custom:{visit.key}"] == [None, "2027-02-28"] and "stage_id" in fields


TYPED = {
    "text": "Hall B", "long_text": "One\ntwo", "number": "12,5", "money": "12 000", "date": "2027-02-28",
    "yes_no": "0", "link": "https://hexabio.example",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_set_4_each_kind_of_field_is_asked_and_filled_in(cast, as_, every_kind, opportunity, kind):
    field = every_kind[kind]
    stage("Proposal").edit(by=cast.ada, asks=[field.input_name])
    typed = (
        TYPED.get(kind)
        or {
            "list": lambda: option(field, "B"),
            "multiple_list": lambda: [option(field, "Gas")],
            "person": lambda: cast.tom.pk,
        }[kind]()
    )
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/enter/{stage('Proposal').pk}/"
    assert f'name="{field.input_name}"' in browser.get(url).content.decode()
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {field.input_name: typed}).status_code == 302
    assert where(opportunity) == "Proposal"
    assert field.key in Opportunity.objects.get(pk=opportunity.pk).custom


def test_set_4_the_form_marks_the_custom_field(cast, as_, visit, opportunity):
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/edit/"
    form = fields(browser.get(url), "opportunity-form") | {"stage": stage("Proposal").pk}
    answer = browser.post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "this is to be filled in: Site visit." in page and "“Proposal” asks for it." in page
    assert browser.post(url, form | {visit.input_name: "2027-02-28"}).status_code == 302
    assert where(opportunity) == "Proposal"


def test_set_4_bulk_names_the_custom_field_of_each_that_stays(cast, visit, opportunity):
    filled = make_opportunity("Visited", by=cast.claire, custom={visit.key: "2027-02-28"})
    bulk = Bulk.choose("move", [opportunity.pk, filled.pk], by=cast.claire)
    bulk.run({"stage": stage("Proposal").pk})
    assert (where(opportunity), where(filled)) == ("To qualify", "Proposal")
    assert bulk.lines.get().why == "Before it enters “Proposal”, this is to be filled in: Site visit."


def test_set_4_an_import_is_held_and_may_bring_the_value_along(cast, visit, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    rows = [["Name", "Stage", "Site visit"], ["Visited", "Proposal", "28/02/2027"], ["Not yet", "Proposal", ""]]
    made = run(rows, cast.bo)
    assert counts(made) == {"created": 1, "refused": 1}
    ((_row, column, said),) = refusals(made)
    assert column == "Stage" and said == "Before it enters “Proposal”, this is to be filled in: Site visit."


def test_set_4_what_an_import_creates_along_is_there(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hall = make_field("Hall", "list", values=["A"])
    stage("Proposal").edit(by=cast.ada, asks=["account", hall.input_name])
    rows = [
        ["Name", "Account", "Stage", "Hall"],
        ["New client", "Hexabio", "Proposal", "B"],
        ["None", "", "Proposal", ""],
    ]
    made = run(rows, cast.ada, create=["account", hall.input_name])
    assert counts(made) == {"created": 1, "refused": 1}
    deal = Opportunity.objects.get()
    assert deal.account.name == "Hexabio" and deal.custom == {hall.key: option(hall, "B")}


def test_set_4_an_archived_field_is_asked_no_more(cast, as_, visit, opportunity):
    visit.archive(by=cast.ada)
    browser = as_(cast.claire)
    assert browser.post(f"/opportunities/{opportunity.pk}/move/", {"stage": stage("Proposal").pk}).status_code == 302
    assert where(opportunity) == "Proposal"


def test_set_4_custom_fields_are_chosen_on_the_page_of_the_gate(cast, as_, visit, opportunity):
    make_opportunity("Visited", by=cast.claire, custom={visit.key: "2027-02-28"})
    qualified = stage("Qualified")
    url = f"/settings/pipelines/{qualified.pipeline_id}/?gate={qualified.pk}"
    assert send(as_(cast.ada), url, **{"gate-asks": [visit.input_name]}).status_code == 302
    assert stage("Qualified").asks == [visit.input_name]
    effect = as_(cast.ada).get(f"/opportunities/gate-effect/{qualified.pk}/?gate-asks={visit.input_name}")
    assert "1 of 2 opportunities before it would pass today." in effect.content.decode()
