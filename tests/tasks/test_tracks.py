"""ACT-6, F126: tracks set up by an administrator: tasks in their order, counted from an end, a start or each other."""

import datetime as dt

import pytest

from records.models import Operation
from tasks.models import Step, Track
from tasks.models.track import Offset, dated
from tests.pages import fields, send

URL = "/settings/tracks/"


def d(text):
    return dt.date.fromisoformat(text)


def make_track(name="Multi-site offer", *steps, by):
    """``("Visit", 5, "working", "end")`` for each of its tasks."""
    track = Track(name=name).add(by=by)
    for title, days, unit, anchor, *more in steps:
        Step(track=track, name=title, days=days, unit=unit, anchor=anchor, **dict(more)).add(by=by)
    return track


OFFER = (
    ("Visit the pilot site", 10, "working", "end"),
    ("Validate the layout", 5, "working", "end"),
    ("Hand over the offer", 3, "day", "end"),
    ("Chase", 2, "working", "previous"),
)


@pytest.mark.parametrize(
    ("plan", "start", "end", "days"),
    [
        # 18 December 2026 is a Friday
        ([(10, "working", "end"), (3, "day", "end"), (0, "day", "end")], None, "2026-12-18",
         ["2026-12-04", "2026-12-15", "2026-12-18"]),
        # over Christmas and New Year
        ([(0, "working", "start"), (2, "working", "previous"), (1, "day", "previous"), (3, "working", "start")],
         "2026-12-24", None, ["2026-12-24", "2026-12-29", "2026-12-30", "2026-12-30"]),
        # the first is counted from the start, whatever it says
        ([(1, "day", "previous"), (0, "working", "previous")], "2027-03-26", None, ["2027-03-27", "2027-03-30"]),
        # without what it is counted from, no date, nor for what follows
        ([(1, "day", "end"), (1, "day", "previous"), (1, "day", "start")], "2026-01-05", None,
         [None, None, "2026-01-06"]),
    ],
)  # fmt: skip
def test_act_6_dates_are_counted_back_forth_and_from_the_task_before(cast, plan, start, end, days):
    offsets = [Offset(*one) for one in plan]
    found = dated(offsets, start and d(start), end and d(end))
    assert found == [day and d(day) for day in days]


def test_act_6_the_task_before_counts_from_the_day_it_really_was_done(cast):
    plan = [Offset(0, "day", "start"), Offset(2, "working", "previous"), Offset(1, "working", "previous")]
    found = dated(plan, d("2026-11-02"), None, {0: d("2026-11-10")})
    assert found == [d("2026-11-02"), d("2026-11-13"), d("2026-11-16")]  # 11 November is a holiday


def test_act_6_an_administrator_names_a_track_and_its_tasks_in_place(cast, as_):
    browser = as_(cast.ada)
    assert send(browser, URL, **{"new1-name": "Multi-site offer"}).status_code == 302
    track = Track.objects.get()
    url = f"{URL}{track.pk}/"
    data = fields(browser.get(url))
    data |= {"row": ["new1", "new2"]}
    for key, name, anchor in (("new1", "Visit", "end"), ("new2", "Visit", "previous")):  # two may be called the same
        data |= {f"{key}-name": [name], f"{key}-days": ["2"], f"{key}-counted": [f"working:{anchor}"]}
        data |= {f"{key}-priority": ["0"], f"{key}-assignee": [str(cast.tom.pk)], f"{key}-category": [""]}
    assert browser.post(url, data).status_code == 302
    assert [(step.name, step.days, step.anchor, step.assignee_id) for step in track.steps] == [
        ("Visit", 2, "end", cast.tom.pk),
        ("Visit", 2, "previous", cast.tom.pk),
    ]
    assert "2 tasks" in browser.get(URL).content.decode()
    assert "The dates it gives" in browser.get(url).content.decode()
    assert as_(cast.claire).get(url).status_code == 403


def test_act_6_steps_are_reordered_and_archived_not_deleted(cast, as_):
    track = make_track("Offer", *OFFER[:3], by=cast.ada)
    browser, url = as_(cast.ada), f"{URL}{track.pk}/"
    first, second, third = track.steps
    send(browser, url, down=str(first.pk))
    assert [step.pk for step in track.steps] == [second.pk, first.pk, third.pk]
    send(browser, url, archive=str(first.pk))
    assert [step.pk for step in track.steps] == [second.pk, third.pk] and Step.objects.count() == 3
    Operation.objects.latest("pk").undo(by=cast.ada)
    assert [step.pk for step in track.steps] == [second.pk, first.pk, third.pk]


def test_act_6_the_first_task_has_none_before_it_and_an_offset_is_a_number(cast, as_):
    track = make_track("Offer", *OFFER, by=cast.ada)
    browser, url = as_(cast.ada), f"{URL}{track.pk}/"
    data = fields(browser.get(url))
    data["row"] = data["row"][::-1]
    answer = browser.post(url, data)
    assert answer.status_code == 422 and "The first task has none before it." in answer.content.decode()
    first = track.steps[0]
    for typed in ("-1", "1000", "soon", ""):
        answer = send(browser, url, **{f"{first.pk}-days": typed})
        assert answer.status_code == 422 and "Enter a number from 0 to 999." in answer.content.decode()
    answer = send(browser, url, **{f"{first.pk}-name": " "})
    assert answer.status_code == 422 and "Say what is to be done." in answer.content.decode()
    assert track.steps[0].days == 10


def test_act_6_a_date_beyond_the_calendar_is_an_overflow_not_a_crash(cast):
    for unit in ("day", "working"):
        with pytest.raises(OverflowError):
            Offset(900, unit, "start").from_(dt.date(9998, 12, 1))
        with pytest.raises(OverflowError):
            Offset(900, unit, "end").from_(dt.date(1, 12, 1))


def test_act_6_the_card_of_tracks_stands_among_the_settings(cast, as_):
    make_track("Launch", ("Call", 0, "day", "start"), by=cast.ada)
    page = as_(cast.ada).get("/settings/").content.decode()
    assert "/settings/tracks/" in page and "Launch" in page and "/settings/holidays/" in page
