"""DATA-9: real files of every kind, hostile ones among them, are imported, imported in part, or refused with the reason."""

import resource
import time

import pytest
from django.core.files.base import ContentFile

from core.models import Job
from opportunities.models import Opportunity
from tests.shared import data
from transfers.models import Import, Phase
from transfers.planning import Outcome

SECONDS, MEGABYTES = 30, 300
ONE_IN = 12


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sheets():
    """Every given file that somebody might drop on the import page."""
    return sorted(path for kind in ("csv", "xlsx", "sales") for path in data(kind).rglob("*") if path.is_file())


def take(path, by):
    """Import a file, its first column as the name; what became of it."""
    before = Opportunity.objects.count()
    started = time.monotonic()
    job = Job.objects.create(kind="transfers.Import", by=by)
    made = Import.objects.create(
        job=job, kind="opportunity", name=path.name, file=ContentFile(path.read_bytes(), path.name)
    )
    job.run()
    made = Import.objects.get(pk=made.pk)
    if made.phase == Phase.MAPPING:
        settings = made.settings
        settings.columns, settings.match = {0: ["name"]}, ""
        made.decide(settings)
        made.run_rows(ring=False)
        Job.objects.get(pk=made.job_id).run()
        made = Import.objects.get(pk=made.pk)
    seconds = time.monotonic() - started
    created = Opportunity.objects.count() - before
    if made.phase == Phase.REFUSED:
        assert len(made.refusal) > 10, "refused without a reason"
        assert not created and not made.chunks.exists() and not made.file, "something was left behind"
        told = made.refusal
    else:
        assert made.phase == Phase.DONE, f"{made.phase}: {Job.objects.get(pk=made.job_id).error}"
        assert sum(made.result.get(outcome, 0) for outcome in Outcome) == made.rows
        assert made.result.get("created", 0) == created
        told = f"{created} of {made.rows}"
    assert seconds < SECONDS, f"took {seconds:.0f} s"
    return told


def take_all(paths, by):
    """``{file: what went wrong}``, what became of each printed."""
    wrong = {}
    for path in paths:
        try:
            print(f"{path.parent.name}/{path.name}: {take(path, by)}")
        except Exception as error:
            wrong[str(path)] = f"{type(error).__name__}: {error}"
    return wrong


def test_data_9_a_sample_of_the_given_files_is_taken_or_refused_with_the_reason(cast):
    assert not take_all(sheets()[::ONE_IN], cast.bo)


@pytest.mark.soak
def test_data_9_each_of_the_given_files_is_taken_or_refused_with_the_reason(cast):
    assert not take_all(sheets(), cast.bo)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < MEGABYTES
