"""BULK-3, SET-1 with real deaths: 20,000 opportunities, a worker killed five times, each done once; all adds up."""

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from tests.__main__ import postgresql
from tests.services.installation import create, drop

MANY = 20_000
CHOOSE = """
from opportunities.models import Bulk, Opportunity
from users.models import User
ids = list(Opportunity.objects.live().order_by("pk").values_list("pk", flat=True))
bulk = Bulk.choose("source", ids, by=User.objects.get(email="ada@demo.example"))
bulk.run({})
print(bulk.job_id)
"""
WORK = "from core.models import Job; Job.objects.get(pk={job}).run()"
EXPIRE = "from core.models import Job; Job.objects.filter(pk={job}).update(lease_until=None, attempts=0)"
TELL = """
import json
from django.db.models import Count
from core.models import Job
from opportunities.models import Bulk, Opportunity
from records.models import Change
bulk = Bulk.objects.get(job={job})
twice = Change.objects.filter(operation=bulk.operation).values("record_id").annotate(n=Count("pk")).filter(n__gt=1)
print(json.dumps({{
    "state": bulk.job.state, "cursor": bulk.job.cursor, "chosen": bulk.chosen, "result": bulk.result,
    "changes": bulk.operation.changes.count() if bulk.operation else 0, "twice": twice.count(),
    "left": Opportunity.objects.exclude(source=None).count(),
}}))
"""


FOLLOW = """
from core.models import Job
from opportunities.models import Opportunity
from pipelines.models import Stage
from users.models import User
ada = User.objects.get(email="ada@demo.example")
many = max(Stage.objects.all(), key=lambda stage: Opportunity.objects.filter(stage=stage, status="open").count())
many.edit(by=ada, probability=many.probability + 1)
print(Job.objects.latest("pk").pk)
"""
FOLLOWED = """
import json
from django.db.models import Count
from opportunities.models import Following
from opportunities.models.following import led
from records.models import Change
one = Following.objects.get(job={job})
twice = Change.objects.filter(operation=one.operation).values("record_id").annotate(n=Count("pk")).filter(n__gt=1)
print(json.dumps({{
    "state": one.job.state, "total": one.job.total, "done": one.done, "changes": one.operation.changes.count(),
    "twice": twice.count(), "left": led(one.stage_id).count(),
}}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def shell(request, tmp_path):
    """Code run by a process of its own, on a new installation with many opportunities; its last line."""
    database = "" if request.param == "sqlite" else fresh_database()
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": database, "REDIS_URL": ""}

    def manage(*words, **options):
        return subprocess.run([sys.executable, "manage.py", *words], env=environment, check=True, **options)

    def shell(code):
        out = manage("shell", "-v0", "-c", code, capture_output=True, text=True)
        return out.stdout.strip().splitlines()[-1] if out.stdout.strip() else ""

    manage("migrate", "-v0")
    manage("seed_demo", "--opportunities", str(MANY), "-v0")
    yield SimpleNamespace(run=shell, environment=environment, verify=lambda: manage("verify"))
    if database:
        drop(database)


def fresh_database():
    if not postgresql():
        pytest.skip("PostgreSQL does not answer (TEST_DATABASE_URL)")
    database = postgresql().rpartition("/")[0] + f"/crm_deaths_{os.getpid()}"
    create(database)
    return database


def die_again_and_again(shell, job, seconds):
    """A worker is killed in the midst of it after so long each time; the last one ends it."""
    for long in seconds:
        words = [sys.executable, "manage.py", "shell", "-v0", "-c", WORK.format(job=job)]
        worker = subprocess.Popen(words, env=shell.environment, stderr=subprocess.PIPE, text=True)
        while "taken at" not in worker.stderr.readline():
            assert worker.poll() is None, "it was done before it could die"
        time.sleep(long)
        assert worker.poll() is None, "it was done before it could die"
        worker.kill()
        worker.wait()
        shell.run(EXPIRE.format(job=job))
    shell.run(WORK.format(job=job))


@pytest.mark.soak
def test_bulk_3_twenty_thousand_survive_five_deaths(shell):
    job = int(shell.run(CHOOSE))
    die_again_and_again(shell, job, (0.3, 0.5, 0.7, 0.9, 1.1))
    told = json.loads(shell.run(TELL.format(job=job)))
    assert told["state"] == "done"
    assert told["twice"] == 0
    assert told["left"] == 0
    assert sum(told["result"].values()) == told["chosen"] == MANY
    assert told["result"]["done"] == told["changes"]
    shell.verify()


@pytest.mark.soak
def test_set_1_what_follows_a_stage_survives_deaths(shell):
    job = int(shell.run(FOLLOW))
    die_again_and_again(shell, job, (0.02, 0.05, 0.08, 0.02))
    told = json.loads(shell.run(FOLLOWED.format(job=job)))
    assert told["state"] == "done"
    assert told["twice"] == told["left"] == 0
    assert told["total"] == told["done"] == told["changes"] - 1
    shell.verify()
