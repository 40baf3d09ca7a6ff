"""ACT-1, ACT-2, ACT-3, ACT-8: the composer and the history of opportunities, accounts and contacts (F093..F101)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities import timeline
from activities.models import Activity, ActivityType
from activities.models.kind import type_of
from core.dates import today
from opportunities.models import Opportunity
from records.models import Change, Operation
from tasks.models import Task
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import fields
from users.models import Notice


def feed(record):
    return f"{record.get_absolute_url()}activity/"


def note(record, text="Budget agreed", *, by, kind="note", **given):
    return Activity(type=type_of(kind), text=text, **{record.gate_key(): record}, **given).add(by=by)


def test_act_1_each_kind_lands_in_the_history_newest_first(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    for kind, text, extra in (
        ("comment", "No radio cover", {}),
        ("note", "Minutes of the visit", {}),
        ("call", "She wants a subscription", {"outcome": "reached", "minutes": "18 min"}),
        ("meeting", "Met at the plant", {"place": "Carentan", "minutes": "1h30"}),
        ("event", "Technical committee", {"at": "2026-12-01T09:00", "place": "Town hall"}),
    ):
        assert browser.post(feed(opportunity), {"kind": kind, "text": text, **extra}).status_code == 302
    page = browser.get(feed(opportunity)).content.decode()
    history = page[page.index('id="days"') :]
    places = [
        history.index(text) for text in ("Technical committee", "Met at the plant", "She wants", "Minutes", "No radio")
    ]
    assert places == sorted(places)
    assert "called, reached, 18\u00a0min" in history and "met, 1\u00a0h\u00a030" in history and "Town hall" in history
    call = Activity.objects.get(type=type_of("call"))
    assert call.made_by == cast.claire and call.minutes == 18
    assert Change.objects.filter(record_id=call.pk, operation__what="activity.add", kind="created").exists()


@pytest.mark.parametrize("make", [make_opportunity, make_account, make_contact])
def test_act_1_the_composer_posts_to_the_page_that_it_stands_on(cast, as_, make):
    record = make(by=cast.claire)
    assert fields(as_(cast.claire).get(feed(record)), form=feed(record))["kind"] == ["comment"]


@pytest.mark.parametrize("make", [make_opportunity, make_account, make_contact])
def test_act_3_on_accounts_and_contacts_too(cast, as_, make):
    record, browser = make(by=cast.claire), as_(cast.claire)
    browser.post(feed(record), {"kind": "call", "text": "Wants an offer"})
    assert "Wants an offer" in browser.get(feed(record)).content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"kind": "comment", "text": "  "}, "Write something."),
        ({"kind": "task", "text": ""}, "Say what is to be done."),
        ({"kind": "event", "text": ""}, "Say what the event is."),
        ({"kind": "call", "minutes": "long"}, "such as 1:30"),
        ({"kind": "event", "text": "Visit", "at": "tomorrow"}, "Enter a day and a time."),
        ({"kind": "nothing"}, "Choose what it was."),
        ({"kind": "call", "text": "x", "next_on": "2026-12-01"}, "Say what is to be done."),
        ({"kind": "call", "text": "x", "minutes": "30:00"}, "At most 24 hours."),
    ],
)
def test_act_1_bad_input_is_said_beside_what_was_typed(cast, as_, sent, sentence):
    opportunity = make_opportunity(by=cast.claire)
    answer = as_(cast.claire).post(feed(opportunity), {"place": "kept", **sent})
    assert answer.status_code == 422 and sentence in answer.content.decode() and "kept" in answer.content.decode()
    assert not Activity.objects.exists() and not Task.objects.exists()


def test_act_1_a_call_and_the_next_step_are_one_form_and_one_operation(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    sent = {"kind": "call", "text": "Decides in December", "next_title": "Call again", "next_on": "2026-12-10"}
    as_(cast.claire).post(feed(opportunity), sent)
    assert Operation.objects.filter(what="activity.add").count() == 1
    assert Opportunity.objects.get(pk=opportunity.pk).next_task_label == "Call again"
    assert Task.objects.get().due_on == dt.date(2026, 12, 10)


def test_act_1_a_task_is_planned_from_the_composer(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    as_(cast.claire).post(
        feed(opportunity), {"kind": "task", "text": "Price the option\nwith radio", "due_on": "2026-12-24"}
    )
    task = Task.objects.get()
    assert (task.title, task.detail, task.opportunity) == ("Price the option", "with radio", opportunity)
    assert not Activity.objects.exists()


def test_act_1_the_history_is_filtered_by_kind_and_shows_changes_and_ticks(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    note(opportunity, "A call", kind="call", by=cast.claire)
    note(opportunity, "A note", by=cast.claire)
    Task(title="Ticked one", opportunity=opportunity).add(by=cast.claire).complete(by=cast.claire)
    opportunity.refresh_from_db()
    opportunity.amount = 5000
    opportunity.edit(by=cast.claire)
    whole = browser.get(feed(opportunity)).content.decode()
    assert all(text in whole for text in ("A call", "A note", "Ticked one", "diff-new"))
    calls = browser.get(f"{feed(opportunity)}?show=call").content.decode()
    assert "A call" in calls and "A note" not in calls and "Ticked one" not in calls
    assert "Ticked one" in browser.get(f"{feed(opportunity)}?show=task").content.decode()


def test_act_1_the_history_is_paged_without_loss_at_constant_cost(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    start = timezone.now()
    for n in range(100):
        note(opportunity, f"Note {n:03d}.", by=cast.claire, at=start - dt.timedelta(minutes=n // 3))
    browser.get(feed(opportunity))
    seen, url, counts = [], feed(opportunity), []
    while url:
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(url)
        counts.append(len(queries))
        seen += [entry.pk for day in answer.context["days"] for entry in day.entries if entry.kind == "note"]
        more = answer.context["more"]
        url = more and f"{feed(opportunity)}?before={more.replace('+', '%2B')}"
    assert len(seen) == len(set(seen)) == 100 and len(counts) > 2
    assert max(counts) - min(counts) <= 4
    assert browser.get(f"{feed(opportunity)}?before=yesterday&show=nothing").status_code == 200


def test_act_8_a_mentioned_colleague_is_told_and_one_who_sees_nothing_is_not(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    answer = as_(cast.claire).post(
        feed(opportunity), {"kind": "comment", "text": "@Tom Baker and @eve, <b>look</b>; not@mia"}, follow=True
    )
    page = answer.content.decode()
    assert [notice.user for notice in Notice.objects.filter(kind="mention")] == [cast.tom]
    assert "Eve Martin cannot see it and was not told." in page
    assert "<b>@Tom Baker</b>" in page and "&lt;b&gt;look" in page


def test_act_8_a_page_of_mentions_asks_who_people_are_once(cast, as_):
    deal = make_opportunity("Sensors", by=cast.claire)
    for n in range(20):
        Activity(opportunity=deal, type=type_of("note"), text=f"{n} @Tom Baker @Sam Okafor").add(by=cast.claire)
    browser = as_(cast.claire)
    browser.get(f"/opportunities/{deal.pk}/activity/")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(f"/opportunities/{deal.pk}/activity/").content.decode()
    assert page.count("<b>@Tom Baker</b>") == 20
    assert len(queries) < 30


def test_act_1_many_activities_are_counted_up_to_a_bound(cast, as_, monkeypatch):
    monkeypatch.setattr("activities.timeline.MANY", 3)
    deal = make_opportunity("Sensors", by=cast.claire)
    counted = [timeline.count(deal)]
    for _ in range(4):
        Activity(opportunity=deal, type=type_of("note"), text="Noted").add(by=cast.claire)
        counted.append(timeline.count(deal))
    assert counted == ["", "1", "2", "3", "3+"]


def test_act_2_a_note_moves_to_another_opportunity_or_is_shown_on_both(cast, as_):
    first, second = make_opportunity("First", by=cast.claire), make_opportunity("Second", by=cast.claire)
    moved, browser = note(first, by=cast.claire), as_(cast.claire)
    browser.post(f"/activities/{moved.pk}/move/", {"opportunity": f"#{second.pk}", "keep": "on"})
    for record in (first, second):
        assert "Budget agreed" in browser.get(feed(record)).content.decode()
    assert Change.objects.filter(record_id=moved.pk, fields__has_key="linked").exists()
    browser.post(f"/activities/{moved.pk}/move/", {"opportunity": second.pk})
    assert "Budget agreed" not in browser.get(feed(first)).content.decode()
    assert "Budget agreed" in browser.get(feed(second)).content.decode()


def test_give_4_a_linked_note_names_where_it_stands_only_to_who_sees_that(cast, as_):
    hidden, shared = make_opportunity("Quartz deal", by=cast.claire), make_opportunity("Open deal", by=cast.claire)
    note(hidden, by=cast.claire).link_to(shared, by=cast.claire)
    shared.share(to=cast.eve, by=cast.claire)
    page = as_(cast.eve).get(feed(shared)).content.decode()
    assert "Budget agreed" in page and "Quartz deal" not in page
    assert "Quartz deal" in as_(cast.claire).get(feed(shared)).content.decode()


def test_give_4_a_note_is_not_moved_to_a_hidden_opportunity(cast, as_):
    moved = note(make_opportunity(by=cast.claire), by=cast.claire)
    hidden = make_opportunity("Hidden", by=cast.sam)
    answers = [
        as_(cast.claire).post(f"/activities/{moved.pk}/move/", {"opportunity": pk}) for pk in (hidden.pk, 99999999)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert [
        answer.content.decode().replace(str(pk), "") for answer, pk in zip(answers, (hidden.pk, 99999999), strict=True)
    ]
    assert all("There is no such opportunity" in answer.content.decode() for answer in answers)


def test_give_4_activities_are_seen_by_who_sees_the_record_and_changed_by_who_may(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    mine = note(opportunity, by=cast.claire)
    for person, seen, changed in ((cast.eve, 404, 404), (cast.sam, 404, 404), (cast.tom, 200, 403)):
        browser = as_(person)
        assert browser.get(feed(opportunity)).status_code == seen
        assert browser.post(feed(opportunity), {"kind": "comment", "text": ""}).status_code == (
            404 if seen == 404 else 422
        )
        for verb in ("", "remove/", "move/"):
            assert browser.post(f"/activities/{mine.pk}/{verb}").status_code == changed
    assert Activity.objects.live().count() == 1


def test_act_2_who_wrote_it_changes_and_removes_it(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    toms = note(opportunity, by=cast.tom)
    browser = as_(cast.tom)
    browser.post(f"/activities/{toms.pk}/", {"text": "Budget refused", "subject": "", "version": toms.version})
    assert Activity.objects.get().text == "Budget refused"
    browser.post(f"/activities/{toms.pk}/remove/")
    assert "Budget refused" not in browser.get(f"{feed(opportunity)}?show=comment").content.decode()


def test_an_exchange_wakes_an_opportunity_and_a_comment_does_not(cast):
    old = today() - dt.timedelta(days=300)
    opportunity = make_opportunity(by=cast.claire, opened_on=old)
    assert Opportunity.objects.asleep().exists()
    note(opportunity, kind="comment", by=cast.claire)
    assert Opportunity.objects.asleep().exists()
    version = Opportunity.objects.get().version
    call = note(opportunity, kind="call", by=cast.claire)
    assert not Opportunity.objects.asleep().exists()
    assert Opportunity.objects.get().last_exchange_on == today() and Opportunity.objects.get().version == version
    other = make_opportunity("Other", by=cast.claire, opened_on=old)
    call.link_to(other, by=cast.claire)
    assert Opportunity.objects.get(pk=other.pk).last_exchange_on == today()


def test_new_1_an_opportunity_is_made_from_a_call_with_party_date_and_subject(cast, as_):
    account = make_account(by=cast.claire)
    note(account, "Wants sensors", kind="event", subject="Visit of the plant", by=cast.claire)
    browser = as_(cast.claire)
    page = browser.get(feed(account)).content.decode()
    url = page.split("Create an opportunity from it")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    form = browser.get(url).content.decode()
    assert "Visit of the plant" in form and account.name in form and f'value="{today()}"' in form


def test_act_2_the_house_adds_types_of_its_own(cast, as_):
    browser = as_(cast.ada)
    assert browser.get("/settings/activity-types/").status_code == 200
    own = ActivityType(name="Trade show", icon="people").add(by=cast.ada)
    opportunity = make_opportunity(by=cast.claire)
    as_(cast.claire).post(feed(opportunity), {"kind": own.pk, "text": "Met on the stand"})
    assert Activity.objects.get().type == own
