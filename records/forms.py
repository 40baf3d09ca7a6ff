"""Forms of records: they know which version they were filled in from, and merge what others saved since (REC-5)."""

from typing import Any

from django import forms
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import sql
from core.forms import Counted
from core.merging import merged
from records.merging import BOTH, MINE, THEIRS, Clash, Difference, changes_since, told
from records.models import Change, Record

DASHES, NOTHING = BLANK_CHOICE_DASH[0][1], "–"


class RecordForm(Counted, forms.ModelForm):
    """A form over one record. Parses and explains; the record's verbs write.

    An existing record is edited from the version in ``version``. Fields that only others changed since keep their
    values (``adopted``); a field that both changed is refused once, with both values side by side (``clashes``). It is
    saved as typed if it is sent again from the newer version, or as ``keep-<field>`` says if that was decided on the
    present version (``decided``).
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    user: Any = None  # who reads what is shown of others' changes
    clashes: list[Clash]
    adopted: list[Difference]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clashes, self.adopted = [], []
        self.read_version: int | None = None
        for field in self.fields.values():
            blank_as_dash(field)
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    @property
    def tab_errors(self) -> set[str]:
        return set(self.errors)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        read = cleaned.get("version")
        if self.instance.pk and read is not None and read < self.instance.version:
            self.read_version = read
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
                self._take(field, self.present(field, now))
                self.adopted.append(self._difference(field, base, now, change.operation.by))
            elif mine != now:
                self._settle(field, (base, now, mine), change)
        if self.clashes:
            self.data: Any = self.data.copy()
            self.data[self.add_prefix("version")] = str(self.instance.version)
            for clash in self.clashes:
                said = _("%(who)s has saved “%(value)s” here meanwhile. Save again to keep what you typed.")
                self.add_error(clash.name, said % {"who": clash.by or _("Somebody"), "value": clash.theirs})

    def _settle(self, field: str, values: tuple[Any, Any, Any], change: Change) -> None:
        """What both changed: as was decided, if it was decided on what is there now; else it clashes."""
        base, now, mine = values
        is_text = isinstance(self.fields[field].widget, forms.Textarea) and all(isinstance(v, str) for v in values)
        both = merged(base, mine, now) if is_text else ""
        choice = self.data.get(self.add_prefix(f"keep-{field}"), "")
        choice = choice if choice in (MINE, THEIRS, BOTH) else ""
        decided = self.data.get(self.add_prefix("decided")) == str(self.instance.version)
        if choice and decided and "preview" not in self.data:
            if choice == THEIRS:
                self._take(field, self.present(field, now))
            elif choice == BOTH and both:
                self.cleaned_data[field] = both
            return
        before, theirs, typed = (self.told(field, value) for value in values)
        if mine is None and self.cleaned_data[field] is not None:
            typed = str(self.cleaned_data[field])  # a record that will be made along with this one
        label, by, at = self.fields[field].label, change.operation.by, change.operation.at
        self.clashes.append(Clash(field, label, before, theirs, typed, both, by, at, choice or MINE))

    def _take(self, field: str, value: Any) -> None:
        self.cleaned_data[field] = value
        self.fields[field].bound_data = _as_saved  # type: ignore[method-assign]

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was typed, as pairs, for a page that asks only what both changed."""
        asked = {"csrfmiddlewaretoken", "version", "decided", "preview"}
        return [
            (name, value)
            for name, values in self.data.lists()
            if name not in asked and not name.startswith("keep-")
            for value in values
        ]

    @property
    def outcome(self) -> list[tuple[Any, str]]:
        """What will be saved, as far as anybody changed it: the field, and its value."""
        decided = [(clash.label, clash.outcome) for clash in self.clashes]
        return decided + [(one.label, one.new) for one in (*self.adopted, *self.own)]

    @cached_property
    def own(self) -> list[Difference]:
        """What only this form changes."""
        others = {*(clash.name for clash in self.clashes), *(one.name for one in self.adopted)}
        names = [name for name in self.changed_data if name not in others and name in self.cleaned_data]
        pairs = {name: (self._before(name), self.plain(name)) for name in names}
        return [self._difference(name, old, new) for name, (old, new) in pairs.items() if old != new]

    def _before(self, field: str) -> Any:
        was = self.instance.was
        value = was.get(f"{field}_id", was.get(field, self.initial.get(field)))
        return sorted(value) if isinstance(value, list | set) else sql.plain(value)

    def _difference(self, field: str, old: Any, new: Any, by: Any = None) -> Difference:
        return Difference(field, self.fields[field].label, self.told(field, old), self.told(field, new), by)

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

    def told(self, field: str, value: Any) -> str:
        """A value as the journal keeps it, in the reader's words."""
        if not isinstance(self.instance, Record):  # the house: plain values
            return str(value)
        return told(self.instance, self.user, f"{field}_id" if f"{field}_id" in self.instance.was else field, value)

    def plain(self, field: str) -> Any:
        """What was typed, as the journal keeps it."""
        value = self.cleaned_data[field]
        if isinstance(value, models.QuerySet):
            return sorted(value.values_list("pk", flat=True))
        return value.pk if isinstance(value, Record) or hasattr(value, "pk") else sql.plain(value)


def _as_saved(data: Any, initial: Any) -> Any:
    """Shows a field as others saved it, should the form be shown again."""
    return initial


def blank_as_dash(field: forms.Field) -> None:
    """A blank choice reads as everywhere else."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = NOTHING if field.empty_label == DASHES else field.empty_label
    elif isinstance(field, forms.ChoiceField):
        given: Any = field.choices
        choices = list(given)
        if choices[:1] == [("", DASHES)]:
            field.choices = [("", NOTHING), *choices[1:]]
