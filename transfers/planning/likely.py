"""Rows of a file that would create an account or a contact that is likely there already (DUP-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Alike
from transfers.planning.settings import CREATE, LEAVE

USE = "use"
HOWS = (CREATE, USE, LEAVE)


@dataclass(frozen=True)
class Likely:
    """A row, what it would create, and the records that one may see which are likely the same."""

    number: int
    name: str
    found: list[Alike]


def for_all(likely: Mapping[int, Likely], how: str) -> dict[int, Any]:
    """What becomes of these rows if all are treated alike: created, left out, or taken for the likeliest record."""
    return {number: {"to": one.found[0].pk} if how == USE else how for number, one in likely.items()}
