"""DATA-1, DATA-2, DATA-3, OPP-10: the people on an opportunity leave in a spreadsheet and come in by one."""

import csv
import io

import pytest

from core.models import Job
from opportunities.models import Opportunity
from pipelines.models import PersonRole
from records.models import Change
from tests.make import make_account, make_contact, make_opportunity
from tests.transfers.sheets import check, counts, read, refusals, run
from tests.transfers.test_round_trip import come_home, exported
from tests.transfers.workbooks import edited
from tests.transfers.workbooks import exported as workbook_of
from transfers.models import Import
from transfers.preview import Texts
from transfers.values import unknown_fields


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def deal(cast):
    account = make_account("Hexabio", by=cast.claire)
    make_contact("Odile Lecanu", by=cast.claire, account=account, emails=["odile@hexabio.example"])
    make_contact("Paul Roux", by=cast.claire, account=account)
    return make_opportunity("Sensors", by=cast.claire, account=account, reference="R1")


def role(name):
    return PersonRole.objects.filter(name=name).first() or PersonRole(name=name).add(by=None)


def on(record):
    return {str(one.person): str(one.role or "") for one in record.involvements.all()}


def cell(by):
    return {
        row["name"]: row["people"]
        for row in csv.DictReader(io.StringIO(exported(by, "opportunity", "csv", "").decode(), newline=""))
    }


def write(said, by, **decided):
    return run([["Reference", "People"], ["R1", said]], by, **{"duplicates": "update", **decided})


def contact(record, name):
    return next(one for one in record.account.contacts.all() if str(one) == name)


def test_data_1_opp_10_people_are_exported_by_name_and_role(cast, deal):
    deal.involve(contact(deal, "Odile Lecanu"), role=role("Buyer"), by=cast.claire)
    deal.involve(cast.tom, by=cast.claire)
    assert cell(cast.ada) == {"Sensors": "Odile Lecanu (Buyer); Tom Baker"}


def test_data_1_opp_10_a_name_that_several_have_is_exported_as_an_address(cast, deal):
    make_contact("Odile Lecanu", by=cast.claire)
    deal.involve(contact(deal, "Odile Lecanu"), role=role("Buyer"), by=cast.claire)
    assert cell(cast.ada) == {"Sensors": "odile@hexabio.example (Buyer)"}
    write("odile@hexabio.example; Tom Baker", cast.ada)
    assert on(deal) == {"Odile Lecanu": "", "Tom Baker": ""}


def test_data_2_opp_10_people_are_imported_and_undone_with_it(cast, deal):
    role("Decision maker")
    deal.involve(contact(deal, "Paul Roux"), role=role("Buyer"), by=cast.claire)
    made = write("lecanu odile (BUYER); tom@demo.example (Decision maker)", cast.ada)
    assert counts(made) == {"updated": 1}
    assert on(deal) == {"Odile Lecanu": "Buyer", "Tom Baker": "Decision maker"}
    assert {"people", "colleagues", "roles"} <= Change.objects.filter(record_id=deal.pk).last().fields.keys()
    made.operation.undo(by=cast.ada)
    assert on(deal) == {"Paul Roux": "Buyer"}


def test_data_2_opp_10_a_new_opportunity_brings_its_people(cast, deal):
    run([["Reference", "Name", "Personnes"], ["R2", "New", "Paul Roux; Tom Baker"]], cast.ada)
    assert on(Opportunity.objects.get(reference="R2")) == {"Paul Roux": "", "Tom Baker": ""}


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("Odile Lecano", "Odile Lecanu"),
        ("Odile Lecanu (Buyr)", "Buyer"),
        ("Nobody Atall", "“Nobody Atall” is not set up here."),
        ("Paul Roux; paul roux (Buyer)", "twice"),
    ],
)
def test_data_2_opp_10_who_or_what_is_not_found_is_refused_by_name(cast, deal, said, part):
    role("Buyer")
    [(_row, column, message)] = refusals(write(said, cast.ada))
    assert column == "People"
    assert part in message
    assert on(deal) == {}


def test_data_2_opp_10_a_name_that_fits_several_asks_for_the_address(cast, deal):
    make_contact("Odile Lecanu", by=cast.claire)
    [(_row, _column, message)] = refusals(write("Odile Lecanu", cast.ada))
    assert "e-mail address" in message


def test_data_2_give_4_a_hidden_contact_is_absent_and_stays_where_it_is(cast, deal):
    hidden = make_contact("Zoé Secret", by=cast.ada, emails=["zoe@secret.example"])
    mine = make_opportunity("Mine", by=cast.sam, reference="S1")
    mine.involve(hidden, by=cast.ada)
    rows = [["Reference", "Amount", "People"], ["S1", "12", "Zoé Secret"]]
    assert counts(run(rows, cast.sam, duplicates="update")) == {"updated": 1}
    assert on(mine) == {"Zoé Secret": ""}
    stranger = make_opportunity("Other", by=cast.sam, reference="S2")
    for said in ("Zoé Secret", "zoe@secret.example"):
        made = run([["Reference", "People"], ["S2", said]], cast.sam, duplicates="update")
        assert refusals(made) == [(2, "People", f"“{said}” is not set up here.")]
    assert on(stranger) == {}


def test_data_1_give_4_a_hidden_contact_is_not_taken_for_the_namesake_one_sees(cast, deal):
    hidden, seen = make_contact("Max Twin", by=cast.ada), make_contact("Max Twin", by=cast.sam)
    mine = make_opportunity("Mine", by=cast.sam)
    mine.involve(hidden, by=cast.ada)
    assert come_home(exported(cast.sam, "opportunity", "csv", ""), "opportunity", "csv", cast.sam)[2] == []
    run([["ID", "Amount", "People"], [mine.pk, 12, "Max Twin"]], cast.sam, duplicates="update", match="id")
    assert [one.contact_id for one in mine.involvements.all()] == [hidden.pk] != [seen.pk]


