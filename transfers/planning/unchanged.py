"""Rows that say of a record what it says of itself already: found by comparing them with what an export would hold.

Most rows of a file that comes home are such. They are compared a column at a time, and neither looked up name by name
nor settled; a row of which this cannot be said for sure is planned like any other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from core import money
from transfers.planning.cells import BLANK
from transfers.planning.planned import Planned
from transfers.planning.settings import UPDATE
from transfers.selecting import VERSION, rows
from transfers.widgets import Amount, Date, comes_home

if TYPE_CHECKING:
    from transfers.planning.planner import Planner

MATCHES = ("id", "reference", "code")  # columns in which a value stands once
Says = Callable[[Any, Any], bool]


class Unchanged:
    """``among`` finds, of a chunk, the rows of one planner that change nothing, as they are planned."""

    def __init__(self, planner: "Planner") -> None:
        self.planner = planner
        self.names = [reader.name for reader in planner.readers]
        exported = planner.resource.exported()
        self.is_sure = (
            planner.match in MATCHES and planner.settings.updates and all(name in exported for name in self.names)
        )
        self.asked = [*dict.fromkeys([planner.match, "id", VERSION, *self.names, *planner.says_also.values()])]
        self.turned = [_turn(planner.columns[name].widget) for name in self.names]
        self.withheld = {
            at
            for at, name in enumerate(self.names)
            if planner.columns[name].overwrite and planner.settings.duplicates == UPDATE
        }
        self.decided = {
            at: {text for text, decision in planner.settings.values.get(name, {}).items() if isinstance(decision, dict)}
            for at, name in enumerate(self.names)
        }

    def among(self, numbers: Sequence[int], cells: Sequence[Any], told: Sequence[list[Any]]) -> dict[int, Planned]:
        """By their place in the chunk; ``told`` holds for each column what was read of its cells."""
        if not self.is_sure:
            return {}
        key = told[self.names.index(self.planner.match)]
        found = self._records(key)
        places = [at for at, pk in enumerate(key) if pk in found and numbers[at] not in self.planner.repeated]
        records = [found[key[at]] for at in places]
        same = set(range(len(places))) - self._again(places, [record[self.asked.index("id")] for record in records])
        if not same:
            return {}
        kept = dict(zip(self.asked, zip(*records, strict=True), strict=True))
        for column, name in enumerate(self.names):
            said = [told[column][at] for at in places]
            same.difference_update(self._differing(column, said, kept[name], kept))
        return {places[at]: self._planned(numbers, cells, told, places[at], kept["id"][at]) for at in same}
