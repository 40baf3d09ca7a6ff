"""Imports and exports in rows a second; django-import-export as it comes is the yardstick in the same run."""

import csv
import json
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress

from bench.house import PYTHON, pss

ROWS = 100_000
YARDSTICK_ROWS = 1_500


def measure(house, say, rows=ROWS):
    path = house.folder / "sheet.csv"
    write_sheet(path, rows)
    words = [
        "import_file",
        "opportunities",
        str(path),
        "--as",
        "ada@demo.example",
        "--create-missing",
        "account",
        "--match",
        "reference",
    ]
    created, memory = run(house, words)
    say(f"import, {rows:,} created, rows/s", rows / created["seconds"], 5_000, at_least=True)
    say("memory of the worker meanwhile, MB", memory, 300)
    assert created["created"] == rows, created
    unchanged, _ = run(house, [*words, "--duplicates", "overwrite"])
    assert unchanged["unchanged"] == rows, unchanged
    say("import, unchanged, rows/s", rows / unchanged["seconds"], 30_000, at_least=True)
    dry, _ = run(house, [*words, "--duplicates", "overwrite", "--dry-run"])
    say("dry run, rows/s", rows / dry["seconds"], 15_000, at_least=True)
    write_sheet(path, rows, amount=7)
    updated, _ = run(house, [*words, "--duplicates", "overwrite"])
    assert updated["updated"] == rows, updated
    say("import, changed, rows/s", rows / updated["seconds"], 5_000, at_least=True)
    floor = yardstick(house)
    say("django-import-export as it comes, created, rows/s", floor, None)
    say("import, created, times that", rows / created["seconds"] / floor, None)
    say("import, unchanged, times that", rows / unchanged["seconds"] / floor, None)


def exports(house, say):
    for kind, target in (("csv", 40_000), ("xlsx", 30_000)):
        out = house.folder / f"out.{kind}"
        started = time.perf_counter()
        answer, memory = run(house, ["export_file", "opportunities", str(out), "--as", "ada@demo.example"])
        seconds = time.perf_counter() - started - startup(house)
        say(f"export {kind}, rows/s", answer["rows"] / seconds, target, at_least=True)
        say(f"memory of the export {kind}, MB", memory, 300)
        out.unlink()


def startup(house):
    """Seconds that any command takes before it begins."""
    started = time.perf_counter()
    house.manage(
        "export_file", "contacts", "-", "--as", "ada@demo.example", "--query", "q=zzzzqx", stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


def run(house, words):
    """A command's receipt, and the most memory it had."""
    process = subprocess.Popen(
        [PYTHON, "manage.py", *words],
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    most = [0.0]
    watching = threading.Thread(target=_watch, args=(process, most))
    watching.start()
    out, _ = process.communicate()
    watching.join()
    return json.loads(out.strip().splitlines()[-1]), most[0]


def _watch(process, most):
    while process.poll() is None:
        with suppress(OSError):
            most[0] = max(most[0], pss(process))
        time.sleep(0.2)


def write_sheet(path, rows, amount=0):
    draw = random.Random(7)
    stages = ["To qualify", "Qualified", "Demonstration", "Proposal", "Negotiation", "Won", "Lost"]
    with path.open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(
            ["Reference", "Opportunity", "Account", "Stage", "Amount", "Due date", "Closed on", "Owner", "Source"]
        )
        for number in range(rows):
            stage = draw.choice(stages)
            day = f"2026-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
            closed = f"2025-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}" if stage in ("Won", "Lost") else ""
            owner = draw.choice(["Claire Roy", "Tom Nguyen", "Sam Haddad", "Paul Wright"])
            sheet.writerow(
                [
                    f"B{number}",
                    f"Bench deal {number}",
                    f"Bench house {number % 2_000}",
                    stage,
                    draw.randrange(500, 90_000) + amount,
                    day,
                    closed,
                    owner,
                    "Referral",
                ]
            )


def yardstick(house):
    """Rows a second of django-import-export's own row-by-row saving into a plain table of the same columns."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.yardstick", str(YARDSTICK_ROWS)],
        env=house.environment,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        raise RuntimeError(answer.stderr[-800:])
    return float(answer.stdout.strip().splitlines()[-1])
