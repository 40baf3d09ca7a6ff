"""ALL-7, ACT-5: the calendar feed, read by a calendar parser: one's own tasks and events, through the gate, by the clock."""

import datetime as dt
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from django.utils import timezone
from hypothesis import given, settings
from icalendar import Calendar

from activities.ics import rule_of
from activities.models import Activity, CalendarFeed
from activities.models.kind import type_of
from core.dates import today
from records.journal import operation
from tasks.models import Task
from tests.make import make_opportunity
from tests.tasks.test_recurrence import RULES


@pytest.fixture
def deal(cast):
    return make_opportunity("Temperature sensors", by=cast.claire)


def make_task(person, title="Call Odile", **given):
    given = {"due_on": today() + dt.timedelta(days=1), "assignee": person} | given
    return Task(title=title, **given).add(by=person)


def make_event(person, deal, **given):
    given = {
        "at": timezone.now() + dt.timedelta(days=2),
        "subject": "Visit of the site",
        "type": type_of("event"),
    } | given
    return Activity(opportunity=deal, **given).add(by=person)


@pytest.fixture
def address(cast):
    CalendarFeed.renew(cast.claire)
    return f"/calendar/{CalendarFeed.of(cast.claire).token}.ics"


def events(client, address):
    """By their summaries."""
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_all_7_the_feed_has_ones_tasks_and_events_with_place_text_and_link(cast, client, deal, address):
    make_task(cast.claire, opportunity=deal, detail="Ask, then; wait\nfor her")
    make_task(cast.claire, "Timed", due_time=dt.time(14, 30))
    make_task(cast.claire, "No day", due_on=None)
    make_task(cast.tom, "Tom's own")
    Task.objects.get(pk=make_task(cast.claire, "Done").pk).complete(by=cast.claire)
    make_event(cast.claire, deal, minutes=90, place="Nantes")
    make_event(cast.tom, deal, subject="Tom's visit")
    found = events(client, address)
    assert found.keys() == {"Call Odile", "Timed", "Visit of the site"}
    whole, timed, visit = found["Call Odile"], found["Timed"], found["Visit of the site"]
    tomorrow = today() + dt.timedelta(days=1)
    assert (whole.decoded("dtstart"), whole.decoded("dtend")) == (tomorrow, tomorrow + dt.timedelta(days=1))
    assert "Ask, then; wait\nfor her\nTemperature sensors\nhttp" in str(whole["description"])
    start = timed.decoded("dtstart")
    assert (start.hour, start.minute, str(start.tzinfo)) == (14, 30, "Europe/Paris")
    assert visit.decoded("duration") == dt.timedelta(minutes=90) and str(visit["location"]) == "Nantes"
    assert len({str(event["uid"]) for event in found.values()}) == 3


def test_all_7_the_clock_is_the_persons(cast, client, address):
    cast.claire.edit(by=cast.claire, timezone="America/New_York", language="fr")
    make_task(cast.claire, due_on=dt.date(2027, 7, 1), due_time=dt.time(9, 0))
    make_task(cast.claire, "Winter", due_on=dt.date(2027, 12, 1), due_time=dt.time(9, 0))
    found = events(client, address)
    assert found["Call Odile"].decoded("dtstart").astimezone(dt.UTC) == dt.datetime(2027, 7, 1, 13, tzinfo=dt.UTC)
    assert found["Winter"].decoded("dtstart").astimezone(dt.UTC) == dt.datetime(2027, 12, 1, 14, tzinfo=dt.UTC)
    zones = Calendar.from_ical(client.get(address).content).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["America/New_York"]


def test_all_7_what_one_sees_no_more_is_not_in_the_feed(cast, client, deal, address):
    make_task(cast.claire, opportunity=deal)
    make_event(cast.claire, deal)
    with operation(by=cast.sup, door="form", what="test"):
        deal.owner = cast.sam
        deal.save()
    assert events(client, address) == {}


def test_all_7_an_address_is_unguessable_renewed_and_gone_with_the_person(cast, as_, client, address):
    assert len(CalendarFeed.of(cast.claire).token) >= 96 / 6
    assert client.get("/calendar/guessed.ics").status_code == 404
    browser = as_(cast.claire)
    assert CalendarFeed.of(cast.claire).token in browser.get("/preferences/calendar/").content.decode()
    browser.post("/preferences/calendar/renew/")
    assert client.get(address).status_code == 404
    new = f"/calendar/{CalendarFeed.of(cast.claire).token}.ics"
    assert client.get(new).status_code == 200
    cast.claire.deactivate(by=cast.sup)
    assert client.get(new).status_code == 404
    cast.claire.reactivate(by=cast.sup)
    browser = as_(cast.claire)
    browser.post("/preferences/calendar/stop/")
    assert client.get(new).status_code == 404
    assert (
        "/calendar/"
        not in browser.get("/preferences/calendar/").content.decode().split("feed-title")[1].split("form ")[0]
    )


def test_all_7_what_is_unchanged_is_not_sent_again(cast, client, address):
    task = make_task(cast.claire)
    answer = client.get(address)
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and not again.content
    Task.objects.get(pk=task.pk).edit(by=cast.claire, title="Call Odile again")
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 200
    assert client.post(address).status_code == 405


@given(rhythm=RULES)
@settings(max_examples=150, deadline=None)
def test_act_4_a_rule_of_the_feed_has_the_days_of_the_rhythm(rhythm):
    first = next(rhythm.days())
    text = f"DTSTART:{first:%Y%m%d}\nRRULE:{rule_of(rhythm, None, None).to_ical().decode()}"
    days = [moment.date() for moment in islice(rrulestr(text), 8)]
    assert days == list(islice(rhythm.days(), 8))


def test_act_4_a_rhythm_is_one_event_and_what_was_put_off_stands_beside_it(cast, client, address):
    last = dt.date(2027, 1, 31)
    make_task(
        cast.claire,
        "Invoice",
        due_on=last,
        due_time=dt.time(9, 0),
        repeat_unit="month",
        repeat_until=dt.date(2027, 4, 30),
    )
    [event] = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=event.decoded("dtstart"))
    assert [moment.date() for moment in rule] == [
        last,
        dt.date(2027, 2, 28),
        dt.date(2027, 3, 31),
        dt.date(2027, 4, 30),
    ]
    Task.objects.get().postpone(dt.date(2027, 2, 3), by=cast.claire)
    one, series = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert "rrule" not in one and one.decoded("dtstart").date() == dt.date(2027, 2, 3)
    assert series.decoded("dtstart").date() == dt.date(2027, 2, 28) and str(one["uid"]) != str(series["uid"])
