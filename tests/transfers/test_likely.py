"""DUP-1 at import: rows that are likely there already are named; each is taken for it, created, or left out."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Account, Contact
from tests.make import make_account, make_contact
from tests.transfers.sheets import check, counts, read, refusals, run, write, xlsx_bytes
from transfers.models import Import

ROWS = [
    ["Name", "E-mail", "Telephone", "City"],
    ["HEXABIO S.A.S.", "", "", "Nantes"],
    ["Quartz", "hello@optics.example", "", "Paris"],
    ["Brand New", "", "", "Rennes"],
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def known(cast):
    hexabio = make_account("Hexabio", by=cast.claire)
    optics = make_account("Optics Ltd", by=cast.claire, emails=["hello@optics.example"])
    return hexabio, optics


def likely(made):
    """``{row: {name: reasons}}``"""
    found = made.new_planner().likely(made.chunks_of_rows())
    return {number: {one.name: list(map(str, one.likes)) for one in row.found} for number, row in found.items()}


def test_dup_1_likely_duplicates_are_named_per_row(cast, known):
    assert likely(read(ROWS, cast.bo, "account")) == {2: {"Hexabio": ["name"]}, 3: {"Optics Ltd": ["email"]}}


def test_dup_1_a_row_that_names_something_unknown_is_named_as_well(cast, known, as_):
    """Both are decided on the same page."""
    made = read([["Name", "Owner"], ["HEXABIO SA", "Nobody Known"]], cast.bo, "account")
    assert likely(made) == {2: {"Hexabio": ["name"]}}
    page = as_(cast.bo).get(f"/imports/{made.pk}/values/").content.decode()
    assert "1 row is likely here already" in page and "1 value of the file does not exist here" in page


def test_dup_1_what_is_known_by_its_key_is_no_likely_duplicate(cast, known):
    made = read([["ID", "Name"], [known[0].pk, "Hexabio SAS"], ["", "Hexabio SAS"]], cast.bo, "account")
    assert likely(made) == {3: {"Hexabio": ["name"]}}


def test_dup_1_each_row_is_chosen_or_all_at_once(cast, known, as_):
    hexabio, optics = known
    made, browser = read(ROWS, cast.bo, "account"), as_(cast.bo)
    url = f"/imports/{made.pk}/values/"
    page = browser.get(url).content.decode()
    assert "2 rows are likely here already" in page and "same e-mail address" in page
    browser.post(url, {"likely": "use"})
    assert Import.objects.get(pk=made.pk).settings.likely == {2: {"to": hexabio.pk}, 3: {"to": optics.pk}}
    browser.post(url, {"likely-2": f"to:{hexabio.pk}", "likely-3": "leave"})
    made = Import.objects.get(pk=made.pk)
    assert made.settings.likely == {2: {"to": hexabio.pk}, 3: "leave"}
    settings = made.settings
    settings.duplicates, settings.match = "update", ""
    made = check(made, duplicates="update", match="name")
    made.run_rows(ring=False)
    made.job.refresh_from_db()
    made.job.run()
    made = Import.objects.get(pk=made.pk)
    assert counts(made) == {"created": 1, "updated": 1, "skipped": 1}
    hexabio.refresh_from_db()
    assert (hexabio.city, hexabio.name) == ("Nantes", "Hexabio")
    assert not Account.objects.filter(name="Quartz").exists()


def test_dup_1_with_known_rows_left_alone_a_row_taken_for_a_known_one_is(cast, known):
    made = run(ROWS, cast.bo, "account", likely={2: {"to": known[0].pk}, 3: "create"})
    assert counts(made) == {"created": 2, "skipped": 1}


def test_dup_1_two_rows_taken_for_one_record_change_it_once(cast, known):
    rows = [["Name", "City"], ["HEXABIO SA", "Nantes"], ["Hexabio SARL", "Rennes"]]
    same = {"to": known[0].pk}
    made = run(rows, cast.bo, "account", duplicates="update", likely={2: same, 3: same})
    assert counts(made) == {"updated": 1, "refused": 1}
    assert refusals(made) == [(3, "", "The same record stands in row 2 already.")]


def test_dup_1_a_chosen_record_that_is_gone_meanwhile_refuses_the_row(cast, known):
    made = run(ROWS[:2], cast.eve, "account", likely={2: {"to": known[0].pk}})
    assert counts(made) == {"refused": 1}, "nor one that is hidden"


def test_dup_1_contacts_too(cast):
    account = make_account("Hexabio", by=cast.claire)
    make_contact("Odile Lecanu", by=cast.claire, account=account, emails=["o@x.example"])
    rows = [
        ["First name", "Last name", "E-mail", "Account"],
        ["odile", "LECANU", "new@x.example", "Hexabio"],
        ["Odile", "Lecanu", "other@x.example", "Elsewhere"],
        ["Paul", "Ney", "", "Hexabio"],
    ]
    made = read(rows, cast.bo, "contact")
    made.decide(made.settings)
    planner = made.new_planner()
    planner.settings.create = ["account"]
    assert list(planner.likely(made.chunks_of_rows())) == [2]
    assert counts(run(rows, cast.bo, "contact", create=["account"], likely={2: "leave"})) == {
        "created": 2,
        "skipped": 1,
    }
    assert Contact.objects.count() == 3


def test_give_4_a_hidden_duplicate_is_not_named_nor_chosen(cast, as_, known):
    made = read(ROWS, cast.eve, "account")
    assert likely(made) == {}
    response = as_(cast.eve).get(f"/imports/{made.pk}/values/")
    assert response.url.endswith("/preview/")
    made = read(ROWS, cast.eve, "account")
    own = make_account("Hexabio", by=cast.eve)
    assert likely(made)[2] == {"Hexabio": ["name"]}
    as_(cast.eve).post(f"/imports/{made.pk}/values/", {"likely-2": f"to:{known[0].pk}"})
    assert Import.objects.get(pk=made.pk).settings.likely == {2: "create"}
    as_(cast.eve).post(f"/imports/{made.pk}/values/", {"likely": "use"})
    assert own.pk != known[0].pk


def test_dup_1_the_command_says_what_becomes_of_them(cast, known, tmp_path):
    path = write(tmp_path, "a.xlsx", xlsx_bytes(ROWS))

    def receipt(*words):
        out = StringIO()
        call_command("import_file", "accounts", str(path), "--as", cast.bo.email, *words, stdout=out)
        return {key: value for key, value in json.loads(out.getvalue()).items() if value and key in
                ("read", "created", "skipped", "updated", "refused")}  # fmt: skip

    assert receipt("--dry-run") == {"read": 3, "created": 3}
    assert receipt("--dry-run", "--likely", "leave") == {"read": 3, "created": 1, "skipped": 2}
    assert receipt("--likely", "use", "--duplicates", "update") == {"read": 3, "created": 1, "updated": 2}
    assert receipt("--likely", "create") == {"read": 3, "created": 2, "skipped": 1}, (
        "Brand New is known by its name now"
    )


def test_data_4_a_near_account_is_suggested_by_how_it_is_called_whatever_the_number_of_accounts(cast, known, as_):
    rows = [["Name", "Account", "Contact"], ["a", "Hexabyo SA", "Lecanu Odile"], ["b", "Hexabio Deutschland", ""]]
    make_contact("Odile Lecanu-Roy", by=cast.claire)
    planner = read(rows, cast.bo).new_planner()
    near = planner.references["account"].nearest_of(["Hexabyo SA", "Hexabio Deutschland", "Nothing"])
    assert {text: [one.label for one in found] for text, found in near.items()} == {
        "Hexabyo SA": ["Hexabio"], "Hexabio Deutschland": ["Hexabio"], "Nothing": [],
    }  # fmt: skip
    made = run(rows, cast.bo)
    messages = {row: message for row, column, message in refusals(made) if column == "Account"}
    assert messages[2] == "“Hexabyo SA” is not set up here. Nearest: Hexabio."
    made = run(rows, cast.eve)
    assert not [message for _row, _column, message in refusals(made) if "Nearest" in message]
