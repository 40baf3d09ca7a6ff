"""LIFE-3: what came in and went out as a file does not outlive what is deleted: 30 days, then only counts are left."""

import datetime as dt

import pytest

from accounts.models import Account
from core.models import Job
from tests.transfers.sheets import check, read, run
from transfers.jobs import forget
from transfers.models import Export, Import, ImportChunk

ROWS = [["Name", "City", "Parent"], ["Zyxwv House", "Caen", ""], ["Zyxwv Hall", "Lyon", "Zyxwv Nowhere"]]


@pytest.fixture(autouse=True)
def files(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("transfers.jobs.close_old_connections", lambda: None)  # the test's own is one of them


def age(days):
    """Everything is so many days older."""
    for model in (Import, Export):
        for one in model.objects.all():
            model.objects.filter(pk=one.pk).update(created_at=one.created_at - dt.timedelta(days=days))


def kept(folder):
    return sorted(path.name.partition("_")[0] for path in folder.rglob("*") if path.is_file())


def test_life_3_an_import_keeps_its_counts_alone(cast, as_, tmp_path, django_capture_on_commit_callbacks):
    made = run(ROWS, cast.bo, kind="account")
    browser = as_(cast.bo)
    page = browser.get(made.get_absolute_url()).content.decode()
    assert "The file and its rows are kept until" in page and "Zyxwv Nowhere" in page
    age(29)
    with django_capture_on_commit_callbacks(execute=True):
        forget()
    assert kept(tmp_path) and ImportChunk.objects.exists()
    age(2)
    with django_capture_on_commit_callbacks(execute=True):
        forget()
        forget()
    assert kept(tmp_path) == [] and not ImportChunk.objects.exists()
    made = Import.objects.get()
    assert "Zyxwv" not in str([made.columns, made.decisions, list(made.lines.values())])
    page = browser.get(made.get_absolute_url()).content.decode()
    assert "they are kept for 30 days" in page and "Zyxwv" not in page and "2 rows" in page
    assert browser.get(f"/imports/{made.pk}/file/").status_code == 404
    assert b"Zyxwv" not in b"".join(browser.get(f"/imports/{made.pk}/refused/").streaming_content)
    assert Account.objects.filter(name="Zyxwv House").exists()


def test_life_3_an_import_that_never_ran_goes_whole(cast, tmp_path, django_capture_on_commit_callbacks):
    check(read(ROWS, cast.bo, kind="account"))
    read(ROWS, cast.bo, kind="account")
    age(31)
    with django_capture_on_commit_callbacks(execute=True):
        forget()
    assert not Import.objects.exists() and not Job.objects.exists() and kept(tmp_path) == []


def test_life_3_what_is_in_work_is_left_alone(cast):
    made = check(read(ROWS, cast.bo, kind="account"))
    made.run_rows(ring=False)
    age(31)
    forget()
    made = Import.objects.get()
    made.job.run()
    assert Account.objects.count() == 1


def test_life_3_an_exported_file_goes_and_its_page_says_so(cast, as_, tmp_path, django_capture_on_commit_callbacks):
    export = Export.start(by=cast.bo, kind="account", format="csv")
    export.job.run()
    browser = as_(cast.bo)
    assert "It is kept until" in browser.get(f"{export.get_absolute_url()}").content.decode() and kept(tmp_path)
    rights = cast.bo.profile.rights
    cast.bo.profile.edit(by=cast.sup, rights={**rights, "account": {**rights["account"], "export": "none"}})
    assert browser.get(f"{export.get_absolute_url()}file/").status_code == 403
    cast.bo.profile.edit(by=cast.sup, rights=rights)
    assert browser.get(f"{export.get_absolute_url()}file/").status_code == 200
    age(31)
    with django_capture_on_commit_callbacks(execute=True):
        forget()
    assert kept(tmp_path) == []
    assert "this one went on" in browser.get(f"{export.get_absolute_url()}").content.decode()
    assert browser.get(f"{export.get_absolute_url()}file/").status_code == 404
