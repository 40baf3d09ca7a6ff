"""What the forms of attributed records share: their custom fields and their tags (OPP-9, OPP-13)."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from attributes.forms.tags import TagsField
from attributes.kinds.choices import Ticks
from attributes.models import CustomField, Tag
from attributes.models.attributed import put
from attributes.models.field import active_fields
from core.templatetags.components import language
from records.forms import RecordForm
from records.models import split

REQUIRED = _("Fill in this field.")


class CustomForm(RecordForm):
    """The custom fields of a record, each as its kind is typed. A field that the form was sent without stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom: dict[str, CustomField] = {}
        for field in active_fields(self.instance.attributed):
            kept = self.instance.custom.get(field.key)
            one = field.way.input(field, kept)
            one.label, one.required = field.name, field.required
            one.error_messages["required"] = REQUIRED
            one.widget.is_required = field.required
            if isinstance(one.widget, Ticks):
                one.widget.attrs["aria-label"] = field.name
            self.fields[field.input_name] = one
            self.initial.setdefault(field.input_name, field.way.value(kept))
            self.custom[field.input_name] = field

    @property
    def custom_fields(self) -> list[tuple[str, list[BoundField]]]:
        """The inputs by group; the first group may have no name."""
        groups: dict[str, list[BoundField]] = {}
        for name, field in self.custom.items():
            groups.setdefault(field.group.name if field.group else "", []).append(self[name])
        return list(groups.items())

    def field_of(self, name: str) -> str:
        kind, key = split(name)
        return f"cf_{key}" if kind == "custom" else super().field_of(name)

    def plain(self, field: str) -> Any:
        own = self.custom.get(field)
        return own.way.plain(self.cleaned_data[field]) if own else super().plain(field)

    def present(self, field: str, now: Any) -> Any:
        own = self.custom.get(field)
        return own.way.value(now) if own else super().present(field, now)

    def told(self, field: str, now: Any) -> Any:
        own = self.custom.get(field)
        if own is None:
            return super().told(field, now)
        return "" if now is None else own.way.text(own, now, language())

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        typed = {
            field.key: self.plain(name)
            for name, field in self.custom.items()
            if name in self.cleaned_data and not self._is_omitted(name)
        }
        self.instance.custom = put(self.instance.custom, typed)

    def _is_omitted(self, name: str) -> bool:
        widget = self.fields[name].widget
        return bool(widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name)))


class AttributesForm(CustomForm):
    """The form of a whole record: its tags, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.tag_ids() if self.instance.pk else set()
        self.fields["tags"] = TagsField(kept)
        self.initial.setdefault("tags", sorted(kept))

    def present(self, field: str, now: Any) -> Any:
        return now if field == "tags" else super().present(field, now)

    def told(self, field: str, now: Any) -> Any:
        if field != "tags":
            return super().told(field, now)
        tags = Tag.remembered()
        return ", ".join(str(tags[pk]) for pk in now if pk in tags)

    def save_attributes(self) -> None:
        """Inside the operation that saves the record: write what hangs on it."""
        self.instance.set_tags(self.cleaned_data["tags"])


def custom_form(record: Any, data: Any = None) -> CustomForm:
    """The form of a record's custom fields alone."""
    form: Any = forms.modelform_factory(type(record), form=CustomForm, fields=())
    made: CustomForm = form(data, instance=record)
    return made
