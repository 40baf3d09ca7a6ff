"""One row of a file as it is planned, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from records.models import Row
from transfers.planning.merging import Conflict
from transfers.planning.new import New


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: in which column, what stood there, what to change."""

    column: str
    value: str
    message: str


@dataclass(frozen=True)
class Later:
    """A name that another row of the file brings."""

    text: str


@dataclass(slots=True)
class Planned:
    """One row of the file, and what it would do."""

    number: int
    cells: Sequence[Any]
    values: dict[str, Any] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    unknown: dict[str, Problem] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    before: Mapping[str, Any] | None = None
    row: Row = field(default_factory=dict)
    new: dict[str, New | list[New]] = field(default_factory=dict)
    hanging: Any = None
    people: Any = None
    tags: list[int] | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    withheld: bool = False
    skipped: bool = False
    conflicts: list[Conflict] = field(default_factory=list)
    taken: int = 0
    kept_here: int = 0
    agreed: int = 0

    def restart(self) -> None:
        """Forget what was settled, to settle it anew from the values."""
        self.row, self.new, self.changes = dict(self.before or {}), {}, {}
        self.problems, self.warnings = [], []
        self.hanging, self.people, self.tags, self.withheld = None, None, None, False

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.REFUSED
        if self.skipped:
            return Outcome.SKIPPED
        if self.before is None:
            return Outcome.CREATED
        return Outcome.UPDATED if self.changes or self.new else Outcome.UNCHANGED
