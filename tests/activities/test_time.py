"""ACT-7 (F102): hours declared on an opportunity."""

import datetime as dt

import pytest

from activities.durations import parse_minutes, told
from activities.models import TimeEntry
from core.dates import today
from tests.make import make_opportunity


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("1:30", 90), ("1h30", 90), ("1 h", 60), ("90", 90), ("90 min", 90), ("1,5", 90), ("1.25 h", 75), ("0", 0)],
)
def test_act_7_durations_as_people_type_them(typed, minutes):
    assert parse_minutes(typed) == minutes


def test_act_7_durations_as_people_read_them():
    assert [told(minutes) for minutes in (18, 60, 90)] == ["18\u00a0min", "1\u00a0h", "1\u00a0h\u00a030"]


def test_act_7_hours_are_declared_shown_and_summed(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    for duration in ("1:30", "45"):
        browser.post(
            f"/opportunities/{opportunity.pk}/time/", {"on": f"{today()}", "minutes": duration, "note": "Offer"}
        )
    page = browser.get(f"/opportunities/{opportunity.pk}/activity/").content.decode()
    assert "2\u00a0h\u00a015" in page and "spent 45\u00a0min" in page
    entry = TimeEntry.objects.first()
    assert browser.post(f"/time/{entry.pk}/remove/").status_code == 302
    assert TimeEntry.objects.live().count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"minutes": "0"}, "up to 24 hours"),
        ({"minutes": "25:00"}, "up to 24 hours"),
        ({"minutes": ""}, "such as 1:30"),
        ({"minutes": "soon"}, "such as 1:30"),
        ({"minutes": "60", "on": f"{today() + dt.timedelta(days=2)}"}, "This day has not come yet."),
        ({"minutes": "60", "on": "31/02/2026"}, "This date does not exist."),
    ],
)
def test_act_7_wrong_hours_are_refused_beside_the_field(cast, as_, sent, sentence):
    opportunity = make_opportunity(by=cast.claire)
    answer = as_(cast.claire).post(
        f"/opportunities/{opportunity.pk}/time/", {"on": f"{today()}", "note": "kept", **sent}
    )
    assert answer.status_code == 422 and sentence in answer.content.decode() and "kept" in answer.content.decode()
    assert not TimeEntry.objects.exists()


def test_act_7_a_day_has_24_hours_in_all(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    url = f"/opportunities/{opportunity.pk}/time/"
    assert browser.post(url, {"on": f"{today()}", "minutes": "20:00"}).status_code == 302
    answer = browser.post(url, {"on": f"{today()}", "minutes": "5:00"})
    assert answer.status_code == 422 and "A day has 24 hours" in answer.content.decode()


def test_give_4_hours_are_seen_by_who_sees_the_opportunity(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    entry = TimeEntry(opportunity=opportunity, user=cast.claire, minutes=30).add(by=cast.claire)
    for person, status in ((cast.eve, 404), (cast.tom, 403)):
        assert as_(person).post(f"/time/{entry.pk}/remove/").status_code == status
    assert as_(cast.eve).get(f"/opportunities/{opportunity.pk}/time/").status_code == 404
