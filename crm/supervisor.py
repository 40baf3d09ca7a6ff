"""Runs the CRM's processes as one group: web, worker, beat. What dies is started again; Ctrl-C ends all of them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

GRACE_SECONDS = 2.5
BACKOFF_SECONDS = (0.2, 1.0, 3.0, 10.0)
CALM_SECONDS = 30
_PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One process of the group, and what is known of its past."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=_die_with_parent,
            stdin=subprocess.DEVNULL,
        )

    def signal(self, number: int) -> None:
        """To the service and whatever it started."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def look_after(self) -> None:
        """Start it again if it died, each time a little later."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self.deaths = 0 if now - self.started > CALM_SECONDS else self.deaths + 1
            wait = BACKOFF_SECONDS[min(self.deaths, len(BACKOFF_SECONDS) - 1)]
            sys.stderr.write(f"{self.name} ended ({self.process.returncode}); again in {wait:.0f} s\n")
            self.process, self.due = None, now + wait
        elif now >= self.due:
            self.start()


class Supervisor:
    """Holds services until it is told to stop, or whoever started it is gone."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = services
        self.stopping = threading.Event()
        self.parent = os.getppid()

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        for service in self.services:
            service.start()
        try:
            while not self.stopping.wait(0.3) and os.getppid() == self.parent:
                for service in self.services:
                    service.look_after()
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask, wait a little, then end what is left."""
        for service in self.services:
            service.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for service in self.services:
            if service.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    service.process.wait(max(deadline - time.monotonic(), 0.05))
        for service in self.services:
            service.signal(signal.SIGKILL)


def _die_with_parent() -> None:
    """On Linux, a service gets SIGTERM if its supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
