"""BULK-3 with real deaths: 20,000 opportunities, a worker killed five times, each done once; the receipt adds up."""

import json
import os
import subprocess
import sys
import time

import pytest

MANY, DEATHS = 20_000, 5
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


@pytest.mark.soak
def test_bulk_3_twenty_thousand_survive_five_deaths(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DATA_DIR": str(tmp_path), "REDIS_URL": ""}

    def manage(*words, **options):
        return subprocess.run([sys.executable, "manage.py", *words], env=environment, check=True, **options)

    def shell(code):
        out = manage("shell", "-v0", "-c", code, capture_output=True, text=True)
        return out.stdout.strip().splitlines()[-1] if out.stdout.strip() else ""

    manage("migrate", "-v0")
    manage("seed_demo", "--opportunities", str(MANY), "-v0")
    job = int(shell(CHOOSE))
    for death in range(DEATHS):
        words = [sys.executable, "manage.py", "shell", "-v0", "-c", WORK.format(job=job)]
        worker = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)
        while "taken at" not in worker.stderr.readline():
            assert worker.poll() is None, "it was done before it could die"
        time.sleep(0.3 + 0.2 * death)
        assert worker.poll() is None, "it was done before it could die"
        worker.kill()
        worker.wait()
        shell(EXPIRE.format(job=job))
    shell(WORK.format(job=job))
    told = json.loads(shell(TELL.format(job=job)))
    assert told["state"] == "done"
    assert told["twice"] == 0
    assert told["left"] == 0
    assert sum(told["result"].values()) == told["chosen"] == MANY
    assert told["result"]["done"] == told["changes"]
    manage("verify")
