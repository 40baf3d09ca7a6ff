"""SET-1: a stage's new probability reaches its opportunities, by a journalled job where they are many."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.models import Job
from opportunities.models import Following, Opportunity
from opportunities.models.following import CHUNK
from pipelines.models import Stage
from records.models import Change, Operation
from tests.make import make_many, stage
from tests.pages import send

MANY = 1_000


@pytest.fixture
def thousand(cast):
    """A thousand in *Proposal*, every tenth at 33 % by hand."""
    proposal = stage("Proposal")
    by_hand = {"probability": 33, "probability_by_hand": True}
    return make_many(MANY, by=cast.claire, stage_id=proposal.pk, varying=lambda at: {} if at % 10 else by_hand)


def set_to(browser, percent):
    proposal = stage("Proposal")
    url = f"/settings/pipelines/{proposal.pipeline_id}/"
    assert send(browser, url, **{f"{proposal.pk}-probability": str(percent)}).status_code == 302
    return Job.objects.latest("pk")


def probabilities():
    return set(Opportunity.objects.filter(stage=stage("Proposal")).values_list("probability", "probability_by_hand"))


def dies(job):
    """Whoever holds the lease is gone; it has run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_set_1_a_thousand_follow_by_a_job_in_the_operation_of_the_set_up(cast, as_, thousand):
    job = set_to(as_(cast.ada), 70)
    assert probabilities() == {(60, False), (33, True)}
    assert (job.by, job.total) == (cast.ada, 900)
    job.run()
    assert probabilities() == {(70, False), (33, True)}
    changed = Operation.objects.get(what="stage.set_up")
    assert (changed.by, changed.changes.count()) == (cast.ada, 1 + 900)
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    call_command("verify")


def test_set_1_each_follows_once_whatever_dies_between_and_within_chunks(cast, as_, thousand, monkeypatch):
    job = set_to(as_(cast.ada), 70)
    commit, deaths = Following.commit, iter([True, False, True, False])

    def die_sometimes(self, chunk):
        found = commit(self, chunk)
        if next(deaths):
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Following, "commit", die_sometimes)
    for _ in range(3):
        try:
            Job.objects.get(pk=job.pk).run()
        except KeyboardInterrupt:
            dies(job)
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert probabilities() == {(70, False), (33, True)}
    assert Change.objects.filter(operation__what="stage.set_up", model__model="opportunity").count() == 900
    assert set(Opportunity.objects.filter(pk__in=thousand).values_list("version", flat=True)) == {1, 2}
    call_command("verify")


def test_set_1_the_page_says_how_far_it_is(cast, as_, thousand):
    browser = as_(cast.ada)
    job = set_to(browser, 70)
    url = f"/opportunities/stage-effect/{stage('Proposal').pipeline_id}/"
    assert "Proposal: 0% of what follows it is done" in browser.get(url).content.decode()
    job.take()
    assert job._step(job.work)
    assert "Proposal: 55% of what follows it is done" in browser.get(url).content.decode()
    dies(job)
    Job.objects.get(pk=job.pk).run()
    assert "of what follows it" not in browser.get(url).content.decode()


def test_set_1_a_change_meanwhile_takes_over_and_undoing_returns_all(cast, as_, thousand):
    first = set_to(as_(cast.ada), 70)
    first.take()
    assert first._step(first.work)
    assert Opportunity.objects.filter(probability=70).count() == CHUNK
    set_to(as_(cast.ada), 80).run()
    assert probabilities() == {(80, False), (33, True)}
    dies(first)
    Job.objects.get(pk=first.pk).run()
    assert Change.objects.filter(operation=Following.objects.first().operation).count() == 1 + CHUNK
    undone = Operation.objects.filter(what="stage.set_up").last().undo(by=cast.ada)
    while job := Job.objects.filter(state=Job.State.WAITING).first():
        job.run()
    undone.refresh_from_db()
    assert Stage.objects.get(pk=stage("Proposal").pk).probability == 70
    assert probabilities() == {(70, False), (33, True)}
