"""ACT-5, RPT-6: my day, the home page; the list of tasks; the calendar; a task in one line."""

import datetime as dt
import re
from html import escape

import pytest

from core.dates import today
from opportunities.models import Opportunity
from pipelines.models import LostReason
from records.models import Operation
from tasks.models import Task, TaskCategory
from tasks.quick import parse
from tests.make import make_account, make_contact, make_opportunity
from tests.tasks.test_task import make_task

DAY = dt.timedelta(days=1)
THURSDAY = dt.date(2026, 11, 26)


def test_act_5_the_home_page_shows_what_is_late_today_and_coming(cast, as_):
    for title, days in (("Late one", -3), ("Today one", 0), ("Coming one", 4), ("Far one", 40), ("Toms", 0)):
        who = cast.tom if title == "Toms" else cast.claire
        make_task(title, by=who, due_on=today() + days * DAY)
    page = as_(cast.claire).get("/").content.decode()
    late, rest = page.split('id="group-today"')
    assert "Late one" in late and "1 late, 1 today" in late
    assert "Today one" in rest and "Coming one" in rest
    assert "Far one" not in page and "Toms" not in page
    team = as_(cast.claire).get("/?whose=team").content.decode()
    assert "Toms" in team and "Today one" in team


def test_rpt_6_beside_it_stand_the_opportunities_that_need_something(cast, as_):
    def open_deal(name, days, **given):
        return make_opportunity(
            name, by=cast.claire, opened_on=today() - 100 * DAY, due_on=today() + days * DAY, **given
        )

    signing, overdue = open_deal("To sign", 3), open_deal("Over due", -3)
    for deal in (signing, overdue):
        make_task(by=cast.claire, opportunity=deal)
    open_deal("Idle deal", 60)
    make_opportunity("Signed", by=cast.claire, status="won", amount=7000, opened_on=today(), closed_on=today())
    make_opportunity("Someone else’s", by=cast.tom, due_on=today())
    page = as_(cast.claire).get("/").content.decode()
    assert 'id="watch-sign"' in page and 'id="watch-overdue"' in page and "late by 3 days" in page
    idle = page.split('id="watch-idle"')[1].split("</section>")[0]
    assert "Idle deal" in idle and "To sign" not in idle and "Plan" in idle
    assert "100 days without activity" in idle
    assert "€7,000" in page.split('id="watch-quarter"')[1]
    assert "Someone else" not in page


def test_act_4_a_row_says_what_its_task_is_on_and_shows_names_as_they_are(cast, as_):
    name = "R&D <b>'s"
    on = {
        "opportunity": make_opportunity(name, by=cast.claire),
        "account": make_account(name, by=cast.claire),
        "contact": make_contact(name, by=cast.claire),
    }
    for kind, record in on.items():
        make_task(f"On {kind} {name}", by=cast.claire, due_on=today(), detail=name, **{kind: record})
    shown = escape(name)
    for path in ("/", "/tasks/", "/tasks/?whose=team"):
        page = as_(cast.claire).get(path).content.decode()
        for kind, record in on.items():
            assert f'<a class="daytask__opp" href="{record.get_absolute_url()}">{shown}</a>' in page
            assert f'aria-label="Done: On {kind} {shown}"' in page and f">On {kind} {shown}</a>" in page
        assert f'<span class="daytask__note">{shown}</span>' in page and "<b>'s" not in page


def test_act_5_nothing_planned_says_so(cast, as_):
    page = as_(cast.eve).get("/").content.decode()
    assert "Nothing planned." in page


def test_act_5_all_late_ones_move_to_today_in_one_operation(cast, as_):
    for days in (-1, -20):
        make_task(by=cast.claire, due_on=today() + days * DAY)
    toms = make_task(by=cast.tom, due_on=today() - DAY)
    as_(cast.claire).post("/tasks/late/today/")
    assert Task.objects.filter(due_on=today()).count() == 2
    toms.refresh_from_db()
    assert toms.is_late and Operation.objects.filter(what="task.postpone").count() == 1


@pytest.mark.parametrize(
    ("line", "title", "due", "time", "record", "icon"),
    [
        ("Call Odile Lecanu tomorrow 10h #8093", "Call Odile Lecanu", "2026-11-27", "10:00", 8093, "phone"),
        ("Appeler Odile Lecanu demain 10h30", "Appeler Odile Lecanu", "2026-11-27", "10:30", None, "phone"),
        ("Rappeler M. Léon lundi à 9h", "Rappeler M. Léon", "2026-11-30", "09:00", None, "phone"),
        ("Write the report on Thursday", "Write the report", "2026-12-03", None, None, "mail"),
        ("Visite 12/01", "Visite", "2027-01-12", None, None, ""),
        ("Meeting 2026-12-24 at 2pm", "Meeting", "2026-12-24", "14:00", None, "calendar"),
        ("Order 14 sensors", "Order 14 sensors", None, None, None, ""),
        ("Call at 25h", "Call at 25h", None, None, None, "phone"),
        ("Pay 31/02", "Pay 31/02", None, None, None, ""),
    ],
)
def test_act_5_a_line_is_understood_in_both_languages(line, title, due, time, record, icon):
    said = parse(line, THURSDAY)
    assert said.title == title
    assert (said.due_on and said.due_on.isoformat()) == due or (time and due is None)
    assert (said.due_time and f"{said.due_time:%H:%M}") == time
    assert said.opportunity == record and said.icon == icon


