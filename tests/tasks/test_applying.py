"""ACT-6, F127..F129: a track applied to an opportunity: dates shown, then made at once; moved, stopped, removed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from core.dates import today
from opportunities.models import Opportunity
from records.models import Operation
from tasks.models import AppliedTrack, Task
from tasks.models.applying import apply
from tasks.models.following_on import move_along
from tests.make import make_opportunity
from tests.tasks.test_task import make_task
from tests.tasks.test_tracks import OFFER, make_track
from users.models import Notice

DAY = dt.timedelta(days=1)
END = dt.date(2026, 12, 18)  # a Friday


def d(text):
    return dt.date.fromisoformat(text)


@pytest.fixture
def track(cast):
    return make_track("Multi-site offer", *OFFER, by=cast.ada)


@pytest.fixture
def deal(cast):
    return make_opportunity(by=cast.claire, due_on=END)


def put(track, deal, *, by, **given):
    deal = Opportunity.objects.get(pk=deal.pk)
    row = {"id": deal.pk, "owner_id": deal.owner_id, "due_on": deal.due_on}
    return AppliedTrack.objects.get(pk=apply(track, [row], by=by, **given)[0])


def due(applied):
    return [task.due_on for task in applied.tasks.filter(removed_at=None).order_by("place")]


def add(browser, deal, track, **given):
    return browser.post(f"/opportunities/{deal.pk}/tracks/add/", {"track_id": track.pk, **given})


def move_due(deal, to, by):
    deal = Opportunity.objects.get(pk=deal.pk)
    deal.due_on = to
    deal.edit(by=by)


def test_act_6_the_dates_are_shown_before_they_are_made(cast, as_, deal, track):
    browser, url = as_(cast.claire), f"/opportunities/{deal.pk}/tracks/add/"
    page = browser.get(url).content.decode()
    assert 'value="2026-12-18"' in page and "Multi-site offer (4 tasks)" in page
    assert "4 Dec" in page and "15 Dec" in page and "Claire" in page and not Task.objects.exists()
    page = browser.get(url, {"track_id": track.pk, "end_on": "2026-12-31"}).content.decode()
    assert "28 Dec" in page and "15 Dec" not in page
    assert not Task.objects.exists()


def test_act_6_adding_makes_its_tasks_in_order_in_one_operation_that_undo_removes_exactly(cast, as_, deal, track):
    before = Operation.objects.count()
    assert add(as_(cast.claire), deal, track, end_on="2026-12-18").status_code == 302
    applied = AppliedTrack.objects.get()
    assert due(applied) == [d("2026-12-04"), d("2026-12-11"), d("2026-12-15"), d("2026-12-17")]
    assert [task.title for task in applied.tasks.order_by("place")] == [step[0] for step in OFFER]
    assert {task.assignee for task in applied.tasks.all()} == {cast.claire}
    assert Operation.objects.count() == before + 1
    assert Opportunity.objects.get().next_task_label == "Visit the pilot site"
    Operation.objects.latest("pk").undo(by=cast.claire)
    assert not Task.objects.live().exists() and not AppliedTrack.objects.live().exists()
    assert Opportunity.objects.get().next_task_id is None


def test_f128_a_missing_end_or_start_is_said_beside_its_field(cast, as_, deal, track):
    browser = as_(cast.claire)
    answer = add(browser, deal, track)
    assert answer.status_code == 422 and "Enter the end: the track counts back from it." in answer.content.decode()
    answer = add(browser, deal, track, end_on="31/02/2027")
    assert answer.status_code == 422 and "This date does not exist." in answer.content.decode()
    assert "31/02/2027" in answer.content.decode()
    starts = make_track("Launch", ("Call", 1, "day", "start"), by=cast.ada)
    answer = add(browser, deal, starts)
    assert answer.status_code == 422 and "Enter the start: the track counts from it." in answer.content.decode()
    both = make_track("Both", ("Call", 1, "day", "start"), ("Sign", 1, "day", "end"), by=cast.ada)
    answer = add(browser, deal, both, start_on="2026-12-18", end_on="2026-12-01")
    assert answer.status_code == 422 and "The end lies before the start." in answer.content.decode()
    for wrong in ({"track_id": ""}, {"track_id": "999999"}, {"track_id": "x"}):
        assert add(browser, deal, track, **wrong).status_code == 422
    assert not Task.objects.exists()


def test_act_6_while_one_chooses_the_usual_start_is_there_and_nothing_is_missed(cast, as_, deal, track):
    browser, url = as_(cast.claire), f"/opportunities/{deal.pk}/tracks/add/"
    starts = make_track("Launch", ("Call", 1, "day", "start"), by=cast.ada)
    page = browser.get(url, {"track_id": starts.pk, "end_on": "2026-12-18"}).content.decode()
    assert f'name="start_on" value="{today()}"' in page and "Enter the start" not in page
    page = browser.get(url, {"track_id": starts.pk, "start_on": ""}).content.decode()
    assert "Enter the start" not in page and "aria-invalid" not in page


def test_f128_tasks_in_the_past_are_marked_and_made_only_once_they_were_shown(cast, as_, deal, track):
    browser, soon = as_(cast.claire), str(today() + 4 * DAY)
    answer = add(browser, deal, track, end_on=soon)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Task.objects.exists()
    assert "2 tasks would fall in the past." in page and page.count('class="mark mark--late"') == 2
    assert add(browser, deal, track, end_on=soon, seen=f"{track.pk}::{today()}").status_code == 422
    assert add(browser, deal, track, end_on=soon, seen=f"{track.pk}::{soon}").status_code == 302
    assert Task.objects.count() == 4


def test_act_6_a_track_without_tasks_is_not_offered_and_says_so(cast, as_, deal):
    empty = make_track("Empty", by=cast.ada)
    page = as_(cast.claire).get(f"/opportunities/{deal.pk}/tracks/add/").content.decode()
    assert "There is no track yet." in page
    with pytest.raises(ValidationError):
        put(empty, deal, by=cast.claire)


def test_act_6_a_step_goes_to_whom_it_names_if_they_see_it_else_to_the_owner(cast, deal):
    track = make_track(
        "Named",
        ("Tom’s", 1, "day", "end", ("assignee", cast.tom)),
        ("Sam’s", 1, "day", "end", ("assignee", cast.sam)),
        by=cast.ada,
    )
    applied = put(track, deal, by=cast.ada)
    assert [task.assignee for task in applied.tasks.order_by("place")] == [cast.tom, cast.claire]
    assert set(Notice.objects.values_list("user", flat=True)) == {cast.tom.pk, cast.claire.pk}
    assert not Notice.objects.filter(user=cast.sam).exists()


def test_act_6_progress_stands_at_the_right_and_above_the_history(cast, as_, deal, track):
    applied = put(track, deal, by=cast.claire)
    applied.tasks.get(place=0).complete(by=cast.claire)
    browser = as_(cast.claire)
    page = browser.get(f"/opportunities/{deal.pk}/activity/").content.decode()
    assert "1 of 4, ends on 18 Dec" in page and 'aria-label="1 of 4 tasks done"' in page
    above, aside = page.split('id="history"')
    assert 'id="tracks-progress"' in above and 'id="tracks-panel"' in aside
    assert aside.index("Visit the pilot site") < aside.index("Validate the layout") < aside.index("Chase")
    assert "Track Multi-site offer, 2 of 4" in browser.get("/tasks/").content.decode()


def test_act_6_ticking_in_the_panel_shows_the_panel_anew_with_the_dates_that_follow(cast, as_, deal):
    track = make_track("Launch", ("Call", 0, "day", "start"), ("Send", 3, "day", "previous"), by=cast.ada)
    applied = put(track, deal, by=cast.claire, start=today() + 10 * DAY)
    assert due(applied) == [today() + 10 * DAY, today() + 13 * DAY]
    first = applied.tasks.get(place=0)
    url = f"/tasks/{first.pk}/complete/"
    here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/opportunities/{deal.pk}/activity/?show=task"}
    answer = as_(cast.claire).post(url, {"place": "track"}, headers=here).content.decode()
    assert 'id="tracks-panel"' in answer and "1 of 2" in answer and "tracks-progress" in answer
    assert due(applied)[1] == today() + 3 * DAY
    here["HX-Current-URL"] = f"http://testserver/opportunities/{deal.pk}/"  # no history there, nor progress above it
    answer = as_(cast.claire).post(f"/tasks/{first.pk}/reopen/", {"place": "track"}, headers=here).content.decode()
    assert 'id="tracks-panel"' in answer and "tracks-progress" not in answer


def test_act_6_after_the_task_before_follows_planning_completing_and_reopening(cast, deal):
    steps = [
        ("A", 0, "day", "start"),
        ("B", 2, "day", "previous"),
        ("C", 1, "day", "previous"),
        ("D", 9, "day", "start"),
    ]
    applied = put(make_track("Chain", *steps, by=cast.ada), deal, by=cast.claire, start=d("2027-01-04"))
    first = applied.tasks.get(place=0)
    first.postpone(d("2027-01-10"), by=cast.claire)
    assert due(applied) == [d("2027-01-10"), d("2027-01-12"), d("2027-01-13"), d("2027-01-13")]
    applied.tasks.get(place=1).postpone(d("2027-02-01"), by=cast.claire)  # by hand: goes its own way
    assert due(applied)[1:3] == [d("2027-02-01"), d("2027-02-02")]
    first.refresh_from_db()
    first.complete(by=cast.claire)
    assert due(applied)[1:3] == [d("2027-02-01"), d("2027-02-02")]
    second = applied.tasks.get(place=1)
    second.complete(by=cast.claire)
    assert due(applied)[2] == today() + DAY
    operation = Operation.objects.latest("pk")
    assert operation.what == "task.complete" and operation.changes.count() == 2
    operation.undo(by=cast.claire)
    assert due(applied) == [d("2027-01-10"), d("2027-02-01"), d("2027-02-02"), d("2027-01-13")]


def test_act_6_a_new_expected_close_offers_to_move_the_open_tasks_along(cast, as_, deal, track):
    applied = put(track, deal, by=cast.claire)
    applied.tasks.get(place=0).complete(by=cast.claire)
    by_hand = applied.tasks.get(place=2)
    by_hand.postpone(d("2026-12-16"), by=cast.claire)
    browser, url = as_(cast.claire), f"/opportunities/{deal.pk}/"
    assert "can move along" not in browser.get(url).content.decode()
    browser.post(f"{url}field/due_on/", {"due_on": "2027-01-08"})
    page = browser.get(url).content.decode().split('id="then">')[1].split('id="tab"')[0]
    assert "3 open tasks of “Multi-site offer” can move along." in page and "Move along, 21 days later" in page
    assert due(applied)[1] == d("2026-12-11")  # offered, not done
    assert browser.post(f"{url}tracks/move/").status_code == 302
    # 1 January is a holiday; what was moved by hand moves by as many days, and what follows it counts from there
    assert due(applied) == [d("2026-12-04"), d("2026-12-31"), d("2027-01-06"), d("2027-01-08")]
    applied.refresh_from_db()
    assert (applied.end_on, applied.due_on) == (d("2027-01-08"), d("2027-01-08"))
    assert "can move along" not in browser.get(url).content.decode()
    Operation.objects.filter(what="track.move").latest("pk").undo(by=cast.claire)
    assert due(applied) == [d("2026-12-04"), d("2026-12-11"), d("2026-12-16"), d("2026-12-18")]
    assert "can move along" in browser.get(url).content.decode()


def test_act_6_left_as_they_are_it_is_not_asked_again(cast, as_, deal, track):
    applied = put(track, deal, by=cast.claire)
    before = due(applied)
    move_due(deal, END - 7 * DAY, cast.claire)
    browser, url = as_(cast.claire), f"/opportunities/{deal.pk}/"
    assert "Move along, 7 days earlier" in browser.get(url).content.decode()
    browser.post(f"{url}tracks/move/", {"leave": "1"})
    assert "can move along" not in browser.get(url).content.decode() and due(applied) == before
    assert "can move along" not in as_(cast.tom).get(url).content.decode()


def test_act_6_a_track_that_counts_from_its_start_does_not_ask(cast, as_, deal):
    put(make_track("Launch", ("Call", 1, "day", "start"), by=cast.ada), deal, by=cast.claire, start=today())
    move_due(deal, END + 7 * DAY, cast.claire)
    assert "can move along" not in as_(cast.claire).get(f"/opportunities/{deal.pk}/").content.decode()


@pytest.mark.parametrize("outcome", ["win", "lose", "cancel"])
def test_act_6_closing_stops_the_rest_and_reopening_takes_it_up_again(cast, as_, deal, track, outcome):
    applied = put(track, deal, by=cast.tom)
    applied.tasks.get(place=0).complete(by=cast.claire)
    applied.tasks.get(place=3).remove(by=cast.claire)
    own = make_task("Not of the track", by=cast.claire, opportunity=deal)
    getattr(Opportunity.objects.get(pk=deal.pk), outcome)(by=cast.claire)
    closing = Operation.objects.latest("pk")
    assert list(Task.objects.open()) == [own]
    page = as_(cast.claire).get(f"/opportunities/{deal.pk}/").content.decode()
    assert "1 of 3, stopped" in page
    Opportunity.objects.get(pk=deal.pk).reopen(by=cast.claire)
    assert due(applied) == [d("2026-12-04"), d("2026-12-11"), d("2026-12-15")]
    assert Opportunity.objects.get().next_task_label == "Validate the layout"
    Operation.objects.latest("pk").undo(by=cast.claire)
    assert list(Task.objects.open()) == [own]
    undo = closing.undo(by=cast.claire)
    assert due(applied) == [d("2026-12-04"), d("2026-12-11"), d("2026-12-15")]
    applied.refresh_from_db()
    assert applied.stopped_at is None and not undo.lines.exists()


@pytest.mark.parametrize("added_while", ["closed", "open again"])
def test_log_2_closing_again_by_undoing_its_undo_stops_no_track_that_was_added_since(cast, deal, track, added_while):
    before = put(track, deal, by=cast.claire)
    Opportunity.objects.get(pk=deal.pk).win(by=cast.claire)
    closing = Operation.objects.latest("pk")
    added = put(track, deal, by=cast.claire) if added_while == "closed" else None
    reopening = closing.undo(by=cast.claire)
    added = added or put(track, deal, by=cast.claire)
    assert len(due(before)) == len(due(added)) == 4
    closing_again = reopening.operation.undo(by=cast.claire)
    assert not Opportunity.objects.get().is_open and not closing_again.lines.exists()
    assert due(before) == [] and len(due(added)) == 4
    assert list(AppliedTrack.objects.running()) == [added]


def test_log_2_undoing_a_reopening_stops_no_track_that_was_added_while_it_was_open(cast, deal, track):
    before = put(track, deal, by=cast.claire)
    Opportunity.objects.get(pk=deal.pk).win(by=cast.claire)
    Opportunity.objects.get(pk=deal.pk).reopen(by=cast.claire)
    reopening = Operation.objects.latest("pk")
    added = put(track, deal, by=cast.claire)
    reopening.undo(by=cast.claire)
    assert due(before) == [] and len(due(added)) == 4
    Opportunity.objects.get(pk=deal.pk).reopen(by=cast.claire)
    assert len(due(before)) == len(due(added)) == 4


def test_log_2_undoing_a_closing_brings_back_no_task_of_a_track_that_was_removed_meanwhile(cast, deal, track):
    applied = put(track, deal, by=cast.claire)
    Opportunity.objects.get(pk=deal.pk).win(by=cast.claire)
    closing = Operation.objects.latest("pk")
    AppliedTrack.objects.get().remove(by=cast.claire)
    removing = Operation.objects.latest("pk")
    closing.undo(by=cast.claire)
    assert Opportunity.objects.get().is_open and not AppliedTrack.objects.live().exists()
    assert due(applied) == []
    removing.undo(by=cast.claire)
    Opportunity.objects.get(pk=deal.pk).win(by=cast.claire)
    Opportunity.objects.get(pk=deal.pk).reopen(by=cast.claire)
    assert len(due(applied)) == 4


def test_act_6_removed_with_its_open_tasks_those_done_stay(cast, as_, deal, track):
    applied = put(track, deal, by=cast.tom)
    done = applied.tasks.get(place=0)
    done.complete(by=cast.claire)
    browser = as_(cast.claire)
    assert as_(cast.eve).post(f"/tracks/{applied.pk}/remove/").status_code == 404
    assert browser.post(f"/tracks/{applied.pk}/remove/").status_code == 302
    assert [task.pk for task in Task.objects.live()] == [done.pk]
    assert (
        "Multi-site offer"
        not in browser.get(f"/opportunities/{deal.pk}/").content.decode().split("<aside")[1].split("</aside")[0]
    )
    Operation.objects.latest("pk").undo(by=cast.claire)
    assert len(due(applied)) == 4 and AppliedTrack.objects.live().count() == 1
    assert browser.post("/tracks/999999/remove/").status_code == 404


def test_act_6_give_4_seen_by_who_sees_the_opportunity_edited_by_who_may_edit_it(cast, as_, deal, track):
    applied = put(track, deal, by=cast.claire)
    url = f"/opportunities/{deal.pk}/"
    assert "Multi-site offer" in as_(cast.tom).get(url).content.decode()
    assert "tracks/add/" not in as_(cast.tom).get(url).content.decode()
    for path in (f"{url}tracks/add/", f"{url}tracks/move/", f"/tracks/{applied.pk}/remove/"):
        assert as_(cast.tom).post(path).status_code == 403
        assert as_(cast.eve).post(path).status_code == 404
    assert set(AppliedTrack.objects.visible_to(cast.eve)) == set()
    assert set(AppliedTrack.objects.visible_to(cast.tom)) == {applied}
    assert Task.objects.live().count() == 4


def test_act_6_changing_the_template_leaves_what_was_applied(cast, deal, track):
    applied = put(track, deal, by=cast.claire)
    track.steps[0].edit(by=cast.ada, days=1, name="Other")
    track.steps[1].archive(by=cast.ada)
    move_due(deal, END + 7 * DAY, cast.claire)
    move_along([deal.pk], by=cast.claire)
    assert due(applied) == [d("2026-12-11"), d("2026-12-18"), d("2026-12-22"), d("2026-12-24")]
    assert applied.tasks.get(place=0).title == "Visit the pilot site"
