"""LIST-2: the filters of the list, which combine, and say what they are."""

import datetime as dt
import re

import pytest
from django.http import QueryDict

from core import spans
from opportunities import in_passing
from opportunities.filters import NAMES, OpportunityFilter
from opportunities.listing import OpportunityList
from opportunities.models import Opportunity
from pipelines.models import Pipeline, Stage
from records.journal import operation
from tests.make import make_account, make_opportunity, source, stage

D = dt.date
TODAY = D(2026, 11, 25)  # a Wednesday


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch):
    monkeypatch.setattr("core.dates.today", lambda: TODAY)
    monkeypatch.setattr("opportunities.in_passing.LONG_SECONDS", 60)
    in_passing._large.clear()


def names(person, query):
    """The names that a query finds: as the list reads them, which is what the export reads too."""
    filters = OpportunityFilter(QueryDict(query), queryset=Opportunity.objects.none())
    rows, _more = OpportunityList(person, filters.conditions()).page()
    exported = filters.filter_queryset(Opportunity.objects.visible_to(person))
    assert [row.name for row in rows] == [one.name for one in exported]
    return [row.name for row in rows]


@pytest.mark.parametrize(
    "code,first,last",
    [
        ("today", TODAY, TODAY),
        ("this_week", D(2026, 11, 23), D(2026, 11, 29)),
        ("last_week", D(2026, 11, 16), D(2026, 11, 22)),
        ("this_month", D(2026, 11, 1), D(2026, 11, 30)),
        ("next_month", D(2026, 12, 1), D(2026, 12, 31)),
        ("this_quarter", D(2026, 10, 1), D(2026, 12, 31)),
        ("next_quarter", D(2027, 1, 1), D(2027, 3, 31)),
        ("last_quarter", D(2026, 7, 1), D(2026, 9, 30)),
        ("this_year", D(2026, 1, 1), D(2026, 12, 31)),
        ("next_year", D(2027, 1, 1), D(2027, 12, 31)),
        ("last_30", D(2026, 10, 27), TODAY),
        ("next_7", TODAY, D(2026, 12, 1)),
    ],
)
def test_list_2_periods_relative_to_today(code, first, last):
    assert spans.is_span(code) and spans.span(code, TODAY) == (first, last)


@pytest.mark.parametrize("reader", ["claire", "ada"])
def test_list_2_relative_due_dates(cast, reader):
    make = lambda name, **given: make_opportunity(name, by=cast.claire, **given)  # noqa: E731
    make("late", due_on=D(2026, 11, 3)), make("soon", due_on=D(2026, 11, 28)), make("then", due_on=D(2026, 12, 5))
    make("never", due_on=None)
    make("won on time", due_on=D(2026, 11, 4), status="won", closed_on=D(2026, 11, 2))
    make("lost, no date", due_on=None, status="lost", closed_on=D(2026, 5, 2))
    who = getattr(cast, reader)
    assert names(who, "due=overdue") == ["late"]
    assert names(who, "due=this_month") == ["late", "soon", "won on time"]
    assert names(who, "due=this_month&status=open") == ["late", "soon"]
    assert names(who, "due=next_month&due=overdue") == ["late", "then"]
    assert names(who, "due=none") == ["never", "lost, no date"]
    assert names(who, "due_from=2026-11-04&due_to=30/11/2026") == ["soon", "won on time"]
    assert names(who, "closed=this_month") == ["won on time"]
    assert names(who, "closed=this_year") == ["won on time", "lost, no date"]
    assert names(who, "closed_from=2026-06-01") == ["won on time"]
    assert names(who, "closed_to=2026-06-01") == ["lost, no date"]


def test_list_2_relative_opening_dates(cast):
    make_opportunity("old", by=cast.claire, opened_on=D(2026, 1, 5))
    make_opportunity("new", by=cast.claire, opened_on=D(2026, 11, 20))
    assert names(cast.claire, "opened=last_30") == ["new"]
    assert names(cast.claire, "opened_to=2026-02-01") == ["old"]


@pytest.mark.parametrize("reader", ["claire", "ada"])
def test_list_2_f071_the_label_of_a_given_probability(cast, as_, reader):
    make_opportunity("won", by=cast.claire, status="won")
    make_opportunity("lost", by=cast.claire, status="lost")
    make_opportunity("talks", by=cast.claire, stage=stage("Negotiation"))
    make_opportunity("first", by=cast.claire)
    who = getattr(cast, reader)
    assert names(who, "probability=100") == ["won"]
    assert names(who, "probability=100%25") == ["won"]
    assert names(who, "probability=0") == ["lost"]
    assert names(who, "probability=80") == ["talks"]
    assert names(who, "probability=80&probability=100") == ["talks", "won"]
    text = as_(who).get("/opportunities/filters/").content.decode()
    assert "100% · Won" in text and "80% · Negotiation" in text
    assert "100% · Won" in as_(who).get("/opportunities/?probability=100").content.decode()


