"""An installation in a folder, on real services, driven from outside: its commands, workers and beat, and their death."""

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from bench.house import pss

ROOT = Path(__file__).resolve().parents[2]
CELERY = [sys.executable, "-m", "celery", "-A", "crm", "--quiet"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]


class Installation:
    """``database`` is a PostgreSQL address, or blank for SQLite; ``redis`` one of Redis, or blank for the folder."""

    def __init__(self, folder, database="", redis="", settings="tests.services.settings"):
        self.folder, self.database, self.redis = folder, database, redis
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "DJANGO_SETTINGS_MODULE": settings,
            "LOG_LEVEL": "ERROR",
        }
        self.running = []
        self.begun = 0  # imports

    # Commands

    def manage(self, *words, **options):
        """A command, to its end; one that fails fails the test with what it said, unless ``check`` is off."""
        check = options.pop("check", True)
        options = {"capture_output": True, "text": True} | options
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, **options)
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done

    def start(self, *command, **options):
        """A process with all that it starts, as one that can be killed whole."""
        options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True, **options)
        self.running.append(process)
        return process

    def worker(self, pool="threads"):
        return self.start(*CELERY, "worker", "-P", pool, "--concurrency", "2", "-n", f"w{random.random()}@h", *QUIET)

    def beat(self):
        return self.start(*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")

    def begin(self, path):
        """An import as the wizard begins it."""
        self.begun += 1
        return self.start(sys.executable, "-m", "tests.services.begin", str(path))

    def import_file(self, path):
        """An import as the command line begins it."""
        self.begun += 1
        words = ["opportunities", str(path), "--as", "bo@demo.example", "--create-missing", "account"]
        return self.start(sys.executable, "manage.py", "import_file", *words)

    def undo(self):
        """Of the last import, as its page begins it."""
        return self.start(sys.executable, "-m", "tests.services.undo")

    def kill(self, process):
        """``kill -9`` of the whole tree."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)

    def stop(self):
        for process in list(self.running):
            try:
                self.kill(process)
            except ProcessLookupError:
                self.running.remove(process)

    # What stands in the database

    def ask(self, query):
        """Rows, read around everything of ours."""
        if not self.database:
            connection = sqlite3.connect(f"file:{self.folder}/crm.sqlite3?mode=ro", uri=True, timeout=20)
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()
        import psycopg

        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def job(self):
        """Of the import that was begun last: its phase, how far it came."""
        found = self.ask(
            "SELECT i.phase, j.cursor, i.rows FROM transfers_import i JOIN core_job j ON j.id = i.job_id"
            f" ORDER BY i.id LIMIT 1 OFFSET {max(self.begun - 1, 0)}"
        )
        return found[0] if found else ("", 0, 0)

    def undoing(self):
        """Of the undo: the state of its job, how far it came."""
        found = self.ask("SELECT j.state, j.cursor, j.total FROM records_undo u JOIN core_job j ON j.id = u.job_id")
        return found[0] if found else ("", 0, 0)

    def wait_for(self, reached, seconds, look=None):
        """Until ``reached(phase, cursor)`` of the import, or of what else ``look`` finds; it fails where nothing has moved
        for so many seconds, however busy the machine is."""
        look, moved, last = look or self.job, time.monotonic(), None
        while time.monotonic() - moved < seconds:
            phase, cursor, _all = found = look()
            if reached(phase, cursor):
                return
            if found != last:
                moved, last = time.monotonic(), found
            time.sleep(0.05)
        raise AssertionError(f"still after {seconds} s: {last}, {self.ask('SELECT state, error FROM core_job')}")

    def live(self):
        """The digest of what is live, by table."""
        words = [sys.executable, "-m", "tests.services.digest"]
        done = subprocess.run(words, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def memory(self, process):
        return pss(process)


def is_done(phase, _cursor):
    return phase in ("done", "refused", "cancelled")


def left_of(process):
    """Process ids of a session that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, _parent, _group, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if int(session) == process.pid and state != "Z":
                found.append(int(entry.name))
    return found


def write_sheet(path, rows, accounts=300, stages=("Qualified", "Proposal", "Won"), times=10):
    """A sheet of so many opportunities, with names of accounts that are not there yet."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Reference", "Name", "Account", "Stage", "Amount", "Due date"])
        for n in range(rows):
            day = f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
            stage = stages[n % len(stages)]
            writer.writerow([f"K{n:06d}", f"Deal {n}", f"House {n % accounts}", stage, (n + 1) * times, day])
    return path


def each_row_once(house, rows, accounts=300, untouched=0):
    """Everything that must be true of an import that was killed and went on; some accounts were there, as they are."""
    assert house.job()[0] == "done"
    references = house.ask("SELECT reference FROM opportunities_opportunity WHERE trashed_at IS NULL ORDER BY id")
    assert [reference for (reference,) in references] == [f"K{n:06d}" for n in range(rows)]
    [(made,)] = house.ask("SELECT count(*) FROM accounts_account WHERE name LIKE 'House %' AND trashed_at IS NULL")
    assert made == accounts
    [(operation,)] = house.ask("SELECT operation_id FROM transfers_import ORDER BY id DESC LIMIT 1")
    assert changed(house, operation, "opportunity") == rows
    assert changed(house, operation, "account") == accounts - untouched
    assert house.ask("SELECT count(*) FROM users_notice") == [(house.begun,)]
    is_well(house)


def changed(house, operation, model):
    """How many records of a kind an operation changed, each once."""
    [(changes, records)] = house.ask(
        "SELECT count(*), count(DISTINCT c.record_id) FROM records_change c JOIN django_content_type t"
        f" ON t.id = c.model_id WHERE c.operation_id = {operation} AND t.model = '{model}'"
    )
    assert changes == records
    return changes


def is_well(house):
    verified = house.manage("verify", check=False)
    assert verified.returncode == 0, verified.stdout


def copy_of(built, folder):
    """An installation like one that is set up already: set up once, used by many tests."""
    shutil.copytree(built.folder, folder)
    if not built.database:
        return Installation(folder)
    server, _, template = built.database.rpartition("/")
    name = f"{template}_{os.getpid()}"
    create(f"{server}/{name}", template)
    forget_messages(built.redis)
    return Installation(folder, f"{server}/{name}", built.redis)


def create(database, template="template0"):
    drop(database)
    server, _, name = database.rpartition("/")
    run_on(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(database):
    server, _, name = database.rpartition("/")
    run_on(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run_on(server, statement):
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(statement)


def forget_messages(url):
    """What an earlier installation left with the broker."""
    import redis

    with redis.Redis.from_url(url) as server:
        for key in [b"celery", *server.keys("unacked*"), *server.keys("_kombu*")]:
            server.delete(key)
