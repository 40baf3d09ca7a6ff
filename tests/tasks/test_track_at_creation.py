"""NEW-4, F127, F128: a track chosen in the form of a new opportunity."""

import datetime as dt

import pytest

from core.dates import today
from opportunities.models import Opportunity
from records.models import Operation
from tasks.models import AppliedTrack, Task
from tests.make import make_account, make_opportunity, stage
from tests.pages import field_errors, fields
from tests.tasks.test_tracks import OFFER, make_track

DAY = dt.timedelta(days=1)
URL = "/opportunities/new/"
PREVIEW = "/tracks/preview/"


@pytest.fixture
def track(cast):
    return make_track("Multi-site offer", *OFFER, by=cast.ada)


@pytest.fixture
def filled(cast, as_):
    """The form as it comes, filled in as far as it must be."""
    account = make_account(by=cast.claire)
    data = fields(as_(cast.claire).get(URL), form="opportunity-form")
    given = {"name": "Sensors", "account": account.pk, "stage": stage("Qualified").pk, "amount": "1000"}
    return data | given | {"due_on": "2026-12-18"}


def test_new_4_the_opportunity_and_the_tasks_of_its_track_are_one_operation(cast, as_, track, filled):
    before = Operation.objects.count()
    answer = as_(cast.claire).post(URL, filled | {"track": track.pk})
    assert answer.status_code == 302
    made = Opportunity.objects.get(name="Sensors")
    assert [str(task.due_on) for task in Task.objects.order_by("place")] == [
        "2026-12-04", "2026-12-11", "2026-12-15", "2026-12-17",
    ]  # fmt: skip
    assert AppliedTrack.objects.get().opportunity == made
    assert made.next_task_label == "Visit the pilot site"
    assert Operation.objects.count() == before + 1
    Operation.objects.latest("pk").undo(by=cast.claire)
    assert not Opportunity.objects.live().filter(pk=made.pk).exists()
    assert not Task.objects.live().exists() and not AppliedTrack.objects.live().exists()


def test_new_4_no_track_is_what_is_chosen_at_first_and_the_form_says_how_many_tasks_each_has(cast, as_, track, filled):
    browser = as_(cast.claire)
    assert "Multi-site offer (4 tasks)" in browser.get(URL).content.decode()
    assert browser.post(URL, filled).status_code == 302
    assert not Task.objects.exists()


def test_new_4_another_end_and_start_than_the_expected_close_and_today(cast, as_, filled):
    both = make_track("Both", ("Call", 1, "day", "start"), ("Sign", 1, "day", "end"), by=cast.ada)
    given = {"track": both.pk, "track_end": "2027-03-02", "track_start": "2027-01-04"}
    assert as_(cast.claire).post(URL, filled | given).status_code == 302
    assert [str(task.due_on) for task in Task.objects.order_by("place")] == ["2027-01-05", "2027-03-01"]


def test_f128_bad_dates_stand_beside_their_fields_and_nothing_is_made(cast, as_, track, filled):
    browser, before = as_(cast.claire), Opportunity.objects.count()
    answer = browser.post(URL, filled | {"track": track.pk, "track_end": "31/02/2027"})
    assert answer.status_code == 422 and "This date does not exist." in field_errors(answer)["id_track_end"]
    assert "31/02/2027" in answer.content.decode()
    both = make_track("Both", ("Call", 1, "day", "start"), ("Sign", 1, "day", "end"), by=cast.ada)
    answer = browser.post(URL, filled | {"track": both.pk, "track_start": "2027-01-04"})
    assert answer.status_code == 422 and "before the start" in field_errors(answer)["id_track_end"]
    assert browser.post(URL, filled | {"track": "999999"}).status_code == 422
    assert browser.post(URL, filled | {"track": track.pk, "due_on": ""}).status_code == 422
    assert Opportunity.objects.count() == before and not Task.objects.exists()


def test_f128_tasks_in_the_past_are_shown_before_they_are_made(cast, as_, track, filled):
    browser, soon = as_(cast.claire), str(today() + 4 * DAY)
    given = filled | {"track": track.pk, "due_on": soon}
    answer = browser.post(URL, given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "2 tasks of the track would fall in the past." in page
    assert page.count('class="mark mark--late"') == 2 and not Opportunity.objects.filter(name="Sensors").exists()
    seen = fields(answer, form="opportunity-form")["seen"]
    assert browser.post(URL, given | {"seen": seen}).status_code == 302
    assert Task.objects.count() == 4


def test_f128_the_dates_are_shown_while_one_chooses(cast, as_, track):
    browser = as_(cast.claire)
    page = browser.get(PREVIEW, {"track": track.pk, "due_on": "2026-12-18"}).content.decode()
    assert "4 Dec" in page and "Claire" in page and 'name="track_end"' in page and 'name="track_start"' not in page
    page = browser.get(PREVIEW, {"track": track.pk, "due_on": ""}).content.decode()
    assert "Enter the end" in page and "<table" not in page
    for odd in ({}, {"track": "x"}, {"track": "99999"}, {"track": track.pk, "due_on": "x", "owner": "9" * 30}):
        assert browser.get(PREVIEW, odd).status_code == 200
    assert not Task.objects.exists()


def test_new_4_an_existing_opportunity_has_the_panel_instead(cast, as_, track):
    deal = make_opportunity(by=cast.claire)
    assert 'name="track"' not in as_(cast.claire).get(f"/opportunities/{deal.pk}/edit/").content.decode()
    assert 'name="track"' in as_(cast.claire).get(f"/opportunities/{deal.pk}/duplicate/").content.decode()
