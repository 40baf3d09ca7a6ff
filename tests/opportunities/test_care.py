"""LIST-8: what needs looking after, as filters of the list, each counted like any other."""

import datetime as dt

import pytest

from core.dates import today
from opportunities.models import Opportunity
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


def test_list_8_a_wrong_word_in_the_address_is_said(cast, as_):
    for query in ("care=everything", "quiet=long", "quiet=-1"):
        assert as_(cast.claire).get(f"/opportunities/?{query}").status_code == 200


def test_list_8_all_of_it_stands_on_a_tab_and_my_day_leads_there(cast, as_, deals):
    browser = as_(cast.claire)
    assert "To look after" in browser.get("/opportunities/").content.decode()
    assert "care=idle" in browser.get("/").content.decode()
