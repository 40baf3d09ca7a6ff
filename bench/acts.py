"""Verbs on many records, timed inside one process over a house: closing, giving away, tracks,
taking back, the journal's share.

    python -m bench.acts

prints seconds as one JSON object; everything is rolled back.
"""

import json
import os
import statistics
import subprocess
import time
from contextlib import contextmanager
from unittest.mock import patch

from bench.house import PYTHON

MANY, ROUNDS, SAVES, STEPS = 1_000, 5, 60, 12


def measure(house, say):
    out = subprocess.run(
        [PYTHON, "-m", "bench.acts"], env=house.environment, check=True, capture_output=True, text=True
    )
    found = json.loads(out.stdout.splitlines()[-1])
    say(f"bulk, close {MANY:,}, with journal, s", found["close"], 0.2)
    say(f"bulk, change owner of {MANY:,}, with journal, s", found["own"], 0.3)
    say(f"undo the change of owner of {MANY:,}, s", found["undo"], None)
    say(f"bulk, a track of {STEPS} on {MANY:,}, with journal, s", found["track"], 1.0)
    say(f"bulk, {MANY:,} tracks of {STEPS} moved along, s", found["along"], 1.0)
    say(f"undo the track of {STEPS} on {MANY:,}, s", found["untrack"], None)
    say("a save with journal, × the same without", found["journal"], 1.5)


class RolledBack(Exception):
    pass


@contextmanager
def rolled_back():
    from django.db import transaction

    try:
        with transaction.atomic():
            yield
            raise RolledBack
    except RolledBack:
        pass


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django

    django.setup()
    from opportunities.models import Bulk, Opportunity
    from opportunities.models import bulk as bulk_module
    from records.models import undo as undo_module
    from users.models import User

    bulk_module.AT_ONCE = MANY
    undo_module.AT_ONCE = MANY * (STEPS + 1)
    ada, claire = (User.objects.get(email=f"{name}@demo.example") for name in ("ada", "claire"))
    ids = list(Opportunity.objects.live().filter(status="open").order_by("pk").values_list("pk", flat=True)[:MANY])

    def timed(action, given):
        chosen = Bulk.choose(action, ids, by=ada)
        started = time.perf_counter()
        chosen.run(given)
        return time.perf_counter() - started, chosen

    close, own, undo, track, along, untrack = [], [], [], [], [], []
    with rolled_back():
        chosen = track_of(STEPS, ada)
        for _round in range(ROUNDS):
            with rolled_back():
                seconds, applied = timed("track", {"track_id": chosen.pk})
                track.append(seconds)
                with rolled_back():
                    timed("due", {"days": 7})
                    along.append(timed("along", {})[0])
                started = time.perf_counter()
                applied.operation.undo(by=ada)
                untrack.append(time.perf_counter() - started)
    for _round in range(ROUNDS):
        with rolled_back():
            close.append(timed("close", {"status": "won"})[0])
        with rolled_back():
            seconds, chosen = timed("own", {"owner": claire.pk})
            own.append(seconds)
            started = time.perf_counter()
            chosen.operation.undo(by=ada)
            undo.append(time.perf_counter() - started)
    best = {"close": min(close), "own": min(own), "undo": min(undo), "journal": journal_share(ids, ada)}
    best |= {"track": min(track), "along": min(along), "untrack": min(untrack)}
    print(json.dumps(best))


def track_of(count, by):
    """A track of so many steps, some counted from the one before."""
    from tasks.models import Step, Track

    made = Track(name="Bench").add(by=by)
    for at in range(count):
        anchor = "previous" if at % 3 == 2 else "end"
        Step(track=made, name=f"Step {at + 1} of the bench", days=count - at, anchor=anchor).add(by=by)
    return made


def journal_share(ids, by):
    """How much longer a save takes with its journal than without: medians of saves that alternate."""
    from opportunities.models import Opportunity
    from records.journal import Writing

    with_, without = [], []
    for at in range(SAVES):
        for times, flush in ((with_, Writing.flush), (without, lambda self: None)):
            with rolled_back(), patch.object(Writing, "flush", flush):
                record = Opportunity.objects.get(pk=ids[at % len(ids)])
                record.brief = f"{record.brief} {at}"
                started = time.perf_counter()
                record.edit(by=by)
                times.append(time.perf_counter() - started)
    return statistics.median(with_) / statistics.median(without)


if __name__ == "__main__":
    main()
