"""The broker of an installation without Redis: a folder of messages.

kombu's own file transport writes a message in place and keeps its routing table in a file; a process killed in the
middle of either stops the queue for good. Here a message appears and is taken by a rename, one that cannot be read is
put aside, and there is one queue. A message lost with a killed worker is rung again by the sweeper (``core.jobs``).
"""

import contextlib
import itertools
import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

QUEUE = "celery"
_serial = itertools.count()


class Channel(filesystem.Channel):
    """One queue in one folder: ``new/`` holds messages, ``bad/`` those that could not be read."""

    supports_fanout = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.root = Path(self.transport_options["data_folder"])
        for name in ("new", "bad", "tmp"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def get_table(self, exchange: str) -> list[Any]:
        return [filesystem.exchange_queue_t(QUEUE, "", QUEUE)]

    def _queue_bind(self, *args: Any) -> None:
        pass

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_serial)}.{queue}.msg"
        written = self.root / "tmp" / name
        written.write_text(dumps(payload))
        written.rename(self.root / "new" / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in self._names(queue):
            taken = self.root / "tmp" / f"{name}.{os.getpid()}"
            try:
                (self.root / "new" / name).rename(taken)
            except FileNotFoundError:  # another worker was quicker
                continue
            try:
                payload = loads(taken.read_text())
            except ValueError:
                taken.rename(self.root / "bad" / name)
                continue
            taken.unlink()
            return payload
        raise Empty

    def _names(self, queue: str) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self.root / "new") if entry.name.endswith(f".{queue}.msg"))

    def _size(self, queue: str) -> int:
        return len(self._names(queue))

    def _purge(self, queue: str) -> int:
        names = self._names(queue)
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                (self.root / "new" / name).unlink()
        return len(names)

    def _delete(self, *args: Any, **kwargs: Any) -> None:
        pass


class Transport(filesystem.Transport):
    Channel = Channel
    global_state = virtual.BrokerState()
    default_port = 0
    driver_type = "folder"
    driver_name = "folder"
