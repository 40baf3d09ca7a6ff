"""Rows that say of a record only what it says itself: found by comparing them with what an export of it holds.

Most rows of a file that comes home are such. They are compared a column at a time, before anything is looked up by name
or settled; a row of which this cannot be said for sure is planned like any other.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from core import money, sql
from transfers.planning.cells import BLANK
from transfers.planning.planned import Planned
from transfers.planning.settings import UPDATE
from transfers.selecting import VERSION, rows
from transfers.widgets import Amount, Date, Number, Widget, comes_home

if TYPE_CHECKING:
    from transfers.planning.planner import Planner

MATCHES = ("id", "reference", "code")  # by which a record is found alone
CALLED = ("name", "last_name", "first_name")  # what a record is called by
NOTHING: tuple[Any, ...] = (None, "", [])


class Unchanged:
    """Of the rows of a chunk, those that change nothing."""

    def __init__(self, planner: "Planner") -> None:
        self.planner, settings = planner, planner.settings
        names = [reader.name for reader in planner.readers]
        self.columns = [SaidColumn(planner, at, name) for at, name in enumerate(names)]
        self.is_sure = (
            settings.updates
            and planner.model is planner.resource.model  # what hangs on a record is found with it
            and planner.match in MATCHES
            and planner.match in names
            and set(names) <= planner.resource.exported().keys()
        )
        also = [column.also for column in self.columns if column.also]
        self.called = [name for name in CALLED if name in planner.resource.exported()] if self.is_sure else []
        self.asked = list(dict.fromkeys([planner.match, "id", VERSION, *self.called, *names, *also]))
        overwritten = [at for at, name in enumerate(names) if planner.columns[name].overwrite]
        self.withheld = overwritten if settings.duplicates == UPDATE else []

    def of(self, chunk: Sequence[Sequence[Any]], told: Sequence[Sequence[Any]]) -> dict[int, Planned]:
        """As they are planned, by their place in the chunk; ``told`` is what was read of each column's cells."""
        if not self.is_sure or not chunk:
            return {}
        keys = next(told[column.at] for column in self.columns if column.name == self.planner.match)
        records = self._records(keys)
        places = [at for at, cells in enumerate(chunk) if self._is_found(keys[at], records) and self._is_plain(cells)]
        if not places:
            return {}
        kept = dict(zip(self.asked, zip(*(records[keys[at]] for at in places), strict=True), strict=True))
        same = {at for at, pk in enumerate(kept["id"]) if self._stands_as_exported(pk, kept[VERSION][at])}
        for column in self.columns:
            said = told[column.at]
            column.sift(same, [said[place] for place in places], kept)
        return {places[at]: self._planned(chunk[places[at]], told, places[at], at, kept) for at in sorted(same)}

    def _is_found(self, key: Any, records: Mapping[Any, Any]) -> bool:
        return isinstance(key, str | int) and key in records

    def _is_plain(self, cells: Sequence[Any]) -> bool:
        """Whether nothing is to be said of the row as a whole."""
        return len(cells) <= self.planner.width and cells[0] not in self.planner.repeated

    def _records(self, keys: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
        """What an export holds of the records that these keys find; not of those that two rows mean."""
        times: dict[Any, int] = {}
        for key in keys:
            if isinstance(key, str | int):
                times[key] = times.get(key, 0) + 1
        planner = self.planner
        found = planner.seen_by(planner.match, [key for key, count in times.items() if count == 1])
        return {row[0]: row for part in rows(planner.kind, self.asked, found, planner.user) for row in part}

    def _stands_as_exported(self, pk: int, version: int) -> bool:
        """Whether nothing is to be merged: what the file says is compared with what is here now (DATA-11)."""
        merging = self.planner.merging
        held = merging.versions.of(pk) if merging is not None else None
        return held is None or held >= version

    def _planned(
        self,
        cells: Sequence[Any],
        told: Sequence[Sequence[Any]],
        place: int,
        at: int,
        kept: Mapping[str, Sequence[Any]],
    ) -> Planned:
        row = Planned(cells[0], cells, before={"id": kept["id"][at]})
        row.values["name"] = self.planner.model.name_of({name: kept[name][at] for name in self.called})
        row.withheld = any(told[at][place] is not BLANK for at in self.withheld)
        return row


class SaidColumn:
    """Compares a column of the file with what an export holds."""

    def __init__(self, planner: "Planner", at: int, name: str) -> None:
        self.at, self.name = at, name
        self.turn = _turn(planner.columns[name].widget)
        self.clears = planner.settings.clear_empty
        decided = planner.settings.values.get(name, {})
        self.elsewhere = {text for text, decision in decided.items() if isinstance(decision, dict)}
        self.also = planner.says_also.get(name)
        self._reference = planner.references.get(name)
        self._meant: dict[str, Any] = {}

    def sift(self, same: set[int], said: Sequence[Any], kept: Mapping[str, Sequence[Any]]) -> None:
        """Take those out of ``same`` of which the cell says something else."""
        turn, also = self.turn, kept[self.also] if self.also else None
        for at, (one, other) in enumerate(zip(said, kept[self.name], strict=True)):
            if one is BLANK:
                is_same = not self.clears or other in NOTHING
            elif isinstance(one, ValidationError):
                is_same = False
            elif turn is not None:
                is_same = turn(one) == other
            elif one == other and not self.elsewhere:
                continue
            else:
                is_same = self._says(one, other, also[at] if also else None)
            if not is_same:
                same.discard(at)

    def _says(self, one: Any, other: Any, also: Any) -> bool:
        """Of two that are not alike at first sight, or of which it was decided what a text stands for."""
        if not self.elsewhere.isdisjoint(one if isinstance(one, list) else (one,)):
            return False
        if isinstance(one, str) and isinstance(other, str):
            return comes_home(one, other) or (also is not None and self._meaning(one) == also)
        return bool(one == other)

    def _meaning(self, text: str) -> Any:
        if text not in self._meant:
            self._meant[text] = self._reference.find([text]).get(text) if self._reference else None
        return self._meant[text]


def _turn(widget: Widget) -> Callable[[Any], Any] | None:
    """How a value that was read of a cell stands in the rows of an export, if not as it is."""
    if isinstance(widget, Amount):
        return money.to_units
    if isinstance(widget, Date):
        return dt.date.isoformat
    return sql.plain if isinstance(widget, Number) else None
