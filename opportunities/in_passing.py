"""Totals that come with a page where they are cheap, and a moment after it where they are not (LIST-5, LIST-6)."""

import time
from collections.abc import Callable
from typing import TypeVar

CHEAP = 2_000  # rows that are added up in passing
LONG_SECONDS = 0.005
REMEMBERED_SECONDS = 600
MOST_REMEMBERED = 2_000

Found = TypeVar("Found")
_large: dict[tuple[int, str], float] = {}  # what was found to be too large to be added up in passing, until when


def in_passing(key: tuple[int, str], add_up: Callable[[], Found | None]) -> Found | None:
    """What ``add_up`` finds, unless it says that there is too much of it, or it took too long the last time.

    For a while it is remembered that it did; ``key`` is who reads what.
    """
    if _large.get(key, 0.0) > time.monotonic():
        return None
    started = time.monotonic()
    found = add_up()
    if found is None or time.monotonic() - started > LONG_SECONDS:
        if len(_large) >= MOST_REMEMBERED:
            _large.clear()
        _large[key] = time.monotonic() + REMEMBERED_SECONDS
    return found
