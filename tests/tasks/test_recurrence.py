"""ACT-4: when a recurring task comes again, compared with dateutil's rules and with cases written by hand."""

import calendar
import datetime as dt
from itertools import islice

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.models.recurrence import Recurrence, Unit, months_later

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
RULES = st.builds(
    Recurrence,
    unit=st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]),
    every=st.integers(1, 30),
    first=DAYS,
    weekdays=st.integers(0, 127),
)


def reference(rule):
    """The same rule as dateutil says it: a month's day that is missing is its last one, by ``bysetpos``."""
    start = dt.datetime.combine(rule.first, dt.time())
    if rule.unit == Unit.DAY:
        return rrule.rrule(rrule.DAILY, start, rule.every)
    if rule.unit == Unit.WEEK:
        days = [day for day in range(7) if rule.weekdays >> day & 1] or [rule.first.weekday()]
        return rrule.rrule(rrule.WEEKLY, start, rule.every, byweekday=days, wkst=rrule.MO)
    clipped = {"bymonthday": range(min(rule.first.day, 28), rule.first.day + 1), "bysetpos": -1}
    if rule.unit == Unit.MONTH:
        return rrule.rrule(rrule.MONTHLY, start, rule.every, **clipped)
    return rrule.rrule(rrule.YEARLY, start, rule.every, bymonth=rule.first.month, **clipped)


def agrees(rule, days):
    expected = [moment.date() for moment in islice(reference(rule), 8)]
    assert list(islice(rule.days(), 8)) == expected
    asked = rule.first + dt.timedelta(days=days)
    following = reference(rule).after(dt.datetime.combine(asked, dt.time()))
    assert rule.next_after(asked) == following.date()


@given(rule=RULES, days=st.integers(0, 3000))
@settings(max_examples=200, deadline=None)
def test_act_4_a_rhythm_is_what_dateutil_says(rule, days):
    agrees(rule, days)


@pytest.mark.soak
@given(rule=RULES, days=st.integers(0, 3000))
@settings(max_examples=10_000, deadline=None)
def test_act_4_ten_thousand_rhythms_are_what_dateutil_says(rule, days):
    agrees(rule, days)


@pytest.mark.parametrize(
    ("unit", "every", "first", "expected"),
    [
        (Unit.MONTH, 1, "2026-01-31", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        (Unit.MONTH, 1, "2028-01-30", ["2028-01-30", "2028-02-29", "2028-03-30"]),
        (Unit.YEAR, 1, "2028-02-29", ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (Unit.MONTH, 3, "2026-11-30", ["2026-11-30", "2027-02-28", "2027-05-30"]),
        (Unit.DAY, 10, "2026-12-28", ["2026-12-28", "2027-01-07"]),
        (Unit.DAY, 1, "2026-03-28", ["2026-03-28", "2026-03-29", "2026-03-30"]),  # summer time begins on the 29th
    ],
)
def test_act_4_month_ends_leap_years_and_changes_of_time(unit, every, first, expected):
    rule = Recurrence(unit, every, dt.date.fromisoformat(first))
    assert [day.isoformat() for day in islice(rule.days(), len(expected))] == expected


def test_act_4_on_weekdays_every_second_week():
    rule = Recurrence(Unit.WEEK, 2, dt.date(2026, 11, 26), weekdays=0b0001001)  # Monday and Thursday, from a Thursday
    assert [f"{day:%a %d}" for day in islice(rule.days(), 4)] == ["Thu 26", "Mon 07", "Thu 10", "Mon 21"]


def test_act_4_it_ends_on_its_last_day():
    rule = Recurrence(Unit.WEEK, 1, dt.date(2026, 11, 2), until=dt.date(2026, 11, 16))
    assert [day.day for day in rule.days()] == [2, 9, 16]
    assert rule.next_after(dt.date(2026, 11, 16)) is None


@given(day=DAYS, months=st.integers(0, 600))
def test_a_day_months_later_stays_in_its_month(day, months):
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, calendar.monthrange(later.year, later.month)[1])
