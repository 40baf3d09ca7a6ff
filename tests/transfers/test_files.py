"""DATA-9: real files of every kind, hostile ones among them, are imported, imported in part, or refused with the reason.

What becomes of each is kept in ``outcomes.json``: how it is read, the row of its headers, the rows that are read and
those left out. ``OUTCOMES=write pytest -m soak tests/transfers/test_files.py`` writes it anew.
"""

import json
import os
import resource
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from core.models import Job
from opportunities.models import Opportunity
from tests.shared import DATA, data
from transfers.models import Import, Phase
from transfers.planning import Outcome

SECONDS, MEGABYTES = 30, 300  # of work; at most in memory at once
ONE_IN = 12
OUTCOMES = Path(__file__).with_name("outcomes.json")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sheets():
    """Every given file that somebody might drop on the import page."""
    return sorted(path for kind in ("csv", "xlsx", "sales") for path in data(kind).rglob("*") if path.is_file())


def spent():
    """Seconds of work, one's own and those of readers that have ended: the machine may do other things meanwhile."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def take(path, by):
    """Import a file, its first column as the name; what became of it."""
    before = Opportunity.objects.count()
    started = spent()
    job = Job.objects.create(kind="transfers.Import", by=by)
    made = Import.objects.create(
        job=job, kind="opportunity", name=path.name, file=ContentFile(path.read_bytes(), path.name)
    )
    job.run()
    made = Import.objects.get(pk=made.pk)
    read = told_of(made)
    if made.phase == Phase.MAPPING:
        settings = made.settings
        settings.columns, settings.match = {0: ["name"]}, ""
        made.decide(settings)
        made.run_rows(ring=False)
        Job.objects.get(pk=made.job_id).run()
        made = Import.objects.get(pk=made.pk)
    seconds = spent() - started
    created = Opportunity.objects.count() - before
    if made.phase == Phase.REFUSED:
        assert len(made.refusal) > 10, "refused without a reason"
        assert not created and not made.chunks.exists() and not made.file, "something was left behind"
    else:
        assert made.phase == Phase.DONE, f"{made.phase}: {Job.objects.get(pk=made.job_id).error}"
        assert sum(made.result.get(outcome, 0) for outcome in Outcome) == made.rows
        assert made.result.get("created", 0) == created
        refused = made.lines.filter(run=True, outcome=Outcome.REFUSED)
        assert refused.count() == made.rows - created and all(line.details for line in refused)
    assert seconds < SECONDS, f"took {seconds:.0f} s"
    return read


def told_of(made):
    """How a file was read, in one line; why it was refused."""
    if made.phase == Phase.REFUSED:
        return " ".join(filter(None, ("refused:", *made.format["file"])))
    form = made.format
    kind = "".join(
        [form["kind"], f" {form['encoding']}" if "encoding" in form else "", f" {form.get('separator', '')}"]
    )
    where = f", sheet {form['sheet']} of {len(form['sheets'])}" if "sheet" in form else ""
    headers = "no headers" if form["bare"] else f"headers in {form['header']}"
    left = Counter(why for _number, why in form["left"])
    out = "".join(f", {count} {why}" for why, count in sorted(left.items()))
    return f"{kind.strip()}{where}: {headers}, {len(made.profiles)} columns, {made.rows} rows{out}"


def take_all(paths, by):
    """``{file: what became of it}``, and ``{file: what went wrong}``."""
    told, wrong = {}, {}
    for path in paths:
        name = str(path.relative_to(DATA))
        try:
            told[name] = take(path, by)
        except Exception as error:
            wrong[name] = f"{type(error).__name__}: {error}"
    return told, wrong


def kept():
    return json.loads(OUTCOMES.read_text())


def test_data_9_a_sample_of_the_given_files_is_taken_or_refused_with_the_reason(cast):
    told, wrong = take_all(sheets()[::ONE_IN], cast.bo)
    assert not wrong
    assert told == {name: outcome for name, outcome in kept().items() if name in told}


@pytest.mark.soak
def test_data_9_each_of_the_given_files_is_taken_or_refused_with_the_reason(cast):
    told, wrong = take_all(sheets(), cast.bo)
    assert not wrong
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < MEGABYTES
    if os.environ.get("OUTCOMES") == "write":
        OUTCOMES.write_text(json.dumps(told, indent=0, ensure_ascii=False, sort_keys=True) + "\n")
    assert told == kept()
