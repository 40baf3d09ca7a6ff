"""Writing: every verb runs in an operation, and what it writes goes into the journal with it (LOG-1)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from core import sql
from core.models import Job
from records.models.operation import Change, Operation

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

Values = dict[str, list[Any]]
_noted: ContextVar[list[Operation] | None] = ContextVar("noted", default=None)
_foreseeing: ContextVar[bool] = ContextVar("foreseeing", default=False)
_writing: ContextVar["Writing | None"] = ContextVar("writing", default=None)


class OutsideOperation(Exception):
    """A record was to be written without saying who does it, and through which door."""


class Writing:
    """The operation under way: gathers changes, one per record, and writes them when it ends."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.moment = timezone.now()
        self._met: dict[str, set[int]] = {}
        self._changes: dict[tuple[type[models.Model], int], tuple[str, int, Values]] = {}
        self._written: set[tuple[type[models.Model], int]] = set()

    def met_before(self, name: str, ids: Collection[int]) -> set[int]:
        """Those of these ids that were asked for under this name before: what follows a record is written once in an
        operation, as its change is."""
        met = self._met.setdefault(name, set())
        again = met & set(ids)
        met.update(ids)
        return again

    def former(self, model: type[models.Model], ids: Iterable[int], name: str) -> set[Any]:
        """The values that a field of these records had before this operation, where it has changed it."""
        found = [self._changes.get((model, pk)) for pk in ids]
        return {fields[name][0] for _kind, _version, fields in filter(None, found) if name in fields} - {None}

    def created(self, model: type[models.Model], pk: int, values: Mapping[str, Any]) -> None:
        """A new record, with its values; those that are blank are left out."""
        fields = {name: [None, value] for name, value in values.items() if value or value == 0 or value is False}
        self._note(model, pk, Change.Kind.CREATED, 1, fields)

    def changed(self, model: type[models.Model], pk: int, version: int, fields: Values) -> None:
        kind = Change.Kind.CHANGED
        if "trashed_at" in fields:
            kind = Change.Kind.TRASHED if fields["trashed_at"][1] else Change.Kind.RESTORED
        self._note(model, pk, kind, version, fields)

    def begin(self) -> Operation:
        """The operation as a row already, for what refers to it before it ends."""
        if self.operation._state.adding:
            self.operation.save(force_insert=True)
        return self.operation

    def has_written(self, model: type[models.Model], pk: int) -> bool:
        """Whether this operation has changed the record."""
        return (model, pk) in self._written

    def flush(self) -> None:
        """Write what was gathered: the operation, if it is new, and its changes."""
        pending = {
            key: (kind, version, fields)
            for key, (kind, version, fields) in self._changes.items()
            if fields or kind != Change.Kind.CHANGED
        }
        self._changes = {}
        if not pending:
            return
        number = self.begin().pk
        sql.insert_rows(
            Change,
            Change.COLUMNS,
            [
                (number, ContentType.objects.get_for_model(model).pk, pk, kind, version, sql.as_json(fields))
                for (model, pk), (kind, version, fields) in pending.items()
            ],
        )

    def _note(self, model: type[models.Model], pk: int, kind: str, version: int, fields: Values) -> None:
        self._written.add((model, pk))
        before = self._changes.get((model, pk))
        if before is not None:
            first_kind, _, first = before
            for name, (old, new) in fields.items():
                was = first[name][0] if name in first else old
                first[name] = [was, new]
            fields = {name: pair for name, pair in first.items() if pair[0] != pair[1]}
            kind = first_kind if kind == Change.Kind.CHANGED else kind
        self._changes[model, pk] = (kind, version, fields)


@contextmanager
def operation(
    *,
    by: "AbstractBaseUser | None",
    door: str,
    what: str,
    job: Job | None = None,
    undoes: Operation | None = None,
    resume: Operation | None = None,
) -> Iterator[Writing]:
    """Everything written inside is one operation, in one transaction; inside another operation, joins it.

    ``resume`` goes on with an operation of an earlier transaction: the next chunk of a job. A job’s step fails as a
    whole, so that its operation needs no savepoint, under which SQLite takes the longer for each row the more were
    written before it (*measured*: the 30,000th row of an import 1.5 ms, without 0.2).
    """
    if outer := _writing.get():
        yield outer
        return
    with transaction.atomic(savepoint=job is None):
        writing = Writing(resume or Operation(by=by, door=door, what=what, job=job, undoes=undoes))  # type: ignore[misc]
        token = _writing.set(writing)
        try:
            yield writing
            writing.flush()
        finally:
            _writing.reset(token)
    noted = _noted.get()
    if noted is not None and not writing.operation._state.adding:
        noted.append(writing.operation)


@contextmanager
def noting() -> Iterator[list[Operation]]:
    """The operations written inside, in their order."""
    written: list[Operation] = []
    token = _noted.set(written)
    try:
        yield written
    finally:
        _noted.reset(token)


def current() -> Writing:
    """The operation under way. Raises ``OutsideOperation`` if there is none."""
    writing = _writing.get()
    if writing is None:
        raise OutsideOperation("Records are written inside `with operation(by=…, door=…, what=…)`.")
    return writing


def is_undo() -> bool:
    """Whether an operation is being undone, or looked at as if: rules for what people do afresh do not hold then."""
    writing = _writing.get()
    return _foreseeing.get() or (writing is not None and writing.operation.undoes_id is not None)


@contextmanager
def foreseeing_undo() -> Iterator[None]:
    """Inside, rules say what they would say of an undo; nothing is written."""
    token = _foreseeing.set(True)
    try:
        yield
    finally:
        _foreseeing.reset(token)


def takes_back() -> bool:
    """Whether what is being written takes back what somebody did; who undoes an undo does it again instead."""
    writing = _writing.get()
    operation, again = (writing.operation if writing else None), False
    while operation is not None and operation.undoes_id is not None:
        operation, again = operation.undoes, not again
    return again


def differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str]) -> Values:
    """``{field: [old, new]}`` for the fields that differ, as the journal keeps them."""
    return {
        name: [sql.plain(before[name]), sql.plain(after[name])]
        for name in names
        if name in before and before[name] != after[name]
    }
