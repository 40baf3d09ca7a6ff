"""The journal: every operation on what one may see, newest first; and one operation with all that it changed (LOG-1).

What one may not see appears nowhere, counts included: of an operation on a thousand records, who sees three of them
reads of three. Records in the trash are there for who may restore them; others find their own deletions, to take back.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from core import dates, money, sql
from core.filters import query_with
from core.prepared import Statement
from core.templatetags.components import language
from crm.undoing import stored_lines
from records import gate
from records.history import DOOR_ICONS, Field, Names, Undoable
from records.models import Change, Door, Operation, Record, Undo, owned_kinds
from records.verifying import record_models
from users.middleware import SignedIn
from users.models import User

PAGE, CHUNK, MOST_CHUNKS = 30, 60, 20
FEW = 200  # records of each kind that are looked up in a large operation, sooner than it is read
MANY = 1_000  # records of one operation are counted exactly up to here
ON_DETAIL = 50
VERBS: dict[str, Any] = {
    "add": pgettext_lazy("operation", "created"),
    "delete": pgettext_lazy("operation", "deleted"),
    "restore": pgettext_lazy("operation", "restored"),
    "move": pgettext_lazy("operation", "moved along"),
    "won": pgettext_lazy("operation", "won"),
    "lost": pgettext_lazy("operation", "lost"),
    "cancelled": pgettext_lazy("operation", "cancelled"),
    "reopen": pgettext_lazy("operation", "reopened"),
    "assign": pgettext_lazy("operation", "assigned colleagues to"),
    "share": pgettext_lazy("operation", "shared"),
    "withdraw": pgettext_lazy("operation", "withdrew shares of"),
    "import": pgettext_lazy("operation", "imported"),
    "export": pgettext_lazy("operation", "exported"),
    "download": pgettext_lazy("operation", "downloaded"),
    "purge": pgettext_lazy("operation", "erased"),
    "archive": pgettext_lazy("operation", "archived"),
    "password": pgettext_lazy("operation", "changed the password of"),
    "factor_on": pgettext_lazy("operation", "switched a second factor on for"),
    "factor_off": pgettext_lazy("operation", "switched a second factor off for"),
    "factor_reset": pgettext_lazy("operation", "reset the second factor of"),
    "deactivate": pgettext_lazy("operation", "deactivated"),
    "reactivate": pgettext_lazy("operation", "reactivated"),
}


@dataclass(frozen=True)
class Told:
    """One operation, as far as the reader sees its records."""

    operation: Operation
    icon: str
    verb: Any
    subject: str
    url: str
    count: int
    undo: Undoable
    kept: int
    is_more: bool  # than were counted

    @property
    def many(self) -> str:
        """How many records, as a text."""
        said = ngettext("%(n)s record", "%(n)s records", self.count)
        return said % {"n": many(self.count, self.is_more)}

    @property
    def day(self) -> dt.date:
        return timezone.localtime(self.operation.at).date()


class Sight:
    """Which changes a person sees, as a condition on changes: what costs nothing is asked first."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._prepared: Statement | None = None

    @cached_property
    def condition(self) -> Q:
        owned, reads_all = owned_kinds(), self.user.can("journal")
        if reads_all and all(gate.principals(self.user, model.gate_key()) is None for model in owned):
            return Q()
        found = Q(pk__in=[])
        for model in owned:
            found |= Q(of=_type_of(model)) & (Q(self._live(model)) | self._away(model))
        if reads_all:
            hung = [model for model in record_models() if hasattr(model._default_manager, "visible_to")]
            found |= ~Q(of__in=[_type_of(model) for model in {*owned, *hung}])
            for stands in hung:
                if stands not in owned:
                    seen: Any = stands._default_manager
                    found |= Q(of=_type_of(stands)) & Q(_exists(seen.visible_to(self.user)))
        return found

    def _live(self, model: Any) -> Exists:
        mine = gate.principals(self.user, model.gate_key())
        if mine is None:
            return _exists(model.objects.live())
        return Exists(model.access.seen_by(mine).filter(record=OuterRef("record_id")))

    def _away(self, model: Any) -> Q:
        """In the trash: for who restores anything; for anybody else their own deletion alone, which is the way back."""
        away = _exists(gate.might(model.objects.exclude(trashed_at=None), self.user, "view"))
        if self.user.can("restore"):
            return Q(away)
        return Q(kind=Change.Kind.TRASHED, operation__by=self.user.pk) & Q(away)

    def changes(self, operations: Sequence[Operation | int], of: Any = None) -> Any:
        """Those of these operations, or of one kind of record alone."""
        seen = Change.objects.alias(of=sql.Unindexed("model")).filter(self.condition, operation__in=operations)
        return seen if of is None else seen.filter(of=of.pk)

    def first_of(self, operation: Operation, of: Any) -> list[tuple[int, int, str]]:
        """The first of an operation on many records, ``MANY`` and one more: kind and id of the record, kind of change.

        Who sees few is not made to read all of it: theirs are looked up in it. Of somebody else's operation they see
        nothing that lies in the trash.
        """
        if self._few is None or operation.by_id == self.user.pk:
            return self._first_of_any(of)(operation.pk)
        few = Change.objects.alias(within=sql.Unindexed("operation")).filter(self._few, within=operation.pk)
        return list(_first(few if of is None else few.filter(model=of)))

    def _first_of_any(self, of: Any) -> Statement:
        """Composed once for all large operations of the page, which takes longer than to read one."""
        if self._prepared is None:
            text, parameters = _first(self.changes([Statement.MARK], of)).query.sql_with_params()
            self._prepared = Statement(text, parameters, 1)
        return self._prepared

    @cached_property
    def _few(self) -> Q | None:
        """The records that the person sees, if that is all that they see in the journal and they are few."""
        if self.user.can("journal") or self.user.can("restore"):
            return None
        found = Q(pk__in=[])
        for model in owned_kinds():
            ids = gate.visible_ids(model, self.user, FEW)
            if ids is None:
                return None
            found |= Q(model=_type_of(model), record_id__in=ids)
        return found