def test_list_2_the_label_of_won_and_lost_wherever_a_stage_is_named(cast):
    make_opportunity("won", by=cast.claire, status="won")
    make_opportunity("lost", by=cast.claire, status="lost")
    make_opportunity("talks", by=cast.claire, stage=stage("Negotiation"))
    assert names(cast.claire, "stage=Won") == ["won"]
    assert names(cast.claire, "stage=Gagné") == ["won"]
    assert names(cast.claire, f"stage=Lost&stage={stage('Negotiation').pk}") == ["talks", "lost"]


def test_list_2_several_values_of_a_name_and_several_names(cast):
    with operation(by=cast.ada, door="set_up", what="test"):
        other = Pipeline.objects.create(name="Renewals", position=9)
        renew = Stage.objects.create(name="To renew", pipeline=other, probability=70, position=1)
    house = make_account("Hexabio", by=cast.claire)
    make_opportunity("claire", by=cast.claire, source=source("Website"), account=house)
    make_opportunity("tom", by=cast.tom, amount=12500)
    make_opportunity("sam", by=cast.sam, stage=renew, assignees=[cast.tom])
    ada = cast.ada
    assert names(ada, f"owner={cast.claire.pk}&owner={cast.sam.pk}") == ["claire", "sam"]
    assert names(ada, f"team={cast.claire.team_id}") == ["claire", "tom"]
    assert names(ada, f"assignee={cast.tom.pk}") == ["sam"]
    assert names(ada, f"pipeline={other.pk}") == ["sam"]
    assert names(ada, f"source={source('Website').pk}") == ["claire"]
    assert names(ada, f"account={house.pk}") == ["claire"]
    assert names(ada, "amount_min=12 000&amount_max=12.600,00 €") == ["tom"]
    assert names(ada, f"owner={cast.claire.pk}&pipeline={other.pk}") == []


def test_list_2_chips_say_what_is_filtered_and_are_removed_one_by_one(cast, as_):
    make_opportunity("late", by=cast.claire, due_on=D(2026, 11, 3))
    query = f"due=overdue&owner={cast.claire.pk}&owner={cast.tom.pk}&amount_min=500"
    text = as_(cast.claire).get(f"/opportunities/?{query}").content.decode()
    chips = re.findall(r'chip__key">([^<]*)</span><span class="chip__val">([^<]*)<', text)
    assert chips == [
        ("Owner", "Claire Dubois, Tom Baker"),
        ("Expected close", "overdue"),
        ("Amount from", "€500"),
    ]
    crosses = [link.replace("&amp;", "&") for link in re.findall(r'chip__x" href="([^"]*)"', text)]
    assert crosses[1] == f"?owner={cast.claire.pk}&owner={cast.tom.pk}&amount_min=500"


def test_list_2_the_form_of_filters_keeps_what_is_in_force(cast, as_):
    text = as_(cast.claire).get("/opportunities/filters/?due=last_12&due_from=2026-01-01&q=pump").content.decode()
    assert 'name="due" value="last_12" checked>' in text
    assert 'value="2026-01-01"' in text and 'name="q" value="pump"' in text


NONSENSE = [
    "x",
    "-1",
    "0",
    "9" * 40,
    "é",
    "%00",
    "1,2",
    "last_0",
    "last_99999",
    "this_century",
    "2026-02-31",
    "'--",
    "[]",
]


def test_list_2_unknown_values_never_break_the_list(cast, as_):
    make_opportunity("deal", by=cast.claire)
    for name in NAMES:
        for value in NONSENSE:
            names(cast.claire, f"{name}={value}")
    browser, others = as_(cast.claire), ("sort", "view", "after", "last", "unheard_of")
    for value in NONSENSE:
        query = "&".join(f"{name}={value}" for name in (*NAMES, *others))
        for page in ("", "board/", "summary/", "filters/"):
            assert browser.get(f"/opportunities/{page}?{query}").status_code == 200, (page, value)


def test_list_2_a_filter_that_cannot_be_read_says_so_and_finds_nothing(cast, as_):
    make_opportunity("deal", by=cast.claire)
    text = as_(cast.claire).get("/opportunities/?due=this_century").content.decode()
    assert "Choose a period of the list." in text and 'data-id="' not in text and "this_century" in text
