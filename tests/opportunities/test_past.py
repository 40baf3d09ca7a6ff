"""LOG-3: the list and its totals as they were on a past day."""

import datetime as dt
import random
import re
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone

from core.keyset import Key
from opportunities.listing import Total
from opportunities.models import Opportunity, OpportunityPeriod
from opportunities.past import PastList
from pipelines.models import rate_on
from tests.make import make_account, make_opportunity, stage


@pytest.fixture
def on(monkeypatch):
    """Sets the clock to noon of a day."""

    def at(day):
        moment = timezone.make_aware(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12)))
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at


@pytest.fixture
def history(cast, on):
    on("2026-02-01")
    first = make_opportunity("Sensors", by=cast.claire, amount=1000, account=make_account(by=cast.claire))
    make_opportunity("Hidden", by=cast.sam, amount=77)
    on("2026-03-01")
    first = Opportunity.objects.get(pk=first.pk)
    first.amount, first.owner = Decimal(5000), cast.tom
    first.move_to(stage("Proposal"), by=cast.claire)
    on("2026-04-01")
    Opportunity.objects.get(pk=first.pk).win(by=cast.ada)
    make_opportunity("Later", by=cast.claire, amount=1)
    on("2026-06-01")
    return first


def shown(browser, query):
    page = browser.get(f"/opportunities/?{query}").content.decode()
    names = re.findall(r'class="list__name"[^>]*>([^<]*)<', page)
    total = re.search(r'id="list-total".*?c-amount">([^<]*)<.*?c-weighted">([^<]*)<', page, re.S)
    return names, total and total.groups(), page


def test_log_3_the_list_and_its_totals_are_those_of_the_day(cast, as_, history):
    browser = as_(cast.claire)
    assert shown(browser, "on=2026-01-31")[0] == []
    names, total, page = shown(browser, "on=2026-02-15")
    assert (names, total) == (["Sensors"], ("€1,000", "€100"))
    assert "To qualify" in page
    assert "as they were on" in page
    names, total, page = shown(browser, "on=2026-03-01")
    assert (names, total) == (["Sensors"], ("€5,000", "€3,000"))
    assert 'title="Tom Baker"' in page
    names, total, page = shown(browser, "on=2026-04-01")
    assert names == ["Later", "Sensors"]
    assert total[0] == "€5,001"
    assert "Won" in page


def test_log_3_rights_are_those_of_today(cast, as_, history):
    assert shown(as_(cast.eve), "on=2026-02-15")[0] == []
    assert shown(as_(cast.ada), "on=2026-02-15")[0] == ["Sensors", "Hidden"]
    history.refresh_from_db()
    history.trash(by=cast.ada)
    assert shown(as_(cast.ada), "on=2026-02-15")[0] == ["Hidden"]


def test_log_3_filters_ask_what_was_then(cast, as_, history):
    browser = as_(cast.claire)
    for query, found in (
        ("status=open", ["Sensors"]),
        ("status=won", []),
        (f"owner={cast.claire.pk}", ["Sensors"]),
        (f"owner={cast.tom.pk}", []),
        (f"stage={stage('To qualify').pk}", ["Sensors"]),
        ("amount_min=2000", []),
        ("q=sensors", ["Sensors"]),
        ("q=pumps", []),
        ("amount_min=x", []),
    ):
        assert shown(browser, f"on=2026-02-15&{query}")[0] == found, query


def test_log_3_a_day_that_cannot_be_is_explained(cast, as_, history):
    browser = as_(cast.claire)
    for bad, said in (("x", "Enter a date"), ("2026-02-31", "does not exist"), ("2999-01-01", "yet to come")):
        answer = browser.get(f"/opportunities/?on={bad}")
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert browser.get("/opportunities/?on=9999-12-31").status_code == 422


def test_log_3_pages_go_on_and_queries_do_not_grow(cast, as_, on, django_assert_max_num_queries):
    on("2026-02-01")
    for at in range(60):
        make_opportunity(f"No {at:02}", by=cast.claire, due_on=dt.date(2026, 5, 1) + dt.timedelta(days=at % 7))
    on("2026-06-01")
    browser = as_(cast.claire)
    today = shown(browser, "")[0]
    with django_assert_max_num_queries(16):
        names, _total, page = shown(browser, "on=2026-02-02")
    assert names == today
    following = re.search(r'href="(\?[^"]*)" rel="next"', page)[1].replace("&amp;", "&")
    rest = shown(browser, following.lstrip("?"))[0]
    assert len(rest) == 10
    assert set(rest).isdisjoint(names)