def _first(changes: Any) -> Any:
    return changes.order_by().values_list("model", "record_id", "kind")[: MANY + 1]


def _exists(records: Any) -> Exists:
    """That the record of a change is among these."""
    return Exists(records.filter(pk=OuterRef("record_id")))


def _type_of(model: Any) -> int:
    return ContentType.objects.get_for_model(model).pk


@require_safe
def index(request: SignedIn) -> HttpResponse:
    filters = read(request)
    told, further = page(request.user, filters, number(request.GET.get("before", "")))
    days: list[tuple[str, list[Told]]] = []
    for one in told:
        heading = dates.full_date(one.day, language())
        if not days or days[-1][0] != heading:
            days.append((heading, []))
        days[-1][1].append(one)
    context = {
        "days": days,
        "shown": len(told),
        "is_filtered": bool(set(request.GET) - {"before"}),
        "before": request.GET.get("before", ""),
        "start": query_with(request.GET, before=""),
        "next": query_with(request.GET, before=str(further)) if further else "",
        "given": request.GET,
        "people": [(str(person.pk), str(person)) for person in User.objects.active()],
        "doors": Door.choices,
        "kinds": [(model.gate_key(), model._meta.verbose_name_plural) for model in owned_kinds()],
        "record": filters.record_name(request.user),
    }
    return render(request, "crm/journal/index.html", context)


@require_safe
def operation(request: SignedIn, pk: int) -> HttpResponse:
    """All that it did to the records that the reader sees, page by page."""
    found = Operation.objects.select_related("by", "job", "undone_by__by").filter(pk=pk).first()
    if found is None:
        raise Http404
    told = tell(request.user, [found], exactly=True)
    if not told:
        raise Http404
    after = number(request.GET.get("after", "")) or 0
    changes = list(Sight(request.user).changes([found]).filter(pk__gt=after).order_by("pk")[: ON_DETAIL + 1])
    shown = changes[:ON_DETAIL]
    undone = Undo.objects.filter(of=found).select_related("job", "operation").first()
    context = {
        "told": told[0],
        "operation": found,
        "rows": rows_of(shown, request.user),
        "next": query_with(request.GET, after=str(shown[-1].pk)) if len(changes) > ON_DETAIL else "",
        "undone": undone,
        "kept": [one for one in stored_lines(undone, request.user, 200) if one.is_seen] if undone else [],
        "running": undone if undone and undone.is_running else None,
    }
    return render(request, "crm/journal/operation.html", context)


# Filters


@dataclass(frozen=True)
class Filters:
    condition: Q
    model: Any = None
    record: int | None = None

    def record_name(self, user: User) -> str:
        if self.model is None or self.record is None:
            return ""
        found = self.model.objects.filter(pk=self.record).visible_to(user, few=True).first()
        return str(found) if found else f"#{self.record}"


