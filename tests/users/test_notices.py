"""ALL-4: what people are told, in the CRM and by mail, by the ways they choose for each kind."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Job
from opportunities.models import Bulk, Opportunity
from records.journal import operation
from tests.make import make_many, make_opportunity
from tests.pages import send
from tests.smtp import mail_server, text_of
from transfers.models import Export
from users import mailing
from users.models import Kind, Notice
from users.models.notice import WAITS

MAIL = "tom@demo.example"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.SITE_URL = "127.0.0.1", server.port, "https://crm.test"
        yield server


@pytest.fixture
def deal(cast):
    return make_opportunity("Temperature sensors", by=cast.claire)


def choose(person, **ways):
    """``mention="digest"``: by mail so, and not in the CRM if ``-`` stands before it."""
    chosen = {kind: {"app": not way.startswith("-"), "mail": way.lstrip("-")} for kind, way in ways.items()}
    person.edit(by=person, notice_ways=chosen)


def mention(as_, cast, deal, text="@Tom Baker, look at this"):
    as_(cast.claire).post(f"/opportunities/{deal.pk}/activity/", {"kind": "comment", "text": text})


def wait(**since):
    """As if this much time had gone by."""
    ago = dt.timedelta(**since)
    for notice in Notice.objects.all():
        moved = {name: getattr(notice, name) - ago for name in ("due_at", "try_at") if getattr(notice, name)}
        Notice.objects.filter(pk=notice.pk).update(**moved)


def test_all_4_a_mention_is_mailed_in_the_readers_language_with_a_link(cast, as_, deal, server):
    cast.tom.edit(by=cast.tom, language="fr")
    mention(as_, cast, deal)
    mailing.post()
    mailing.post()
    [message] = server.to(MAIL)
    assert message["Subject"] == "Claire Dubois vous mentionne : Temperature sensors"
    link = f"https://crm.test/opportunities/{deal.pk}/activity/#activity-"
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        assert link in text and "look at this" in text and "https://crm.test/preferences/notifications/" in text
    assert "Changer ce qui vous est annoncé" in text_of(message)
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"].endswith("@crm.test>")
    assert Notice.objects.get().mailed_at and not Notice.objects.to_mail().exists()


def test_all_4_html_in_a_comment_stays_text_in_the_mail(cast, as_, deal, server):
    mention(as_, cast, deal, "@Tom Baker <b>bold</b> & co")
    mailing.post()
    [message] = server.to(MAIL)
    assert "<b>bold</b> & co" in text_of(message)
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in text_of(message, "html")


def test_all_4_what_is_hidden_by_then_is_neither_mailed_nor_shown(cast, as_, deal, server):
    mention(as_, cast, deal)
    notice = Notice.objects.get()
    with operation(by=cast.sup, door="form", what="test"):
        deal = Opportunity.objects.get(pk=deal.pk)
        deal.owner = cast.sam
        deal.save()
    page = as_(cast.tom).get("/notifications/")
    assert "Temperature sensors" not in page.content.decode() and "Nothing new." in page.content.decode()
    assert as_(cast.tom).get(f"/notifications/{notice.pk}/").status_code == 404
    Notice.objects.filter(user=cast.tom).exclude(pk=notice.pk).delete()
    mailing.post()
    assert not server.to(MAIL) and not Notice.objects.to_mail().exists()


def test_all_4_who_is_deactivated_gets_no_mail(cast, as_, deal, server):
    mention(as_, cast, deal)
    cast.tom.deactivate(by=cast.sup)
    mailing.post()
    assert not server.mails


def test_all_4_each_kind_is_told_as_chosen(cast, as_, deal, server):
    choose(cast.tom, mention="-never", owner="never", share="-now")
    mention(as_, cast, deal)
    assert not Notice.objects.exists()
    for kind in (Kind.OWNER, Kind.SHARE, Kind.BULK):
        Notice.post(cast.tom, kind, subject=f"About {kind}", url="/")
    mailing.post()
    assert [mail["Subject"] for mail in server.to(MAIL)] == ["About share"]
    page = as_(cast.tom).get("/notifications/").content.decode()
    assert "About owner" in page and "About bulk" in page and "About share" not in page


def test_all_4_the_ways_are_chosen_on_a_page(cast, as_):
    browser, url = as_(cast.tom), "/preferences/notifications/"
    changes = {"app-mention": None, "mail-mention": "digest", "morning": "7", "remind_before": "15"}
    assert send(browser, url, "preferences", **changes).status_code == 302
    cast.tom.refresh_from_db()
    assert not cast.tom.is_told("mention") and cast.tom.mailed("mention") == "digest"
    assert cast.tom.is_told("task") and cast.tom.mailed("task") == "now" and cast.tom.mailed("bulk") == "never"
    assert (cast.tom.morning, cast.tom.remind_before) == (7, 15)
    refused = send(browser, url, "preferences", **{"mail-task": "pigeon", "morning": "25"})
    assert refused.status_code == 422 and refused.content.decode().count("Select a valid choice.") >= 2
    cast.tom.refresh_from_db()
    assert cast.tom.mailed("task") == "now"


def test_all_4_switched_off_meanwhile_is_not_mailed(cast, as_, deal, server):
    mention(as_, cast, deal)
    choose(cast.tom, mention="never")
    mailing.post()
    assert not server.mails and Notice.objects.get().mailed_at is None


def test_all_4_the_digest_is_one_mail_at_the_hour_of_the_person(cast, as_, deal, server):
    choose(cast.tom, mention="digest", task="digest")
    cast.tom.edit(by=cast.tom, timezone="Asia/Tokyo", morning=7)
    mention(as_, cast, deal)
    for name in ("First", "Second"):
        Notice.post(cast.tom, Kind.TASK, subject=f"{name} task", url="/tasks/1/")
    due = {notice.due_at.astimezone(cast.tom.zone) for notice in Notice.objects.all()}
    assert {(moment.hour, moment.minute) for moment in due} == {(7, 0)} and len(due) == 1
    assert timezone.now() < due.pop() <= timezone.now() + dt.timedelta(days=1)
    mailing.post()
    assert not server.mails
    wait(days=1)
    mailing.post()
    [message] = server.to(MAIL)
    assert message["Subject"].startswith("3 pieces of news, ")
    text = text_of(message)
    assert "First task" in text and "Second task" in text and "Claire Dubois mentions you" in text
    assert text_of(message, "html").count("<li>") == 3


def test_all_4_the_hour_of_the_digest_is_the_wall_clocks_over_a_change_of_time(cast):
    cast.tom.timezone, cast.tom.morning = "Europe/Paris", 8
    before = dt.datetime(2026, 10, 24, 18, 0, tzinfo=dt.UTC)
    due = cast.tom.next_digest(before)
    assert due.astimezone(dt.UTC) == dt.datetime(2026, 10, 25, 7, 0, tzinfo=dt.UTC)
    assert cast.tom.next_digest(due).astimezone(dt.UTC) == dt.datetime(2026, 10, 26, 7, 0, tzinfo=dt.UTC)


def test_all_4_what_fails_says_so_and_is_tried_again(cast, as_, deal, server):
    mention(as_, cast, deal)
    server.broken = True
    mailing.post()
    notice = Notice.objects.get()
    assert notice.mailed_at is None and "421" in notice.error
    assert notice.try_at - timezone.now() <= WAITS[0]
    assert "The mail was not sent yet: 421" in as_(cast.tom).get("/notifications/").content.decode()
    mailing.post()
    assert Notice.objects.get().attempts == 1
    server.broken = False
    wait(minutes=1)
    mailing.post()
    assert len(server.to(MAIL)) == 1 and not Notice.objects.get().error


def test_all_4_a_refused_address_is_given_up_and_keeps_nobody_else_waiting(cast, as_, server):
    server.refuses[MAIL] = "550 No such mailbox"
    for person in (cast.tom, cast.claire):
        Notice.post(person, Kind.TASK, subject="A task", url="/")
    mailing.post()
    assert len(server.to("claire@demo.example")) == 1
    notice = Notice.objects.get(user=cast.tom)
    assert notice.is_given_up and notice.error == "550 No such mailbox"
    assert "The mail was not sent: 550 No such mailbox" in as_(cast.tom).get("/notifications/").content.decode()


def test_all_4_a_full_mailbox_is_tried_for_three_days(cast, server):
    server.refuses[MAIL] = "452 Mailbox full"
    Notice.post(cast.tom, Kind.TASK, subject="A task", url="/")
    tries = 0
    while Notice.objects.filter(try_at__isnull=False).exists():
        Notice.objects.update(try_at=timezone.now())
        mailing.post()
        tries += 1
    assert tries == len(WAITS) + 1 and Notice.objects.get().is_given_up
    assert dt.timedelta(days=3) <= sum(WAITS, dt.timedelta()) < dt.timedelta(days=4)


def test_all_4_after_an_outage_of_a_day_there_is_one_mail(cast, server):
    """No worker for a day, and no mail server for what it tried first."""
    for name in ("first", "second"):
        Notice.post(cast.tom, Kind.TASK, subject=f"The {name} task", url="/")
        server.broken = True
        mailing.post()
    wait(hours=20)
    Notice.objects.update(try_at=timezone.now() + HOUR)
    for name in ("third", "fourth"):
        Notice.post(cast.tom, Kind.TASK, subject=f"The {name} task", url="/", at=timezone.now() - 3 * HOUR)
    server.broken = False
    mailing.post()
    mailing.post()
    [message] = server.to(MAIL)
    assert all(f"The {name} task" in text_of(message) for name in ("first", "second", "third", "fourth"))


def test_all_4_two_workers_mail_it_once_and_a_dead_one_leaves_it_to_the_next(cast, server, settings):
    Notice.post(cast.tom, Kind.TASK, subject="A task", url="/")
    assert len(Notice.objects.to_mail().take()) == 1
    assert Notice.objects.to_mail().take() == []
    mailing.post()
    assert not server.mails
    wait(seconds=settings.NOTICE_HELD_SECONDS + 1)
    mailing.post()
    mailing.post()
    assert len(server.to(MAIL)) == 1


def test_all_4_a_link_in_the_mail_stops_its_kind_without_signing_in(cast, as_, client, deal, server):
    mention(as_, cast, deal)
    mailing.post()
    [message] = server.to(MAIL)
    link = message["List-Unsubscribe"].strip("<> ").removeprefix("https://crm.test")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and link in text_of(message)
    page = client.get(link)
    assert page.status_code == 200 and "A colleague mentions you" in page.content.decode()
    cast.tom.refresh_from_db()
    assert cast.tom.mailed("mention") == "now"
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    cast.tom.refresh_from_db()
    assert cast.tom.mailed("mention") == "never" and cast.tom.is_told("mention") and cast.tom.mailed("task") == "now"
    assert client.get(f"{link[:-2]}x/").status_code == 404


def test_all_4_the_list_shows_what_is_new_and_only_ones_own(cast, as_, deal):
    browser = as_(cast.tom)
    assert "nav__dot" not in browser.get("/tasks/").content.decode()
    mention(as_, cast, deal)
    notice = Notice.objects.get()
    assert "nav__dot" in browser.get("/tasks/").content.decode()
    page = browser.get("/notifications/").content.decode()
    assert page.count("data-unread") == 1 and "Claire Dubois mentions you" in page
    assert as_(cast.sam).get(f"/notifications/{notice.pk}/").status_code == 404
    assert "Claire" not in as_(cast.sam).get("/notifications/").content.decode().split("<main")[1]
    assert browser.get(f"/notifications/{notice.pk}/").url == notice.url
    assert "nav__dot" not in browser.get("/tasks/").content.decode()
    for at in range(60):
        Notice.post(cast.tom, Kind.TASK, subject=f"Task {at}", url="/")
    first = browser.get("/notifications/").content.decode()
    assert first.count('class="notice"') == 50 and "Task 59" in first and "Task 9<" not in first
    before = Notice.objects.order_by("-pk")[49].pk
    assert f'href="?before={before}" rel="next"' in first
    rest = browser.get(f"/notifications/?before={before}")
    assert rest.content.decode().count('class="notice"') == 11
    browser.post("/notifications/read/")
    assert not Notice.objects.filter(user=cast.tom, read_at=None).exists()


def test_all_4_whoever_left_a_long_job_is_told_of_its_end(cast, as_):
    ids = make_many(3, by=cast.claire)
    made = Bulk.choose("delete", ids, by=cast.ada)
    Bulk.objects.filter(pk=made.pk).update(
        started_at=timezone.now(), job=Job.objects.create(kind=Bulk._meta.label, by=cast.ada)
    )
    Bulk.objects.get(pk=made.pk).job.run()
    export = Export.start(by=cast.ada, kind="opportunity", format="csv")
    export.job.run()
    told = {notice.kind: notice for notice in Notice.objects.filter(user=cast.ada)}
    assert told["bulk"].subject.endswith("3 done, 0 as they were, 0 refused.") and told["bulk"].try_at is None
    assert told["export"].subject.startswith("Your export is ready: opportunities-")
    browser = as_(cast.ada)
    for kind in ("bulk", "export"):
        assert browser.get(told[kind].url).status_code == 200
    assert not Notice.objects.filter(read_at=None).exists()
