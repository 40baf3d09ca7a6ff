"""ACT-6, SET-1: the days on which the house works; holidays that move with Easter; both set up on a page."""

import datetime as dt
import random

import pytest

from records.journal import operation
from records.models import Operation
from tasks.models import Holiday, WorkingWeek
from tasks.models.working_days import (
    holidays_in,
    is_working_day,
    working_days_after,
    working_days_before,
)
from tests.pages import fields, send

URL = "/settings/holidays/"
DAY = dt.timedelta(days=1)


def d(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
        (2027, "01-01 03-29 05-01 05-08 05-06 05-17 07-14 08-15 11-01 11-11 12-25"),
        (2038, "01-01 04-26 05-01 05-08 06-03 06-14 07-14 08-15 11-01 11-11 12-25"),  # the latest Easter
    ],
)
def test_act_6_the_public_holidays_of_france_are_there_from_the_start(cast, year, days):
    assert holidays_in(year) == {d(f"{year}-{day}") for day in days.split()}


def test_act_6_a_day_of_one_year_and_a_29_february_fall_when_they_exist(cast):
    once = Holiday(name="Move", rule_name="once", on=d("2026-12-24")).add(by=cast.ada)
    leap = Holiday(name="Leap", on=d("2024-02-29")).add(by=cast.ada)
    assert (once.falls_in(2026), once.falls_in(2027)) == (d("2026-12-24"), None)
    assert (leap.falls_in(2027), leap.falls_in(2028)) == (None, d("2028-02-29"))
    assert leap.next_from(d("2097-01-01")) == d("2104-02-29")
    assert d("2026-12-24") in holidays_in(2026)
    once.archive(by=cast.ada)
    assert d("2026-12-24") not in holidays_in(2026)


@pytest.mark.parametrize(
    ("day", "count", "after", "before"),
    [
        ("2026-12-24", 1, "2026-12-28", "2026-12-23"),  # Christmas is a Friday
        ("2026-12-26", 0, "2026-12-28", "2026-12-24"),  # a Saturday
        ("2026-12-28", 0, "2026-12-28", "2026-12-28"),
        ("2027-03-27", 1, "2027-03-30", "2027-03-26"),  # the Saturday before Easter
        ("2026-12-31", 5, "2027-01-08", "2026-12-23"),
        ("2026-05-06", 3, "2026-05-12", "2026-04-30"),  # 1 and 8 May
    ],
)
def test_act_6_working_days_leave_out_week_ends_and_holidays(cast, day, count, after, before):
    assert working_days_after(d(day), count) == d(after)
    assert working_days_before(d(day), count) == d(before)


@pytest.mark.parametrize("mask", [0b0011111, 0b0111110, 0b0000001])
def test_act_6_working_days_are_as_if_counted_one_by_one(cast, mask):
    with operation(by=cast.ada, door="set_up", what="test"):
        week = WorkingWeek.current()
        week.days = mask
        week.save()
    draw = random.Random(mask)
    for _ in range(40):
        day, count = d("2024-01-01") + draw.randrange(2500) * DAY, draw.randrange(1, 200)
        for step, counted in ((DAY, working_days_after), (-DAY, working_days_before)):
            at, left = day, count
            while left:
                at += step
                left -= is_working_day(at)
            assert counted(day, count) == at


def test_set_1_holidays_and_working_days_are_set_up_on_one_page(cast, as_):
    browser = as_(cast.ada)
    page = browser.get(URL).content.decode()
    assert "Easter Monday" in page and "Whit Monday" in page
    data = fields(browser.get(URL))
    row = data["row"][0]
    data |= {"row": [*data["row"], "new1"], "new1-name": ["Foundation day"], "new1-rule_name": ["yearly"]}
    data |= {"new1-on": ["2026-06-12"], "new1-after_easter": [""], "week-weekdays": ["1", "2", "3", "4", "5"]}
    assert browser.post(URL, data).status_code == 302
    assert d("2031-06-12") in holidays_in(2031) and not is_working_day(d("2031-06-12"))
    assert WorkingWeek.objects.get().days == 0b0111110
    assert not is_working_day(d("2026-11-30")) and is_working_day(d("2026-11-28"))
    assert Holiday.objects.get(pk=row).name == "New Year’s Day"


def test_set_1_a_holiday_says_what_it_lacks_and_keeps_what_was_typed(cast, as_):
    browser = as_(cast.ada)
    easter = Holiday.objects.get(name="Easter Monday")
    new_year = Holiday.objects.get(name="New Year’s Day")
    answer = send(browser, URL, **{f"{easter.pk}-after_easter": "", f"{new_year.pk}-on": "31/02/2027"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say how many days after Easter Sunday." in page and "This date does not exist." in page
    assert "31/02/2027" in page
    answer = send(browser, URL, **{f"{easter.pk}-after_easter": "4000"})
    assert answer.status_code == 422 and "Enter a number from -150 to 150." in answer.content.decode()
    answer = send(browser, URL, **{"week-weekdays": None})
    assert answer.status_code == 422 and "Tick at least one day." in answer.content.decode()
    assert WorkingWeek.objects.get().days == 31


def test_set_1_holidays_are_undone_like_any_set_up(cast, as_):
    browser = as_(cast.ada)
    send(browser, URL, **{"week-weekdays": ["0"]})
    Operation.objects.latest("pk").undo(by=cast.ada)
    assert WorkingWeek.objects.get().days == 31
    assert as_(cast.claire).get(URL).status_code == 403
