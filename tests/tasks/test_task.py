"""ACT-4: tasks on an opportunity, an account, a contact or alone; made, changed, ticked, repeated, removed."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core import sql
from core.dates import today
from opportunities.models import Opportunity
from records.models import Change, Operation
from tasks.models import Task
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import fields
from users.models import Notice

DAY = dt.timedelta(days=1)


def make_task(title="Call Odile", *, by, **given):
    given.setdefault("assignee", by)
    return Task(title=title, **given).add(by=by)


def test_act_4_a_task_on_each_kind_of_record_and_alone(cast, as_):
    browser = as_(cast.claire)
    records = {
        "opportunity": make_opportunity(by=cast.claire),
        "account": make_account(by=cast.claire),
        "contact": make_contact(by=cast.claire),
    }
    for name, record in records.items():
        url = f"/tasks/new/?{name}={record.pk}"
        page = browser.get(url)
        data = fields(page, form=url) | {"title": [f"Look after the {name}"]}
        assert browser.post(url, data).status_code == 302
        task = Task.objects.get(title=f"Look after the {name}")
        assert getattr(task, name) == record and task.assignee == task.made_by == cast.claire
        assert Change.objects.filter(record_id=task.pk, kind="created").exists()
        assert f"Look after the {name}" in browser.get(record.get_absolute_url()).content.decode()
    data = fields(browser.get("/tasks/new/"), form="/tasks/new/") | {"title": ["Alone"]}
    assert browser.post("/tasks/new/", data).status_code == 302
    assert Task.objects.get(title="Alone").parent is None


def test_act_4_bad_input_keeps_what_was_typed(cast, as_):
    browser = as_(cast.claire)
    data = {
        "title": "  ", "due_time": "25:61", "priority": "0", "repeat_unit": "week", "repeat_every": "0",
        "detail": "kept", "due_on": "31/02/2027",
    }  # fmt: skip
    answer = browser.post("/tasks/new/", data)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Task.objects.exists() and not Operation.objects.filter(what="task.add")
    for sentence in ("Say what is to be done.", "such as 14:30", "This date does not exist.", "from 1 to 365"):
        assert sentence in page
    assert "kept" in page and "25:61" in page


def test_act_4_a_task_that_repeats_needs_its_first_date(cast, as_):
    data = {"title": "Monthly point", "priority": "0", "repeat_unit": "month", "repeat_every": "1"}
    answer = as_(cast.claire).post("/tasks/new/", data)
    assert answer.status_code == 422 and "needs its first date" in answer.content.decode()


def test_act_4_completing_a_recurring_task_makes_the_next_one_once(cast):
    task = make_task(by=cast.claire, due_on=today(), repeat_unit="month", repeat_every=1)
    following = task.complete(by=cast.claire)
    assert task.complete(by=cast.claire) is None
    assert following.due_on > today() and following.is_open and following.follows == task
    assert Task.objects.open().count() == 1
    assert Operation.objects.filter(what="task.complete").count() == 1
    task.reopen(by=cast.claire)
    assert list(Task.objects.open()) == [task]


def test_act_4_a_daily_task_ticked_late_leaves_no_row_of_late_ones(cast):
    task = make_task(by=cast.claire, due_on=today() - 10 * DAY, repeat_unit="day", repeat_every=1)
    assert task.complete(by=cast.claire).due_on == today()


def test_act_4_the_31st_comes_back_after_february(cast):
    task = make_task(by=cast.claire, due_on=dt.date(2099, 1, 31), repeat_unit="month", repeat_every=1)
    due = []
    for _ in range(3):
        task = task.complete(by=cast.claire)
        due.append(task.due_on.isoformat())
    assert due == ["2099-02-28", "2099-03-31", "2099-04-30"]


def test_act_4_the_contract_a_task_is_ticked_by_a_post(cast, as_):
    task = make_task(by=cast.claire)
    browser = as_(cast.claire)
    assert browser.get(f"/tasks/{task.pk}/complete/").status_code == 405
    assert browser.post(f"/tasks/{task.pk}/complete/").status_code == 302
    task.refresh_from_db()
    assert task.done_by == cast.claire


def test_act_4_the_database_refuses_what_must_not_be(cast):
    task = make_task(by=cast.claire, opportunity=make_opportunity(by=cast.claire))
    account = make_account(by=cast.claire)
    for wrong in (
        f"account_id = {account.pk}",
        "repeat_unit = 'day', due_on = NULL",
        "due_time = '10:00', due_on = NULL",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql.execute(f"UPDATE tasks_task SET {wrong} WHERE id = {task.pk}")


def test_act_5_postpone_hand_on_and_remove_from_where_one_is(cast, as_):
    task = make_task(by=cast.claire, due_on=today() - DAY, opportunity=make_opportunity(by=cast.claire))
    browser = as_(cast.claire)
    assert "Next Monday" in browser.get(f"/tasks/{task.pk}/menu/").content.decode()
    answer = browser.post(f"/tasks/{task.pk}/postpone/", {"to": "tomorrow", "back": "/tasks/?due=late"})
    assert answer["Location"] == "/tasks/?due=late"
    task.refresh_from_db()
    assert task.due_on == today() + DAY
    browser.post(f"/tasks/{task.pk}/postpone/", {"day": "not a day"})
    browser.post(f"/tasks/{task.pk}/assign/", {"assignee": cast.tom.pk})
    task.refresh_from_db()
    assert task.assignee == cast.tom and task.due_on == today() + DAY
    assert Notice.objects.get().user == cast.tom
    browser.post(f"/tasks/{task.pk}/remove/")
    assert not Task.objects.live().exists() and browser.get(f"/tasks/{task.pk}/").status_code == 404


def test_give_4_a_task_cannot_be_given_to_somebody_who_does_not_see_its_record(cast, as_):
    task = make_task(by=cast.claire, opportunity=make_opportunity(by=cast.claire))
    browser = as_(cast.claire)
    answer = browser.post(f"/tasks/{task.pk}/assign/", {"assignee": cast.eve.pk}, follow=True)
    assert "Eve Martin does not see" in answer.content.decode()
    data = fields(browser.get(f"/tasks/{task.pk}/"), form=f"/tasks/{task.pk}/") | {"assignee": [cast.eve.pk]}
    answer = browser.post(f"/tasks/{task.pk}/", data)
    assert answer.status_code == 422 and "Share it first" in answer.content.decode()
    task.refresh_from_db()
    assert task.assignee == cast.claire and not Notice.objects.exists()


def test_give_4_a_task_is_seen_by_who_sees_its_record_and_by_nobody_else(cast, as_):
    hidden = make_task("Secret call", by=cast.claire, opportunity=make_opportunity(by=cast.claire))
    alone = make_task("Private errand", by=cast.claire)
    for person, sees, sees_alone in (
        (cast.tom, 200, 200),
        (cast.sam, 404, 404),
        (cast.eve, 404, 404),
        (cast.ada, 200, 200),
    ):
        browser = as_(person)
        assert browser.get(f"/tasks/{hidden.pk}/").status_code == sees
        assert browser.get(f"/tasks/{alone.pk}/").status_code == sees_alone
        for verb in ("complete", "reopen", "postpone", "assign", "remove"):
            expected = {404: 404, 200: 302 if person == cast.ada else 403}[sees]
            if person != cast.ada:
                assert browser.post(f"/tasks/{hidden.pk}/{verb}/").status_code == expected
        page = browser.get("/tasks/?whose=all").content.decode()
        assert ("Secret call" in page) == (sees == 200) and ("Private errand" in page) == (sees_alone == 200)
    hidden.refresh_from_db()
    assert hidden.is_open


def test_give_4_a_task_on_a_hidden_record_is_not_made_on_it(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    as_(cast.eve).post(
        f"/tasks/new/?opportunity={opportunity.pk}", {"title": "Mine", "priority": "0", "opportunity": opportunity.pk}
    )
    assert Task.objects.get().opportunity is None


def test_list_8_the_next_step_is_the_first_open_task(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    browser = as_(cast.claire)

    def step():
        found = Opportunity.objects.get(pk=opportunity.pk)
        return found.next_task_label, found.next_task_on, found.version

    version = opportunity.version
    later = make_task("Send the quote", by=cast.claire, opportunity=opportunity, due_on=today() + 5 * DAY)
    assert step() == ("Send the quote", today() + 5 * DAY, version)
    first = make_task("Call first", by=cast.claire, opportunity=opportunity, due_on=today())
    assert step()[0] == "Call first"
    assert "Call first" in browser.get("/opportunities/").content.decode()
    first.complete(by=cast.claire)
    assert step()[0] == "Send the quote"
    first.reopen(by=cast.claire)
    first.postpone(today() + 9 * DAY, by=cast.claire)
    assert step()[0] == "Send the quote"
    other = make_opportunity("Another", by=cast.claire)
    later.edit(by=cast.claire, opportunity=other)
    assert step()[0] == "Call first"
    first.remove(by=cast.claire)
    assert step()[:2] == ("", None)
    assert Opportunity.objects.get(pk=other.pk).next_task_label == "Send the quote"


def test_list_8_a_next_step_costs_an_edit_nothing(cast, as_):
    """Derived: whoever edits the opportunity meanwhile has nothing to merge (REC-5)."""
    opportunity = make_opportunity(by=cast.claire)
    make_task(by=cast.claire, opportunity=opportunity)
    opportunity.name = "Renamed"
    opportunity.edit(by=cast.claire)
    assert Opportunity.objects.get(pk=opportunity.pk).next_task_label == "Call Odile"


def test_f124_a_due_date_in_the_past_is_taken_with_a_word(cast, as_):
    browser = as_(cast.claire)
    data = {"title": "Call back", "priority": "0", "due_on": str(today() - DAY)}
    page = browser.post("/tasks/new/", data, follow=True).content.decode()
    assert "“Call back” is planned. Its date is past." in page
    assert Task.objects.get().is_late
    page = browser.post("/tasks/new/", data | {"due_on": str(today())}, follow=True).content.decode()
    assert "“Call back” is planned.<" in page


def test_f125_a_rhythm_that_ends_before_its_first_date_is_refused(cast, as_):
    data = {"title": "Monthly point", "priority": "0", "due_on": "2027-01-31", "repeat_unit": "month"}
    answer = as_(cast.claire).post("/tasks/new/", data | {"repeat_every": "1", "repeat_until": "2027-01-30"})
    assert answer.status_code == 422 and "The end lies before the first date." in answer.content.decode()
    assert not Task.objects.exists()
    as_(cast.claire).post("/tasks/new/", data | {"repeat_every": "1", "repeat_until": "2027-03-31"})
    assert Task.objects.get().complete(by=cast.claire).due_on == dt.date(2027, 2, 28)
