"""BULK-3, DATA-10: a job's chunks are done exactly once, whatever dies meanwhile."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Job, LeaseLost
from core.models.job import ATTEMPTS_AT_ONE_CURSOR
from opportunities.models import Opportunity
from tests.transfers.sheets import read
from transfers.models import Import, Phase
from transfers.planning import Planner

ROWS = [["Reference"], *([f"R{n}"] for n in range(2_500))]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ready(cast):
    """An import of 2,500 rows, three chunks, decided and about to run."""
    made = read(ROWS, cast.bo)
    made.decide(made.settings)
    made.run_rows(ring=False)
    return made


def expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_data_10_a_job_is_held_by_one_at_a_time(ready):
    first, second = Job.objects.get(pk=ready.job_id), Job.objects.get(pk=ready.job_id)
    assert first.take()
    assert not second.take()
    expire(first)
    assert second.take()
    with pytest.raises(LeaseLost):
        first.renew()


def test_data_10_a_worker_that_wakes_up_late_writes_nothing(ready, monkeypatch):
    late = Job.objects.get(pk=ready.job_id)
    assert late.take()
    work = late.work
    expire(late)
    other = Job.objects.get(pk=ready.job_id)
    assert other.take()
    with pytest.raises(LeaseLost):
        late._step(work)
    assert not Opportunity.objects.exists()


def test_data_10_each_row_once_though_the_worker_dies_between_and_within_chunks(ready, monkeypatch):
    write = Planner.write
    deaths = iter([False, True, False, True, False])

    def die_sometimes(self, planned):
        write(self, planned)
        if next(deaths):
            raise KeyboardInterrupt

    monkeypatch.setattr(Planner, "write", die_sometimes)
    for _ in range(5):
        job = Job.objects.get(pk=ready.job_id)
        try:
            job.run()
        except KeyboardInterrupt:
            expire(job)
    made = Import.objects.get(pk=ready.pk)
    assert made.phase == Phase.DONE
    assert made.result["created"] == Opportunity.objects.count() == 2_500
    assert list(Opportunity.objects.order_by("pk").values_list("reference", flat=True)) == [row[0] for row in ROWS[1:]]


def test_bulk_3_a_poison_job_stops_and_says_so(ready, monkeypatch):
    def fail(self, planned):
        raise RuntimeError("poison")

    monkeypatch.setattr(Planner, "write", fail)
    for _ in range(ATTEMPTS_AT_ONE_CURSOR + 1):
        Job.objects.get(pk=ready.job_id).run()
    job = Job.objects.get(pk=ready.job_id)
    assert job.state == Job.State.FAILED
    assert "poison" in job.error
    made = Import.objects.get(pk=ready.pk)
    assert made.phase == Phase.REFUSED
    assert not Opportunity.objects.exists()


def test_data_6_a_cancelled_job_stops_after_its_chunk_and_keeps_what_is_written(ready, monkeypatch):
    write = Planner.write

    def cancel_after(self, planned):
        write(self, planned)
        Job.objects.filter(pk=ready.job_id).update(cancel_requested=True)

    monkeypatch.setattr(Planner, "write", cancel_after)
    Job.objects.get(pk=ready.job_id).run()
    made = Import.objects.get(pk=ready.pk)
    assert (made.phase, made.job.state) == (Phase.CANCELLED, Job.State.CANCELLED)
    assert Opportunity.objects.count() == made.result["created"] == 1_000


def test_a_due_job_is_rung_again_when_its_ring_was_lost(ready, settings):
    assert ready.job in Job.objects.unrung()
    Job.objects.filter(pk=ready.job_id).update(rung_at=timezone.now())
    assert ready.job not in Job.objects.unrung()
    Job.objects.filter(pk=ready.job_id).update(rung_at=timezone.now() - dt.timedelta(seconds=30))
    assert ready.job in Job.objects.unrung()
