"""BULK-2, ACT-6, F130: a task on each, a track on each, tracks moved along with many expected closes."""

import datetime as dt

import pytest

from core.dates import today
from opportunities.models import Bulk, Opportunity
from opportunities.models import bulk as bulk_module
from records.models import Operation
from records.models import undo as undo_module
from tasks.models import AppliedTrack, Task, TaskCategory
from tests.make import make_many, make_opportunity
from tests.opportunities.test_bulk import adds_up, choose, do
from tests.tasks.test_applying import END
from tests.tasks.test_tracks import OFFER, make_track
from users.models import Notice

DAY = dt.timedelta(days=1)


@pytest.fixture
def track(cast):
    return make_track("Multi-site offer", *OFFER, by=cast.ada)


@pytest.fixture
def deals(cast):
    """Two of Claire's, the second without an expected close, and one of Tom's."""
    return [
        make_opportunity("First", by=cast.claire, due_on=END),
        make_opportunity("Second", by=cast.claire, due_on=None, amount=None),
        make_opportunity("Third", by=cast.tom, due_on=END + 7 * DAY),
    ]


def test_f130_a_task_on_each_for_its_owner_in_one_operation_undone_exactly(cast, as_, deals):
    call = TaskCategory.objects.get(name="Call")
    given = {"title": " Call  them ", "due_on": "2026-12-01", "category": call.pk, "priority": "1", "detail": "Budget"}
    bulk = do(as_(cast.claire), "task", deals, given)
    assert bulk.result == {"done": 3, "unchanged": 0, "refused": 0} and adds_up(bulk)
    tasks = Task.objects.order_by("pk")
    assert {(task.title, str(task.due_on), task.category, task.priority, task.detail) for task in tasks} == {
        ("Call them", "2026-12-01", call, 1, "Budget")
    }
    assert {task.opportunity_id: task.assignee for task in tasks} == {
        deals[0].pk: cast.claire, deals[1].pk: cast.claire, deals[2].pk: cast.tom,
    }  # fmt: skip
    assert Opportunity.objects.get(pk=deals[2].pk).next_task_label == "Call them"
    assert Notice.objects.get().user == cast.tom
    assert Operation.objects.latest("pk").door == "bulk"
    bulk.operation.undo(by=cast.claire)
    assert not Task.objects.live().exists()


@pytest.mark.parametrize("act", ["task", "track"])
def test_bulk_2_a_job_tells_each_once_of_all_their_tasks(cast, as_, deals, track, monkeypatch, act):
    monkeypatch.setattr("opportunities.models.bulk.AT_ONCE", 1)
    monkeypatch.setattr("opportunities.models.bulk.CHUNK", 1)
    given = {"title": "Call"} if act == "task" else {"track_id": track.pk, "end_on": "2026-12-31"}
    bulk = do(as_(cast.ada), act, deals, given)
    assert Notice.objects.filter(kind="task").count() == 0
    bulk.job.run()
    made = Task.objects.count() // 3
    told = {one.user: (one.subject, one.about_id) for one in Notice.objects.filter(kind="task")}
    assert told.keys() == {cast.claire, cast.tom} and Notice.objects.filter(kind="task").count() == 2
    assert f"gave you {2 * made} tasks" in told[cast.claire][0] and told[cast.claire][1] is None
    assert ("a task: Call" if act == "task" else f"{made} tasks") in told[cast.tom][0]
    assert told[cast.tom][1] == deals[2].pk


def test_bulk_2_a_task_due_so_long_before_each_expected_close(cast, as_, deals):
    browser = as_(cast.claire)
    bulk = do(browser, "task", deals, {"title": "Chase", "days": "2", "counted": "working:end"})
    assert bulk.result == {"done": 2, "unchanged": 0, "refused": 1}
    # Christmas is on the third's own expected close, a Friday
    assert sorted(str(task.due_on) for task in Task.objects.all()) == ["2026-12-16", "2026-12-23"]
    assert "It has no expected close to count from." in browser.get(bulk.get_absolute_url()).content.decode()
    do(browser, "task", deals[:1], {"title": "Soon", "days": "3", "counted": "day:start"})
    assert Task.objects.get(title="Soon").due_on == today() + 3 * DAY


