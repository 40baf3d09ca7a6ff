"""GIVE-4: a spreadsheet is no way around the gate."""

import pytest

from opportunities.models import Opportunity
from records.models import Change
from tests.make import make_account, make_contact, make_opportunity
from tests.transfers.sheets import counts, refusals, run


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_give_4_the_id_of_a_hidden_opportunity_is_as_absent(cast):
    hidden = make_opportunity("Secret", by=cast.sam)
    made = run([["ID", "Amount"], [hidden.pk, "1"], [999999, "1"]], cast.eve, duplicates="update")
    assert counts(made) == {"refused": 2}
    first, second = refusals(made)
    assert first[1:] == second[1:]
    assert Opportunity.objects.get().amount == 1000


def test_give_4_a_taken_reference_is_said_to_be_taken_and_nothing_else(cast):
    make_opportunity("Secret", by=cast.sam, reference="R1")
    made = run([["Reference", "Amount"], ["R1", "1"]], cast.eve, duplicates="update")
    assert counts(made) == {"refused": 1}
    assert refusals(made) == [(2, "Reference", "This reference is taken.")]


def test_give_4_hidden_accounts_and_contacts_are_not_found_by_name_code_or_id(cast):
    account = make_account("Hidden Ltd", by=cast.sam, code="H1")
    contact = make_contact("Odile Lecanu", by=cast.sam)
    rows = [
        ["Name", "Account", "Contact", "Account ID", "Contact ID"],
        ["a", "Hidden Ltd", "", "", ""],
        ["b", "H1", "", "", ""],
        ["c", "", "Odile Lecanu", "", ""],
        ["d", "", "", account.pk, ""],
        ["e", "", "", "", contact.pk],
        ["f", "Nowhere Ltd", "", "", ""],
        ["g", "", "", 99999, ""],
    ]
    made = run(rows, cast.eve)
    assert counts(made) == {"refused": 7}
    messages = {row: message for row, _column, message in refusals(made)}
    assert messages[2].replace("Hidden", "Nowhere") == messages[7]
    assert messages[5] == messages[8]


def test_give_3_a_visible_record_that_one_may_not_change_is_refused_with_the_reason(cast):
    make_opportunity("Toms", by=cast.tom, reference="R1")
    shared = make_opportunity("Shared to see", by=cast.sam, reference="R2")
    shared.share(to=cast.eve, by=cast.sam)
    made = run([["Reference", "Amount"], ["R2", "1"]], cast.eve, duplicates="update")
    [(_row, _column, message)] = refusals(made)
    assert "Sam Okafor" in message
    assert Opportunity.objects.get(reference="R2").amount == 1000


def test_give_3_who_may_create_only_their_own_cannot_create_for_others(cast):
    made = run([["Name", "Owner"], ["a", "Eve Martin"], ["b", "Claire Dubois"], ["c", ""]], cast.eve)
    assert counts(made) == {"created": 2, "refused": 1}
    assert set(Opportunity.objects.values_list("owner", flat=True)) == {cast.eve.pk}


def test_give_1_the_account_of_an_opportunity_changes_only_by_the_right_to_reassign(cast):
    mine, other = make_account("Mine", by=cast.eve), make_account("Other", by=cast.eve)
    make_opportunity("Deal", by=cast.eve, reference="R1", account=mine)
    made = run([["Reference", "Account"], ["R1", "Other"]], cast.eve, duplicates="update")
    assert "reassign" in refusals(made)[0][2]
    assert counts(run([["Reference", "Account"], ["R1", "Other"]], cast.ada, duplicates="update")) == {"updated": 1}
    assert Opportunity.objects.get().account == other


def test_give_3_closing_by_import_needs_the_right_to_close(cast):
    profile = cast.eve.profile
    rights = dict(profile.rights)
    rights["opportunity"] = {**rights["opportunity"], "close": "none"}
    profile.edit(by=cast.ada, rights=rights)
    cast.eve.profile = profile
    make_opportunity("Deal", by=cast.eve, reference="R1")
    rows = [["Reference", "Stage"], ["R1", "Won"], ["R2", "Won"]]
    assert counts(run(rows, cast.eve, duplicates="overwrite")) == {"refused": 2}


def test_give_3_a_profile_without_import_is_refused_whole(cast, as_):
    assert as_(cast.claire).get("/imports/new/").status_code == 403
    assert as_(cast.claire).get("/imports/").status_code == 403


def test_give_4_an_import_is_seen_by_who_made_it(cast, as_):
    made = run([["Name"], ["a"]], cast.bo)
    for page in ("", "columns/", "values/", "preview/", "refused/", "file/"):
        url = f"/imports/{made.pk}/{page}"
        assert as_(cast.eve).get(url).status_code == 404
        assert as_(cast.eve).get(url).content.count(b"404") == as_(cast.eve).get("/imports/99999/").content.count(
            b"404"
        )
    assert as_(cast.eve).post(f"/imports/{made.pk}/cancel/").status_code == 404


def test_log_1_a_refused_row_leaves_no_trace(cast):
    before = Change.objects.count()
    run([["Name", "Amount"], ["a", "lots"]], cast.bo)
    assert Change.objects.count() == before
