"""The base of every business record: versioned, journalled, written one by one or by the thousand by the same rules."""

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import sql
from records import journal
from records.companions import companions
from records.journal import Values
from records.models.hanging import Hanging, split

Row = MutableMapping[str, Any]
"""A record as its columns: ``{"name": "…", "account_id": 3}``, in Python's values."""


class StaleRecord(Exception):
    """The record was changed by somebody else since it was read (REC-5)."""

    def __init__(self, record: "Record") -> None:
        super().__init__(f"{record._meta.label} {record.pk} is not at version {record.version} any more")
        self.record = record


class RecordQuerySet(models.QuerySet[Any]):
    """Refuses what would write around the journal."""

    def update(self, **kwargs: Any) -> int:
        raise journal.OutsideOperation("Records are changed by their verbs, in bulk by `change_rows`.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise journal.OutsideOperation("Records are deleted by putting them in the trash.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        raise journal.OutsideOperation("Records are created in bulk by `create_rows`.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise journal.OutsideOperation("Records are changed in bulk by `change_rows`.")


class Record(models.Model):
    """A row that people change. Written only inside an operation; each write raises ``version`` by one.

    What a subclass knows about its own values it says in three class methods, which serve a single save and an import
    alike: ``around`` fetches what the rules need, ``rule`` brings a row's values in line or refuses them, ``derive``
    computes the ``derived_fields``, which stay out of the journal. ``follow`` then brings other tables in line.
    """

    derived_fields: ClassVar[frozenset[str]] = frozenset({"version", "created_at", "changed_at"})
    silent_fields: ClassVar[frozenset[str]] = frozenset()  # journalled, but not told in the history
    bound_fields: ClassVar[tuple[frozenset[str], ...]] = ()  # make sense together only: return or stay together (LOG-2)
    field_verbs: ClassVar[Mapping[str, str]] = {}  # fields that a verb of their own guards, beside ``change``
    undo_ability: ClassVar[str] = ""  # who may take back changes of a record that the gate does not know
    is_taken_back: ClassVar[bool] = True  # whether undoing gives anything of this kind back (LOG-2)
    away: ClassVar[str] = ""  # the moment from which a record is out of use: what taking back its creation writes
    shows_names_of: ClassVar[frozenset[str]] = frozenset()  # columns whose record is named to whoever sees this one

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created on"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed on"), default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    _loaded: dict[str, Any]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        record = super().from_db(db, field_names, values, **kwargs)
        record._loaded = {name: record.__dict__[name] for name in field_names}
        return record

    @classmethod
    @cache
    def columns(cls) -> tuple[str, ...]:
        """The names of all columns, as attributes of the model: ``account_id`` for the account."""
        return tuple(field.attname for field in cls._meta.concrete_fields)

    @classmethod
    @cache
    def tracked(cls) -> tuple[str, ...]:
        """The columns that the journal keeps."""
        return tuple(name for name in cls.columns() if name not in cls.derived_fields and name != "id")

    @classmethod
    def journalled(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a row as the journal names them; a column that holds many may tell each apart."""
        return {name: row[name] for name in cls.tracked()}

    @classmethod
    def differences(cls, before: Mapping[str, Any], after: Mapping[str, Any]) -> Values:
        """``{field: [old, new]}``, by the names of the journal."""
        return journal.differences(before, after, cls.tracked())

    @classmethod
    def phrases(cls) -> dict[str, Any]:
        """How the history tells operations that have a word of their own: ``{"opportunity.won": "won it"}``."""
        return {}

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        """What hangs on the record and is journalled with it, by name."""
        return {}

    @classmethod
    def hanging(cls, name: str) -> Hanging | None:
        """What the journal calls by this name, with or without a key, if it is no column."""
        return cls.hanging_fields().get(split(name)[0])

    @classmethod
    def around(cls, rows: Sequence[Row]) -> Any:
        """Whatever ``rule`` and ``derive`` need to know about these rows, fetched at once."""

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        """Bring the values in line with each other; ``was`` is empty for a new row. Raises ``ValidationError``."""

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        """Compute the derived fields of a row whose values are settled."""

    @classmethod
    def is_gone(cls, row: Mapping[str, Any]) -> bool:
        """Whether it is out of use."""
        return row[cls.away] is not None

    @classmethod
    def put_away(cls, row: Row) -> None:
        """Out of use, as of now: what takes its creation back."""
        row[cls.away] = timezone.now()

    @classmethod
    def taken_back_by(cls, user: Any, ids: Collection[int]) -> set[int]:
        """Those of these records, which the gate does not know, whose changes this person may take back (LOG-2)."""
        return set(ids) if cls.undo_ability and user.can(cls.undo_ability) else set()

    @classmethod
    def returned(cls, row: Row, was: Mapping[str, Any]) -> None:
        """Bring a row that got values of the past back in line with what holds today (LOG-2); ``was`` is the row before
        that."""

    @classmethod
    def why_not_return(cls, row: Row, was: Mapping[str, Any]) -> str:
        """What keeps a row from getting these values of the past, beside its rules (LOG-2); blank if nothing does."""
        return ""

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        """Bring other tables in line after these columns of these records were written."""
        for companion in companions():
            companion.after(cls, ids, changed)

    # One record

    @property
    def was(self) -> dict[str, Any]:
        """The values as they were read from the database; empty for a new record."""
        return getattr(self, "_loaded", {})

    def settle(self) -> None:
        """Apply the rules to this instance."""
        row: Row = {name: self.__dict__[name] for name in self.columns() if name in self.__dict__}
        around = self.around([row])
        self.rule(row, self.was, around)
        if self._state.adding and row["id"] is None:
            row["id"] = sql.reserve_ids(type(self), 1)[0]
        self.derive(row, around)
        for name, value in row.items():
            if self.__dict__[name] != value:
                setattr(self, name, value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the record and its journal entry. Raises ``StaleRecord`` if somebody was quicker."""
        if args or kwargs.keys() - {"force_insert", "using"}:
            raise TypeError("A record is saved whole.")
        writing = journal.current()
        self.settle()
        if self._state.adding:
            super().save(force_insert=True)
            writing.created(type(self), self.pk, self.journalled(self.__dict__))
            changed: Collection[str] = self.tracked()
        else:
            fields = self.differences(self.was, self.__dict__)
            if not fields:
                return
            changed = columns_of(fields)
            self._update(set(changed))
            writing.changed(type(self), self.pk, self.version, fields)
        self._loaded = {name: self.__dict__[name] for name in self.columns()}
        self.follow([self.pk], changed)

    def touch(self, fields: Values) -> None:
        """Note a change of what hangs on the record (its people, its grants) as a change of the record."""
        writing = journal.current()
        self._update(set())
        self._loaded["version"] = self.version
        writing.changed(type(self), self.pk, self.version, fields)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise journal.OutsideOperation("Records are deleted by putting them in the trash.")

    def _update(self, changed: set[str]) -> None:
        self.changed_at = timezone.now()
        derived = {name for name in self.derived_fields if name in self.was and self.__dict__[name] != self.was[name]}
        values = {name: self.__dict__[name] for name in (changed | derived) - {"version"}}
        mine: models.QuerySet[Any] = models.QuerySet(type(self)).filter(pk=self.pk, version=self.version)
        if not mine.update(**values, version=self.version + 1):
            raise StaleRecord(self)
        self.version += 1

    # Many records

    @classmethod
    def blank_row(cls) -> dict[str, Any]:
        """The values of a new record of which nothing is known."""
        return {field.attname: field.get_default() for field in cls._meta.concrete_fields}

    @classmethod
    def create_rows(cls, rows: Sequence[Row], around: Any = None) -> list[int]:
        """Create records from settled rows with all columns; ids ascend in the order of the rows.

        ``around`` is given where ``rule`` was applied already.
        """
        if not rows:
            return []
        writing = journal.current()
        now = timezone.now()
        if around is None:
            around = cls.around(rows)
            for row in rows:
                cls.rule(row, {}, around)
        ids = sql.reserve_ids(cls, len(rows))
        for row, pk in zip(rows, ids, strict=True):
            row["id"], row["version"], row["created_at"], row["changed_at"] = pk, 1, now, now
            cls.derive(row, around)
        columns = cls.columns()
        sql.insert_rows(cls, columns, sql.as_stored(cls, columns, rows))
        for row in rows:
            writing.created(cls, row["id"], cls.journalled(row))
        cls.follow(ids, cls.tracked())
        return ids

    @classmethod
    def change_rows(cls, rows: Sequence[Row], befores: Sequence[Mapping[str, Any]], around: Any = None) -> None:
        """Change records from settled rows with all columns; ``befores`` are the rows as they were read.

        Only rows that differ are written. Raises ``StaleRecord`` if one of them was changed since it was read.
        """
        writing = journal.current()
        now = timezone.now()
        if around is None:
            around = cls.around(rows)
            for row, before in zip(rows, befores, strict=True):
                cls.rule(row, before, around)
        touched: dict[frozenset[str], list[Row]] = {}
        for row, before in zip(rows, befores, strict=True):
            fields = cls.differences(before, row)
            if not fields:
                continue
            cls.derive(row, around)
            row["version"], row["changed_at"] = before["version"] + 1, now
            derived = {name for name in cls.derived_fields if row[name] != before[name]}
            touched.setdefault(columns_of(fields) | derived, []).append(row)
            writing.changed(cls, row["id"], row["version"], fields)
        for names, group in touched.items():
            columns = sorted(names)
            stored = sql.as_stored(cls, (*columns, "id"), group)
            versions = [row["version"] - 1 for row in group]
            if sql.update_rows(cls, columns, stored, versions) != len(group):
                raise StaleRecord(cls(**group[0]))
            cls.follow([row["id"] for row in group], columns)


def columns_of(fields: Values) -> frozenset[str]:
    """The columns of what the journal tells apart."""
    return frozenset(split(name)[0] for name in fields)