def test_bulk_2_for_one_person_only_where_they_see_it(cast, as_, deals):
    hidden_from_eve = do(as_(cast.ada), "task", deals, {"title": "Help", "assignee": cast.eve.pk})
    assert hidden_from_eve.result == {"done": 0, "unchanged": 0, "refused": 3} and not Task.objects.exists()
    page = as_(cast.ada).get(hidden_from_eve.get_absolute_url()).content.decode()
    assert "Eve Martin does not see it." in page
    do(as_(cast.ada), "task", deals, {"title": "Help", "assignee": cast.tom.pk})
    assert {task.assignee for task in Task.objects.all()} == {cast.tom}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": "  "}, "Say what is to be done."),
        ({"title": "Call", "due_on": "31/02/2027"}, "This date does not exist."),
        ({"title": "Call", "days": "1000"}, "Enter a number from 0 to 999."),
        ({"title": "Call", "days": "soon"}, "Enter a number from 0 to 999."),
        ({"title": "Call", "days": "3", "due_on": "2026-12-01"}, "one of the two"),
        ({"title": "Call", "assignee": "9" * 30}, "not one of"),
        ({"title": "Call", "category": "999"}, "not one of"),
    ],
)
def test_bulk_2_bad_input_is_said_and_nothing_is_made(cast, as_, deals, given, said):
    browser = as_(cast.claire)
    answer = browser.post(choose(browser, "task", deals), given)
    assert answer.status_code == 422 and said in answer.content.decode().replace("available choices", "not one of")
    assert not Task.objects.exists()


def test_act_6_a_track_on_each_counts_from_its_own_expected_close(cast, as_, deals, track):
    bulk = do(as_(cast.ada), "track", deals, {"track_id": track.pk})
    assert bulk.result == {"done": 2, "unchanged": 0, "refused": 1}
    first, third = AppliedTrack.objects.order_by("pk")
    assert [str(task.due_on) for task in first.tasks.order_by("place")][:2] == ["2026-12-04", "2026-12-11"]
    assert [str(task.due_on) for task in third.tasks.order_by("place")][:2] == ["2026-12-11", "2026-12-18"]
    assert {task.assignee for task in third.tasks.all()} == {cast.tom}
    bulk.operation.undo(by=cast.ada)
    assert not Task.objects.live().exists() and not AppliedTrack.objects.live().exists()


def test_act_6_one_end_for_all_and_only_where_one_may_edit(cast, as_, deals, track):
    bulk = do(as_(cast.claire), "track", deals, {"track_id": track.pk, "end_on": "2027-01-29"})
    assert bulk.result == {"done": 2, "unchanged": 0, "refused": 1}
    assert {str(applied.end_on) for applied in AppliedTrack.objects.all()} == {"2027-01-29"}
    assert {applied.opportunity_id for applied in AppliedTrack.objects.all()} == {deals[0].pk, deals[1].pk}


def test_f128_in_bulk_what_would_fall_in_the_past_is_said_before(cast, as_, track):
    soon = [make_opportunity(f"No {at}", by=cast.claire, due_on=today() + 3 * DAY) for at in range(2)]
    browser = as_(cast.claire)
    url = choose(browser, "track", soon)
    answer = browser.post(url, {"track_id": track.pk})
    page = answer.content.decode()
    assert answer.status_code == 422 and "On 2 opportunities, tasks would fall in the past." in page
    assert f'name="seen" value="{track.pk}::"' in page and not Task.objects.exists()
    assert browser.post(url, {"track_id": track.pk, "seen": f"{track.pk}::"}).status_code == 302
    assert Task.objects.count() == 8