def read(request: SignedIn) -> Filters:
    """Who, when, through which door, which kind or record; what cannot be read narrows nothing."""
    given, condition = request.GET, Q()
    if who := number(given.get("who", "")):
        condition &= Q(by=who)
    if given.get("door") in Door.values:
        condition &= Q(door=given["door"])
    for name, lookup, later in (("from", "at__gte", 0), ("to", "at__lt", 1)):
        try:
            day = dates.parse_date(given[name]) + dt.timedelta(days=later) if given.get(name) else None
        except (ValidationError, OverflowError):
            day = None
        if day:
            condition &= Q(**{lookup: timezone.make_aware(dt.datetime.combine(day, dt.time()))})
    kinds = {model.gate_key(): model for model in owned_kinds()}
    model, record = kinds.get(given.get("kind", "")), number(given.get("record", ""))
    return Filters(condition, model, record if model else None)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


# Reading


def page(user: User, filters: Filters, before: int | None) -> tuple[list[Told], int | None]:
    """The next operations before a number, and where to go on from, if anywhere."""
    found: list[Told] = []
    operations = Operation.objects.filter(filters.condition).order_by("-pk")
    if filters.record is not None:
        of = Change.objects.filter(model=ContentType.objects.get_for_model(filters.model), record_id=filters.record)
        operations = operations.filter(pk__in=of.values("operation"))
    for _chunk in range(MOST_CHUNKS):
        chunk = list((operations.filter(pk__lt=before) if before else operations)[:CHUNK])
        for one in tell(user, chunk, filters.model):
            if len(found) == PAGE:
                return found, found[-1].operation.pk
            found.append(one)
        if len(chunk) < CHUNK:
            return found, None
        before = chunk[-1].pk
    return found, before


def tell(user: User, operations: Sequence[Operation], model: Any = None, *, exactly: bool = False) -> list[Told]:
    """These operations as far as the person sees them; those of which they see nothing are left out. Records are
    counted up to ``MANY``, or ``exactly``."""
    of = None if model is None else ContentType.objects.get_for_model(model)
    sight, large = Sight(user), [] if exactly else large_ones([one.pk for one in operations])
    small, big = ([one for one in operations if (one.pk in large) is so] for so in (False, True))
    parts: dict[int, list[tuple[int, int, int]]] = {}
    older: set[int] = set()  # operations that did not only create
    others: set[int] = set()  # that did not only delete
    for pk, content_type, count, record, new, gone in [*_summed(sight.changes(small, of)), *_begun(sight, big, of)]:
        parts.setdefault(pk, []).append((content_type, count, record))
        if new < count:
            older.add(pk)
        if gone < count:
            others.add(pk)
    spent = Undo.restored(parts.keys() - others)
    spent |= {pk for pk, some in parts.items() if not any(_is_taken_back(part[0]) for part in some)}
    seen = Operation.objects.select_related("by", "job", "undone_by__by").annotate(kept=Count("undo_of__lines"))
    full = {one.pk: one for one in seen.filter(pk__in=parts)}
    names = names_of({(part[0], part[2]) for some in parts.values() for part in some if sum(p[1] for p in some) == 1})
    return [
        _told(
            full[one.pk],
            parts[one.pk],
            names,
            "" if one.pk in older else "add",
            Undoable.of(full[one.pk], user, is_spent=one.pk in spent),
            one.pk in large,
        )
        for one in operations
        if one.pk in parts
    ]


def _is_taken_back(content_type: int) -> bool:
    model = ContentType.objects.get_for_id(content_type).model_class()
    return model is not None and issubclass(model, Record) and model.is_taken_back


def large_ones(operations: Sequence[int]) -> list[int]:
    """Those that changed more than ``MANY`` records; no more of them are looked at."""
    changes, operation = Change._meta.db_table, Operation._meta.db_table
    some = f"SELECT 1 FROM {changes} c WHERE c.operation_id = o.id LIMIT {MANY + 1}"
    rows = sql.fetch(
        f"SELECT o.id, (SELECT count(*) FROM ({some}) AS few) FROM {operation} o "
        f"WHERE o.id IN ({sql.in_list(operations)})"
    )
    return [pk for pk, count in rows if count > MANY]