def test_log_3_totals_that_take_long_come_after_the_rows_and_are_the_same(cast, as_, history, monkeypatch):
    browser = as_(cast.claire)
    _names, at_once, _page = shown(browser, "on=2026-03-01")
    monkeypatch.setattr("opportunities.in_passing.LONG_SECONDS", -1)
    shown(browser, "on=2026-03-01&status=open")
    names, _total, page = shown(browser, "on=2026-03-01&status=open")
    url = re.search(r'hx-get="(/opportunities/summary/[^"]*)"', page)[1].replace("&amp;", "&")
    assert names == ["Sensors"] and "on=2026-03-01" in url
    later = browser.get(url).content.decode()
    assert at_once[0] in later and at_once[1] in later and "Total of the filter, 1 opportunity" in later
    assert browser.get("/opportunities/summary/?on=x").status_code == 404
    assert browser.get("/opportunities/?on=2026-03-01&status=open&totals=1").content.decode().count(at_once[0]) > 1


def test_log_3_a_corrected_closing_date_moves_it_from_then_on(cast, as_, history, on):
    on("2026-05-01")
    won = Opportunity.objects.get(pk=history.pk)
    won.closed_on = dt.date(2026, 3, 15)
    won.edit(by=cast.ada)
    on("2026-06-01")
    for day, closed in (("2026-04-15", "1 Apr"), ("2026-05-15", "15 Mar")):
        page = shown(as_(cast.claire), f"on={day}&status=won")[2]
        assert closed in page
    call_command("verify")


@pytest.mark.parametrize(("little", "much"), [(2_000, 50_000), (0, 50_000), (0, 0)])
def test_log_3_whichever_way_it_is_read_it_is_what_the_periods_say(cast, on, monkeypatch, little, much):
    monkeypatch.setattr("opportunities.past.LITTLE", little)
    monkeypatch.setattr("opportunities.past.MUCH", much)
    monkeypatch.setattr("opportunities.past.PAGES", (1, 2))
    chance = random.Random(3)
    on("2026-02-01")
    made = [make_opportunity(f"No {at}", by=cast.sam if at % 3 else cast.claire, amount=at) for at in range(24)]
    for day in range(2, 12):
        on(f"2026-02-{day:02}")
        for one in chance.sample(made, 6):
            of = Opportunity.objects.get(pk=one.pk)
            if of.trashed_at or of.status != "open":
                continue
            what = chance.randrange(6)
            if what == 0:
                of.win(by=cast.ada)
            elif what == 1 and day > 8:
                of.trash(by=cast.ada)
            elif what == 2:
                of.move_to(stage("Proposal"), by=cast.ada)
            else:
                of.due_on = None if what == 3 else dt.date(2026, 3, 1) + dt.timedelta(days=chance.randrange(60))
                of.amount = None if what == 4 else Decimal(chance.randrange(9_000))
                of.edit(by=cast.ada)
    Opportunity.objects.get(pk=made[1].pk).share(to=cast.eve, by=cast.sam)
    on("2026-03-01")
    for day in (dt.date(2026, 1, 31), *(dt.date(2026, 2, at) for at in (1, 4, 8, 10, 28))):
        for person in (cast.ada, cast.claire, cast.sam, cast.eve):
            found, was = PastList(person, day, QueryDict()), then(person, day)
            rows, last = [], None
            while True:
                page, more = found.page(last, 5)
                rows += page
                assert found.totals(last) == summed(was, last)
                if not more:
                    break
                last = Key(page[-1].list_key, page[-1].pk)
            assert [(row.list_key, row.pk) for row in rows] == [(one.list_key, one.opportunity_id) for one in was]


def then(person, day):
    """The periods of the day, by looking at each."""
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    seen = set(Opportunity.objects.visible_to(person).values_list("pk", flat=True))
    lasted = [
        one
        for one in OpportunityPeriod.objects.all()
        if one.opportunity_id in seen and one.valid_from < end and (one.valid_to is None or one.valid_to >= end)
    ]
    return sorted(lasted, key=lambda one: (one.list_key, one.opportunity_id))


def summed(periods, last):
    found = []
    for is_open in (True, False):
        of = [one for one in periods if (one.status == "open") is is_open]
        if of:
            amounts = [(int((one.amount or 0) * 1000), one.probability) for one in of]
            found.append(
                Total(
                    is_open,
                    "EUR",
                    rate_on("EUR", dt.date(2026, 2, 1)),
                    len(of),
                    sum(amount for amount, _ in amounts),
                    sum(amount * probability for amount, probability in amounts) // 100,
                    sum(one.amount is None or one.due_on is None for one in of),
                    sum((one.list_key, one.opportunity_id) > (last.sort, last.pk) if last else True for one in of),
                )
            )
    return found
