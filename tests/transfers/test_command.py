"""The contract of ``import_file`` and ``export_file``: exit codes, receipts, what is left behind (ARCHITECTURE 9)."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from django.test import TestCase

from accounts.models import Account
from core.models import Job
from opportunities.models import Opportunity
from records.models import Change
from tests.make import make_account, make_opportunity
from tests.transfers.sheets import csv_bytes, write, zip_bytes
from transfers.models import Import

RECEIPT = ["job", "read", "created", "updated", "unchanged", "skipped", "refused", "conflicts", "errors", "seconds"]
DEALS = [["Reference", "Name", "Amount"], ["R1", "a", "5"], ["R2", "b", "lots"]]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def sheet(tmp_path):
    return lambda rows, name="sheet.csv": write(tmp_path, name, rows if isinstance(rows, bytes) else csv_bytes(rows))


def command(*words, kind="opportunities", person="bo"):
    """Exit code, receipt, what was said on stderr."""
    out, status = io.StringIO(), 0
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):  # by which files go
            call_command("import_file", kind, *map(str, words), "--as", f"{person}@demo.example", stdout=out)
    except SystemExit as stop:
        status = stop.code
    return status, json.loads(out.getvalue() or "null")


def left_behind(folder):
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def test_data_6_partly_refused_is_done_with_a_receipt(cast, sheet):
    status, receipt = command(sheet(DEALS))
    assert status == 0
    assert list(receipt) == RECEIPT
    assert (receipt["read"], receipt["created"], receipt["refused"]) == (2, 1, 1)
    assert receipt["errors"] == [{"row": 3, "column": "Amount", "message": receipt["errors"][0]["message"]}]
    assert Job.objects.get(pk=receipt["job"]).state == Job.State.DONE


def test_data_7_a_dry_run_counts_and_writes_nothing(cast, sheet):
    before = Change.objects.count()
    status, receipt = command(sheet(DEALS), "--dry-run")
    assert (status, receipt["job"], receipt["created"], receipt["refused"]) == (0, None, 1, 1)
    assert not Opportunity.objects.exists() and not Import.objects.exists() and Change.objects.count() == before


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (zip_bytes(readme="hello"), "archive"),
        (b"shape,colour\nround,red\n", "column"),
        (b"Name,Due date\na,01/02/2026\nb,03/04/2026\n", "date-order"),
    ],
)
def test_data_9_a_file_refused_whole_is_exit_1_and_leaves_nothing(cast, sheet, tmp_path, content, word, dry):
    status, receipt = command(sheet(content), *dry)
    assert status == 1
    assert list(receipt) == RECEIPT
    assert word in receipt["errors"][0]["message"]
    assert not Import.objects.exists() and not Job.objects.exists() and not Opportunity.objects.exists()
    assert not left_behind(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--map", "Nope=name"], "no column “Nope”"),
        (["--map", "Name=nope"], "no field “nope”"),
        (["--map", "Name=name", "--map", "Amount=name"], "Two columns"),
        (["--create-missing", "moon"], "moon"),
        (["--value", "stage:Nowhere"], "--value"),
        (["--value", "stage:Old=Nowhere"], "Nowhere"),
        (["--match", "name_account", "--map", "Name="], "name"),
    ],
)
def test_data_2_words_that_are_off_are_exit_2_and_one_line(cast, sheet, tmp_path, capsys, words, said):
    status, receipt = command(sheet(DEALS), *words)
    assert (status, receipt) == (2, None)
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1
    assert not Import.objects.exists() and not Job.objects.exists() and not left_behind(tmp_path)


def test_data_2_nobody_and_nothing_are_exit_2(cast, sheet, tmp_path, capsys):
    assert command(sheet(DEALS), person="nobody")[0] == 2
    assert command(tmp_path / "absent.csv")[0] == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_give_3_a_profile_without_import_is_refused_whole(cast, sheet):
    status, receipt = command(sheet(DEALS), person="claire")
    assert status == 1 and "profile" in receipt["errors"][0]["message"]


def test_data_2_a_column_feeds_two_fields_and_one_is_ignored(cast, sheet):
    rows = [["When", "Name", "Amount"], ["2026-05-01", "a", "5"]]
    command(sheet(rows), "--map", "When=due_on", "--map", "When=opened_on", "--map", "Amount=")
    made = Opportunity.objects.get()
    assert str(made.due_on) == str(made.opened_on) == "2026-05-01"
    assert made.amount is None


def test_data_3_the_default_is_to_skip_and_to_match_by_reference(cast, sheet):
    make_opportunity(by=cast.bo, reference="R1")
    assert command(sheet(DEALS[:2]))[1]["skipped"] == 1
    assert command(sheet(DEALS[:2]), "--duplicates", "update")[1]["updated"] == 1
    assert Opportunity.objects.get().amount == 5


def test_data_4_a_value_is_mapped_and_a_missing_one_created_at_50(cast, sheet):
    rows = [["Reference", "Stage"], ["R1", "Old"], ["R2", "Brand new"]]
    receipt = command(sheet(rows), "--value", "stage:Old=Proposal", "--create-missing", "stage", person="ada")[1]
    assert receipt["created"] == 2
    first, second = Opportunity.objects.order_by("reference")
    assert first.stage.name == "Proposal"
    assert (second.stage.name, second.probability, second.stage.pipeline) == ("Brand new", 50, first.pipeline)


def test_data_1_the_export_has_the_columns_of_the_contract(cast, tmp_path):
    make_opportunity(by=cast.claire, account=make_account("Hexabio", by=cast.claire), amount=1054)
    for kind, columns in (
        ("opportunities", "id reference name account contact pipeline stage status probability amount currency opened_on due_on closed_on owner assignees source lost_reason"),
        ("accounts", "id code name kind sector employees revenue registration website phone email street postcode city country parent owner"),
    ):  # fmt: skip
        out = tmp_path / f"{kind}.csv"
        call_command("export_file", kind, str(out), "--as", "ada@demo.example", stdout=io.StringIO())
        raw = out.read_bytes()
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"))))
        assert set(columns.split()) <= set(rows[0])
        if kind == "opportunities":
            assert (rows[0]["amount"], rows[0]["status"], rows[0]["contact"], rows[0]["due_on"]) == (
                "1054.00",
                "open",
                "",
                "2026-03-02",
            )
    assert Account.objects.count() == 1


def test_data_1_the_standard_output_is_the_file(cast, capsysbinary):
    make_opportunity(by=cast.claire)
    call_command("export_file", "opportunities", "-", "--as", "ada@demo.example", "--query", "status=open")
    assert capsysbinary.readouterr().out.startswith(b"id,reference,name")


def test_data_1_who_may_not_export_is_told_in_one_line_and_gets_no_file(cast, tmp_path, capsys):
    profile = cast.tom.profile
    profile.edit(by=cast.ada, rights={**profile.rights, "contact": {**profile.rights["contact"], "export": "none"}})
    for person in ("nobody", "tom"):
        with pytest.raises(SystemExit) as stop:
            call_command("export_file", "contacts", str(tmp_path / "x.csv"), "--as", f"{person}@demo.example")
        assert stop.value.code == 2 and capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "x.csv").exists()


def test_data_9_the_command_asks_for_the_decimal_sign_where_the_cells_admit_both(cast, sheet):
    """As it asks for the order of dates: it never guesses in silence."""
    path = sheet([["Reference", "Amount"], ["R1", "1,234"], ["R2", "5,678"]])
    status, receipt = command(path)
    assert (status, receipt["created"]) == (1, 0)
    assert "Say --decimal" in receipt["errors"][0]["message"] and "Amount" in receipt["errors"][0]["message"]
    status, receipt = command(path, "--decimal", ".")
    assert (status, receipt["created"]) == (0, 2)
    assert Opportunity.objects.get(reference="R1").amount == 1234
    status, receipt = command(sheet([["Reference", "Amount"], ["R3", "1,234"]]), "--decimal", ",")
    assert str(Opportunity.objects.get(reference="R3").amount).startswith("1.23")
