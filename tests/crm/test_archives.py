"""DATA-12, ALL-8: everything in one file from the settings, made by a job, for who may have it, for a day."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.utils import timezone

from core.models import Job
from crm.archive.holding import Holding
from crm.jobs import expire
from crm.models import Archive, folder
from records.models import Change, Operation
from tests.make import make_opportunity
from users.models import Notice, Profile, User

PAGE = "/settings/archives/"


@pytest.fixture(autouse=True)
def files(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("crm.jobs.close_old_connections", lambda: None)  # the test's own is one of them


@pytest.fixture
def deal(cast):
    return make_opportunity("Sensors", by=cast.claire)


@pytest.fixture
def made(cast, as_, deal):
    """One that Sup had made."""
    assert as_(cast.sup).post(f"{PAGE}make/").url == PAGE
    Archive.objects.get().job.run()
    return Archive.objects.get()


def left():
    return [path.name for path in folder().iterdir()]


def journalled():
    kinds = Operation.objects.filter(what__startswith="archive.").order_by("pk")
    return [(one.what, one.by.first_name, one.changes.get().fields) for one in kinds]


def test_data_12_everything_is_exported_by_a_job_and_downloaded_each_time_in_the_journal(cast, as_, made):
    sup = as_(cast.sup)
    page = sup.get(PAGE).content.decode()
    assert f"{made.written:,} rows" in page and f'action="{PAGE}{made.pk}/file/"' in page and "every 1s" not in page
    answer = sup.post(f"{PAGE}{made.pk}/file/")
    assert answer["Content-Disposition"] == f'attachment; filename="{made.file_name}"'
    assert answer["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        tables = json.loads(archive.read("contents.json"))["tables"]
    assert tables["opportunities.Opportunity"]["rows"] == 1
    assert sum(table["rows"] for table in tables.values()) == made.written > 100
    sup.post(f"{PAGE}{made.pk}/file/")
    assert journalled() == [
        ("archive.export", "Sup", {}),
        ("archive.download", "Sup", {"downloads": [0, 1]}),
        ("archive.download", "Sup", {"downloads": [1, 2]}),
    ]
    assert "downloaded 2 times" in sup.get(PAGE).content.decode()
    assert f"downloaded {made}" in " ".join(sup.get("/journal/").content.decode().split())
    assert sup.get(f"/journal/{Operation.objects.latest('pk').pk}/").status_code == 200


def test_data_12_the_file_is_the_process_s_alone_and_who_left_is_told(cast, as_, made):
    assert made.path.stat().st_mode & 0o077 == 0 and folder().stat().st_mode & 0o077 == 0
    notice = Notice.objects.get(user=cast.sup, kind="export")
    assert "Everything is exported" in notice.subject and notice.url == PAGE
    as_(cast.sup).get(PAGE)
    assert Notice.objects.get(pk=notice.pk).read_at is not None


def test_give_3_only_who_may_export_everything_comes_near_it(cast, as_, made):
    for name in ("ada", "mia", "claire", "bo"):
        browser = as_(getattr(cast, name))
        answer = browser.get(PAGE)
        assert answer.status_code == 403 and "Sup Duval" in answer.content.decode()
        for address in ("make/", f"{made.pk}/file/", f"{made.pk}/delete/"):
            assert browser.post(PAGE + address).status_code == 403
    assert PAGE not in as_(cast.ada).get("/settings/").content.decode()
    assert PAGE in as_(cast.sup).get("/settings/").content.decode()
    assert Archive.objects.get().file and len(journalled()) == 1


def test_data_12_the_file_is_for_who_had_it_made_while_they_may(cast, as_, made):
    raised = User.objects.get(pk=cast.ada.pk)
    raised.profile = Profile.objects.get(code="super_administrator")
    raised.edit(by=cast.sup)
    ada = as_(raised)
    assert "for Sup Duval alone" in (page := ada.get(PAGE).content.decode()) and f"{made.pk}/file/" not in page
    assert ada.post(f"{PAGE}{made.pk}/file/").status_code == ada.post(f"{PAGE}{made.pk}/delete/").status_code == 404
    lowered = User.objects.get(pk=cast.sup.pk)
    lowered.profile = Profile.objects.get(code="administrator")
    lowered.edit(by=raised)
    assert as_(lowered).post(f"{PAGE}{made.pk}/file/").status_code == 403


def test_give_3_a_super_administrator_may_everything_that_came_since_the_profile_was_made(cast, as_):
    profile = Profile.objects.get(code="super_administrator")
    profile.edit(by=cast.sup, abilities=["set_up", "people"])
    assert as_(User.objects.get(pk=cast.sup.pk)).get(PAGE).status_code == 200


def test_data_12_the_file_goes_after_a_day(cast, as_, made, django_capture_on_commit_callbacks):
    ready = Archive.objects.get().job.finished_at
    with django_capture_on_commit_callbacks(execute=True):
        expire()
    assert left() == [made.file]
    Job.objects.filter(pk=made.job_id).update(finished_at=ready - dt.timedelta(hours=24))
    assert as_(cast.sup).post(f"{PAGE}{made.pk}/file/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        expire()
    assert left() == [] and Archive.objects.get().file == ""
    page = as_(cast.sup).get(PAGE).content.decode()
    assert "the file is deleted" in page and f"{made.pk}/file/" not in page
    assert Change.objects.filter(operation__what="archive.download").count() == 0


def test_data_12_a_file_is_deleted_before_its_time(cast, as_, made, django_capture_on_commit_callbacks):
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            as_(cast.sup).post(f"{PAGE}{made.pk}/delete/")
    assert left() == [] and journalled()[1:] == [("archive.delete", "Sup", {"file": [made.file_name, ""]})]


def test_data_12_one_that_waits_is_followed_and_interrupted_and_made_once(cast, as_, deal):
    sup = as_(cast.sup)
    for _twice in range(2):
        sup.post(f"{PAGE}make/")
    [waiting] = Archive.objects.all()
    page = sup.get(PAGE).content.decode()
    assert "every 1s" in page and "waiting for a worker" in page and 'id="make" disabled' in page
    sup.post(f"{PAGE}{waiting.pk}/delete/")
    waiting.job.run()
    assert "stopped" in sup.get(PAGE).content.decode() and left() == []
    assert Job.objects.get(pk=waiting.job_id).state == "cancelled" and Notice.objects.count() == 0


def test_data_12_one_that_is_interrupted_while_it_is_written_leaves_nothing(cast, deal, monkeypatch):
    waiting = Archive.start(by=cast.sup)

    def interrupted(holding, rows):
        waiting.job.cancel()
        holding._tell()
        told(holding, rows)

    told = Holding.went
    monkeypatch.setattr(Holding, "went", interrupted)
    waiting.job.run()
    assert Job.objects.get(pk=waiting.job_id).state == "cancelled" and left() == []


def test_data_12_whoever_takes_over_removes_what_the_dead_left(cast, made):
    made.path.rename(folder() / f"{made.pk}-dead.zip.part")
    Archive.objects.update(file="")
    Job.objects.filter(pk=made.job_id).update(state="running", cursor=0, lease_until=timezone.now())
    Job.objects.get(pk=made.job_id).run()
    assert left() == [Archive.objects.get().file] != [""]


def test_give_3_who_lost_the_right_meanwhile_gets_no_file(cast, deal):
    waiting = Archive.start(by=cast.sup)
    lowered = User.objects.get(pk=cast.sup.pk)
    other = User.objects.get(pk=cast.ada.pk)
    other.profile, lowered.profile = lowered.profile, other.profile
    other.edit(by=cast.sup)
    lowered.edit(by=other)
    Job.objects.get(pk=waiting.job_id).run()
    assert Job.objects.get(pk=waiting.job_id).state == "cancelled" and left() == []
