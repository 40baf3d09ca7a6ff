"""BULK-1..3: many at once: what was confirmed, wholly or not at all, each once; the receipt adds up."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from attributes.models import FieldOption, Tag
from core.models import Job
from opportunities.models import Bulk, Opportunity, Status
from records.journal import operation
from records.models import Operation
from tests.attributes.conftest import make_field
from tests.make import lost_reason, make_opportunity, source, stage
from users.models import Notice

URL = "/opportunities/bulk/"


@pytest.fixture
def three(cast):
    return [make_opportunity(f"No {at}", by=cast.claire, amount=at * 1000) for at in (1, 2, 3)]


def ids(records):
    return [record.pk for record in records]


def choose(browser, action, records=(), **more):
    answer = browser.post(URL, {"action": action, "sel": ids(records), **more})
    return answer["location"].partition("?")[0]


def do(browser, action, records, given=None, **more):
    """Choose and confirm; the row of the job."""
    url = choose(browser, action, records, **more)
    browser.get(url)
    answer = browser.post(url, given or {})
    assert answer.status_code == 302, answer.content.decode()
    return Bulk.objects.latest("pk")


def now(record):
    return Opportunity.objects.get(pk=record.pk)


def all_is_well():
    call_command("verify")


def adds_up(bulk):
    return sum(bulk.result.values()) == bulk.chosen


def test_bulk_1_the_question_says_how_many_how_much_and_how_many_not(cast, as_, three):
    three[0].win(by=cast.claire)
    hers = make_opportunity("Hers", by=cast.tom)
    hidden = make_opportunity("Hidden", by=cast.eve)
    browser = as_(cast.claire)
    url = choose(browser, "move", [*three, hers, hidden])
    page = browser.get(url).content.decode()
    assert "Stage, 2 opportunities, €5,000" in page
    assert "1 stays as it is. Not yours to do this." in page
    assert "1 stays as it is. It is closed. Reopen it to move it." in page
    assert "Hidden" not in page
    assert Bulk.objects.get().chosen == 4


def test_bulk_1_no_row_and_no_action_say_so(cast, as_, three):
    browser = as_(cast.claire)
    page = browser.post(URL, {"action": "move"}, follow=True).content.decode()
    assert "Tick at least one row first." in page
    page = browser.post(URL, {"sel": ids(three)}, follow=True).content.decode()
    assert "Choose what to do with the rows." in page
    answer = browser.post(URL, {"action": "move", "sel": ["x", "9" * 30]}, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert not Bulk.objects.exists()
    assert browser.get(URL).status_code == 405


def test_bulk_1_exactly_the_confirmed_ones_are_touched_whatever_joins_meanwhile(cast, as_, three):
    browser = as_(cast.claire)
    url = choose(browser, "move", all="1", query=f"owner={cast.claire.pk}")
    late = make_opportunity("Late", by=cast.claire)
    browser.post(url, {"stage": stage("Proposal").pk})
    assert {now(one).stage.name for one in three} == {"Proposal"}
    assert now(late).stage.name == "To qualify"
    assert Bulk.objects.get().chosen == 3
    assert Operation.objects.latest("pk").door == "bulk"
    all_is_well()


def test_bulk_1_all_of_the_filter_goes_beyond_the_page_and_no_further(cast, as_):
    mine = [make_opportunity(f"No {at}", by=cast.claire) for at in range(60)]
    make_opportunity("Other", by=cast.claire, source=source("Website"))
    make_opportunity("Hidden", by=cast.sam)
    with_all = do(as_(cast.ada), "source", mine[:1], {"source": source("Partner").pk}, all="1", query="q=No")
    assert with_all.result == {"done": 60, "unchanged": 0, "refused": 0}
    assert Opportunity.objects.filter(source=source("Partner")).count() == 60


def test_bulk_1_the_receipt_stays_adds_up_and_undoes(cast, as_, three):
    three[1].move_to(stage("Proposal"), by=cast.claire)
    three[2].win(by=cast.claire)
    browser = as_(cast.claire)
    bulk = do(browser, "move", three, {"stage": stage("Proposal").pk})
    assert bulk.result == {"done": 1, "unchanged": 1, "refused": 1}
    assert adds_up(bulk)
    page = browser.get(bulk.get_absolute_url()).content.decode()
    assert "It is closed. Reopen it to move it." in page
    browser.post(re.search(r'href="(/journal/\d+/undo/)"', page)[1])
    assert now(three[0]).stage.name == "To qualify"
    assert now(three[1]).stage.name == "Proposal"
    assert as_(cast.tom).get(bulk.get_absolute_url()).status_code == 404
    all_is_well()


def test_bulk_1_confirming_twice_does_it_once(cast, as_, three):
    browser = as_(cast.claire)
    url = choose(browser, "due", three)
    for _again in range(2):
        browser.post(url, {"days": 10})
    assert now(three[0]).due_on == three[0].due_on + dt.timedelta(days=10)
    assert Operation.objects.filter(door="bulk").count() == 1


def test_bulk_1_what_changed_since_it_was_confirmed_is_asked_again(cast, as_, three):
    browser = as_(cast.claire)
    url = choose(browser, "move", three)
    now(three[0]).win(by=cast.claire)
    given = now(three[1])
    given.owner = cast.sam
    given.edit(by=cast.ada)
    now(three[2]).trash(by=cast.claire)
    browser.post(url, {"stage": stage("Proposal").pk})
    bulk = Bulk.objects.get()
    assert bulk.result == {"done": 0, "unchanged": 0, "refused": 3}
    assert {now(one).stage.name for one in three} == {"To qualify"}


def test_bulk_2_closing_needs_its_right_and_a_reason(cast, as_, three):
    assert as_(cast.claire).post(URL, {"action": "close", "sel": ids(three)}).status_code == 403
    assert as_(cast.claire).post(URL, {"action": "delete", "sel": ids(three)}).status_code == 403
    browser = as_(cast.ada)
    url = choose(browser, "close", three)
    refused = browser.post(url, {"status": "lost", "lost_note": "Too dear"})
    assert refused.status_code == 422
    assert "Choose the reason of the loss." in refused.content.decode()
    assert "Too dear" in refused.content.decode()
    browser.post(url, {"status": "lost", "lost_reason": lost_reason("Price").pk, "lost_note": "Too dear"})
    for one in three:
        assert (now(one).status, now(one).probability, now(one).lost_reason) == ("lost", 0, lost_reason("Price"))
    assert Operation.objects.latest("pk").what == "opportunity.lost"
    do(browser, "reopen", three)
    assert {now(one).status for one in three} == {Status.OPEN}
    all_is_well()


def test_bulk_2_a_closing_date_before_the_opening_is_refused_for_that_record_alone(cast, as_, three):
    early = make_opportunity("Early", by=cast.claire, opened_on=dt.date(2026, 9, 1))
    bulk = do(as_(cast.ada), "close", [*three, early], {"status": "won", "closed_on": "2026-08-01"})
    assert bulk.result == {"done": 3, "unchanged": 0, "refused": 1}
    assert "before the opening date" in bulk.lines.get().why
    assert now(early).status == Status.OPEN
    all_is_well()


def test_bulk_2_owner_colleagues_tags_source_and_dates(cast, as_, three):
    hot = Tag(name="Hot").add(by=cast.ada)
    browser = as_(cast.ada)
    do(browser, "own", three, {"owner": cast.sam.pk})
    assert {now(one).owner for one in three} == {cast.sam}
    assert Opportunity.objects.visible_to(cast.sam).count() == 3
    do(browser, "assign", three, {"mode": "add", "people": [cast.eve.pk, cast.tom.pk]})
    do(browser, "assign", three[:1], {"mode": "remove", "people": [cast.tom.pk]})
    assert now(three[0]).assigned_ids() == {cast.eve.pk}
    assert Opportunity.objects.visible_to(cast.eve).count() == 3
    do(browser, "tags", three, {"mode": "add", "tags": [hot.pk]})
    assert do(browser, "tags", three, {"mode": "add", "tags": [hot.pk]}).result["unchanged"] == 3
    do(browser, "tags", three[:2], {"mode": "replace"})
    assert [now(one).tag_ids() for one in three] == [set(), set(), {hot.pk}]
    do(browser, "due", three, {"due_on": "2027-01-31"})
    assert {now(one).due_on for one in three} == {dt.date(2027, 1, 31)}
    do(browser, "source", three, {"source": source("Website").pk})
    assert {now(one).source for one in three} == {source("Website")}
    all_is_well()


def test_bulk_2_shared_with_a_colleague_and_withdrawn(cast, as_, three):
    browser = as_(cast.claire)
    do(browser, "share", three, {"level": "change", "person": cast.eve.pk})
    assert Opportunity.objects.allowing(cast.eve, "change").count() == 3
    assert do(browser, "share", three[:2], {"level": "", "person": cast.eve.pk}).result["done"] == 2
    assert list(Opportunity.objects.visible_to(cast.eve)) == three[2:]
    url = choose(browser, "share", three)
    assert browser.post(url, {"level": "view"}).status_code == 422
    all_is_well()


def test_bulk_2_shared_with_a_group_and_told_once_give_2(cast, as_, three):
    group = Group.objects.create(name="Bids")
    group.user_set.add(cast.eve, cast.sam)
    do(as_(cast.claire), "share", three, {"level": "view", "group": group.pk, "tell": "on"})
    assert set(Opportunity.objects.visible_to(cast.eve)) == set(three)
    assert [(one.user, one.text) for one in Notice.objects.order_by("user__first_name")] == [
        (cast.eve, "Claire Dubois shares 3 opportunities with you, to see."),
        (cast.sam, "Claire Dubois shares 3 opportunities with you, to see."),
    ]
    do(as_(cast.claire), "share", three, {"level": "", "group": group.pk})
    assert not Opportunity.objects.visible_to(cast.eve).exists()
    assert Notice.objects.count() == 2
    all_is_well()


def test_bulk_2_a_job_tells_the_new_owner_once_at_its_end_give_2(cast, as_, monkeypatch):
    monkeypatch.setattr("opportunities.models.bulk.AT_ONCE", 3)
    monkeypatch.setattr("opportunities.models.bulk.CHUNK", 4)
    made = [make_opportunity(f"No {at}", by=cast.claire) for at in range(10)]
    do(as_(cast.ada), "own", made, {"owner": cast.sam.pk, "tell": "on"})
    assert not Notice.objects.exists()
    Job.objects.get().run()
    assert [(one.user, one.text) for one in Notice.objects.exclude(kind="bulk")] == [
        (cast.sam, "Ada Kermarec gave you 10 opportunities.")
    ]


def test_bulk_2_custom_fields_are_given_a_value_or_emptied_opp_13(cast, as_, three):
    size, colour, kinds = make_field("Size", "number"), make_field("Colour"), make_field("Rooms", "multiple_list")
    must = make_field("Region", required=True)
    for name in ("Hall", "Attic"):
        FieldOption(field=kinds, name=name).add(by=None)
    hall = FieldOption.objects.get(name="Hall").pk
    with operation(by=cast.ada, door="form", what="test"):
        Opportunity.set_custom_rows({three[0].pk: {size.key: "12", colour.key: "red"}})
    browser = as_(cast.claire)
    url = choose(browser, "custom", three)
    page = browser.get(url).content.decode()
    assert f'name="empty" value="{colour.input_name}"' in page
    assert f'name="empty" value="{must.input_name}"' not in page
    given = {size.input_name: "1 200,5", kinds.input_name: [hall], "empty": [colour.input_name]}
    browser.post(url, given)
    assert [now(one).custom for one in three] == [{size.key: "1200.5", kinds.key: [hall]}] * 3
    assert Bulk.objects.latest("pk").result == {"done": 3, "unchanged": 0, "refused": 0}
    change = Operation.objects.latest("pk").changes.get(record_id=three[0].pk)
    assert change.fields[f"custom:{colour.key}"] == ["red", None]
    narrowed = f"/opportunities/?{size.input_name}_min=1200"
    assert set(re.findall(r'data-id="(\d+)"', browser.get(narrowed).content.decode())) == set(map(str, ids(three)))
    assert do(browser, "custom", three, given).result["unchanged"] == 3
    Operation.objects.filter(door="bulk").latest("pk").undo(by=cast.claire)
    assert [now(one).custom for one in three] == [{size.key: "12", colour.key: "red"}, {}, {}]
    all_is_well()


def test_bulk_2_custom_fields_refuse_what_cannot_be_meant(cast, as_, three):
    assert (
        "Choose what to do"
        in as_(cast.claire).post(URL, {"action": "custom", "sel": ids(three)}, follow=True).content.decode()
    )
    size, must = make_field("Size", "number"), make_field("Region", required=True)
    browser = as_(cast.claire)
    url = choose(browser, "custom", three)
    for given, said in (
        ({}, "Fill in at least one field"),
        ({size.input_name: "big"}, "Enter"),
        ({size.input_name: "12", "empty": [size.input_name]}, "one of the two"),
        ({"empty": [must.input_name]}, "Select a valid choice"),
        ({"empty": ["cf_999"]}, "Select a valid choice"),
    ):
        answer = browser.post(url, given)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), given
    assert 'value="big"' in browser.post(url, {size.input_name: "big"}).content.decode()
    assert not Operation.objects.filter(door="bulk").exists()


def test_bulk_2_bad_values_are_explained_and_change_nothing(cast, as_, three):
    browser = as_(cast.ada)
    for action, given in (
        ("move", {}),
        ("move", {"stage": "999999"}),
        ("due", {}),
        ("due", {"due_on": "2027-01-31", "days": "3"}),
        ("due", {"due_on": "31/02/2027"}),
        ("due", {"days": "99999999"}),
        ("own", {}),
        ("own", {"owner": "999999"}),
        ("assign", {"mode": "add"}),
        ("tags", {"mode": "x"}),
        ("source", {"source": "999999"}),
        ("close", {"status": "open"}),
    ):
        url = choose(browser, action, three)
        assert browser.post(url, given).status_code == 422, action
    assert not Operation.objects.filter(door="bulk").exists()


def test_bulk_2_a_shift_without_a_date_is_refused(cast, as_):
    dateless = make_opportunity("No date", by=cast.claire, due_on=None)
    bulk = do(as_(cast.claire), "due", [dateless], {"days": -3})
    assert bulk.lines.get().why == "It has no date to shift."


def test_bulk_2_deleting_many_is_for_administrators_and_comes_back_whole(cast, as_, three):
    three[0].assign([cast.sam.pk], by=cast.claire)
    bulk = do(as_(cast.ada), "delete", three)
    assert bulk.result["done"] == 3
    assert not Opportunity.objects.live().exists()
    bulk.operation.undo(by=cast.ada)
    assert Opportunity.objects.live().count() == 3
    assert now(three[0]).assigned_ids() == {cast.sam.pk}
    all_is_well()


def test_bulk_2_the_selection_is_exported(cast, as_, three):
    answer = as_(cast.claire).post(URL, {"action": "export", "sel": ids(three[:2])})
    page = as_(cast.claire).get(answer["location"]).content.decode()
    assert "2 opportunities" in page


def test_bulk_2_the_bar_offers_what_the_profile_grants(cast, as_, three):
    claire, ada = (as_(person).get("/opportunities/").content.decode() for person in (cast.claire, cast.ada))
    assert 'value="move"' in claire
    assert 'value="delete"' not in claire
    assert 'value="delete"' in ada
    assert 'value="close"' in ada


def test_bulk_3_each_once_whatever_dies_meanwhile(cast, as_, monkeypatch):
    monkeypatch.setattr("opportunities.models.bulk.AT_ONCE", 3)
    monkeypatch.setattr("opportunities.models.bulk.CHUNK", 4)
    made = [make_opportunity(f"No {at}", by=cast.claire) for at in range(10)]
    browser = as_(cast.ada)
    bulk = do(browser, "due", made, {"days": 1})
    assert "0 of 10" in browser.get(bulk.get_absolute_url()).content.decode()
    for _death in range(2):
        job = Job.objects.get()
        job.take()
        assert job._step(job.work)
        Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    Job.objects.get().run()
    bulk.refresh_from_db()
    assert bulk.result == {"done": 10, "unchanged": 0, "refused": 0}
    assert {now(one).due_on for one in made} == {made[0].due_on + dt.timedelta(days=1)}
    assert Operation.objects.filter(door="bulk").count() == 1
    assert "chosen" in browser.get(bulk.get_absolute_url()).content.decode()
    all_is_well()


def test_bulk_1_a_cancelled_job_says_how_many_were_not_reached(cast, as_, monkeypatch):
    monkeypatch.setattr("opportunities.models.bulk.AT_ONCE", 3)
    monkeypatch.setattr("opportunities.models.bulk.CHUNK", 4)
    made = [make_opportunity(f"No {at}", by=cast.claire) for at in range(10)]
    browser = as_(cast.ada)
    bulk = do(browser, "due", made, {"days": 1})
    job = Job.objects.get()
    job.take()
    job._step(job.work)
    browser.post(f"{bulk.get_absolute_url()}cancel/")
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    Job.objects.get().run()
    page = browser.get(bulk.get_absolute_url()).content.decode()
    assert re.search(r'6</span><span class="tally__label">not reached', page)


def test_bulk_3_a_thousand_take_few_statements(cast, django_assert_max_num_queries):
    made = [make_opportunity(f"No {at}", by=cast.claire) for at in range(100)]
    bulk = Bulk.choose("close", ids(made), by=cast.ada)
    with django_assert_max_num_queries(30):
        bulk.run({"status": "won"})
    assert bulk.result["done"] == 100
    all_is_well()


def test_give_4_a_receipt_names_none_that_is_hidden_by_now(cast, as_, three):
    """Refused to Tom, who saw them as Claire’s colleague; then she left the team."""
    browser = as_(cast.tom)
    bulk = do(browser, "source", three, {"source": source("Referral").pk})
    assert bulk.result["refused"] == 3
    assert "No 1" in browser.get(bulk.get_absolute_url()).content.decode()
    cast.claire.edit(by=cast.sup, team=None)
    page = browser.get(bulk.get_absolute_url()).content.decode()
    assert "No 1" not in page and "3" in page
