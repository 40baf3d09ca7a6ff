"""DATA-7: *Undo import* takes it back, exactly: the same live records with the same values as before."""

import pytest
from django.core.management import call_command

from accounts.models import Account
from core.models import Job
from opportunities.models import Opportunity
from records.models import Undo
from tests.live import live
from tests.make import make_account, make_opportunity
from tests.transfers.sheets import counts, run


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


HEADER = ["ID", "Name", "Account", "Contact", "Stage", "Amount", "Due date", "Owner", "Assigned to"]


@pytest.fixture
def imported(cast):
    account = make_account("Hexabio", by=cast.bo)
    for at in range(6):
        make_opportunity(f"Old {at}", by=cast.claire, account=account, assignees=[cast.tom])
    known = [
        [
            one.pk,
            f"Renamed {one.pk}",
            "Hexabio",
            "",
            "Won" if at % 2 else "Proposal",
            7,
            "2027-01-01",
            "Sam Okafor",
            "Eve Martin",
        ]
        for at, one in enumerate(Opportunity.objects.order_by("pk"))
    ]
    new = [["", f"New {at}", f"Company {at % 3}", f"Ana Roca{at}", "Proposal", at, "", "", ""] for at in range(8)]
    before = live()
    made = run([HEADER, *known, *new], cast.bo, duplicates="overwrite", create=["account", "contact"], match="id")
    return before, made


def test_data_7_undo_takes_the_import_back_exactly(cast, as_, imported):
    before, made = imported
    assert counts(made) == {"created": 8, "updated": 6}
    after = live()
    assert after != before
    page = as_(cast.bo).get(made.get_absolute_url()).content.decode()
    assert f'href="/journal/{made.operation_id}/undo/"' in page
    as_(cast.bo).post(f"/journal/{made.operation_id}/undo/")
    assert live() == before
    undone = Undo.objects.get()
    assert undone.counts["kept"] == 0
    undone.operation.undo(by=cast.bo)
    assert live() == after
    call_command("verify")


def test_data_7_what_somebody_changed_since_the_import_is_kept(cast, imported):
    _before, made = imported
    touched = Opportunity.objects.get(name="New 3")
    touched.brief = "Call them"
    touched.edit(by=cast.ada)
    undone = made.operation.undo(by=cast.bo)
    assert Opportunity.objects.live().filter(name="New 3").exists()
    assert (touched.pk, "brief", cast.ada) in [(line.record_id, line.name, line.by) for line in undone.lines.all()]
    assert Account.objects.live().filter(pk=touched.account_id).exists()
    assert not Opportunity.objects.live().filter(name="New 4").exists()
    call_command("verify")


def test_data_7_a_large_import_is_taken_back_by_a_job(cast, imported, monkeypatch):
    before, made = imported
    monkeypatch.setattr("records.models.undo.AT_ONCE", 5)
    monkeypatch.setattr("records.models.undo.CHUNK", 4)
    made.operation.undo(by=cast.bo)
    Job.objects.latest("pk").run()
    assert live() == before
    call_command("verify")