def test_data_3_opp_10_an_empty_cell_takes_people_off_only_when_asked(cast, deal):
    deal.involve(cast.tom, by=cast.claire)
    assert counts(write("", cast.ada)) == {"unchanged": 1}
    assert on(deal) == {"Tom Baker": ""}
    assert counts(write("", cast.ada, clear_empty=True)) == {"updated": 1}
    assert on(deal) == {}


def test_data_7_opp_10_the_preview_shows_who_was_and_who_will_be_on_it(cast, deal):
    role("Buyer")
    deal.involve(cast.tom, by=cast.claire)
    made = check(
        read([["Reference", "Name", "People"], ["R1", "", "Paul Roux (Buyer)"], ["R9", "New", "Paul Roux"]], cast.ada),
        match="reference", duplicates="update",
    )  # fmt: skip
    lines = list(made.lines.order_by("number"))
    old, new = (Texts(made, lines).line(line)["details"] for line in lines)
    assert {(one["label"], one["old"], one["new"]) for one in old} == {
        ("people", "empty", "Paul Roux"),
        ("colleagues", "Tom Baker", "empty"),
        ("roles", "empty", "Buyer"),
    }
    assert "Paul Roux" in new


def awkward(cast):
    """Opportunities with people whose names are hard to say in a cell."""
    names = ["Ana (Sales) Roca", "Bo; Tom Baker", "=1+1 Formula", "Line\nBreak", "Twin Same", "Twin Same", "Tom Baker"]
    contacts = [make_contact(name, by=cast.ada) for name in names]
    buyer, nested, gone = role("Buyer"), role("Buyer (IT)"), role("Old role")
    for at, person in enumerate([*contacts, cast.tom, cast.eve]):
        record = make_opportunity(f"Deal {at}", by=cast.ada)
        record.involve(person, role=(None, buyer, nested, gone)[at % 4], by=cast.ada)
        record.involve(cast.sam, by=cast.ada)
    gone.archive(by=cast.ada)
    return len(contacts) + 2


@pytest.mark.parametrize("speech", ["", "fr"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_data_1_opp_10_people_come_home_unchanged(cast, format, speech):
    count = awkward(cast)
    before = {record.pk: on(record) for record in Opportunity.objects.all()}
    rows, found, told = come_home(exported(cast.ada, "opportunity", format, speech), "opportunity", format, cast.ada)
    assert (rows, told, found["unchanged"]) == (count, [], count)
    assert {record.pk: on(record) for record in Opportunity.objects.all()} == before


def home(workbook, by, choose=""):
    """The workbook imported as the wizard proposes, after its check."""
    made = check(read(workbook, by, name="export.xlsx"))
    made.conflicts.update(choice=choose)
    texts = Texts(made, [], list(made.conflicts.all()))
    said = [texts.conflict(one) for one in made.conflicts.all()]
    made.run_rows(ring=False)
    Job.objects.get(pk=made.job_id).run()
    return counts(Import.objects.get(pk=made.pk)), [(one["base"], one["here"], one["file"]) for one in said]


def test_data_11_opp_10_who_was_put_on_it_here_since_the_export_stays(cast, deal):
    deal.involve(cast.tom, by=cast.claire)
    workbook = workbook_of(cast.ada)
    deal.involve(cast.eve, role=role("Buyer"), by=cast.claire)
    assert home(workbook, cast.ada) == ({"unchanged": 1}, [])
    assert on(deal) == {"Tom Baker": "", "Eve Martin": "Buyer"}


@pytest.mark.parametrize("choose", ["here", "file"])
def test_data_11_opp_10_people_changed_on_both_sides_are_a_conflict(cast, deal, choose):
    deal.involve(cast.tom, by=cast.claire)
    workbook = edited(workbook_of(cast.ada), people="Paul Roux (Buyer)")
    deal.involve(cast.eve, role=role("Buyer"), by=cast.claire)
    _counts, conflicts = home(workbook, cast.ada, choose)
    assert conflicts == [("Tom Baker", "Tom Baker; Eve Martin (Buyer)", "Paul Roux (Buyer)")]
    both = {"Tom Baker": "", "Eve Martin": "Buyer"}
    assert on(deal) == (both if choose == "here" else {"Paul Roux": "Buyer"})


def test_data_2_opp_10_a_person_chosen_for_a_name_takes_the_role_of_the_cell(cast, deal):
    role("Buyer")
    paul, hidden = contact(deal, "Paul Roux"), make_contact("Zoé Secret", by=cast.ada)
    for pk, outcome in ((hidden.pk, {"refused": 1}), (paul.pk, {"updated": 1})):
        chosen = {"people": {"P. Rouxe (Buyer)": {"to": f"contact-{pk}:"}}}
        assert counts(write("P. Rouxe (Buyer)", cast.claire, values=chosen)) == outcome
    assert on(deal) == {"Paul Roux": "Buyer"}


def test_data_2_opp_10_the_values_step_proposes_people(cast, deal):
    role("Buyer")
    made = read(
        [["Reference", "Name", "People"], ["R1", "a", "Odile Lecano (Buyer)"], ["R2", "b", "Tom Baker (Buyr)"]],
        cast.ada,
    )
    [field] = [one for one in unknown_fields(made) if one.name == "people"]
    near = {value.text: value.near[0].label for value in field.values}
    assert near == {"Odile Lecano (Buyer)": "Odile Lecanu", "Tom Baker (Buyr)": "Tom Baker (Buyer)"}
