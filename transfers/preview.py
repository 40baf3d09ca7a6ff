"""What the dry run found, as a page shows it (DATA-7)."""

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from attributes.models import CustomField, Tag
from core import dates, money
from core.models import House
from core.templatetags.components import language
from records.models import OwnedRecord, split
from transfers.added import TAGS, field_of, is_added
from transfers.models import Import, ImportConflict, ImportLine
from transfers.people import INVOLVED, told
from transfers.planning import Outcome
from transfers.reasons import said
from transfers.resources import RESOURCES
from transfers.widgets import Exact, Quantity

PAGE, CHUNK = 50, 1_000
HIDDEN = "…"
LABELS = {
    Outcome.CREATED: "created",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.SKIPPED: "skipped",
    Outcome.REFUSED: "refused",
}


def preview_of(imported: Import, request: HttpRequest) -> dict[str, Any]:
    """The tallies, and one page of the rows of one kind."""
    counts = imported.counts
    shown = request.GET.get("show", "")
    if shown not in LABELS.values():
        order = (Outcome.UPDATED, Outcome.CREATED, Outcome.REFUSED, Outcome.UNCHANGED, Outcome.SKIPPED)
        shown = next((str(outcome) for outcome in order if counts.get(outcome)), str(Outcome.CREATED))
    after = request.GET.get("after", "0")
    lines = imported.lines.filter(
        run=False, outcome=shown, number__gt=int(after) if after.isdecimal() and len(after) < 19 else 0
    )
    page = list(lines.order_by("number")[: PAGE + 1])
    texts = Texts(imported, page)
    return {
        "counts": {str(outcome): counts.get(outcome, 0) for outcome in Outcome},
        "doing": counts.get(Outcome.CREATED, 0) + counts.get(Outcome.UPDATED, 0),
        "withheld": counts.get("withheld", 0),
        "warned": counts.get("warned", 0),
        "conflicts": counts.get("conflicts", 0),
        "undecided": imported.conflicts.filter(run=False, choice="").count() if counts.get("conflicts") else 0,
        "new": new_names(imported, counts),
        "shown": shown,
        "shown_of": counts.get(shown, 0),
        "headings": texts.headings(),
        "lines": [texts.line(line) for line in page[:PAGE]],
        "next": page[PAGE - 1].number if len(page) > PAGE else None,
    }


def new_names(imported: Import, counts: dict[str, int]) -> list[dict[str, Any]]:
    """What is created besides: accounts, people, stages named by rows."""
    columns = RESOURCES[imported.kind].columns()
    return [
        {"label": columns[name.removeprefix("new_")].label, "rows": count}
        for name, count in counts.items()
        if name.startswith("new_")
    ]


SUMMARY = {
    "opportunity": ("account_id", "stage_id", "status", "amount", "due_on", "closed_on", "owner_id"),
    "account": ("code", "kind", "city", "country", "phones", "owner_id"),
    "contact": ("role", "account_id", "emails", "phones", "owner_id"),
    "line": ("product_id", "category_id", "quantity", "unit_price", "unit_cost", "months"),
}


def hidden_of(imported: Import, ids: Collection[int | None]) -> set[int]:
    """Those of these records that whoever imports does not see, or not any more (GIVE-4)."""
    of = [pk for pk in set(ids) if pk is not None]
    model: type[OwnedRecord] = RESOURCES[imported.kind].record()
    seen: set[int] = set()
    for start in range(0, len(of), CHUNK):
        rows = model.objects.filter(pk__in=of[start : start + CHUNK]).visible_to(imported.by, few=True)
        seen |= set(rows.values_list("pk", flat=True))
    return set(of) - seen


