"""The rows of a set-up table as a template shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from records.models import SetUpRecord
from records.set_up.forms import SetUpForm


@dataclass(frozen=True)
class Cell:
    """One input of a row."""

    name: str
    label: Any
    widget: SafeString
    unit: Any
    errors: Sequence[Any]
    error_id: str


@dataclass(frozen=True)
class Line:
    """A row: its key in the form, what it is called, its inputs, why it cannot be archived."""

    key: str
    row: SetUpRecord
    name: str
    place: int
    count: int
    lead: Any
    fact: Any
    cells: list[Cell]
    version: BoundField
    is_new: bool
    why_not_archive: str


def line(form: SetUpForm, place: int, count: int, units: Mapping[str, Any], lead: Any, fact: Any) -> Line:
    row: SetUpRecord = form.instance
    name = str(form["name"].value() or _("new row"))
    return Line(
        key=str(form.prefix),
        row=row,
        name=name,
        place=place,
        count=count,
        lead=lead,
        fact=fact,
        cells=[cell(bound, name, units.get(bound.name, "")) for bound in form.visible_fields()],
        version=form["version"],
        is_new=form.is_new,
        why_not_archive="" if form.is_new else row.why_not_archive(),
    )


def cell(bound: BoundField, row: str, unit: Any = "") -> Cell:
    """An input with its name for screen readers; that of a new row's name is where one goes on typing."""
    kind = {"select": "select", "checkbox": "check"}.get(getattr(bound.field.widget, "input_type", ""), "input")
    own = bound.field.widget.attrs.get("class", "")
    attrs: dict[str, Any] = {
        "class": kind if kind == "check" else f"{kind} {kind}--sm {own}".strip(),
        "aria-label": _("%(column)s of %(row)s") % {"column": bound.label, "row": row},
    }
    if bound.name == "name" and str(bound.form.prefix).startswith("new") and not bound.value():
        attrs["autofocus"] = True
    error_id = f"{bound.id_for_label}-error"
    if bound.errors:
        attrs |= {"aria-describedby": error_id, "aria-invalid": "true"}
    widget = bound.as_widget(attrs=attrs)
    return Cell(bound.name, bound.label, widget, unit, bound.errors, error_id)
