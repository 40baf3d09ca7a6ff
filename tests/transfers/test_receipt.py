"""DATA-6: the receipt of an import stays, and says what became of it."""

import pytest

from accounts.models import Account
from core.models import Job
from opportunities.models import Opportunity
from records.journal import operation
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


def speaking(person, speech):
    with operation(by=person, door="form", what="user.edit"):
        person.language = speech
        person.save()
    return person


REFUSED = [
    ["Référence", "Nom", "Montant", "Étape", "Échéance"],
    ["0042", "=Bad", "beaucoup", "Negotiation", "2026-05-13"],
    ["0043", "Stage", "10", "Negociatoin", "2026-05-13"],
    ["0044", "Good", "10", "Negotiation", "2026-05-13"],
    ["0045", "Date", "10", "Negotiation", "31/02/2026"],
]


def test_data_6_refusals_are_said_in_the_language_of_whoever_reads_them(cast, as_):
    made = run(REFUSED, speaking(cast.bo, "en"))
    assert counts(made) == {"created": 1, "refused": 3}
    url = made.get_absolute_url()
    assert "is not set up here. Nearest: Negotiation" in as_(cast.bo).get(url).content.decode()
    speaking(cast.bo, "fr")
    page = as_(cast.bo).get(url).content.decode()
    assert "Nearest" not in page and "Enter" not in page and "Negotiation" in page
    file = b"".join(as_(cast.bo).get(f"{url}refused/").streaming_content).decode("utf-8-sig")
    assert "Nearest" not in file and "Enter" not in file and file.startswith("Référence;Nom;")
    broken = read(b"%PDF-1.4 nothing", cast.bo, name="a.csv")
    assert "PDF" in as_(cast.bo).get(broken.get_absolute_url()).content.decode()
    assert broken.refusal != "" and "fichier" in as_(cast.bo).get(broken.get_absolute_url()).content.decode()


def test_data_6_the_file_of_refused_rows_is_fixed_and_imported_again(cast, as_):
    """Columns as they were, the reason behind each row, leading zeros and signs kept; the reason is no field."""
    made = run(REFUSED, cast.bo)
    file = b"".join(as_(cast.bo).get(f"{made.get_absolute_url()}refused/").streaming_content)
    text = file.decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header == "Référence,Nom,Montant,Étape,Échéance,Why it was refused"
    assert rows[0].startswith("0042,'=Bad,beaucoup,Negotiation,2026-05-13,\"Montant: ")
    assert "Échéance: " in rows[2]
    fixed = text.replace("beaucoup", "12").replace("Negociatoin", "Negotiation").replace("31/02/2026", "28/02/2026")
    again = read(fixed.encode("utf-8-sig"), cast.bo)
    assert 5 not in again.settings.columns
    assert counts(run(fixed.encode("utf-8-sig"), cast.bo)) == {"created": 3}
    assert set(Opportunity.objects.values_list("reference", "name")) == {
        ("0042", "=Bad"), ("0043", "Stage"), ("0044", "Good"), ("0045", "Date"),
    }  # fmt: skip


def test_data_6_the_receipt_tells_rows_that_are_no_records_apart_from_refused_ones(cast, as_):
    rows = [
        ["Sales 2026"],
        [],
        ["Reference", "Name", "Amount"],
        ["R1", "One", 1],
        ["R2", "Two", "x"],
        ["Total", None, 1],
    ]
    made = run(rows, cast.bo)
    assert counts(made) == {"created": 1, "refused": 1}
    page = as_(cast.bo).get(made.get_absolute_url()).content.decode()
    assert "2 rows left out: they are no records" in page
    assert "row 1: above the headers" in page and "row 6: a total" in page
    assert "1 row refused" in page
