"""The planner of any kind of record: reads a chunk's cells, looks names up, finds records again, settles rows."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from attributes.models import AttributedRecord
from core import sql
from records import gate
from transfers.added import TAGS
from transfers.columns import Column
from transfers.marking import Versions
from transfers.planning.added import Added
from transfers.planning.cells import BLANK, CellReader
from transfers.planning.likely import Likely
from transfers.planning.merging import Chosen, Merging, chosen_nothing
from transfers.planning.new import New
from transfers.planning.planned import Later, Outcome, Planned, Problem
from transfers.planning.settings import CREATE, OVERWRITE, REFUSE, SKIP, Settings
from transfers.planning.unchanged import Unchanged
from transfers.references import SEVERAL, Reference, reference_of
from transfers.resources import RESOURCES, RecordResource
from transfers.selecting import rows
from transfers.sheet import Profile, shown
from transfers.widgets import NUMBERS, Date, Text, as_kept, comes_home
from users.models import User


class Planner:
    """Plans and writes rows of one kind, as one person, by one import's settings.

    Subclasses say how rows are found again (``find``) and how a row's values become columns (``settle``).
    """

    kind: ClassVar[str]
    merges_by: ClassVar[type[Merging]] = Merging
    in_file: frozenset[str] | set[str] = frozenset()  # names that the file brings
    says_also: ClassVar[Mapping[str, str]] = {}  # columns whose texts may speak of another one

    def __init__(self, settings: Settings, profiles: Sequence[Profile], user: User) -> None:
        self.settings, self.user = settings, user
        self.resource: type[RecordResource] = RESOURCES[settings.kind]
        self.model: type[AttributedRecord] = self.resource.record()
        self.columns: dict[str, Column] = self.resource.columns()
        self.headers = {name: profiles[at].header for name, at in settings.fields.items()}
        self.readers: list[CellReader] = []
        self.references: dict[str, Reference] = {}
        for at, names in settings.columns.items():
            order = settings.date_orders.get(at) or profiles[at].date_order or "dmy"
            decimal = settings.decimals.get(at) or profiles[at].decimal
            for name in names:
                if name not in self.columns:
                    continue  # a field that was archived meanwhile
                column = self.columns[name]
                parser = column.widget.parser(order=order, decimal=decimal)
                self.readers.append(CellReader(at + 1, name, parser, is_dashed=column.widget.is_dashed))
                if column.reference:
                    self.references[name] = reference_of(column.reference, user)
        self.match = settings.match or self._default_match()
        self.width = 1 + len(profiles)
        self.repeated: dict[int, int] = {}
        self.taken_in_file: set[int] = set()
        self.blank = self.model.blank_row()
        self.scope = user.scope(self.model.gate_key(), "create")
        self.added = Added(self)
        self.merging: Merging | None = None
        self.unchanged = Unchanged(self)

    # The file as a whole

    def refusal(self) -> str:
        """Why the import as a whole cannot run; blank if it can."""
        if not gate.allows(self.user, self.model, "import"):
            return _("Your profile does not let you import. An administrator can change that.")
        if not self.readers:
            return _("No column is taken. Choose a field for at least one.")
        missing = self.missing()
        if missing:
            return _("Choose a column for: %(names)s.") % {"names": ", ".join(str(name) for name in missing)}
        if self.settings.duplicates != SKIP and not self.match:
            return _("To update, choose a column by which rows are found again: the ID or the reference.")
        return ""

    def missing(self) -> list[Any]:
        """Labels of the fields without which nothing can be created."""
        return []

    def undecided_dates(self, profiles: Sequence[Profile]) -> list[str]:
        """Headers of date columns whose cells admit both orders, or mix them, and of which nobody said which."""
        return [
            profiles[at].header
            for at, names in self.settings.columns.items()
            if any(isinstance(self.columns[name].widget, Date) for name in names)
            and profiles[at].date_order is None
            and at not in self.settings.date_orders
        ]

    def undecided_decimals(self, profiles: Sequence[Profile]) -> list[str]:
        """Headers of columns of numbers whose cells admit both decimal signs, or mix them, and nobody said which."""
        return [
            profiles[at].header
            for at, names in self.settings.columns.items()
            if any(isinstance(self.columns[name].widget, NUMBERS) for name in names)
            and profiles[at].asks_decimal
            and at not in self.settings.decimals
        ]

    def look_for_repeats(self, chunks: Iterable[Sequence[Any]]) -> None:
        """Note the rows whose key stood in an earlier row: each record is written once (F165); and those that want the
        reference or code that an earlier row has."""
        places, unique = self._key_places(), self._unique_place()
        if not places and unique is None:
            return
        first: dict[Any, int] = {}
        holders: dict[str, int] = {}
        for chunk in chunks:
            for number, *cells in chunk:
                key = tuple(shown(cells[at]).strip() for at in places)
                if key and key[0]:
                    earlier = first.setdefault(key, number)
                    if earlier != number:
                        self.repeated[number] = earlier
                wanted = shown(cells[unique]).strip() if unique is not None else ""
                if wanted and holders.setdefault(wanted, number) != number:
                    self.taken_in_file.add(number)

    def unknown(self, chunks: Callable[[], Iterable[Sequence[Any]]]) -> dict[str, dict[str, list[int]]]:
        """The texts that stand for nothing, by field, each with the numbers of its rows.

        Not those that only say what a known record has already.
        """
        missing = self._missing(chunks())
        if not any(missing.values()) or not self.match or not self.settings.updates:
            return missing
        numbers = {number for texts in missing.values() for rows in texts.values() for number in rows}
        for chunk in chunks():
            planned = self._read([cells for cells in chunk if cells[0] in numbers])
            self._resolve(planned)
            self.find(planned, lock=False)
            if self.merging is not None:
                self.merging.begin([row for row in planned if row.before is not None])
            for row, name, text in self._leave_known_names(planned):
                missing[name][text].remove(row.number)
        return {name: {text: rows for text, rows in texts.items() if rows} for name, texts in missing.items()}

    def _missing(self, chunks: Iterable[Sequence[Any]]) -> dict[str, dict[str, list[int]]]:
        texts: dict[str, dict[str, list[int]]] = {name: {} for name in self.references}
        readers = [reader for reader in self.readers if reader.name in texts]
        for chunk in chunks:
            for reader in readers:
                found = texts[reader.name]
                for row, value in zip(chunk, reader.read([row[reader.at] for row in chunk]), strict=True):
                    if value is not BLANK and not isinstance(value, ValidationError):
                        for text in value if isinstance(value, list) else (value,):
                            found.setdefault(text, []).append(row[0])
        return {name: missing for name, found in texts.items() if (missing := self._without(name, found))}

    def likely(self, chunks: Iterable[Sequence[Any]]) -> dict[int, Likely]:
        """The rows that would create what is likely there already, by number (DUP-1)."""
        return {}

    def compare(self, versions: Versions, own: Collection[int], choices: Chosen = chosen_nothing) -> None:
        """Merge the rows with what their export held, as far as they are known by their ID (DATA-11)."""
        if self.match == "id":
            self.merging = self.merges_by(self, versions, own, choices)

    # A chunk

    def plan(self, chunk: Iterable[Sequence[Any]], *, lock: bool = False) -> list[Planned]:
        """What each row would do. With ``lock`` the records found are held until the transaction ends."""
        rows = list(chunk)
        told = [reader.read([cells[reader.at] for cells in rows]) for reader in self.readers]
        same = self.unchanged.of(rows, told)
        planned = self._plan(self._read(rows, told, but=same), lock=lock)
        if not same:
            return planned
        rest = iter(planned)
        return [same[at] if at in same else next(rest) for at in range(len(rows))]

    def _plan(self, planned: list[Planned], *, lock: bool) -> list[Planned]:
        if not planned:
            return []
        self._resolve(planned)
        self._allowed: dict[str, set[int]] = {}
        self.find(planned, lock=lock)
        self.choose(planned, lock=lock)
        self.begun: dict[int, int] = {}
        if self.merging is not None:
            self.merging.begin([row for row in planned if row.before is not None])
        self._leave_known_names(planned)
        self.found_ids = [row.before["id"] for row in planned if row.before is not None]
        for row in planned:
            if not row.problems and not row.skipped:
                self._start(row)
        ready = [row for row in planned if not row.problems and not row.skipped]
        if self.merging is None:
            self.settle_all(ready)
        else:
            self._merge(ready, self.merging)
        return planned

    def _merge(self, ready: Sequence[Planned], merging: Merging) -> None:
        """Settle rows of a workbook that knows its export; what changed on either side is looked at cell by cell."""
        self.added.find(ready)
        first = [row for row in ready if merging.concerns(row)]
        for row in first:
            merging.sift(row)
        self.settle_all(ready)
        seen = {row.number for row in first}
        again = [
            row
            for row in ready
            if row.number not in seen and merging.knows(row) and (row.problems or row.changes or row.new)
        ]
        for row in again:
            merging.sift(row)
            row.restart()
        self.settle_all(again)

    def write(self, planned: Sequence[Planned]) -> None:
        """Do what was planned, inside an operation."""
        doing = [row for row in planned if row.outcome in (Outcome.CREATED, Outcome.UPDATED)]
        self.create_names(doing)
        creating = [row for row in doing if row.before is None]
        changing = [row for row in doing if row.before is not None]
        around = self.model.around([row.row for row in doing])
        ids = self.model.create_rows([row.row for row in creating], around)
        for row, pk in zip(creating, ids, strict=True):
            row.row["id"] = pk
        self.model.change_rows([row.row for row in changing], [row.before or {} for row in changing], around)
        self.written(doing)

    def as_stored(self, row: Planned) -> dict[str, Any]:
        """The values that a new record would have, the names that would be created for it, the fields it lacks."""
        values = {
            name: value for name, value in self.model.journalled(row.row).items() if value not in (None, "", [], False)
        }
        if row.tags:
            values["tags"] = row.tags
        if lacking := self.added.lacking(row):
            values["lacking"] = lacking
        for name, new in row.new.items():
            values[self.columns[name].attribute or name] = ", ".join(one.text for one in several(new))
        return values

    def written(self, doing: Sequence[Planned]) -> None:
        """Write what hangs on the records."""
        self.added.written(doing)

    def link(self, pairs: Sequence[tuple[int, str]]) -> None:
        """Connect records with those that the file brought later, inside an operation."""

    # What subclasses say

    def find(self, planned: Sequence[Planned], *, lock: bool) -> None:
        """Set ``before`` of the rows whose record is there already."""
        raise NotImplementedError

    def choose(self, planned: Sequence[Planned], *, lock: bool) -> None:
        """Set ``before`` of the rows that are likely there already, as was decided (DUP-1)."""

    def settle(self, row: Planned) -> None:
        """Turn a row's values into its columns."""
        raise NotImplementedError

    def foresee(self, around: Any, planned: Sequence[Planned]) -> None:
        """Tell the rules what is about to be created for these rows."""

    def settle_all(self, planned: Sequence[Planned]) -> None:
        self.added.find(planned)
        for row in planned:
            self.settle(row)
            self.added.settle(row)
        around = self.model.around([row.row for row in planned])
        self.foresee(around, planned)
        for row in planned:
            if row.problems:
                continue
            try:
                self.model.rule(row.row, row.before or {}, around)
            except ValidationError as error:
                self.explain(row, error)
                continue
            if row.before is not None:
                row.changes = self.model.differences(row.before, row.row) | self.hanging_changes(row)
                if row.changes or row.new:
                    self.check_rights(row)

    def comes_later(self, name: str, text: str) -> bool:
        """Whether another row of the file brings what this name stands for."""
        return False

    def hanging_now(self, pk: int) -> dict[str, Any]:
        """What hangs on a found record, by the names of the journal."""
        return {TAGS: self.added.tagged.get(pk, [])}

    def since_of(self, pk: int, fields: Mapping[str, tuple[Any, int]]) -> Mapping[str, tuple[Any, int]]:
        """What was written of a record since an export, with what the journal keeps apart taken together."""
        return fields

    def hanging_changes(self, row: Planned) -> dict[str, list[Any]]:
        return self.added.changes(row)

    def called(self, row: Planned) -> str:
        """What the row is about, for whoever reads what became of it."""
        name = self.model.name_of(row.row) if row.row else ""
        return name or str(row.values.get("name") or row.values.get("reference") or "")

    def record_of(self, row: Planned) -> int | None:
        """The record that the row hangs on, if it is none itself."""
        return None

    def check_creating(self, row: Planned) -> None:
        """Refuse a new row that the importer may not create."""
        if not gate.allows(self.user, self.model, "create"):
            self.refuse(row, "", _("Your profile does not let you create. An administrator can change that."))

    def check_rights(self, row: Planned) -> None:
        """Refuse a change that the importer may not make on this record."""
        if row.row["id"] not in self.allowed("change"):
            record = self.model._default_manager.get(pk=row.row["id"])
            self.refuse(row, "", gate.refusal(self.user, "change", record))
        elif "owner_id" in row.changes and row.row["id"] not in self.allowed("share"):
            self.refuse(row, "owner", _("You may not change the owner of this record."))

    # For subclasses

    def takes(self, row: Planned, name: str) -> bool:
        """Whether a field's value is to be written on this row; blank cells count only where they clear."""
        if name not in row.values and not (name in row.blank and self.settings.clear_empty and row.before is not None):
            return False
        if row.before is None or not self.columns[name].overwrite or self.settings.duplicates == OVERWRITE:
            return True
        row.withheld = True
        return False

    def hides(self, row: Planned, name: str) -> bool:
        """Whether the record has something there that the importer does not see: an export leaves it blank (GIVE-4)."""
        return False

    def value_of(self, row: Planned, name: str) -> Any:
        """What a plain field becomes; a text that only came home stays as it is kept."""
        value = row.values.get(name)
        if value is None:
            return self.blank[name]
        kept = row.before is not None and isinstance(value, str) and comes_home(value, row.row[name])
        return row.row[name] if kept else value

    def fed(self, names: Iterable[str]) -> list[str]:
        """Those of these columns that the file feeds."""
        return [name for name in names if name in self.headers]

    def refuse(self, row: Planned, name: str, message: str) -> None:
        at = self.settings.fields.get(name)
        value = shown(row.cells[at + 1]) if at is not None else ""
        row.problems.append(Problem(self.headers.get(name, ""), value, message))

    def allowed(self, verb: str) -> set[int]:
        """The records of this chunk on which the importer may do the verb."""
        if verb not in self._allowed:
            found = self.model._default_manager.filter(pk__in=sql.among(self.found_ids))
            self._allowed[verb] = set(found.allowing(self.user, verb, few=True).values_list("pk", flat=True))
        return self._allowed[verb]

    def rows_by(self, column: str, values: Iterable[Any], *, lock: bool) -> list[dict[str, Any]]:
        """Visible records by one column, as rows."""
        wanted = list(values)
        if not wanted:
            return []
        found: Any = self.seen_by(column, wanted)
        if lock and connection.features.has_select_for_update:
            found = found.select_for_update(of=("self",))
        return list(found.values(*self.model.columns()))

    def seen_by(self, column: str, wanted: Collection[Any]) -> Any:
        seen: Any = self.model._default_manager.visible_to(self.user, few=True)
        is_unique = column == self.model.unique_outside_trash
        return seen.identified_by(wanted) if is_unique else seen.filter(**{f"{column}__in": sql.among(wanted)})

    def know_again(self, planned: Sequence[Planned], key: str, rows: Mapping[Any, dict[str, Any]]) -> None:
        """Set ``before`` by the value of one field, and skip or refuse as the settings say."""
        for row in planned:
            value = row.values.get(key)
            if value is not None and value in rows:
                row.before = rows[value]

    # Steps

    def _default_match(self) -> str:
        fields = self.settings.fields
        for match in self.resource.matches:
            if all(name in fields for name in match.split("_")):
                return match
        return ""

    def _key_places(self) -> list[int]:
        if not self.match:
            return []
        return [self.settings.fields[name] for name in self.match.split("_") if name in self.settings.fields]

    def _unique_place(self) -> int | None:
        """Where the text stands that no two records share, unless records are known again by it."""
        name = self.model.unique_outside_trash
        return self.settings.fields.get(name) if name and name not in self.match.split("_") else None

    def _read(
        self,
        chunk: Sequence[Sequence[Any]],
        told: Sequence[Sequence[Any]] | None = None,
        but: Collection[int] = (),
    ) -> list[Planned]:
        """The rows with what their cells say, without those in the places of ``but``."""
        places = [at for at in range(len(chunk)) if at not in but]
        planned = [Planned(chunk[at][0], chunk[at]) for at in places]
        for row in planned:
            if len(row.cells) > self.width:
                more = ", ".join(map(shown, row.cells[self.width :]))[:60]
                row.problems.append(Problem("", more, _("The row has more cells than there are columns.")))
        for number, reader in enumerate(self.readers):
            values = told[number] if told is not None else reader.read([cells[reader.at] for cells in chunk])
            for row, at in zip(planned, places, strict=True):
                value = values[at]
                if value is BLANK:
                    row.blank.add(reader.name)
                elif isinstance(value, ValidationError):
                    self._refuse_cell(row, reader, value)
                else:
                    row.values[reader.name] = value
        return planned

    def _refuse_cell(self, row: Planned, reader: CellReader, error: ValidationError) -> None:
        cell, name = row.cells[reader.at], reader.name
        row.problems.append(Problem(self.headers[name], shown(cell), " ".join(error.messages)))
        if isinstance(cell, dict) and "e" in cell and type(self.columns[name].widget) is Text:
            row.values[name], row.unknown[name] = shown(cell), row.problems[-1]  # or a text that reads like an error

    def _resolve(self, planned: Sequence[Planned]) -> None:
        """Replace names by what they stand for; by ``New`` where they are to be created."""
        for name, reference in self.references.items():
            texts = {
                text
                for row in planned
                if name in row.values and name not in row.unknown
                for text in (row.values[name] if isinstance(row.values[name], list) else (row.values[name],))
            }
            found = reference.find(texts)
            chosen = self._chosen(name, texts, reference)
            for text in texts if self._decides(name) else ():
                decided = self.settings.decision(name, text)
                if isinstance(decided, dict):
                    found[text] = chosen[text]
                elif decided == REFUSE:
                    found.pop(text, None)
                elif text not in found and self.comes_later(name, text):
                    found[text] = Later(text)
                elif decided == CREATE and text not in found:
                    found[text] = New(text) if reference.may_create() else None
            messages = reference.unknown([text for text in texts if found.get(text) is None])
            for row in planned:
                if name in row.values and name not in row.unknown:
                    value = row.values[name]
                    result = found.get(value) if isinstance(value, str) else None
                    if result is None or result is SEVERAL:
                        self._replace(row, name, found, messages)
                    else:
                        row.values[name] = result

    def _decides(self, name: str) -> bool:
        """Whether anything but what is there may be meant by a text of this column."""
        return bool(self.settings.values.get(name)) or name in self.settings.create or bool(self.in_file)

    def _chosen(self, name: str, texts: Iterable[str], reference: Reference) -> dict[str, Any]:
        """What texts were decided to stand for, as far as it may still be chosen."""
        decided = {text: one["to"] for text in texts if isinstance(one := self.settings.decision(name, text), dict)}
        return reference.chosen(decided) if decided else {}

    def _replace(self, row: Planned, name: str, found: dict[str, Any], messages: dict[str, str]) -> None:
        value = row.values[name]
        texts = value if isinstance(value, list) else [value]
        results = []
        for text in texts:
            result = found.get(text)
            if result is None or result is SEVERAL:
                if text not in messages:
                    messages[text] = self.references[name].ambiguous(text)
                row.unknown[name] = Problem(self.headers[name], text, messages[text])
                row.problems.append(row.unknown[name])
                return
            results.append(result)
        row.values[name] = results if isinstance(value, list) else results[0]

    def _leave_known_names(self, planned: Sequence[Planned]) -> list[tuple[Planned, str, str]]:
        """Leave alone what a cell calls as the record does, though the name stands here for nothing, or for several.

        An account of the same name as another, a source in the archive, a colleague who left: exported, they come home.
        """
        failing = [row for row in planned if row.before is not None and row.unknown]
        if not failing:
            return []
        names = list(dict.fromkeys(name for row in failing for name in row.unknown))
        found = self.resource.model._default_manager.filter(pk__in=[row.before["id"] for row in failing if row.before])
        called: dict[int, dict[str, Any]] = {
            pk: dict(zip(names, values, strict=True))
            for chunk in rows(self.kind, ["id", *names], found, self.user)
            for pk, *values in chunk
        }
        left = []
        for row in failing:
            assert row.before is not None
            for name, problem in list(row.unknown.items()):
                then = self.merging.called_then(row, name) if self.merging is not None else None
                if called_so(row.values[name], called[row.before["id"]][name], then):
                    del row.unknown[name], row.values[name]
                    row.problems.remove(problem)
                    left.append((row, name, problem.value))
        return left

    def _start(self, row: Planned) -> None:
        """Skip, refuse or begin a row, by whether its record is there and what the settings want of it."""
        earlier = self.repeated.get(row.number)
        if earlier is not None:
            said = _("The same record stands in row %(row)s already.") % {"row": earlier}
            if self.settings.duplicates == SKIP:
                row.skipped = True
            else:
                self.refuse(row, self.match.split("_")[0], said)
        elif row.before is not None:
            row.skipped = not self.settings.updates
            earlier = self.begun.setdefault(row.before["id"], row.number)
            if earlier != row.number and not row.skipped:
                self.refuse(row, "", _("The same record stands in row %(row)s already.") % {"row": earlier})
        elif not self.settings.creates:
            row.skipped = True
        if row.before is None and not row.skipped:
            self.check_creating(row)
        row.row = dict(self.blank) if row.before is None else dict(row.before)

    def owner_within_reach(self, row: Planned) -> None:
        """A new record's owner lies within the scope of creating: oneself, the team, or anybody."""
        owner = row.row["owner_id"]
        if self.scope == gate.Scope.ALL or owner == self.user.pk or row.before is not None or "owner" in row.new:
            return
        team = self.scope == gate.Scope.TEAM and owner in self._team()
        if not team:
            self.refuse(row, "owner", _("Your profile does not let you create records for this owner."))

    def _team(self) -> set[int]:
        if not hasattr(self, "_team_ids"):
            members = User.objects.filter(team__in=self.user.memberships.teams)
            self._team_ids = set(members.values_list("pk", flat=True))
        return self._team_ids

    def explain(self, row: Planned, error: ValidationError) -> None:
        if hasattr(error, "error_dict"):
            for name, errors in error.message_dict.items():
                self.refuse(row, name, " ".join(errors))
        else:
            self.refuse(row, "", " ".join(error.messages))

    def create_names(self, doing: Sequence[Planned]) -> None:
        """Create the accounts, people, stages... that rows name and that were to be created."""
        for name, reference in self.references.items():
            texts = list(dict.fromkeys(one.text for row in doing for one in several(row.new.get(name, []))))
            if not texts:
                continue
            made = reference.create(texts)
            for row in doing:
                for one in several(row.new.get(name, [])):
                    self.put_new(row, name, made[one.text])

    def put_new(self, row: Planned, name: str, pk: int) -> None:
        """Put the id of what was just created where it belongs."""
        if not self.added.put_new(row, name, pk):
            row.row[self.columns[name].attribute] = pk

    def _without(self, name: str, texts: dict[str, list[int]]) -> dict[str, list[int]]:
        found = self.references[name].find(list(texts))
        return {
            text: rows
            for text, rows in texts.items()
            if found.get(text, SEVERAL) is SEVERAL and not self.comes_later(name, text)
        }


def called_so(text: Any, *names: Any) -> bool:
    """Whether a cell's text, or texts, are one of these."""
    said = [as_kept(one) for one in ([text] if isinstance(text, str) else text)]
    return any(said == [as_kept(one) for one in ([name] if isinstance(name, str) else name)] for name in names if name)


def several(new: New | list[New]) -> list[New]:
    return new if isinstance(new, list) else [new]


def put(row: Planned, name: str, attribute: str) -> None:
    """Put a resolved value, or what is to be created for it, into its column."""
    value = row.values.get(name)
    if isinstance(value, Later):
        row.values["later"] = value.text
    elif isinstance(value, New):
        row.new[name] = value
        row.row[attribute] = None
    else:
        row.row[attribute] = value
