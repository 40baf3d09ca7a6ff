"""While a track writes the dates of its tasks, nothing else derives them from each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_dating: ContextVar[bool] = ContextVar("dating", default=False)


@contextmanager
def dating() -> Iterator[None]:
    token = _dating.set(True)
    try:
        yield
    finally:
        _dating.reset(token)


def is_dating() -> bool:
    return _dating.get()