def _summed(changes: Any) -> Any:
    """Operation, kind of record, how many records, one of them, how many of them are new, how many deleted."""
    new, gone = (Count("pk", filter=Q(kind=kind)) for kind in (Change.Kind.CREATED, Change.Kind.TRASHED))
    parts = changes.order_by().values_list("operation", "model")
    return parts.annotate(n=Count("pk"), record=Min("record_id"), new=new, gone=gone)


def _begun(sight: Sight, operations: Sequence[Operation], of: Any) -> list[tuple[int, ...]]:
    """The same of large operations, as far as the first that the person sees: one more than ``MANY`` in all."""
    found = []
    for operation in operations:
        rows: dict[int, list[tuple[int, str]]] = {}
        for content_type, record, kind in sight.first_of(operation, of):
            rows.setdefault(content_type, []).append((record, kind))
        found += [
            (
                operation.pk,
                content_type,
                len(some),
                some[0][0],
                *(sum(one == kind for _, one in some) for kind in (Change.Kind.CREATED, Change.Kind.TRASHED)),
            )
            for content_type, some in rows.items()
        ]
    return found


def _told(
    found: Any,
    parts: list[tuple[int, int, int]],
    names: dict[tuple[int, int], Any],
    otherwise: str,
    undo: Undoable,
    is_large: bool,
) -> Told:
    count = sum(part[1] for part in parts)
    is_more = is_large and count > MANY
    verb = VERBS.get(found.what.rpartition(".")[2]) or VERBS.get(otherwise, pgettext("operation", "changed"))
    url, subject = "", ""
    if count == 1:
        record: Any = names.get((parts[0][0], parts[0][2]))
        subject = str(record) if record is not None else _("an erased record")
        if getattr(record, "trashed_at", None) is None and hasattr(record, "gate_key"):
            url = record.get_absolute_url()
    else:
        subject = ", ".join(
            _counted(content_type, n, is_more) for content_type, n, _record in sorted(parts, key=lambda p: -p[1])
        )
    icon = "undo" if found.undoes_id else DOOR_ICONS[found.door]
    return Told(found, icon, verb, subject, url, count, undo, found.kept, is_more)


def many(count: int, is_more: bool) -> str:
    """``1,200``; of what was not counted to its end, ``1,000+``."""
    return f"{money.format_number(min(count, MANY) if is_more else count, language())}{'+' if is_more else ''}"


def _counted(content_type: int, count: int, is_more: bool) -> str:
    """``12 opportunities``; of a large operation what was counted of them, ``1,000+ opportunities``."""
    meta: Any = ContentType.objects.get_for_id(content_type).model_class()
    name = meta._meta.verbose_name if count == 1 else meta._meta.verbose_name_plural
    return f"{many(count, is_more)} {name}"


def names_of(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Any]:
    """The records themselves, by kind and id; those that the reader sees were chosen before."""
    found: dict[tuple[int, int], Any] = {}
    for content_type in {kind for kind, _pk in wanted}:
        model: Any = ContentType.objects.get_for_id(content_type).model_class()
        rows = model._base_manager.filter(pk__in=[pk for kind, pk in wanted if kind == content_type])
        found |= {(content_type, row.pk): row for row in rows}
    return found


@dataclass(frozen=True)
class Row:
    """One record of an operation."""

    pk: int
    name: str
    url: str
    kind: str
    change: str
    fields: list[Field]


def rows_of(changes: Sequence[Change], reader: User) -> list[Row]:
    records: dict[Any, Any] = names_of({(change.model_id, change.record_id) for change in changes})
    rows = []
    names: dict[int, Names] = {}
    for content_type in {change.model_id for change in changes}:
        model: Any = ContentType.objects.get_for_id(content_type).model_class()
        mine = [change for change in changes if change.model_id == content_type]
        names[content_type] = Names(
            model, mine, reader, [row for key, row in records.items() if key[0] == content_type]
        )
    for change in changes:
        speaks = names[change.model_id]
        of: Any = records.get((change.model_id, change.record_id))
        lives = of is not None and getattr(of, "trashed_at", None) is None and hasattr(of, "gate_key")
        fields = [
            Field(name, speaks.label(name), speaks.text(name, old, change), speaks.text(name, new, change))
            for name, (old, new) in change.fields.items()
            if name not in getattr(speaks.model, "silent_fields", ()) and name != "trashed_at"
        ]
        url = of.get_absolute_url() if lives else ""
        kind = str(speaks.model._meta.verbose_name)
        name = str(of) if of is not None else _("an erased record")
        rows.append(Row(change.record_id, name, url, kind, change.get_kind_display(), fields))
    return rows
