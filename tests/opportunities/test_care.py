"""LIST-8: what needs looking after, as filters of the list, each counted like any other."""

import datetime as dt
import re

import pytest

from core.dates import today
from opportunities.filters import CareFilter
from opportunities.models import Bulk, Opportunity
from records.models import Operation
from tasks.models import Task
from tests.make import make_opportunity

DAY = dt.timedelta(days=1)


@pytest.fixture
def deals(cast):
    """One of each kind, and one that needs nothing."""

    def deal(name, *, due=30, planned=True, opened=1, **given):
        made = make_opportunity(
            name, by=cast.claire, opened_on=today() - opened * DAY, due_on=today() + due * DAY, **given
        )
        if planned:
            Task(title="Next", opportunity=made, assignee=cast.claire).add(by=cast.claire)
        return made

    deal("Well kept")
    deal("Idle one", planned=False)
    deal("Overdue one", due=-3, opened=5)
    deal("Without amount", amount=None)
    deal("Asleep one", opened=400)
    pushed = deal("Pushed one")
    for _ in range(3):
        pushed = Opportunity.objects.get(pk=pushed.pk)
        pushed.due_on += 7 * DAY
        pushed.edit(by=cast.claire)
    make_opportunity("Lost one", by=cast.claire, status="lost", opened_on=today() - 400 * DAY)


@pytest.mark.parametrize("who", ["claire", "ada"])
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("care=idle", {"Idle one"}),
        ("care=overdue", {"Overdue one"}),
        ("care=no_amount", {"Without amount"}),
        ("care=asleep", {"Asleep one"}),
        ("care=pushed", {"Pushed one"}),
        ("care=idle&care=asleep", {"Idle one", "Asleep one"}),
        ("quiet=90", {"Asleep one"}),
    ],
)
def test_list_8_each_kind_is_found_and_nothing_else(cast, as_, deals, who, query, names):
    answer = as_(getattr(cast, who)).get(f"/opportunities/?{query}")
    page = answer.content.decode()
    found = {name for name in Opportunity.objects.values_list("name", flat=True) if f">{name}<" in page}
    assert found == names


def test_list_8_bringing_forward_does_not_count_as_pushing_back(cast):
    opportunity = make_opportunity(by=cast.claire)
    for days in (7, -3, 0):
        opportunity.due_on += days * DAY
        opportunity.edit(by=cast.claire)
    assert Opportunity.objects.get().pushed_back == 1


@pytest.mark.parametrize("days,times", [(7, 1), (-7, 0)])
def test_list_8_a_push_that_is_undone_does_not_count_and_done_again_does(cast, days, times):
    opportunity = make_opportunity(by=cast.claire)
    opportunity.due_on += days * DAY
    opportunity.edit(by=cast.claire)
    for counted in (0, times, 0):
        Operation.objects.latest("pk").undo(by=cast.claire)
        assert Opportunity.objects.get().pushed_back == counted


def test_list_8_a_wrong_word_in_the_address_is_said(cast, as_):
    for query in ("care=everything", "quiet=long", "quiet=-1"):
        assert as_(cast.claire).get(f"/opportunities/?{query}").status_code == 200


def test_list_8_all_of_it_stands_on_a_tab_and_my_day_leads_there(cast, as_, deals):
    browser = as_(cast.claire)
    assert "To look after" in browser.get("/opportunities/").content.decode()
    assert "care=idle" in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("kind", "given", "mended"),
    [
        ("idle", {"title": "Call", "due_on": "2027-01-12"}, "Idle one"),
        ("asleep", {"title": "Call", "due_on": "2027-01-12"}, "Asleep one"),
        ("no_amount", {"title": "Ask", "days": "3", "counted": "working:start"}, "Without amount"),
        ("overdue", {"days": "30"}, "Overdue one"),
        ("pushed", {"due_on": "2027-03-31"}, "Pushed one"),
    ],
)
def test_list_8_each_kind_has_its_fix_at_hand_for_all_of_it_at_once(cast, as_, deals, kind, given, mended):
    browser = as_(cast.claire)
    every = "&".join(f"care={code}" for code in CareFilter.KINDS)
    page = browser.get(f"/opportunities/?{every}").content.decode()
    form = next(part for part in page.split("<form")[1:] if f'name="query" value="care={kind}"' in part)
    action = re.search(r'name="action" value="(\w+)"', form)[1]
    answer = browser.post("/opportunities/bulk/", {"action": action, "all": "1", "query": f"care={kind}"})
    assert browser.post(answer["location"].partition("?")[0], given).status_code == 302
    assert Bulk.objects.get().result["done"] == 1
    changed = Opportunity.objects.get(name=mended)
    assert changed.next_task_label in ("Call", "Ask", "Next") and changed.due_on is not None
    if action == "task":
        assert Task.objects.filter(title=given["title"]).get().opportunity == changed
    else:
        assert changed.due_on > today()


def test_list_8_without_that_filter_there_is_nothing_to_fix(cast, as_, deals):
    assert 'id="fixes"' not in as_(cast.claire).get("/opportunities/").content.decode()


@pytest.mark.parametrize(
    ("name", "path", "given"),
    [
        ("Idle one", "/tasks/new/?opportunity={pk}", {"title": "Call", "priority": "0", "opportunity": "{pk}"}),
        ("Overdue one", "/opportunities/{pk}/field/due_on/", {"due_on": "2027-03-01"}),
        ("Without amount", "/opportunities/{pk}/field/amount/", {"amount": "500"}),
    ],
)
def test_list_8_each_row_has_its_fix_in_its_menu(cast, as_, deals, name, path, given):
    browser, deal = as_(cast.claire), Opportunity.objects.get(name=name)
    menu = browser.get(f"/opportunities/{deal.pk}/menu/?back=/opportunities/").content.decode()
    url = path.format(pk=deal.pk)
    assert f'href="{url}' in menu and "/field/amount/" not in menu.replace(url, "")
    answer = browser.post(url, {key: value.format(pk=deal.pk) for key, value in given.items()} | {"back": "/contacts/"})
    assert (answer.status_code, answer["location"]) == (302, "/contacts/")
    now = Opportunity.objects.get(pk=deal.pk)
    assert now.next_task_label == "Call" or now.due_on == dt.date(2027, 3, 1) or now.amount == 500
