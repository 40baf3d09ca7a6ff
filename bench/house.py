"""A house of so many opportunities on one database, with the two servers over it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

PYTHON = sys.executable
PASSWORD = "try-the-crm-2026"
PLACE = Path(os.environ.get("BENCH_DIR", "var/bench")).resolve()


class House:
    """Where the data lies, and how commands and servers reach it."""

    def __init__(self, database: str, size: int, postgresql: str = "") -> None:
        self.database, self.size = database, size
        self.folder = PLACE / f"{database}-{size}"
        self.url = ""
        if database == "postgresql":
            self.url = re.sub(r"/[^/]*$", f"/crm_bench_{size}", postgresql)
            self.admin_url = postgresql

    @property
    def environment(self):
        values = {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.url,
            "REDIS_URL": "",
            "CRM_BENCH": "1",
        }
        return values if self.url else {name: value for name, value in values.items() if name != "DATABASE_URL"}

    def manage(self, *words, **options):
        return subprocess.run([PYTHON, "manage.py", *words], env=self.environment, check=True, **options)

    def build(self):
        """Make it, unless an earlier run left it."""
        done = self.folder / "built"
        if done.exists() and self._answers():
            return 0.0
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if self.url:
            self._recreate()
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        started = time.monotonic()
        self.manage("seed_demo", "--opportunities", "400", "-v0")
        if self.size > 400:
            self.manage("seed_demo", "--opportunities", str(self.size - 400), "-v0")
        seconds = time.monotonic() - started
        self._analyze()
        done.touch()
        return seconds

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.url:
            self._admin(f'DROP DATABASE IF EXISTS "{self._name}"')

    @property
    def _name(self):
        return self.url.rsplit("/", 1)[1]

    def _recreate(self):
        self._admin(f'DROP DATABASE IF EXISTS "{self._name}"')
        self._admin(f'CREATE DATABASE "{self._name}"')

    def _admin(self, statement):
        import psycopg

        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self):
        if not self.url:
            return True
        import psycopg

        try:
            psycopg.connect(self.url).close()
        except psycopg.Error:
            return False
        return True

    def _analyze(self):
        statement = "VACUUM ANALYZE" if self.url else "ANALYZE"
        code = f"from django.db import connection; connection.cursor().execute({statement!r})"
        self.manage("shell", "-v0", "-c", code)

    @contextmanager
    def serve(self, application="crm.wsgi:application", workers=1, threads=2):
        """A granian over this house; its port and its process."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            str(Path(PYTHON).parent / "granian"),
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        command += ["--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "error", application]
        process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        try:
            _await_port(port)
            yield port, process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _await_port(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(0.5)
            return
    raise RuntimeError("the server did not start")


class Browser:
    """One connection that stays open, with cookies; like any browser it opens another when it lay idle too long."""

    IDLE = 15  # seconds; the server closes at 30

    def __init__(self, port):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = {}
        self.used = time.monotonic()

    def request(self, method, path, body=None, headers=None):
        if time.monotonic() - self.used > self.IDLE:
            self.connection.close()
        self.used = time.monotonic()
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept-Language": "en",
            **(headers or {}),
        }
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, content

    def get(self, path):
        status, content = self.request("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return content

    def sign_in(self, person):
        page = self.get("/auth/login/").decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = {"csrfmiddlewaretoken": token, "login": f"{person}@demo.example", "password": PASSWORD}
        status, _ = self.request(
            "POST", "/auth/login/", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        if status != 302:
            raise RuntimeError(f"{person} cannot sign in: {status}")
        return self


def pss(process):
    """Megabytes of memory of a process and all below it, shared pages counted in part."""
    total = 0
    for pid in [process.pid, *_below(process.pid)]:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])
    return total / 1024


def _below(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *_below(int(child))]
    return found
