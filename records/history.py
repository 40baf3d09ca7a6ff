"""A record's history of changes: its part of the journal, in the reader's words (LOG-1, REC-2)."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core import dates, money
from core.models import House
from core.templatetags.components import language
from records.erasing import ERASED
from records.gate import Person
from records.models import Change, Hanging, Operation, OwnedRecord, Record, SetUpRecord, Undo, UndoLine, split
from records.models.undo import WITHIN
from records.sharing import holder_names
from records.undoing import Why

PAGE = 50
OPERATION = ("operation__by", "operation__job", "operation__undone_by__by", "model")
DOOR_ICONS = {
    "form": "edit",
    "inline": "edit",
    "board": "board",
    "bulk": "multi",
    "import": "import",
    "mail": "mail",
    "api": "api",
    "automation": "auto",
    "set_up": "settings",
}


@dataclass(frozen=True)
class Field:
    """One field of an operation: what it is called, its value before and after, as texts."""

    name: str
    label: Any
    old: str
    new: str


@dataclass(frozen=True)
class Undoable:
    """Whether an operation can be taken back by the reader, until when; or by whom it was, and what was kept then."""

    may: bool
    until: dt.date | None
    undoes: int | None
    number: int | None = None
    by: Any = None
    at: dt.datetime | None = None
    kept: Sequence[str] = ()

    @classmethod
    def of(cls, operation: Operation, reader: Any, kept: Sequence[str] = (), *, is_spent: bool = False) -> "Undoable":
        """``is_spent``: nothing of the operation would return."""
        undone = getattr(operation, "undone_by", None)
        if undone is not None:
            return cls(False, None, operation.undoes_id, undone.pk, undone.by, undone.at, kept)
        may = not is_spent and not Undo.why_not(operation, reader)
        return cls(may, (operation.at + WITHIN).date() if may else None, operation.undoes_id)


@dataclass(frozen=True)
class Entry:
    """One operation on the record."""

    number: int
    at: dt.datetime
    by: Any
    door: str
    door_icon: str
    what: str
    kind: str
    fields: list[Field]
    undo: "Undoable"

    @property
    def first(self) -> Field | None:
        """The field to tell in the line itself, if there are not too many."""
        return self.fields[0] if self.kind == Change.Kind.CHANGED and 1 <= len(self.fields) <= 2 else None


def history(record: Record, reader: Person, before: int | None = None) -> tuple[list[Entry], int | None]:
    """The operations on a record, newest first, one page; and the number to go on from, if there are more."""
    model = type(record)
    changes = Change.objects.filter(model=ContentType.objects.get_for_model(model), record_id=record.pk)
    if before is not None:
        changes = changes.filter(pk__lt=before)
    found = list(changes.select_related(*OPERATION).order_by("-pk")[: PAGE + 1])
    page = found[:PAGE]
    return entries(model, page, reader, record), page[-1].pk if len(found) > PAGE else None


def entries(model: type[Record], changes: Sequence[Change], reader: Person, record: Record) -> list[Entry]:
    """Changes of a record, read with their operations, in the reader's words."""
    names = Names(model, changes, reader, [record])
    kept = kept_of(changes)
    spent = Undo.restored([change.operation_id for change in changes if change.kind == Change.Kind.TRASHED])
    return [
        _entry(
            change,
            names,
            Undoable.of(
                change.operation, reader, kept.get(change.operation_id, ()), is_spent=change.operation_id in spent
            ),
        )
        for change in changes
    ]


def heads(model: type[Record], changes: Sequence[Change], reader: Person, record: Record) -> list[Entry]:
    """As ``entries``, as far as the line itself tells: values only of one or two changed fields, of more how many; and
    nothing of taking them back. Read with their operations and who did them."""
    names = Names(model, [change for change in changes if _is_brief(model, change)], reader, [record])
    return [_entry(change, names, _NO_UNDO, brief=not _is_brief(model, change)) for change in changes]


def _is_brief(model: type[Record], change: Change) -> bool:
    return change.kind == Change.Kind.CHANGED and len(change.fields.keys() - model.silent_fields) <= 2


_NO_UNDO = Undoable(False, None, None)


def kept_of(changes: Sequence[Change]) -> dict[int, list[str]]:
    """What was kept of one record when its operations were undone, in words, by operation."""
    undone = [change.operation_id for change in changes if getattr(change.operation, "undone_by", None) is not None]
    if not undone:
        return {}
    first = changes[0]
    found: dict[int, list[str]] = {}
    lines = UndoLine.objects.filter(undo__of__in=undone, model=first.model_id, record_id=first.record_id)
    for line in lines.select_related("undo", "by"):
        model: Any = first.model.model_class()
        found.setdefault(line.undo.of_id, []).append(kept_told(model, line))
    return found


def hanging_of(model: type[models.Model], name: str) -> Hanging | None:
    """What hangs on a record under this name; nothing does on what is journalled without being one, as a group."""
    return model.hanging(name) if issubclass(model, Record) else None


def label_of(model: Any, name: str) -> Any:
    """What a field of a record, or what hangs on it, is called."""
    if hanging := hanging_of(model, name):
        return hanging.called(split(name)[1])
    field = next((field for field in model._meta.concrete_fields if field.attname == name), None)
    return getattr(field, "verbose_name", name)


