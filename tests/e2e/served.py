"""A CRM served as anybody would serve it: web, worker and beat on an embedded default, in a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import polib

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90


class Served:
    """``language`` is the house's and its readers'. The demo cast is there, and no record."""

    def __init__(self, folder, language):
        self.language = language
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DEMO": "1",
            "PORT": str(self.port),
            "LC_ALL": f"{language}.UTF-8",
        }
        po = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
        self.french = {(entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural for entry in po}

    def say(self, text, context=None, n=None, **values):
        """A text of the screen, as this house's readers read it; ``n`` chooses the plural of what has one."""
        said = text if self.language == "en" else self.french[context, text]
        if isinstance(said, dict):
            said = said[int(n > 1)]
        return said % values if values else said

    def start(self):
        self._manage("migrate", "--verbosity", "0")
        self._manage("seed_demo", "--opportunities", "0", "--verbosity", "0")
        with self.log.open("wb") as log:
            command = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"The CRM did not come up:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)

    def stop(self):
        """By its own number, as Ctrl-C would; the group of processes goes with it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(15)

    def _manage(self, *words):
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True)

    def _is_ready(self):
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False
