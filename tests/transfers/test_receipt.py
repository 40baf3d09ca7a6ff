"""DATA-6: the receipt of an import stays, and says what became of it."""

import pytest

from accounts.models import Account
from core.models import Job
from opportunities.models import Opportunity
from tests.make import make_opportunity
from tests.transfers.sheets import check, counts, read, run


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_data_6_the_receipt_names_the_key_as_the_screen_does(cast, as_):
    made = run([["Reference", "Name"], ["R1", "One"]], cast.bo, match="reference")
    page = as_(cast.bo).get(made.get_absolute_url()).content.decode()
    assert "<dt>Key</dt><dd>Reference</dd>" in page


def test_data_6_the_receipt_counts_the_rows_for_which_something_was_created_besides(cast, as_):
    """All of them, not those of the chunk that made it: 1,200 rows are two chunks."""
    rows = [["Reference", "Owner"], *([f"R{n}", "Nora Lind"] for n in range(1_200))]
    made = read(rows, cast.bo)
    settings = made.settings
    settings.create = ["owner"]
    made.decide(settings)
    for turn in (made.check_rows, lambda: made.run_rows(ring=False)):
        turn()
        made.refresh_from_db()
        made.job.run()
        made.refresh_from_db()
    page = as_(cast.bo).get(made.get_absolute_url()).content.decode()
    assert "for 1,200 rows" in page


def test_data_7_undo_import_takes_it_back_as_a_job_and_the_receipt_says_so(cast, as_):
    made = run([["Reference", "Account"], *([f"R{n}", "Hexabio"] for n in range(300))], cast.bo, create=["account"])
    browser = as_(cast.bo)
    page = browser.get(made.get_absolute_url()).content.decode()
    assert (
        f'href="/journal/{made.operation_id}/undo/"' in page
        and "Undo the import" in page
        and "can be undone until" in page
    )
    browser.post(f"/journal/{made.operation_id}/undo/", {"back": made.get_absolute_url()})
    assert "Being taken back" in browser.get(made.get_absolute_url()).content.decode()
    Job.objects.exclude(pk=made.job_id).get().run()
    assert not Opportunity.objects.live().exists() and not Account.objects.live().exists()
    page = browser.get(made.get_absolute_url()).content.decode()
    assert "Undo the import" not in page and "Undone</a>" in page
    again = run([["Reference", "Account"], ["R1", "Hexabio"]], cast.bo, create=["account"])
    assert counts(again) == {"created": 1}


def test_data_7_the_preview_shows_the_whole_file_by_kind(cast, as_):
    """Not a sample: the last of 2,300 rows is as much there as the first."""
    make_opportunity("Sensors", by=cast.bo, reference="R0")
    rows = [["Reference", "Amount"], *([f"R{n}", "1000"] for n in range(2_300)), ["R9999", "many"]]
    made = check(read(rows, cast.bo), duplicates="update")
    page = as_(cast.bo).get(f"/imports/{made.pk}/preview/?show=created&after=2251").content.decode()
    assert '<th role="rowheader" scope="row">R2299</th>' in page and "50 rows shown of 2,299" in page
    page = as_(cast.bo).get(f"/imports/{made.pk}/preview/?show=unchanged").content.decode()
    assert ">Sensors<" in page and "1 row shown of 1" in page
    page = as_(cast.bo).get(f"/imports/{made.pk}/preview/?show=refused").content.decode()
    assert "many" in page
