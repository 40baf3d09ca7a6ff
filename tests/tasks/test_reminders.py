"""ACT-5: reminders of tasks, each told once, in the CRM and by mail, by the clock of who is to do it."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from core.dates import today
from records.journal import operation
from records.models import Operation, Undo
from tasks.models import Reminder, Task
from tasks.models.reminding import moment_of
from tests.make import make_opportunity
from tests.pages import edited
from users.models import Notice

UTC = dt.UTC


@pytest.fixture
def deal(cast):
    return make_opportunity("Temperature sensors", by=cast.claire)


def tomorrow():
    return today() + dt.timedelta(days=1)


def make_task(person, title="Call Odile", **given):
    given = {"due_on": tomorrow(), "due_time": dt.time(10, 30), "remind_before": 15, "assignee": person} | given
    return Task(title=title, **given).add(by=person)


def come(*tasks, late=dt.timedelta(0)):
    """As if the moment of these reminders had come, or was so long ago."""
    Reminder.objects.filter(task__in=[task.pk for task in tasks]).update(run_at=timezone.now() - late)


def told(person):
    return [notice.subject for notice in Notice.objects.filter(user=person, kind="reminder").order_by("pk")]


def test_act_5_a_reminder_is_told_once_when_its_moment_comes(cast, as_, deal):
    task = make_task(cast.claire, opportunity=deal)
    assert Reminder.tell_due() == 0
    come(task)
    assert (Reminder.tell_due(), Reminder.tell_due()) == (1, 0)
    [notice] = Notice.objects.all()
    assert notice.subject.startswith("Reminder: Call Odile, ") and notice.subject.endswith("10:30")
    assert notice.in_app and notice.try_at is not None and notice.url == f"/tasks/{task.pk}/"
    task = Task.objects.get(pk=task.pk)
    task.edit(by=cast.claire, detail="The line is bad")
    assert Reminder.tell_due() == 0


def test_act_5_postponing_moves_the_reminder_and_tells_it_again(cast):
    task = make_task(cast.claire)
    come(task)
    Reminder.tell_due()
    Task.objects.get(pk=task.pk).postpone(today() + dt.timedelta(days=3), by=cast.claire)
    reminder = Reminder.objects.get()
    assert reminder.told_at is None and reminder.run_at > timezone.now() + dt.timedelta(days=1)
    come(task)
    Reminder.tell_due()
    assert len(told(cast.claire)) == 2


@pytest.mark.parametrize("end", ["complete", "remove"])
def test_act_5_what_is_done_or_removed_is_not_reminded_of_and_undone_it_is_again(cast, end):
    task = make_task(cast.claire)
    getattr(task, end)(by=cast.claire)
    assert not Reminder.objects.exists()
    Undo.start(Operation.objects.latest("pk"), by=cast.claire)
    assert Reminder.objects.get().task_id == task.pk


def test_act_5_without_a_date_or_anybody_to_do_it_there_is_none(cast):
    make_task(cast.claire, due_on=None, due_time=None)
    make_task(cast.claire, assignee=None)
    make_task(cast.claire, remind_before=None)
    assert not Reminder.objects.exists()


def test_act_5_what_is_past_when_it_is_planned_is_not_told(cast):
    make_task(cast.claire, due_on=today() - dt.timedelta(days=1))
    assert Reminder.tell_due() == 0 and not told(cast.claire)


def test_act_5_who_sees_the_record_no_more_is_not_reminded(cast, deal):
    task = make_task(cast.tom, opportunity=deal)
    with operation(by=cast.sup, door="form", what="test"):
        deal.owner = cast.sam
        deal.save()
    come(task)
    assert Reminder.tell_due() == 1
    assert not told(cast.tom)


def test_act_5_by_the_ways_that_the_person_chose(cast):
    cast.claire.edit(by=cast.claire, notice_ways={"reminder": {"app": False, "mail": "never"}})
    task = make_task(cast.claire)
    come(task)
    Reminder.tell_due()
    assert not Notice.objects.exists()
    cast.claire.edit(by=cast.claire, notice_ways={"reminder": {"app": True, "mail": "never"}})
    task = make_task(cast.claire)
    come(task)
    Reminder.tell_due()
    assert Notice.objects.get().try_at is None


def test_act_5_after_an_outage_of_a_day_each_is_shown_and_one_mail_is_late(cast):
    tasks = [make_task(cast.claire, f"Task {at}") for at in range(5)]
    come(*tasks, late=dt.timedelta(hours=20))
    assert Reminder.tell_due() == 5
    assert len(told(cast.claire)) == 5
    assert all(notice.is_stale for notice in Notice.objects.all())


def test_act_5_the_next_of_a_rhythm_is_reminded_of_too(cast):
    task = make_task(cast.claire, repeat_unit="week")
    following = Task.objects.get(pk=task.pk).complete(by=cast.claire)
    assert Reminder.objects.get().task_id == following.pk


def of(day, time, minutes, zone="Europe/Paris"):
    from users.models.telling import zone_of

    person = SimpleNamespace(zone=zone_of(zone), morning=8)
    return moment_of(SimpleNamespace(due_on=day, due_time=time, remind_before=minutes, assignee=person)).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "time", "minutes", "zone", "expected"),
    [
        (dt.date(2026, 7, 1), dt.time(10, 0), 0, "Europe/Paris", (2026, 7, 1, 8, 0)),
        (dt.date(2026, 12, 1), dt.time(10, 0), 15, "Europe/Paris", (2026, 12, 1, 8, 45)),
        (dt.date(2026, 12, 1), None, 0, "Europe/Paris", (2026, 12, 1, 7, 0)),
        (dt.date(2026, 12, 1), None, 24 * 60, "Asia/Tokyo", (2026, 11, 29, 23, 0)),
        # the night of 25 October 2026 has an hour more: a day before is the same hour of the clock, an hour is an hour
        (dt.date(2026, 10, 25), dt.time(9, 0), 24 * 60, "Europe/Paris", (2026, 10, 24, 7, 0)),
        (dt.date(2026, 10, 25), dt.time(3, 30), 120, "Europe/Paris", (2026, 10, 25, 0, 30)),
        # 29 March 2026, 2:30 does not exist: it is told at the moment that the clocks make of it
        (dt.date(2026, 3, 29), dt.time(2, 30), 0, "Europe/Paris", (2026, 3, 29, 1, 30)),
    ],
)
def test_act_5_the_moment_is_the_wall_clocks_of_who_is_to_do_it(day, time, minutes, zone, expected):
    assert of(day, time, minutes, zone) == dt.datetime(*expected, tzinfo=UTC)


def test_act_5_who_moves_to_another_zone_is_reminded_by_it(cast):
    task = make_task(cast.claire, due_on=today() + dt.timedelta(days=9), due_time=None)
    before = Reminder.objects.get().run_at
    cast.claire.edit(by=cast.claire, timezone="Asia/Tokyo", morning=9)
    after = Reminder.objects.get(task=task).run_at
    assert after < before and after.astimezone(cast.claire.zone).hour == 8


def test_act_5_the_form_offers_the_usual_reminder_and_asks_for_the_day_of_another(cast, as_):
    cast.claire.edit(by=cast.claire, remind_before=60)
    browser = as_(cast.claire)
    page = browser.get("/tasks/new/").content.decode()
    assert '<option value="60" selected>1 hour before</option>' in page
    assert edited(browser, "/tasks/new/", title="Undated").status_code == 302
    assert Task.objects.get(title="Undated").remind_before is None
    refused = edited(browser, "/tasks/new/", title="Odd", remind_before="15")
    assert refused.status_code == 422 and "Enter the day that the reminder counts from." in refused.content.decode()
    assert edited(browser, "/tasks/new/", title="Dated", due_on=tomorrow().isoformat()).status_code == 302
    assert Task.objects.get(title="Dated").remind_before == 60
    assert edited(browser, "/tasks/new/", title="Bad", remind_before="7").status_code == 422
    browser.post("/tasks/quick/", {"line": "Call Odile tomorrow 10h"})
    assert Reminder.objects.filter(task__title="Call Odile", task__remind_before=60).exists()
