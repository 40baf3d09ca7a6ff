"""SET-4: a stage may ask for a finished track, any or a certain one, at every door alike."""

import pytest
from django.core.exceptions import ValidationError

from opportunities.models import Opportunity
from tasks.models import Task
from tests.make import make_opportunity, stage
from tests.pages import fields
from tests.tasks.test_applying import END, put
from tests.tasks.test_tracks import make_track


@pytest.fixture
def tracks(cast):
    return [make_track(name, ("Call", 1, "day", "end"), by=cast.ada) for name in ("Survey", "Offer")]


def enter(deal, by):
    Opportunity.objects.get(pk=deal.pk).move_to(stage("Proposal"), by=by)


def finish(track, deal, by):
    put(track, deal, by=by)
    for task in Task.objects.open():
        task.complete(by=by)


@pytest.mark.parametrize("any_of_them", [True, False])
def test_set_4_the_stage_stays_shut_until_the_track_is_finished(cast, as_, tracks, any_of_them):
    deal = make_opportunity(by=cast.claire, due_on=END)
    stage("Proposal").edit(by=cast.ada, asks=["track" if any_of_them else f"track:{tracks[1].pk}"])
    said = "a finished track" if any_of_them else "track “Offer” finished"
    with pytest.raises(ValidationError, match=said):
        enter(deal, cast.claire)
    finish(tracks[0], deal, cast.claire)
    if not any_of_them:
        with pytest.raises(ValidationError, match=said):
            enter(deal, cast.claire)
        put(tracks[1], deal, by=cast.claire)
        answer = as_(cast.claire).post(f"/opportunities/{deal.pk}/move/", {"stage": stage("Proposal").pk})
        assert answer.status_code == 422 and said.lower() in answer.content.decode().lower()
        Task.objects.open().get().complete(by=cast.claire)
    enter(deal, cast.claire)
    assert Opportunity.objects.get(pk=deal.pk).stage == stage("Proposal")


def test_set_4_a_removed_track_and_a_new_opportunity_have_none(cast, tracks):
    stage("Proposal").edit(by=cast.ada, asks=["track"])
    with pytest.raises(ValidationError, match="a finished track"):
        make_opportunity(by=cast.claire, stage=stage("Proposal"))
    deal = make_opportunity(by=cast.claire, due_on=END)
    finish(tracks[0], deal, cast.claire)
    deal.tracks.get().remove(by=cast.claire)
    with pytest.raises(ValidationError, match="a finished track"):
        enter(deal, cast.claire)


def test_set_4_the_gate_is_chosen_among_the_tracks_in_use(cast, as_, tracks):
    one = stage("Proposal")
    url = f"/settings/pipelines/{one.pipeline_id}/?gate={one.pk}"
    page = as_(cast.ada).get(url)
    assert "Track “Survey” finished" in page.content.decode()
    data = fields(page) | {"gate-asks": [f"track:{tracks[0].pk}"]}
    assert as_(cast.ada).post(url, data).status_code == 302
    one.refresh_from_db()
    assert one.asks == [f"track:{tracks[0].pk}"]
    tracks[1].archive(by=cast.ada)
    assert "Offer” finished" not in as_(cast.ada).get(url).content.decode()


def test_set_4_an_archived_track_is_not_asked_for_any_more(cast, tracks):
    stage("Proposal").edit(by=cast.ada, asks=[f"track:{tracks[0].pk}"])
    deal = make_opportunity(by=cast.claire, due_on=END)
    with pytest.raises(ValidationError):
        enter(deal, cast.claire)
    tracks[0].archive(by=cast.ada)
    enter(deal, cast.claire)
