"""The three-way merge of a workbook that knows its export: cell by cell, what was then, is here, is said now (DATA-11).

What the file left as it was says nothing, so that what changed here since stays. What only the file changed is written.
What both changed differently is a conflict: today's value stays unless somebody decided for the file's. What an earlier
import of the same export wrote counts as said by the file.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType

from core import sql
from records.models import Change
from transfers.added import TAGS, field_of
from transfers.marking import Versions
from transfers.people import INVOLVED
from transfers.planning.new import New
from transfers.planning.settings import OVERWRITE
from transfers.sheet import shown
from transfers.widgets import as_kept, comes_home

if TYPE_CHECKING:
    from transfers.planning.planned import Planned
    from transfers.planning.planner import Planner

BLANK: tuple[Any, ...] = (None, "", [])
FIELDS = (
    {"phone": "phones", "other_phones": "phones", "email": "emails", "other_emails": "emails"}
    | {name: name for name in ("assignees", TAGS, "account_id", "contact_id")}
    | {"people": INVOLVED}
)
TOGETHER = (
    frozenset({"pipeline", "stage"}),
    frozenset({"category", "subcategory"}),
    frozenset({"family", "subfamily"}),
    frozenset({"origin_type", "origin"}),
)  # a cell is read in the light of the others: where one changed, the others are read too
Choices = Mapping[tuple[int, str], tuple[Any, Any]]  # by record and column: what the file and the house held
Chosen = Callable[[Collection[int]], Choices]
Written = Iterable[tuple[int, int, int, Mapping[str, Any]]]


def chosen_nothing(ids: Collection[int]) -> Choices:
    return {}


@dataclass(frozen=True)
class Conflict:
    """One cell changed on both sides: in the journal's values, the file's name of something else as it stands there."""

    column: str
    field: str
    base: Any
    file: Any
    here: Any
    operation_id: int
    for_file: bool = False


class Merging:
    """``own`` are the operations of earlier imports of the same export; ``choices`` tells, of the records of a chunk,
    what was decided for the file."""

    def __init__(
        self,
        planner: "Planner",
        versions: Versions,
        own: Collection[int] = (),
        choices: Chosen = chosen_nothing,
    ) -> None:
        self.planner, self.versions, self.own, self.choices = planner, versions, frozenset(own), choices
        self.fields: dict[str, str] = {}
        for name in (reader.name for reader in planner.readers):
            custom = field_of(name)
            field = f"custom:{custom.key}" if custom else planner.columns[name].attribute or FIELDS.get(name, "")
            if field:
                self.fields[name] = field

    def begin(self, rows: Sequence["Planned"]) -> None:
        """Look what became of the rows' records since the export."""
        held = {pk: self.versions.of(pk) for row in rows if row.before is not None for pk in (row.before["id"],)}
        self.held = {pk: version for pk, version in held.items() if version is not None}
        self.moved = {
            row.before["id"]
            for row in rows
            if row.before is not None and self.held.get(row.before["id"], row.before["version"]) < row.before["version"]
        }
        self.since = self._since(self.moved)
        self.chosen = self.choices(self.moved) if self.moved else {}

    def concerns(self, row: "Planned") -> bool:
        """Whether the row must be sifted before it is settled."""
        return row.before is not None and (row.before["id"] in self.moved or self._differs(row))

    def called_then(self, row: "Planned", name: str) -> str | None:
        """What the account, the source… of the record at the export is called, where it has another by now."""
        assert row.before is not None
        field = self.fields.get(name, "")
        then, _operation = self.since.get(row.before["id"], {}).get(field, (None, 0))
        if not field.endswith("_id") or then is None:
            return None
        related: Any = self.planner.resource.model._meta.get_field(field.removesuffix("_id")).related_model
        found = related._default_manager.filter(pk=then).first()
        return str(found) if found is not None else None

    def _differs(self, row: "Planned") -> bool:
        """Whether the name and the ID of an account or contact speak of two: one of them was changed in the file."""
        return self.knows(row) and any(
            row.values.get(name) != row.values.get(number)
            for name, number in (("account", "account_id"), ("contact", "contact_id"))
            if name in self.fields and number in self.fields
        )

    def knows(self, row: "Planned") -> bool:
        """Whether the record was part of the export."""
        return row.before is not None and row.before["id"] in self.held

    def sift(self, row: "Planned") -> None:
        """Leave in the row what it says of its own; note what both sides changed."""
        assert row.before is not None
        since = self.planner.since_of(row.before["id"], self.since.get(row.before["id"], {}))
        here = self.here(row)
        said: set[str] = set()
        unsaid: list[str] = []
        moved: set[str] = set()
        for name, field in self.fields.items():
            now = _part(name, here.get(field))
            then, operation = since[field] if field in since else (here.get(field), 0)
            base = _part(name, then)
            if name == "stage" and isinstance(row.values.get(name), str):  # a word that closes speaks of the status
                field = "status"
                now, (base, operation) = here[field], since.get(field, (here[field], 0))
            changed_here = not _alike(base, now)
            if changed_here:
                moved.add(name)
            if not self._speaks(row, name) or self._says(row, name, base):
                unsaid.append(name)
                row.kept_here += changed_here
            elif not changed_here:
                said.add(name)
            elif self._says(row, name, now):
                row.agreed += 1
            else:
                conflict = self._conflict(row, name, field, base, now, operation)
                row.conflicts.append(conflict)
                (said.add if conflict.for_file else unsaid.append)(name)
        with_others = {name for group in TOGETHER if group & said for name in group} - moved
        for name in unsaid:
            if name not in with_others:
                row.values.pop(name, None)
                row.blank.discard(name)
        row.taken = len(said)

    def _conflict(self, row: "Planned", name: str, field: str, base: Any, now: Any, operation: int) -> Conflict:
        assert row.before is not None
        file = self._file(row, name)
        for_file = self.chosen.get((row.before["id"], name)) == (file, now)
        return Conflict(name, field, base, file, now, operation, for_file)

    def _since(self, moved: Collection[int]) -> dict[int, dict[str, tuple[Any, int]]]:
        """For each record the fields written since: what the file last held of them, and the last operation here."""
        if not moved:
            return {}
        found: dict[int, dict[str, tuple[Any, int]]] = {}
        for pk, version, operation, fields in self.written(moved, min(self.held[pk] for pk in moved)):
            if version <= self.held[pk]:
                continue
            of_record = found.setdefault(pk, {})
            for name, (old, new) in fields.items():
                base = new if operation in self.own else of_record[name][0] if name in of_record else old
                of_record[name] = (base, operation)
        return found

    def written(self, moved: Collection[int], after: int) -> Written:
        """What the journal tells of these after a version, in its order: id, version, operation, fields."""
        kind = ContentType.objects.get_for_model(self.planner.model)
        changes = Change.objects.filter(model=kind, record_id__in=moved, version__gt=after).order_by("pk")
        return changes.values_list("record_id", "version", "operation_id", "fields")

    def here(self, row: "Planned") -> dict[str, Any]:
        """What the record of the row holds now, as the journal keeps it."""
        before: Any = row.before
        values = {name: sql.plain(value) for name, value in self.planner.model.journalled(before).items()}
        return values | self.planner.hanging_now(before["id"])

    def _speaks(self, row: "Planned", name: str) -> bool:
        """Whether the cell is to be written at all, by the settings (DATA-3)."""
        settings = self.planner.settings
        if self.planner.columns[name].overwrite and settings.duplicates != OVERWRITE:
            return False
        clears = settings.clear_empty and name in row.blank and name not in ("account_id", "contact_id")
        return name in row.values or (clears and not self.planner.hides(row, name))

    def _says(self, row: "Planned", name: str, plain: Any) -> bool:
        """Whether the cell stands for this value of the journal."""
        value = row.values.get(name)
        blank = plain in BLANK or (isinstance(plain, str) and not as_kept(plain))
        if blank or value is None:
            return blank and value in BLANK
        if isinstance(value, dict):
            return plain in value.values()  # a stage, a part, a site: of whichever whole
        if isinstance(value, list):
            return not any(isinstance(one, New) for one in value) and sorted(value) == sorted(plain)
        custom = field_of(name)
        if custom is not None and custom.kind == "yes_no":
            return bool((value == "yes") == plain)
        if isinstance(value, str) and isinstance(plain, str):
            return comes_home(value, plain) or (name == "currency" and value.upper() == plain)
        return bool(not isinstance(value, New) and sql.plain(value) == plain)

    def _file(self, row: "Planned", name: str) -> Any:
        """What the cell says, as the journal would keep it; of a name, the text."""
        column = self.planner.columns[name]
        if column.reference or isinstance(row.values.get(name), list):
            return shown(row.cells[self.planner.settings.fields[name] + 1]).strip()
        value = row.values.get(name)
        custom = field_of(name)
        return value == "yes" if custom is not None and custom.kind == "yes_no" and value else sql.plain(value)


def _part(name: str, plain: Any) -> Any:
    """Of telephones and addresses, the main one or the others."""
    if name in ("phone", "email"):
        return plain[0] if plain else None
    return plain[1:] if name in ("other_phones", "other_emails") and plain else plain


def _alike(one: Any, other: Any) -> bool:
    return one == other or (one in BLANK and other in BLANK)
