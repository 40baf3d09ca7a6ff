"""RPT-6, SET-1: targets by quarter and month, and my numbers on the home page; RPT-9: they equal the lists they open."""

import datetime as dt
from decimal import Decimal

import pytest

from core import spans
from core.dates import today
from opportunities.filters import OpportunityFilter
from opportunities.listing import OpportunityList
from opportunities.models import Opportunity, Target
from opportunities.models.target import MONTH, QUARTER, quarter_of, target_of
from opportunities.rows import Summary
from opportunities.targets import Quarter
from records.models import Operation, Undo
from tests.make import make_opportunity, make_person
from tests.pages import send
from users.models import User

URL = "/settings/targets/"


def listed(browser, person, url):
    """The figures of the list that a link opens."""
    answer = browser.get(url)
    assert answer.status_code == 200
    query = answer.wsgi_request.GET
    return Summary.of(OpportunityList(person, OpportunityFilter(query).conditions()).totals())


@pytest.fixture
def quarter(cast):
    """Deals around this quarter, of Claire, Tom and Sam."""
    first, last = spans.span("this_quarter", today())
    for person in (cast.claire, cast.tom, cast.sam):
        for amount, day in ((1000, first), (2000, today()), (50_000, first - dt.timedelta(days=1))):
            deal = make_opportunity(f"Won {amount}", by=person, amount=amount, opened_on=dt.date(2020, 1, 1))
            Opportunity.objects.get(pk=deal.pk).win(by=cast.sup, on=day)
        for amount, due in ((333, last), (777, first), (9000, last + dt.timedelta(days=1))):
            make_opportunity(f"Open {amount}", by=person, amount=amount, due_on=due)
    return first


@pytest.mark.parametrize("team", [False, True])
def test_rpt_6_my_numbers_equal_the_lists_that_they_open_rpt_9(cast, as_, quarter, team):
    make_person("Olaf Olsen", "associate", team=cast.claire.team)  # sees their own alone, whatever the team signs
    for person in (cast.claire, cast.mia, User.objects.get(first_name="Olaf")):
        found, browser = Quarter.of(person, team=team), as_(person)
        signed, expected = (listed(browser, person, url) for url in (found.signed_url, found.expected_url))
        assert str(found.signed) == str(signed.all.amount) and signed.open.count == 0
        assert str(found.expected) == str(expected.open.weighted) and expected.closed.count == 0
    assert Quarter.of(cast.claire).signed.units == 3_000_000
    assert Quarter.of(cast.claire, team=True).signed.units == 6_000_000


def test_rpt_6_my_day_shows_what_is_signed_of_the_target(cast, as_, quarter):
    assert "<meter" not in as_(cast.claire).get("/").content.decode()
    west = cast.claire.team_id
    Target.set_all({("person", cast.claire.pk, quarter, QUARTER): Decimal(4000)}, by=cast.ada)
    Target.set_all({("team", west, quarter, QUARTER): Decimal(12_000)}, by=cast.ada)
    page = as_(cast.claire).get("/").content.decode()
    assert "My quarter" in page and "3,000" in page and "target €4,000" in page and 'value="75"' in page
    team = as_(cast.claire).get("/?whose=team").content.decode()
    assert "Our quarter" in team and "target €12,000" in team and 'value="50"' in team


def test_set_1_a_quarter_without_a_target_has_the_sum_of_its_months(cast):
    first = quarter_of(today())
    second = dt.date(first.year, first.month + 1, 1)
    pk = cast.claire.pk
    assert target_of("person", [pk], first) is None
    Target.set_all({("person", pk, first, MONTH): Decimal(10), ("person", pk, second, MONTH): Decimal(20)}, by=cast.ada)
    assert target_of("person", [pk], first) == 30
    Target.set_all({("person", pk, first, QUARTER): Decimal(50)}, by=cast.ada)
    assert target_of("person", [pk], first) == 50
    Undo.start(Operation.objects.latest("pk"), by=cast.ada)
    assert Operation.objects.filter(what="target.set_up").count() == 2


def test_set_1_targets_are_set_up_by_administrators_and_journalled(cast, as_):
    assert as_(cast.claire).get(URL).status_code == 403
    browser, name = as_(cast.ada), f"person-{cast.claire.pk}-4"
    page = browser.get(f"{URL}?year=2026").content.decode()
    assert "Claire Dubois, Q2" in page and "West, Q1" in page
    assert (
        send(browser, f"{URL}?year=2026", **{name: "260 000", f"team-{cast.claire.team_id}-1": "1.5"}).status_code
        == 302
    )
    assert Target.objects.get(person=cast.claire).amount == 260_000
    assert Target.objects.get(person=cast.claire).first == dt.date(2026, 4, 1)
    operation = Operation.objects.latest("pk")
    assert operation.what == "target.set_up" and operation.changes.count() == 2
    assert send(browser, f"{URL}?year=2026", **{name: ""}).status_code == 302
    assert Target.objects.get(person=cast.claire).amount is None
    assert send(browser, f"{URL}?year=2026&unit=month", **{f"person-{cast.claire.pk}-12": "9"}).status_code == 302
    assert Target.objects.filter(person=cast.claire, months=MONTH, first=dt.date(2026, 12, 1)).exists()


def test_all_6_what_is_no_amount_is_said_beside_it_and_kept_and_a_stale_page_is_asked_again(cast, as_):
    browser, name = as_(cast.ada), f"person-{cast.claire.pk}-1"
    refused = send(browser, URL, **{name: "a lot"})
    assert refused.status_code == 422 and 'value="a lot"' in refused.content.decode()
    assert f'id="id_{name}-error"' in refused.content.decode() and not Target.objects.exists()
    stale = send(browser, URL, **{name: "5", "seen": "old"})
    assert stale.status_code == 409 and "Somebody else saved targets just now." in stale.content.decode()
    assert browser.get(f"{URL}?year=20261&unit=week").status_code == 200
