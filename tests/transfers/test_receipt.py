"""DATA-6: the receipt of an import stays, and says what became of it."""

import pytest

from tests.transfers.sheets import read, run


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
