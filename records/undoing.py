"""Taking an operation back (LOG-2): what still is as the operation left it returns, what changed since is kept.

Fields that only make sense together (``Record.bound_fields``) return or stay together. A field has changed since where
its value is not what the operation wrote; of a bound field that the operation did not write, where a later operation
did. What was created goes to the trash if nobody has worked on it since, what was deleted comes back. All is asked of
the gate again, for each record.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core import sql
from core.money import FixedField
from records import gate
from records.models.hanging import split
from records.models.operation import Change, Operation
from records.models.owned import OwnedRecord
from records.models.record import Record, Row

UNDO_ANY = "journal"  # the ability to take back what others did
RESTORE_ANY = "restore"


class Why(models.TextChoices):
    """Why something is kept."""

    CHANGED = "changed"
    REFUSED = "refused"
    GONE = "gone"
    TRASHED = "trashed"
    TAKEN = "taken"
    UNFIT = "unfit"


@dataclass(frozen=True)
class Kept:
    """What does not return: a field, or the whole record if ``name`` is blank; who changed it since, and when."""

    name: str
    why: str
    by: int | None = None
    at: dt.datetime | None = None
    text: str = ""


@dataclass
class Taken:
    """What becomes of one record: the values that return, whether it goes or comes back, what is kept."""

    model: type[Record]
    change: Change
    columns: dict[str, Any] = field(default_factory=dict)
    hanging: dict[str, Any] = field(default_factory=dict)
    turn: str = ""
    kept: list[Kept] = field(default_factory=list)
    units: list[frozenset[str]] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.change.record_id

    @property
    def returns(self) -> bool:
        return bool(self.columns or self.hanging)

    @property
    def lets_go(self) -> bool:
        """Whether it will stand no more on what it stands on now."""
        return self.turn == TRASH or any(name.endswith("_id") for name in self.columns)

    def give_up(self, names: Iterable[str], why: str, text: str = "") -> None:
        """These values stay after all."""
        for name in names:
            if name in self.columns or name in self.hanging:
                self.columns.pop(name, None)
                self.hanging.pop(name, None)
                self.kept.append(Kept(name, why, text=text))


@dataclass(frozen=True)
class Since:
    """What became of a field after the operation: its value before the first later change, after the last, by whom."""

    first: Any
    last: Any
    by: int | None
    at: dt.datetime


TRASH, RESTORE, ARCHIVE = "trash", "restore", "archive"


def rounds(changes: Sequence[Change]) -> Iterator[tuple[type[Record], list[Change]]]:
    """Changes, newest first, so that each record stands once in each round, what stands on others before those."""
    left = list(changes)
    order = {model: at for at, model in enumerate(apps.get_models())}
    while left:
        now: dict[tuple[int, int], Change] = {}
        for change in left:
            now.setdefault((change.model_id, change.record_id), change)
        left = [change for change in left if now[change.model_id, change.record_id] is not change]
        of = {pk: ContentType.objects.get_for_id(pk).model_class() for pk in {model for model, _record in now}}
        known = sorted(
            (change for change in now.values() if of[change.model_id] is not None),
            key=lambda change: order[of[change.model_id]],  # type: ignore[index]
        )
        for model, group in groupby(known, key=lambda change: of[change.model_id]):
            if model is not None and issubclass(model, Record):
                yield model, list(group)


class Undoing:
    """Takes back changes of one operation to records of one kind, as this person."""

    def __init__(
        self,
        operation: Operation,
        model: type[Record],
        changes: Sequence[Change],
        by: Any,
        before: Sequence[Taken] = (),
    ) -> None:
        """``before`` is what was planned for other changes of the operation, as long as nothing of it is written."""
        self.operation, self.model, self.by = operation, model, by
        self.mine = [taken for taken in before if taken.model is model]
        self.leaving: dict[type[Record], list[int]] = {}
        for taken in before:
            if taken.lets_go:
                self.leaving.setdefault(taken.model, []).append(taken.pk)
        self.changes = changes
        self.ids = [change.record_id for change in changes]
        self._allowed: dict[str, set[int]] = {}

    # Planning

    def plan(self, *, lock: bool = False) -> list[Taken]:
        found: Any = models.QuerySet(self.model).filter(pk__in=self.ids)
        if lock:
            found = found.select_for_update(of=("self",))
        self.rows: dict[int, dict[str, Any]] = {row["id"]: row for row in found.values(*self.model.columns())}
        self.hung: dict[int, dict[str, Any]] = {}
        for taken in self.mine:
            if taken.pk in self.rows:
                turned = {TRASH: timezone.now(), RESTORE: None}
                moved = {"trashed_at": turned[taken.turn]} if taken.turn in turned else {}
                self.rows[taken.pk].update({**taken.columns, **moved})
                self.hung.setdefault(taken.pk, {}).update(taken.hanging)
        planned = [self._plan(change) for change in self.changes]
        self._settle(planned)
        return planned

    def _plan(self, change: Change) -> Taken:
        taken = Taken(self.model, change)
        row = self.rows.get(change.record_id)
        if row is None:
            taken.kept.append(Kept("", Why.GONE))
        elif change.kind == Change.Kind.CHANGED and row.get("trashed_at") is not None:
            taken.kept.append(Kept("", Why.TRASHED))
        elif change.kind == Change.Kind.CREATED:
            self._plan_creation(taken, row)
        else:
            if change.kind == Change.Kind.TRASHED:
                self._plan_restoring(taken, row)
            elif change.kind == Change.Kind.RESTORED and row["trashed_at"] is None:
                self._plan_trashing(taken)
            self._plan_fields(taken, row)
        return taken

    def _plan_creation(self, taken: Taken, row: Mapping[str, Any]) -> None:
        """Away with what was created, unless somebody has worked on it since."""
        if not self.model.away:
            taken.kept.append(Kept("", Why.REFUSED))
        elif not self.model.is_gone(row):
            since = self.since.get(taken.pk, {})
            changed = [name for name in since if self._now(row, name) != since[name].first]
            taken.kept += [Kept(name, Why.CHANGED, since[name].by, since[name].at) for name in changed]
            if not changed:
                self._plan_trashing(taken)

    def _plan_trashing(self, taken: Taken) -> None:
        authors = self.by is None or self.operation.by_id == self.by.pk
        if taken.pk not in self.allowed("change" if authors else "delete"):
            taken.kept.append(Kept("", Why.REFUSED))
        elif text := self.held.get(taken.pk) or self._needed(taken.pk):
            taken.kept.append(Kept("", Why.CHANGED, text=text))
        else:
            taken.turn = TRASH if issubclass(self.model, OwnedRecord) else ARCHIVE

    def _plan_restoring(self, taken: Taken, row: Mapping[str, Any]) -> None:
        """Undoing one's own deletion is the only restore that others than super administrators have (LOG-2)."""
        if row["trashed_at"] is None or sql.plain(row["trashed_at"]) != taken.change.fields["trashed_at"][1]:
            return
        if not (self._restores_any or (self.operation.by_id == self.by.pk and taken.pk in self._once_mine)):
            taken.kept.append(Kept("", Why.REFUSED))
        elif taken.pk in self._over:
            taken.kept.append(Kept("", Why.GONE))
        else:
            taken.turn = RESTORE

    def _plan_fields(self, taken: Taken, row: Mapping[str, Any]) -> None:
        written = [name for name in taken.change.fields if name != "trashed_at"]
        for unit, names in self._units(written):
            now = {name: self._now(row, name, taken) for name in names}
            if all(now[name] == taken.change.fields[name][0] for name in names):
                continue
            since = self.since.get(taken.pk, {})
            beside = [name for name in unit if name not in names and name in since]
            changed = [name for name in names if now[name] != taken.change.fields[name][1]]
            changed += [name for name in beside if self._now(row, name) != since[name].first]
            if changed:
                last = max((since[name] for name in changed if name in since), key=lambda one: one.at, default=None)
                who = (last.by, last.at) if last else (None, None)
                taken.kept += [Kept(name, Why.CHANGED, *who) for name in names]
            elif any(taken.pk not in self.allowed(verb) for verb in self._verbs(names)):
                taken.kept += [Kept(name, Why.REFUSED) for name in names]
            else:
                self._return(taken, unit, names)

    def _return(self, taken: Taken, unit: frozenset[str], names: Sequence[str]) -> None:
        taken.units.append(unit)
        for name in names:
            old = taken.change.fields[name][0]
            if name in self._fields:
                taken.columns[name] = from_plain(self._fields[name], old)
            elif (hanging := self.model.hanging(name)) and hanging.write:
                taken.hanging[name] = old
            else:
                taken.kept.append(Kept(name, Why.UNFIT))

    def _units(self, names: Sequence[str]) -> Iterator[tuple[frozenset[str], list[str]]]:
        """The fields written, those that are bound to each other together."""
        left = list(names)
        while left:
            unit = next((unit for unit in self.model.bound_fields if left[0] in unit), frozenset({left[0]}))
            yield unit, [name for name in left if name in unit]
            left = [name for name in left if name not in unit]

    def _settle(self, planned: Sequence[Taken]) -> None:
        """What the rules of the model refuse stays; what they follow is followed."""
        giving = [taken for taken in planned if taken.columns]
        self._keep_taken(giving)
        rows = [self._row(taken) for taken in giving]
        around = self.model.around(rows)
        for taken, row in zip(giving, rows, strict=True):
            if (text := self._refusal(row, around)) is None:
                continue
            for unit in taken.units:
                held = {name: taken.columns[name] for name in unit if name in taken.columns}
                alone = {**self.rows[taken.pk], **held}
                if held and self._refusal(alone, around) is not None:
                    taken.give_up(list(held), Why.UNFIT, text)

    def _needed(self, pk: int) -> str:
        """Why what was created cannot leave its list."""
        if issubclass(self.model, OwnedRecord):
            return ""
        row = dict(self.rows[pk])
        self.model.put_away(row)
        return self.model.why_not_return(row, self.rows[pk])

    def _refusal(self, row: Row, around: Any) -> str | None:
        if text := self.model.why_not_return(row, self.rows[row["id"]]):
            return text
        try:
            self.model.rule(dict(row), self.rows[row["id"]], around)
        except ValidationError as error:
            return " ".join(error.messages)
        return None

    def _keep_taken(self, giving: Sequence[Taken]) -> None:
        """A reference that another record has by now does not return."""
        name = getattr(self.model, "unique_outside_trash", "")
        wanted = {taken.columns[name]: taken for taken in giving if taken.columns.get(name)}
        if wanted and issubclass(self.model, OwnedRecord):
            holders = self.model.objects.live().filter(**{f"{name}__in": wanted}).values_list(name, "pk")
            for text, pk in holders:
                if pk != wanted[text].pk:
                    wanted[text].give_up([name], Why.TAKEN)

    # What is asked once for all

    @cached_property
    def since(self) -> dict[int, dict[str, Since]]:
        """What later changes did to each record, by field."""
        found: dict[int, dict[str, Since]] = {}
        if not self.changes:
            return found
        first = {change.record_id: change.pk for change in self.changes}
        later = Change.objects.filter(
            model=self.changes[0].model_id, record_id__in=self.ids, pk__gt=min(first.values())
        ).order_by("pk")
        for pk, record, fields, by, at in later.values_list(
            "pk", "record_id", "fields", "operation__by", "operation__at"
        ):
            if pk > first[record]:
                mine = found.setdefault(record, {})
                for name, (old, new) in fields.items():
                    mine[name] = Since(mine[name].first if name in mine else old, new, by, at)
        return found

    def allowed(self, verb: str) -> set[int]:
        """The records on which this person may do the verb."""
        if verb not in self._allowed:
            self._allowed[verb] = self._ask(verb)
        return self._allowed[verb]

    def _ask(self, verb: str) -> set[int]:
        if self.by is None:
            return set(self.ids)
        if issubclass(self.model, OwnedRecord):
            found = gate.allowing(self.model.objects.live().filter(pk__in=self.ids), self.by, verb, few=True)
            back = [taken.pk for taken in self.mine if taken.turn == RESTORE]
            might = gate.might(self.model.objects.filter(pk__in=back), self.by, verb) if back else ()
            return set(found.values_list("pk", flat=True)) | {record.pk for record in might}
        return self.model.taken_back_by(self.by, self.ids)

    @cached_property
    def _once_mine(self) -> set[int]:
        """Those in the trash that this person might delete if they were not there."""
        assert issubclass(self.model, OwnedRecord)
        away = self.model.objects.filter(pk__in=self.ids).exclude(trashed_at=None)
        return set(gate.might(away, self.by, "delete").values_list("pk", flat=True))

    @cached_property
    def _over(self) -> set[int]:
        assert issubclass(self.model, OwnedRecord)
        over = self.model.objects.filter(pk__in=self.ids, trashed_at__lte=timezone.now() - self.model.kept_for)
        return set(over.values_list("pk", flat=True))

    @cached_property
    def held(self) -> dict[int, str]:
        """What keeps a record from being deleted."""
        return self.model.kept(self.ids, self.by, self.leaving) if issubclass(self.model, OwnedRecord) else {}

    @property
    def _restores_any(self) -> bool:
        return self.by is None or bool(self.by.can(RESTORE_ANY))

    @cached_property
    def _fields(self) -> dict[str, Any]:
        return {field.attname: field for field in self.model._meta.concrete_fields}

    def _verbs(self, names: Collection[str]) -> set[str]:
        return {"change", *(self.model.field_verbs[name] for name in names if name in self.model.field_verbs)}

    def _now(self, row: Mapping[str, Any], name: str, taken: Taken | None = None) -> Any:
        """The present value of a field as the journal keeps it; of what hangs on the record, the last one written."""
        if name in row:
            return sql.plain(row[name])
        if name in self.hung.get(row["id"], {}):
            return self.hung[row["id"]][name]
        since = self.since.get(row["id"], {})
        if name in since:
            return since[name].last
        return taken.change.fields[name][1] if taken else None

    def _row(self, taken: Taken) -> Row:
        row = {**self.rows[taken.pk], **taken.columns}
        self.model.returned(row, self.rows[taken.pk])
        return row

    # Writing

    def write(self, planned: Sequence[Taken]) -> None:
        """Inside an operation. What the database refuses after all is kept, record by record."""
        giving = [taken for taken in planned if taken.columns]
        try:
            with transaction.atomic():
                self._give(giving)
        except IntegrityError:
            for taken in giving:
                try:
                    with transaction.atomic():
                        self._give([taken])
                except IntegrityError:
                    taken.give_up(list(taken.columns), Why.UNFIT)
        kinds: dict[str, dict[int, dict[str, Any]]] = {}
        for taken in planned:
            for name, value in taken.hanging.items():
                kind, key = split(name)
                kinds.setdefault(kind, {}).setdefault(taken.pk, {})[key] = value
        for kind in sorted(kinds):
            hanging = self.model.hanging(kind)
            assert hanging is not None
            hanging.write_all(kinds[kind])
        self._turn(planned)

    def _give(self, giving: Sequence[Taken]) -> None:
        befores = [self.rows[taken.pk] for taken in giving]
        rows = [self._row(taken) for taken in giving]
        self.model.change_rows(rows, befores, self.model.around(rows))

    def _turn(self, planned: Sequence[Taken]) -> None:
        turned = {turn: [taken.pk for taken in planned if taken.turn == turn] for turn in (TRASH, RESTORE, ARCHIVE)}
        if issubclass(self.model, OwnedRecord):
            if turned[TRASH]:
                self.model.turn_rows(self.model.objects.live().filter(pk__in=turned[TRASH]), timezone.now())
            if turned[RESTORE]:
                self.model.restore_rows(turned[RESTORE], by=self.by)
        elif turned[ARCHIVE]:
            befores = [self.rows[pk] for pk in turned[ARCHIVE]]
            rows = [dict(before) for before in befores]
            for row in rows:
                self.model.put_away(row)
            self.model.change_rows(rows, befores, self.model.around(rows))


def from_plain(column: "models.Field[Any, Any]", value: Any) -> Any:
    """A value of the journal as Python has it; a blank text where there was none."""
    if value is None:
        return "" if not column.null and isinstance(column, models.CharField | models.TextField) else None
    if isinstance(column, FixedField | models.DecimalField):
        return Decimal(str(value))
    if isinstance(column, models.DateTimeField):
        return dt.datetime.fromisoformat(value)
    if isinstance(column, models.DateField):
        return dt.date.fromisoformat(value)
    return value
