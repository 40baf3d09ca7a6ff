"""Writing thousands of rows without the cyclic collector, which walks all that is held again and again.

*Measured*: 12,000 tasks with their journal 0.55 s instead of 0.95. What is written has no cycles, and goes at once.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Inside, the collector waits."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