def kept_told(model: Any, line: UndoLine) -> str:
    """What was kept, and why: ``expected close: changed since by Mia Ferhat, 13 Nov``."""
    if not line.name:
        return why_kept(line)
    return _("%(field)s: %(why)s") % {"field": label_of(model, line.name), "why": why_kept(line)}


def why_kept(line: UndoLine) -> str:
    """Why it was kept: ``changed by Mia Ferhat, 13 Nov``."""
    if line.text:
        return line.text
    if line.why == Why.CHANGED:
        when = dates.short_date(timezone.localtime(line.at).date(), language(), dates.today().year) if line.at else ""
        told = _("changed since by %(who)s, %(when)s") % {"who": line.by or _("The CRM"), "when": when}
        return told if line.at else _("changed since")
    return {
        Why.REFUSED.value: _("not yours to change any more; an administrator can take it back"),
        Why.GONE.value: _("gone for good"),
        Why.TRASHED.value: _("in the trash"),
        Why.TAKEN.value: _("taken by another record meanwhile"),
    }.get(line.why, _("does not fit any more"))


def _entry(change: Change, names: "Names", undo: Undoable, brief: bool = False) -> Entry:
    """``brief`` leaves the fields without their names and values."""
    operation = change.operation
    fields = [
        Field(name, "", "", "")
        if brief
        else Field(name, names.label(name), names.text(name, old, change), names.text(name, new, change))
        for name, (old, new) in change.fields.items()
        if name not in names.model.silent_fields
    ]
    return Entry(
        number=operation.pk,
        at=operation.at,
        by=operation.by,
        door=operation.get_door_display(),
        door_icon=DOOR_ICONS[operation.door],
        what=str(names.model.phrases().get(operation.what, "")),
        kind=change.kind,
        fields=fields,
        undo=undo,
    )


class Names:
    """Turns the journal's values into texts; what they refer to is read once for the whole page."""

    def __init__(
        self, model: type[models.Model], changes: Collection[Change], reader: Person, records: Sequence[Any]
    ) -> None:
        self.model: Any = model
        self.speech = language()
        self.currencies: dict[int, str] = {record.pk: getattr(record, "currency", "") for record in records}
        self.related: dict[str, dict[int, str]] = {}
        wanted: dict[str, set[int]] = {}
        for change in changes:
            for name, pair in change.fields.items():
                if self._target(name) is not None:
                    values = [value for side in pair for value in (side if isinstance(side, list) else [side])]
                    wanted.setdefault(name, set()).update(value for value in values if isinstance(value, int))
        shared = {
            key
            for change in changes
            for side in change.fields.get("shares", ())
            if isinstance(side, dict)
            for key in side
        }
        self.holders = holder_names(shared)
        for name, ids in wanted.items():
            self.related[name] = self._read(name, ids, reader, records)

    def label(self, name: str) -> Any:
        return label_of(self.model, name)

    def text(self, name: str, value: Any, change: Change) -> str:
        if value == ERASED:
            return _("erased")
        if value is None or value in ("", [], {}):
            return _("nothing")
        hanging = hanging_of(self.model, name)
        if hanging and hanging.text_of:
            return Truncator(hanging.text_of(split(name)[1], value)).chars(200)
        if name in self.related:
            shown = self.related[name]
            values = value if isinstance(value, list) else [value]
            return ", ".join(shown.get(one, _("not yours to see")) for one in values)
        if name == "shares":
            return ", ".join(self._share(key, level) for key, level in value.items())
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list | dict):
            return ", ".join(str(one) for one in value)
        field = self._field(name)
        if isinstance(field, money.MoneyField):
            return money.format_money(Decimal(value), self._currency(change), self.speech)
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            return dates.short_date(dt.date.fromisoformat(value), self.speech, dates.today().year)
        if field is not None and field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return Truncator(value).chars(200)

    def _share(self, key: str, level: str) -> str:
        said = _("%(who)s (to edit)") if level == "change" else _("%(who)s (to see)")
        return said % {"who": self.holders.get(key, key)}

    def _read(self, name: str, ids: set[int], reader: Person, records: Sequence[Record]) -> dict[int, str]:
        """Names by id: of what is set up, all; of what not everybody sees, what one sees, and those that the record
        shows to whoever sees it."""
        model: Any = self._target(name)
        rows = model._default_manager.filter(pk__in=ids)
        if issubclass(model, OwnedRecord):
            shown = [getattr(record, name) for record in records] if name in self.model.shows_names_of else []
            rows = rows.visible_to(reader, few=True) | rows.filter(pk__in=shown)
        elif hasattr(rows, "visible_to"):
            rows = rows.visible_to(reader)
        elif issubclass(model, SetUpRecord):
            rows = model.remembered().values()
        return {row.pk: str(row) for row in rows}

    def _target(self, name: str) -> type[models.Model] | None:
        hanging = hanging_of(self.model, name)
        if hanging:
            return apps.get_model(hanging.model) if hanging.model else None
        related = getattr(self._field(name), "related_model", None)
        return related if isinstance(related, type) else None

    def _currency(self, change: Change) -> str:
        return self.currencies.get(change.record_id) or House.current().currency

    def _field(self, name: str) -> Any:
        return next((field for field in self.model._meta.concrete_fields if field.attname == name), None)
