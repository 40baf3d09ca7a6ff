"""DATA-1: what is exported is in list order, safe to open, and comes home as it is."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command

from core.models import Job
from opportunities.models import Opportunity
from tests.make import lost_reason, make_account, make_contact, make_opportunity, source
from tests.transfers.sheets import counts, run
from transfers.models import Export

HARD = [
    "=1+1",
    "+33 6 00",
    "-5",
    "@x",
    "'quoted",
    "'=x",
    '"double"',
    "two\nlines",
    "tab\tbed",
    "émoji 🎈",
    "عربى",
    "a;b,c",
    "007",
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def exported(by, kind="opportunities", *words):
    buffer = io.BytesIO()
    export = Export(
        kind={"opportunities": "opportunity", "accounts": "account", "contacts": "contact"}[kind], format="csv"
    )
    export.job = Job(by=by)
    export.query = words[0] if words else ""
    export.write(buffer)
    return buffer.getvalue()


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_data_1_the_export_names_fields_dates_amounts_and_codes_plainly(cast):
    account = make_account("Hexabio", by=cast.claire)
    contact = make_contact("Odile Lecanu", by=cast.claire, account=account)
    make_opportunity(
        "Sensors", by=cast.claire, reference="R1", account=account, contact=contact, amount=Decimal("1054"),
        source=source("Referral"), assignees=[cast.tom, cast.sam],
    )  # fmt: skip
    make_opportunity("Gone", by=cast.claire, status="lost", lost_reason=lost_reason("Price"), amount=None)
    first, second = rows_of(exported(cast.ada))
    assert (
        list(first)[:18]
        == (
            "id reference name account contact pipeline stage status probability amount currency opened_on due_on closed_on "
            "owner assignees source lost_reason"
        ).split()
    )
    assert (first["account"], first["contact"], first["amount"], first["currency"]) == (
        "Hexabio",
        "Odile Lecanu",
        "1054.00",
        "EUR",
    )
    assert (first["opened_on"], first["due_on"], first["closed_on"]) == ("2026-01-01", "2026-03-02", "")
    assert (first["owner"], first["assignees"], first["source"]) == (
        "Claire Dubois",
        "Tom Baker; Sam Okafor",
        "Referral",
    )
    assert (second["status"], second["probability"], second["amount"], second["lost_reason"]) == (
        "lost",
        "0",
        "",
        "Price",
    )


def test_data_1_accounts_and_contacts_export_their_main_and_other_addresses(cast):
    make_account(
        "Hexabio",
        by=cast.bo,
        code="H",
        emails=["a@x.example", "b@x.example"],
        phones=["+33 1"],
        revenue=Decimal("1100.04"),
    )
    [row] = rows_of(exported(cast.bo, "accounts"))
    names = "id code name kind sector employees revenue registration website phone email street postcode city country parent owner"
    assert list(row)[:17] == names.split()
    assert (row["email"], row["other_emails"], row["phone"], row["revenue"]) == (
        "a@x.example",
        "b@x.example",
        "'+33 1",
        "1100.04",
    )


def test_data_1_the_export_is_in_list_order_and_only_what_one_sees(cast):
    for name, owner, given in (
        ("closed", cast.claire, {"status": "won"}),
        ("later", cast.claire, {}),
        ("hidden", cast.sam, {}),
    ):
        make_opportunity(name, by=owner, **given)
    assert [row["name"] for row in rows_of(exported(cast.claire))] == ["later", "closed"]
    assert [row["name"] for row in rows_of(exported(cast.claire, "opportunities", "status=won"))] == ["closed"]
    assert rows_of(exported(cast.eve)) == []


def test_data_1_what_is_exported_comes_home_as_it_is(cast):
    account = make_account("Hexabio", by=cast.ada)
    for at, name in enumerate(HARD):
        make_opportunity(name, by=cast.ada, account=account, brief=name, call_name=name[:20], reference=f"R{at}")
    make_opportunity("by hand", by=cast.ada, probability=33, probability_by_hand=True, assignees=[cast.tom])
    make_opportunity("closed", by=cast.ada, status="lost", lost_reason=lost_reason("Price"), lost_note="=x")
    content = exported(cast.ada)
    made = run(content, cast.ada, duplicates="overwrite")
    assert counts(made) == {"unchanged": len(HARD) + 2}
    Opportunity.objects.filter(reference="R0").get().win(by=cast.ada)
    assert counts(run(content, cast.ada, duplicates="overwrite")) == {"unchanged": len(HARD) + 1, "updated": 1}


@pytest.mark.parametrize("speech", ["", "en", "fr"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_data_1_readers_exports_come_home_too(cast, speech, format):
    account = make_account("Hexabio", by=cast.ada)
    make_opportunity("=Sensors", by=cast.ada, account=account, amount=Decimal("1234567.5"), source=source("Referral"))
    make_opportunity("Won", by=cast.ada, status="won", closed_on=None)
    buffer = io.BytesIO()
    Export(kind="opportunity", format=format, speech=speech, job=Job(by=cast.ada)).write(buffer)
    made = run(
        buffer.getvalue(),
        cast.ada,
        name=f"f.{format}",
        duplicates="overwrite",
        date_orders={11: "dmy", 12: "dmy", 13: "dmy"},
    )
    assert counts(made) == {"unchanged": 2}


def test_data_9_a_workbook_holds_no_live_formula_and_typed_cells(cast):
    make_opportunity("=1+1", by=cast.ada, amount=Decimal("12.5"))
    buffer = io.BytesIO()
    Export(kind="opportunity", format="xlsx", job=Job(by=cast.ada)).write(buffer)
    sheet = openpyxl.load_workbook(buffer).active
    head, row = list(sheet.iter_rows())
    cells = {name.value: cell for name, cell in zip(head, row, strict=True)}
    assert (cells["name"].value, cells["name"].data_type) == ("=1+1", "s")
    assert (cells["amount"].value, cells["amount"].data_type) == (12.5, "n")
    assert cells["due_on"].is_date


def test_data_1_export_file_writes_to_a_file_or_the_standard_output(cast, tmp_path, capfdbinary):
    make_opportunity("Sensors", by=cast.ada)
    path = tmp_path / "out.csv"
    call_command("export_file", "opportunities", str(path), "--as", "ada@demo.example")
    assert json.loads(capfdbinary.readouterr().out) == {"rows": 1, "file": str(path)}
    assert [row["name"] for row in rows_of(path.read_bytes())] == ["Sensors"]


@pytest.mark.parametrize(
    "words", [["--as", "nobody@demo.example"], ["--as", "ada@demo.example", "--query", "stage=abc"]]
)
def test_data_1_export_file_says_in_a_line_what_is_off(cast, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("export_file", "opportunities", "-", *words)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_all_6_a_choice_that_does_not_exist_is_said_in_the_form(cast, as_):
    make_opportunity(by=cast.claire)
    answer = as_(cast.claire).post("/imports/exports/new/", {"kind": "opportunity", "format": "pdf", "columns": "all"})
    assert answer.status_code == 422 and "1 field to correct" in answer.content.decode()


def test_give_4_an_export_names_the_account_of_an_opportunity_and_nothing_more_of_it(cast):
    """Neither its number, which would be known to be there; nor of contacts and accounts what stands beside them."""
    hidden, own = make_account("Zyxwv", by=cast.sam), make_account("Own", by=cast.claire)
    make_contact("Ana Roca", by=cast.claire, account=hidden)
    for account in (hidden, own):
        make_opportunity(f"of {account}", by=cast.claire, account=account)
    found = {row["name"]: (row["account"], row["account_id"]) for row in rows_of(exported(cast.claire))}
    assert found == {"of Zyxwv": ("Zyxwv", ""), "of Own": ("Own", str(own.pk))}
    (person,) = rows_of(exported(cast.claire, "contacts"))
    assert (person["account"], person["account_id"]) == ("", "")