@pytest.mark.parametrize("given", [{}, {"track_id": "99"}, {"track_id": "x"}])
def test_act_6_in_bulk_the_track_is_to_be_chosen(cast, as_, deals, track, given):
    browser = as_(cast.claire)
    assert browser.post(choose(browser, "track", deals), given).status_code == 422
    starts = make_track("Launch", ("Call", 1, "day", "start"), by=cast.ada)
    answer = browser.post(choose(browser, "track", deals), {"track_id": starts.pk})
    assert answer.status_code == 422 and "Enter the start" in answer.content.decode()


def test_act_6_many_expected_closes_shift_and_their_tracks_move_along_in_one_operation(cast, as_, deals, track):
    do(as_(cast.ada), "track", deals, {"track_id": track.pk})
    before = [str(task.due_on) for task in Task.objects.order_by("pk")]
    page = as_(cast.ada).get(choose(as_(cast.ada), "due", deals)).content.decode()
    assert "Move the open tasks of their tracks along" in page
    bulk = do(as_(cast.ada), "due", deals, {"days": "21", "along": "on"})
    assert bulk.result == {"done": 2, "unchanged": 0, "refused": 1}
    first = AppliedTrack.objects.order_by("pk")[0]
    assert (str(first.end_on), str(first.due_on)) == ("2027-01-08", "2027-01-08")
    # Christmas and New Year lie between
    assert [str(task.due_on) for task in first.tasks.order_by("place")][:3] == [
        "2026-12-23",
        "2026-12-31",
        "2027-01-05",
    ]
    bulk.operation.undo(by=cast.ada)
    assert [str(task.due_on) for task in Task.objects.order_by("pk")] == before
    assert {str(applied.end_on) for applied in AppliedTrack.objects.all()} == {"2026-12-18", "2026-12-25"}


def test_act_6_shifted_without_them_they_can_be_moved_along_later(cast, as_, deals, track):
    browser = as_(cast.ada)
    do(browser, "track", deals, {"track_id": track.pk})
    before = [str(task.due_on) for task in Task.objects.order_by("pk")]
    do(browser, "due", deals[:1], {"days": "7"})
    assert [str(task.due_on) for task in Task.objects.order_by("pk")] == before
    bulk = do(browser, "along", deals)
    assert bulk.result == {"done": 1, "unchanged": 2, "refused": 0}
    assert str(AppliedTrack.objects.order_by("pk")[0].end_on) == "2026-12-25"


def test_act_6_closing_many_stops_their_tracks_undone_exactly(cast, as_, deals, track):
    do(as_(cast.ada), "track", deals, {"track_id": track.pk})
    bulk = do(as_(cast.ada), "close", deals, {"status": "won"})
    assert not Task.objects.open().exists()
    bulk.operation.undo(by=cast.ada)
    assert Task.objects.open().count() == 8 and AppliedTrack.objects.running().count() == 2


def test_act_6_beyond_200_a_worker_does_it_chunk_by_chunk(cast, as_, track, monkeypatch):
    monkeypatch.setattr(bulk_module, "AT_ONCE", 10)
    monkeypatch.setattr(bulk_module, "CHUNK", 20)
    monkeypatch.setattr(undo_module, "AT_ONCE", 1000)
    ids = make_many(50, by=cast.claire, due_on=END)
    bulk = Bulk.choose("track", ids, by=cast.claire)
    bulk.run({"track_id": track.pk})
    bulk.job.run()
    bulk.refresh_from_db()
    assert bulk.result == {"done": 50, "unchanged": 0, "refused": 0}
    assert Task.objects.count() == 200 and AppliedTrack.objects.count() == 50
    assert Operation.objects.filter(what="track.apply").count() == 1
    bulk.operation.undo(by=cast.claire)
    assert not Task.objects.live().exists() and not AppliedTrack.objects.live().exists()


def test_bulk_2_the_bar_offers_them_and_tracks_only_where_there_are_some(cast, as_, deals):
    page = as_(cast.claire).get("/opportunities/").content.decode()
    assert 'value="task"' in page and 'value="track"' not in page
    make_track("Launch", ("Call", 1, "day", "start"), by=cast.ada)
    page = as_(cast.claire).get("/opportunities/").content.decode()
    assert 'value="track"' in page and 'value="along"' in page
