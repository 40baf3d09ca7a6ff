"""Issue 4: who is deactivated is out at the next request, everywhere: sessions, jobs under way, pickers, mails, links."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone

from core.models import Job
from opportunities.models import Bulk, Opportunity
from records.models import Operation, Undo
from tests.make import make_opportunity
from tests.users.test_factors import PASSWORD, browser_of
from transfers.models import Export
from users import mailing
from users.models import Kind, Notice, User

NEW_PASSWORD = "a-quite-other-one-9"


@pytest.fixture
def few_at_once(monkeypatch):
    for module in ("opportunities.models.bulk", "records.models.undo"):
        monkeypatch.setattr(f"{module}.AT_ONCE", 3)
        monkeypatch.setattr(f"{module}.CHUNK", 4)


def one_step():
    """A worker takes the job, does one chunk, and dies."""
    job = Job.objects.latest("pk")
    job.take()
    assert job._step(job.work)
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def go_on():
    Job.objects.latest("pk").run()


def test_give_3_a_bulk_job_under_way_stops_touching_records(cast, few_at_once):
    made = [make_opportunity(f"No {at}", by=cast.claire, due_on=dt.date(2026, 5, 1)) for at in range(10)]
    bulk = Bulk.choose("due", [one.pk for one in made], by=cast.ada)
    bulk.run({"days": 1})
    one_step()
    cast.ada.deactivate(by=cast.sup)
    go_on()
    bulk.refresh_from_db()
    assert bulk.result == {"done": 4, "unchanged": 0, "refused": 6}
    assert Opportunity.objects.filter(due_on=dt.date(2026, 5, 2)).count() == 4


def test_log_2_an_undo_under_way_stops_taking_back(cast, few_at_once):
    made = [make_opportunity(f"No {at}", by=cast.claire, due_on=dt.date(2026, 5, 1)) for at in range(10)]
    bulk = Bulk.choose("due", [one.pk for one in made], by=cast.ada)
    bulk.run({"days": 1})
    go_on()
    Operation.objects.get(door="bulk").undo(by=cast.ada)
    one_step()
    cast.ada.deactivate(by=cast.sup)
    go_on()
    assert Undo.objects.get().counts == {"returned": 4, "trashed": 0, "restored": 0, "kept": 6}
    assert Opportunity.objects.filter(due_on=dt.date(2026, 5, 1)).count() == 4


def test_give_4_an_export_that_waits_gives_nothing_away(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_opportunity("Secret", by=cast.claire)
    Export.start(by=cast.bo, kind="opportunity", query="", format="csv", only_shown=False, speech="en")
    cast.bo.deactivate(by=cast.ada)
    go_on()
    for path in tmp_path.rglob("*.csv"):
        assert "Secret" not in path.read_text(encoding="utf-8-sig")


def test_give_2_no_picker_offers_them(cast, as_):
    deal = make_opportunity(by=cast.claire)
    cast.tom.deactivate(by=cast.ada)
    browser = as_(cast.ada)
    url = browser.post("/opportunities/bulk/", {"action": "own", "sel": [deal.pk]})["location"]
    pages = [
        "/people/holders/?to_name=tom",
        f"{deal.get_absolute_url()}share/",
        f"{deal.get_absolute_url()}people/add/",
    ]
    pages += [f"{deal.get_absolute_url()}edit/", "/opportunities/new/", "/accounts/new/", "/tasks/new/", url]
    for page in pages:
        answer = browser.get(page, follow=True)
        assert answer.status_code == 200, page
        assert "Tom Baker" not in answer.content.decode(), page


def test_all_5_a_link_mailed_before_leads_nowhere_and_no_mail_follows(cast):
    browser = browser_of()
    browser.post("/auth/password/reset/", {"email": cast.tom.email})
    link = re.search(r"http\S+(/auth/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    Notice.post(cast.tom, Kind.SHARE, subject="Something", url="/")
    cast.tom.deactivate(by=cast.ada)
    page = browser.get(link, follow=True)
    browser.post(page.redirect_chain[-1][0] if page.redirect_chain else link, {"password1": NEW_PASSWORD})
    assert User.objects.get(pk=cast.tom.pk).check_password(PASSWORD)
    sent = len(mail.outbox)
    mailing.post()
    browser.post("/auth/password/reset/", {"email": cast.tom.email})
    assert len(mail.outbox) == sent