class Texts:
    """Turns the journal's values of a page of lines into texts: of records that whoever imports sees now, others are
    not named (GIVE-4)."""

    def __init__(self, imported: Import, lines: list[ImportLine], conflicts: Sequence[ImportConflict] = ()) -> None:
        self.imported = imported
        self.speech = language()
        self.resource = RESOURCES[imported.kind]
        self.model = self.resource.record()
        self.fields = {field.attname: field for field in self.resource.model._meta.concrete_fields}
        self.widgets = {column.attribute: column.widget for column in self.resource.columns().values()}
        self.names: dict[str, dict[int, str]] = {}
        self.hidden = hidden_of(imported, [one.about_id for one in (*lines, *conflicts)])
        shown = [line.details for line in lines if line.outcome in (Outcome.UPDATED, Outcome.CREATED)]
        shown += [{one.details["field"]: [one.details["base"], one.details["here"]]} for one in conflicts]
        for name, related in self._related().items():
            ids = {pk for details in shown for value in _sides(details.get(name)) for pk in _ids(value)}
            if ids and related:
                rows = related._default_manager.filter(pk__in=ids)
                if issubclass(related, OwnedRecord):
                    rows = rows.visible_to(imported.by)
                self.names[name] = {row.pk: str(row) for row in rows}

    def _related(self) -> dict[str, Any]:
        """What the ids of a column are of, and of what hangs on the record."""
        hanging = {name: one.model for name, one in self.model.hanging_fields().items() if one.model and name != TAGS}
        return {name: field.related_model for name, field in self.fields.items()} | {
            name: apps.get_model(model) for name, model in hanging.items()
        }

    def conflict(self, one: ImportConflict) -> dict[str, Any]:
        """The three values of a cell, who wrote the present one, and which was chosen."""
        field, column = one.details["field"], RESOURCES[self.imported.kind].columns().get(one.column)
        file = one.details["file"]
        said = isinstance(file, str) and (column is None or column.reference)
        hides = one.about_id in self.hidden
        return {
            **{name: getattr(one, name) for name in ("pk", "number", "record_id", "choice")},
            "name": self._name(one),
            "label": column.label if column is not None else self._label(field),
            "base": HIDDEN if hides else self._text(field, one.details["base"]),
            "here": HIDDEN if hides else self._text(field, one.details["here"]),
            "file": Truncator(file).chars(120) or _("empty") if said else self._text(field, file),
            "who": one.operation.by or _("the system"),
            "at": one.operation.at,
        }

    def line(self, line: ImportLine) -> dict[str, Any]:
        details: list[Any] = []
        hides = line.about_id in self.hidden
        if line.outcome == Outcome.UPDATED and hides:
            details = [{"label": "", "old": HIDDEN, "new": HIDDEN}]
        elif line.outcome == Outcome.UPDATED:
            silent = self.model.silent_fields
            details = [
                {"label": self._label(name), "old": self._text(name, old), "new": self._text(name, new)}
                for name, (old, new) in line.details.items()
                if name not in silent
            ] or [{"label": "", "old": "", "new": ""}]
        elif line.outcome == Outcome.CREATED:
            details = [HIDDEN if hides else self._text(name, line.details.get(name)) for name in self.summary()]
        elif line.outcome == Outcome.REFUSED:
            details = [
                {"column": column, "value": value, "message": HIDDEN if hides else said(message)}
                for column, value, message in line.details
            ]
        return {
            "number": line.number,
            "pk": line.record_id,
            "name": self._name(line),
            "details": details,
            "lacking": self._lacking(line) if line.outcome == Outcome.CREATED else [],
        }

    def _name(self, one: ImportLine | ImportConflict) -> str:
        return _("a record you do not see") if one.name and one.about_id in self.hidden else one.name

    def _lacking(self, line: ImportLine) -> list[str]:
        """The required fields of which the new record has no value, by name."""
        fields = CustomField.remembered()
        return [fields[pk].name for pk in line.details.get("lacking", ()) if pk in fields]

    def headings(self) -> list[Any]:
        """What is shown of a new record."""
        return [self._label(name) for name in self.summary()]

    def summary(self) -> list[str]:
        """What is shown of a new record: the usual, and what the file brings of tags and custom fields."""
        fed = self.imported.settings.fields
        added = [f"custom:{field.pk}" if (field := field_of(name)) else name for name in fed if is_added(name)]
        people = ["people", "colleagues", "roles"] if "people" in fed else []
        return [*SUMMARY[self.imported.kind], *people, *added]

    def _label(self, name: str) -> Any:
        hanging = self.resource.hanging(name)
        return hanging.called(split(name)[1]) if hanging else self.fields[name].verbose_name

    def _text(self, name: str, value: Any) -> str:
        field, hanging = self.fields.get(name), self.resource.hanging(name)
        if value in (None, "", [], {}):
            return _("empty")
        if name == INVOLVED:
            return Truncator(told(value)).chars(120)
        if hanging and hanging.text_of:
            return Truncator(hanging.text_of(split(name)[1], value)).chars(120)
        if name == "tags" and isinstance(value, list):
            tags = Tag.remembered()
            return ", ".join(str(tags[pk]) for pk in value if pk in tags)
        if name in self.names and not isinstance(value, str):
            return ", ".join(self.names[name].get(pk, "…") for pk in _ids(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        widget = self.widgets.get(name)
        if isinstance(widget, Quantity):
            return money.format_quantity(Decimal(value), self.speech)
        if isinstance(widget, Exact):
            return money.typed_amount(Decimal(value), self.speech)
        if isinstance(field, money.MoneyField):
            return money.format_money(Decimal(value), House.current().currency, self.speech)
        if isinstance(field, models.DateField):
            return dates.short_date(dt.date.fromisoformat(value), self.speech, dates.today().year)
        if field is not None and field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return Truncator(", ".join(map(str, value)) if isinstance(value, list) else str(value)).chars(120)


def _ids(value: Any) -> list[int]:
    """The ids that a value holds: one, or several."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, int) and not isinstance(one, bool)]


def _sides(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
