"""DATA-2..4, DATA-8: what an import makes of its rows."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from pipelines.models import Stage
from records.models import Change, Operation
from tests.make import make_account, make_contact, make_opportunity, make_person
from tests.transfers.sheets import counts, guessed, read, refusals, run
from users.models import Notice, User

D = dt.date


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_data_2_columns_are_guessed_in_french_and_english(db):
    french = [
        ["ID de l’opportunité", "Opportunité", "Client", "Jalon", "Valeur prévue", "Échéance", "Commercial"],
        [7, "x", "y", "z", 5, {"d": "2026-01-01"}, "w"],
    ]
    assert list(guessed(french).values()) == [
        ["id"],
        ["name"],
        ["account"],
        ["stage"],
        ["amount"],
        ["due_on"],
        ["owner"],
    ]
    english = [
        ["Opportunity Name", "Company", "StageName", "Amount", "CloseDate", "Probability (%)"],
        ["x", "y", "z", 5, "2026-01-01", 50],
    ]
    assert list(guessed(english).values()) == [
        ["name"],
        ["account"],
        ["stage"],
        ["amount"],
        ["due_on"],
        ["probability"],
    ]


def test_data_2_an_id_that_is_no_whole_number_is_a_reference(db):
    assert guessed([["opportunity_id"], ["1C1I7A6R"]]) == {"opportunity_id": ["reference"]}


def test_data_2_an_import_creates_what_its_rows_say(cast):
    account = make_account("Groupe Hexabio", by=cast.bo)
    made = run(
        [
            ["Name", "Account", "Stage", "Amount", "Due date", "Owner", "Source", "Assigned to"],
            [
                "Sensors",
                "groupe hexabio",
                "Proposal",
                "12 000,50 €",
                "24/11/2026",
                "Claire Dubois",
                "Referral",
                "Tom Baker; Sam Okafor",
            ],
        ],
        cast.bo,
    )
    assert counts(made) == {"created": 1}
    sensors = Opportunity.objects.get()
    assert (sensors.name, sensors.account, sensors.stage.name, sensors.probability) == (
        "Sensors",
        account,
        "Proposal",
        60,
    )
    assert (sensors.amount, sensors.due_on, sensors.owner) == (Decimal("12000.50"), D(2026, 11, 24), cast.claire)
    assert sensors.source.name == "Referral"
    assert sensors.assigned_ids() == {cast.tom.pk, cast.sam.pk}


def test_data_4_won_and_lost_in_the_stage_column_close(cast):
    make = [["Name", "Account", "Stage", "Closed on", "Lost reason"]]
    account = make_account("Hexabio", by=cast.bo).name
    rows = [
        ["a", account, "Won", "2026-03-01", ""],
        ["b", account, "Perdue", "2026-04-01", "Price"],
        ["c", account, "Gagné", "", ""],
    ]
    made = run(make + rows, cast.bo)
    assert counts(made) == {"created": 3}
    a, b, c = Opportunity.objects.order_by("name")
    assert (a.status, a.probability, a.closed_on, a.stage.name) == ("won", 100, D(2026, 3, 1), "Negotiation")
    assert (b.status, b.probability, b.lost_reason.name) == ("lost", 0, "Price")
    assert (c.status, c.closed_on) == ("won", None)


def test_data_4_a_stage_that_does_not_match_is_refused_with_the_nearest_name(cast):
    made = run([["Name", "Contact", "Stage"], ["x", "", "Negociation"]], cast.bo)
    [(row, column, message)] = refusals(made)
    assert (row, column) == (2, "Stage")
    assert "Negotiation" in message
    assert not Opportunity.objects.exists()


def test_data_4_unknown_values_are_mapped_created_or_refused(cast):
    rows = [
        ["Name", "Stage", "Owner"],
        ["a", "Engaging", "Moses Frase"],
        ["b", "Old one", "Moses Frase"],
        ["c", "Odd", "Moses Frase"],
    ]
    proposal = Stage.objects.get(name="Proposal")
    made = run(
        rows,
        cast.ada,
        create=["owner"],
        values={"stage": {"Engaging": "create", "Old one": {"to": proposal.pk}, "Odd": "refuse"}},
    )
    assert counts(made) == {"created": 2, "refused": 1}
    moses = User.objects.get(last_name="Frase")
    assert not moses.signs_in and moses.email is None
    a, b = Opportunity.objects.order_by("name")
    assert (a.stage.name, a.stage.pipeline.name, a.probability) == ("Engaging", "Direct sales", 50)
    assert b.stage == proposal
    assert a.owner == b.owner == moses


def test_data_4_only_who_may_set_up_creates_a_stage(cast):
    rows = [["Name", "Stage"], ["a", "Engaging"]]
    assert counts(run(rows, cast.mia, create=["stage"])) == {"refused": 1}
    assert not Stage.objects.filter(name="Engaging").exists()


def test_opp_2_a_row_without_party_is_kept_and_incomplete(cast):
    run([["Reference", "Amount", "Due date"], ["R1", "0", "2026-01-01"], ["R2", "", ""]], cast.bo)
    one, two = Opportunity.objects.order_by("reference")
    assert one.account is None and one.is_incomplete
    assert one.amount == 0 and two.amount is None
    assert one.name == "R1"


def test_opp_5_a_probability_that_contradicts_the_status_takes_the_stages(cast):
    made = run(
        [["Name", "Status", "Probability"], ["a", "open", "100"], ["b", "open", "35"], ["c", "won", "35"]], cast.bo
    )
    a, b, c = Opportunity.objects.order_by("name")
    assert (a.probability, a.probability_by_hand) == (10, False)
    assert (b.probability, b.probability_by_hand) == (35, True)
    assert c.probability == 100
    assert made.result["warned"] == 2


def test_opp_6_opened_on_is_the_earliest_date_of_the_row(cast):
    run(
        [["Name", "Due date", "Closed on", "Stage"], ["a", "2024-05-01", "2024-04-01", "Won"], ["b", "", "", ""]],
        cast.bo,
    )
    a, b = Opportunity.objects.order_by("name")
    assert a.opened_on == D(2024, 4, 1)
    assert b.opened_on == dt.date.today()


def test_data_3_update_changes_only_mapped_columns_and_blank_changes_nothing(cast):
    deal = make_opportunity("Sensors", by=cast.ada, reference="R1", brief="kept")
    made = run([["Reference", "Amount", "Due date"], ["R1", "5000", ""]], cast.ada, duplicates="update")
    assert counts(made) == {"updated": 1}
    before, deal = deal, Opportunity.objects.get(pk=deal.pk)
    assert (deal.amount, deal.due_on, deal.brief, deal.version) == (5000, before.due_on, "kept", before.version + 1)


def test_data_3_names_and_stages_change_only_when_overwritten(cast):
    make_opportunity("Sensors", by=cast.ada, reference="R1")
    rows = [["Reference", "Name", "Stage", "Amount"], ["R1", "Other", "Proposal", "5000"]]
    made = run(rows, cast.ada, duplicates="update")
    assert made.result["withheld"] == 1
    deal = Opportunity.objects.get()
    assert (deal.name, deal.stage.name, deal.amount) == ("Sensors", "To qualify", 5000)
    run(rows, cast.ada, duplicates="overwrite")
    deal = Opportunity.objects.get()
    assert (deal.name, deal.stage.name) == ("Other", "Proposal")


def test_data_3_known_rows_are_skipped_by_default(cast):
    make_opportunity("Sensors", by=cast.ada, reference="R1")
    assert counts(run([["Reference", "Amount"], ["R1", "5"], ["R2", "6"]], cast.ada)) == {"created": 1, "skipped": 1}


def test_data_3_an_empty_cell_clears_only_when_asked(cast):
    make_opportunity("Sensors", by=cast.ada, reference="R1", amount=Decimal(10))
    run([["Reference", "Amount"], ["R1", ""]], cast.ada, duplicates="update", clear_empty=True)
    assert Opportunity.objects.get().amount is None


def test_data_3_imported_again_nothing_is_written(cast):
    rows = [
        ["Reference", "Name", "Amount", "Stage", "Assigned to"],
        ["R1", "a", "5", "Proposal", "Tom Baker"],
        ["R2", "b", "", "Won", ""],
    ]
    run(rows, cast.ada)
    operations, changes = Operation.objects.count(), Change.objects.count()
    assert counts(run(rows, cast.ada, duplicates="overwrite")) == {"unchanged": 2}
    assert (Operation.objects.count(), Change.objects.count()) == (operations, changes)


def test_data_3_a_key_that_stands_twice_is_refused(cast):
    made = run([["Reference", "Amount"], ["R1", "1"], ["R1", "2"]], cast.ada, duplicates="update")
    assert counts(made) == {"created": 1, "refused": 1}
    assert "row 2" in refusals(made)[0][2]


def test_data_7_the_dry_run_counts_what_the_run_does(cast):
    make_opportunity("Sensors", by=cast.ada, reference="R1")
    made = read([["Reference", "Amount"], ["R1", "5"], ["R2", "six"], ["R3", "7"]], cast.ada)
    settings = made.settings
    settings.duplicates = "update"
    made.decide(settings)
    made.check_rows()
    made.job.run()
    made.refresh_from_db()
    assert {name: made.counts[name] for name in ("created", "updated", "refused")} == {
        "created": 1,
        "updated": 1,
        "refused": 1,
    }
    assert Opportunity.objects.count() == 1
    assert Opportunity.objects.get().amount == 1000
    line = made.lines.get(outcome="updated")
    assert line.details["amount"] == ["1000", "5"]


def test_data_6_bad_cells_are_refused_one_sentence_each(cast):
    rows = [
        ["Name", "Amount", "Due date", "Closed on", "Production from", "Production to", "Status", "Currency"],
        ["a", "lots", "", "", "", "", "", ""],
        ["b", "-5", "", "", "", "", "", ""],
        ["c", "1234567890123", "", "", "", "", "", ""],
        ["d", "", "31/11/2026", "", "", "", "", ""],
        ["e", "", "", "", "2026-05-01", "2026-04-01", "", ""],
        ["f", "", "", "", "", "", "perhaps", ""],
        ["g", "", "", "", "", "", "", "ZZZ"],
        ["h" * 201, "", "", "", "", "", "", ""],
    ]
    made = run(rows, cast.bo)
    assert counts(made) == {"refused": 8}
    assert [(row, column) for row, column, _ in refusals(made)] == [
        (2, "Amount"), (3, "Amount"), (4, "Amount"), (5, "Due date"), (6, "Production to"), (7, "Status"), (8, "Currency"), (9, "Name"),
    ]  # fmt: skip


def test_data_6_a_notice_is_left_when_it_is_done(cast):
    run([["Name"], ["a"]], cast.bo)
    notice = Notice.objects.get()
    assert notice.user == cast.bo and "1 created" in notice.text


def test_data_8_accounts_with_a_parent_below_its_child(cast):
    rows = [
        ["account", "subsidiary_of", "Phone", "E-mail", "Revenue"],
        ["Child", "Parent", "+33 1 02", "a@b.example", "12,5"],
        ["Parent", "", "007", "", ""],
        ["Third", "Child", "", "", ""],
    ]
    made = run(rows, cast.bo, kind="account")
    assert counts(made) == {"created": 3}
    child, parent, third = Account.objects.order_by("name")
    assert (child.parent, third.parent, parent.parent) == (parent, child, None)
    assert (child.phone, child.email, child.revenue, parent.phone) == (
        "+33 1 02",
        "a@b.example",
        Decimal("12.5"),
        "007",
    )


def test_data_8_contacts_join_their_accounts(cast):
    make_account("Hexabio", by=cast.bo)
    made = run(
        [["First name", "Last name", "Company", "Email"], ["Odile", "Lecanu", "Hexabio", "odile@hexabio.example"]],
        cast.bo,
        kind="contact",
    )
    assert counts(made) == {"created": 1}
    assert Contact.objects.get().account.name == "Hexabio"


def test_data_5_the_contact_by_id_or_by_name(cast):
    hexabio = make_account("Hexabio", by=cast.bo)
    odile = make_contact("Odile Lecanu", by=cast.bo, account=hexabio)
    make_contact("Odile Lecanu", by=cast.bo)
    other = make_account("Other", by=cast.bo)
    rows = [
        ["Name", "Account", "Contact", "Contact ID"],
        ["a", "", "", odile.pk],
        ["b", "", "Odile Lecanu", ""],
        ["c", other.name, "", odile.pk],
        ["d", "", "", 99999],
    ]
    made = run(rows, cast.bo)
    assert counts(made) == {"created": 1, "refused": 3}
    deal = Opportunity.objects.get()
    assert (deal.contact, deal.account) == (odile, hexabio)
    assert [message.split()[0] for *_, message in refusals(made)] == ["“Odile", "This", "There"]


def test_log_1_an_import_is_one_operation(cast):
    make_person("Zoé Garnier", "manager", team=cast.claire.team)
    made = run([["Name", "Account"], ["a", "New one"], ["b", "New one"]], cast.bo, create=["account"])
    assert made.operation.door == "import"
    assert set(Change.objects.filter(operation=made.operation).values_list("kind", flat=True)) == {"created"}
    assert Change.objects.filter(operation=made.operation).count() == 3
    assert Account.objects.filter(name="New one").count() == 1