def test_act_5_a_line_makes_a_task_on_the_opportunity_of_its_number(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    browser = as_(cast.claire)
    browser.post("/tasks/quick/", {"line": f"Call tomorrow 10h #{opportunity.pk}"})
    task = Task.objects.get()
    assert (task.title, task.opportunity, task.assignee) == ("Call", opportunity, cast.claire)
    assert task.category == TaskCategory.objects.get(icon="phone")
    assert browser.post("/tasks/quick/", {"line": " "}, follow=True).status_code == 200
    assert Task.objects.count() == 1


def test_give_4_the_number_of_a_hidden_opportunity_is_the_same_as_of_an_absent_one(cast, as_):
    hidden = make_opportunity(by=cast.claire)
    browser = as_(cast.eve)
    browser.post("/tasks/quick/", {"line": f"Call #{hidden.pk}"})
    browser.post("/tasks/quick/", {"line": "Call #99999999"})
    assert [(task.title, task.opportunity) for task in Task.objects.order_by("pk")] == [
        (f"Call #{hidden.pk}", None),
        ("Call #99999999", None),
    ]


def test_act_5_after_a_tick_what_comes_next_is_asked_at_once(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    task = make_task(by=cast.claire, opportunity=opportunity)
    browser = as_(cast.claire)
    answer = browser.post(f"/tasks/{task.pk}/complete/", headers={"HX-Request": "true"}).content.decode()
    assert "And then?" in answer and "Call in 1 week" in answer and 'aria-checked="true"' in answer
    posted = {"title": "Call Hexabio", "due_on": f"{today() + 7 * DAY}", "priority": "0", "opportunity": opportunity.pk}
    assert browser.post("/tasks/new/", posted | {"assignee": cast.claire.pk}).status_code == 302
    assert Opportunity.objects.get(pk=opportunity.pk).next_task_label == "Call Hexabio"


def test_act_4_the_list_of_tasks_is_paged_by_key_without_loss(cast, as_):
    with_dates = [make_task(f"T{n}", by=cast.claire, due_on=today() + (n % 7) * DAY).pk for n in range(60)]
    without = [make_task(f"N{n}", by=cast.claire).pk for n in range(5)]
    browser, seen, url = as_(cast.claire), [], "/tasks/"
    while url:
        page = browser.get(url)
        seen += [row.pk for row in page.context["rows"]]
        url = page.context["next"] and f"/tasks/{page.context['next']}"
    assert sorted(seen) == sorted(with_dates + without) and seen[-5:] == without
    for odd in ("?after=x", "?whose=nobody&due=never", "?q=%00T1", "?after=1.1&done=yes"):
        assert browser.get(f"/tasks/{odd}").status_code == 200


def test_act_5_the_calendar_shows_a_month(cast, as_):
    make_task("In December", by=cast.claire, due_on=dt.date(2026, 12, 24), due_time=dt.time(9, 30))
    browser = as_(cast.claire)
    page = browser.get("/tasks/calendar/?month=2026-12").content.decode()
    assert "December 2026" in page and "09:30 In December" in page
    assert "In December" not in browser.get("/tasks/calendar/?month=2026-10").content.decode()
    assert browser.get("/tasks/calendar/?month=2026-13").status_code == 200


def test_set_1_task_categories_are_set_up(cast, as_):
    page = as_(cast.ada).get("/settings/task-categories/")
    assert page.status_code == 200 and "Meeting" in page.content.decode()
    assert as_(cast.claire).get("/settings/task-categories/").status_code == 403


@pytest.mark.parametrize("outcome", ["win", "lose", "cancel"])
def test_life_1_right_after_closing_the_next_task_is_proposed_and_one_click_makes_it(cast, as_, outcome):
    opportunity = make_opportunity(by=cast.claire)
    browser = as_(cast.claire)
    assert "And then with" not in browser.get(f"/opportunities/{opportunity.pk}/").content.decode()
    browser.post(f"/opportunities/{opportunity.pk}/{outcome}/", {"reason": LostReason.objects.first().pk})
    page = browser.get(f"/opportunities/{opportunity.pk}/").content.decode()
    assert "And then with" in page and page.count('class="btn btn--sm"') >= 2
    strip = page.split('class="followup"')[1].split("</div>")[0]
    form = strip.split("<form")[1]
    sent = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    assert browser.post("/tasks/new/", sent).status_code == 302
    assert Task.objects.get().opportunity == opportunity
    assert "And then with" not in browser.get(f"/opportunities/{opportunity.pk}/").content.decode()
