"""Forms of records: they know which version they were filled in from, and merge what others saved since (REC-5)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from core import sql
from core.forms import Counted
from records.models import Change, Record


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed since the form was read, and that the form changes too."""

    name: str
    label: Any
    theirs: Any
    by: Any
    at: dt.datetime


class RecordForm(Counted, forms.ModelForm):
    """A form over one record. Parses and explains; the record's verbs write.

    An existing record is edited from the version in ``version``. Fields that only others changed since keep their
    values; a field that both changed is refused once, with both values side by side, and saved as typed if it is sent
    again from the newer version.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    clashes: list[Clash]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clashes = []
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    @property
    def tab_errors(self) -> set[str]:
        return set(self.errors)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        read = cleaned.get("version")
        if self.instance.pk and read is not None and read < self.instance.version:
            self._merge(read)
        return cleaned

    def _merge(self, read: int) -> None:
        """Take over what others changed since version ``read``; note what both changed."""
        for name, (base, change) in changes_since(self.instance, read).items():
            field, now = self.field_of(name), change.fields[name][1]
            if field not in self.cleaned_data:
                continue
            mine = self.plain(field)
            if mine == base:
                self.cleaned_data[field] = self.present(field, now)
                self.fields[field].bound_data = _as_saved  # type: ignore[method-assign]
            elif mine != now:
                operation = change.operation
                clash = Clash(field, self.fields[field].label, self.told(field, now), operation.by, operation.at)
                self.clashes.append(clash)
        if self.clashes:
            self.data: Any = self.data.copy()
            self.data[self.add_prefix("version")] = str(self.instance.version)
            for clash in self.clashes:
                said = _("%(who)s has saved “%(value)s” here meanwhile. Save again to keep what you typed.")
                self.add_error(
                    clash.name, said % {"who": clash.by or _("Somebody"), "value": clash.theirs or _("nothing")}
                )

    def field_of(self, name: str) -> str:
        """The form's field for what the journal calls by this name."""
        return name.removesuffix("_id")

    def present(self, field: str, now: Any) -> Any:
        """What others saved last: of a choice of several records, those; else the instance's own value."""
        choice: Any = self.fields[field]
        if isinstance(choice, forms.ModelMultipleChoiceField):
            queryset: Any = choice.queryset
            return queryset.model._default_manager.filter(pk__in=now)
        return getattr(self.instance, field)

    def told(self, field: str, now: Any) -> Any:
        """The same in words."""
        value = self.present(field, now)
        return ", ".join(map(str, value)) if isinstance(value, models.QuerySet | list) else value

    def plain(self, field: str) -> Any:
        """What was typed, as the journal keeps it."""
        value = self.cleaned_data[field]
        if isinstance(value, models.QuerySet):
            return sorted(value.values_list("pk", flat=True))
        return value.pk if isinstance(value, Record) or hasattr(value, "pk") else sql.plain(value)


def _as_saved(data: Any, initial: Any) -> Any:
    """Shows a field as others saved it, should the form be shown again."""
    return initial


def changes_since(record: Record, version: int) -> dict[str, tuple[Any, Change]]:
    """For each field changed after the version: its value then, and the last change of it."""
    changes = Change.objects.filter(
        model=ContentType.objects.get_for_model(type(record)), record_id=record.pk, version__gt=version
    ).select_related("operation__by")
    found: dict[str, tuple[Any, Change]] = {}
    for change in changes.order_by("id"):
        for name, (old, _new) in change.fields.items():
            found[name] = (found[name][0] if name in found else old, change)
    return found
