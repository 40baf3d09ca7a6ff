"""DATA-2: near misses are mapped for all rows at once, and what was decided serves the next file of the kind."""

import pytest

from opportunities.models import Opportunity
from pipelines.models import Stage
from tests.make import make_account, stage
from tests.transfers.sheets import counts, read, run
from transfers.models import Import


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


ROWS = [["Nummer", "Was", "Stage", "Owner"], *([f"R{n}", "x", "Negociation", "Clair Dubois"] for n in range(3))]
FED = {0: ["reference"], 1: ["name"], 2: ["stage"], 3: ["owner"]}


def test_data_4_near_misses_are_mapped_in_one_click_for_all_rows_alike(cast, as_):
    made, browser = read(ROWS, cast.bo), as_(cast.bo)
    settings = made.settings
    settings.columns = FED
    made.decide(settings)
    page = browser.get(f"/imports/{made.pk}/values/").content.decode()
    assert "near Negotiation" in page and "near Claire Dubois" in page
    browser.post(f"/imports/{made.pk}/values/", {"all": "near"})
    made = Import.objects.get(pk=made.pk)
    assert made.settings.values == {
        "stage": {"Negociation": {"to": str(stage("Negotiation").pk)}},
        "owner": {"Clair Dubois": {"to": str(cast.claire.pk)}},
    }
    made.run_rows(ring=False)
    made.job.run()
    assert Opportunity.objects.filter(owner=cast.claire, stage__name="Negotiation").count() == 3


def test_data_2_columns_and_values_are_remembered_for_the_next_file_of_the_kind(cast):
    values = {"stage": {"Negociation": {"to": str(stage("Negotiation").pk)}}, "owner": {"Clair Dubois": "refuse"}}
    run(ROWS, cast.bo, columns=FED, values=values, match="reference")
    again = read(ROWS, cast.bo)
    assert (again.settings.columns, again.settings.match) == (FED, "reference")
    assert again.settings.values == {"stage": values["stage"], "owner": {}}
    assert read(ROWS, cast.ada).settings.columns != FED
    assert read(ROWS, cast.bo, "account").settings.columns != FED
    other = read([["Name", "Stage"], ["y", "Negociation"]], cast.bo)
    assert other.settings.columns == {0: ["name"], 1: ["stage"]}
    assert other.settings.values["stage"] == values["stage"]


def test_give_4_a_remembered_value_that_is_gone_or_hidden_is_forgotten(cast):
    made = Stage(pipeline=stage("Negotiation").pipeline, name="Old", probability=30)
    made.add(by=cast.ada)
    hidden = make_account("Hexabio", by=cast.claire, owner=cast.claire)
    values = {"stage": {"Alt": {"to": str(made.pk)}}, "account": {"Hexa": {"to": str(hidden.pk)}}}
    rows = [["Name", "Stage", "Account"], ["a", "Alt", "Hexa"]]
    assert counts(run(rows, cast.claire, values=values)) == {"created": 1}
    assert read(rows, cast.claire).settings.values == values
    made.archive(by=cast.ada)
    hidden.owner = cast.sam
    hidden.edit(by=cast.ada)
    assert read(rows, cast.claire).settings.values == {"stage": {}, "account": {}}
