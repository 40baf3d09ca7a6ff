"""RPT-4, RPT-9: activities by person and by type over a period; every figure opens the list that it counts, and equals it."""

import csv
import datetime as dt
import io
import re
from html import unescape

import pytest
from django.utils import timezone

from activities.models import Activity, ActivityType
from activities.models.kind import type_of
from tests.make import make_opportunity

DAY = dt.timedelta(days=1)


@pytest.fixture
def noted(cast):
    """Three calls and a comment of Claire's, a meeting of Tom's, a call of Sam's that the West does not see."""
    west, east = make_opportunity("Sensors", by=cast.claire), make_opportunity("Hidden valves", by=cast.sam)
    own = ActivityType(name="=Demo").add(by=None)
    for person, deal, kind, ago in (
        (cast.claire, west, type_of("call"), 0), (cast.claire, west, type_of("call"), 0),
        (cast.claire, west, type_of("call"), 1), (cast.claire, west, type_of("comment"), 0),
        (cast.tom, west, type_of("meeting"), 0), (cast.tom, west, own, 0),
        (cast.sam, east, type_of("call"), 0), (cast.claire, west, type_of("call"), 400),
    ):  # fmt: skip
        Activity(opportunity=deal, type=kind, text="Noted", at=timezone.now() - ago * DAY).add(by=person)
    return own


def days(first=-5, last=0):
    today = timezone.localdate()
    return f"from={today + first * DAY}&to={today + last * DAY}"


def figures(page):
    """What each link of the page says, and where it leads."""
    found = re.findall(r'<a href="([^"]*activities/list/[^"]*)" aria-label="([^"]*): (\d+)"', page)
    return [(unescape(url), told, int(count)) for url, told, count in found]


@pytest.mark.parametrize("reader", ["claire", "mia", "ada", "eve"])
def test_rpt_4_every_figure_equals_the_list_that_it_opens_rpt_9(cast, as_, noted, reader):
    browser = as_(getattr(cast, reader))
    page = browser.get(f"/reports/activities/?{days()}").content.decode()
    found = figures(page)
    assert bool(found) is (reader != "eve")
    for url, told, count in found:
        answer = browser.get(url)
        assert answer.context["count"] == count, told
        assert answer.content.decode().count('<tr role="row" data-id') == count
    assert ("Hidden valves" in page) is False


def test_rpt_4_by_person_and_by_type_as_far_as_one_sees(cast, as_, noted):
    page = as_(cast.claire).get(f"/reports/activities/?{days()}").content.decode()
    told = {told: count for _url, told, count in figures(page)}
    assert told["Claire Dubois"] == 4 and told["Claire Dubois, Call"] == 3 and told["Tom Baker, Meeting"] == 1
    assert told["All activities"] == 6 and "Sam Okafor" not in page
    assert "Claire Dubois noted most, 4 of 6" in page
    assert page.count('height="22"') == 4
    everybody = as_(cast.ada).get(f"/reports/activities/?{days()}").content.decode()
    assert {told: count for _url, told, count in figures(everybody)}["Sam Okafor, Call"] == 1


def test_rpt_4_the_period_is_chosen(cast, as_, noted):
    browser = as_(cast.claire)
    assert browser.get(f"/reports/activities/?{days(0)}").context["report"].sum.count == 5
    assert browser.get("/reports/activities/?period=last_30").context["report"].sum.count == 6
    assert browser.get("/reports/activities/?period=this_month").context["asked"].code == "this_month"
    for bad in ("from=x&to=y", "period=never", "from=2026-05-01&to=2026-01-01", "by=x&type=%00", "by=" + "9" * 40):
        answer = browser.get(f"/reports/activities/?{bad}")
        assert answer.status_code == 200 and answer.context["asked"].code == "this_month"
        assert browser.get(f"/reports/activities/list/?{bad}").status_code == 200
    empty = browser.get("/reports/activities/?from=2001-01-01&to=2001-01-02").content.decode()
    assert "Nothing was noted in this period" in empty and '<svg class="chart"' not in empty


def test_rpt_4_the_figures_come_as_csv_rpt_9(cast, as_, noted):
    answer = as_(cast.claire).get(f"/reports/activities/csv/?{days()}")
    assert answer["Content-Disposition"].startswith('attachment; filename="activities-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Person", "Comment", "Call", "Meeting", "'=Demo", "Total"]
    assert rows[1:] == [
        ["Claire Dubois", "1", "3", "0", "0", "4"],
        ["Tom Baker", "0", "0", "1", "1", "2"],
        ["Total", "1", "3", "1", "1", "6"],
    ]


def test_rpt_9_the_list_goes_on_page_by_page(cast, as_):
    deal = make_opportunity("Sensors", by=cast.claire)
    at = timezone.now()
    for n in range(60):
        Activity(opportunity=deal, type=type_of("note"), text=f"Note {n}", at=at).add(by=cast.claire)
    browser = as_(cast.claire)
    first = browser.get(f"/reports/activities/list/?{days()}")
    assert first.context["count"] == 60 and first.content.decode().count("data-id") == 50
    rest = browser.get(f"/reports/activities/list/{first.context['next']}")
    assert rest.content.decode().count("data-id") == 10 and rest.context["count"] == 60
    assert browser.get("/reports/activities/list/?before=nonsense_1").status_code == 200
