"""Setting up tags, custom fields, their groups and the values of their lists (SET-1)."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attributes.kinds import KINDS, Lookup
from attributes.models import CustomField, FieldGroup, FieldOption, Tag
from core.folding import fold
from records.journal import operation
from records.models import Door
from records.set_up.forms import SetUpForm

LISTS = ("list", "multiple_list")
NO_SEMICOLON = _("Without semicolon: it parts values in one cell.")


def without(name: str, signs: str, said: Any) -> str:
    """The name; refused if it holds one of the signs."""
    if any(sign in name for sign in signs):
        raise forms.ValidationError(said)
    return name


class TagForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Tag
        fields = ("name", "colour")

    def clean_name(self) -> str:
        return without(self.cleaned_data["name"], ",;", _("Without comma or semicolon: they part tags in one cell."))


class GroupForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = FieldGroup


class OptionForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = FieldOption

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Value")

    def clean_name(self) -> str:
        return without(self.cleaned_data["name"], ";", NO_SEMICOLON)


class GroupsMixin:
    """Offers the groups of the same kind of record."""

    fields: dict[str, Any]
    instance: Any

    def offer_groups(self) -> None:
        groups = [group for group in FieldGroup.remembered().values() if group.of == self.instance.of]
        kept = [group for group in groups if not group.archived_at or group.pk == self.instance.group_id]
        field = self.fields["group"]
        field.queryset = FieldGroup.objects.filter(pk__in=[group.pk for group in kept])
        field.choices = [("", _("No group")), *((group.pk, group.name) for group in kept)]
        field.widget.choices = field.choices


class FieldForm(GroupsMixin, SetUpForm):
    """A field in its row: what can be changed for good."""

    class Meta(SetUpForm.Meta):
        model = CustomField
        fields = ("name", "group", "required", "filterable")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Field")
        self.fields["filterable"].disabled = KINDS[self.instance.kind].lookup == Lookup.NONE
        self.offer_groups()


class NewFieldForm(GroupsMixin, forms.ModelForm):
    """A field to be added: its kind, which is for good, and the values of its list."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(code, kind.label) for code, kind in KINDS.items()],
        error_messages={"required": _("Choose a kind."), "invalid_choice": _("Choose a kind.")},
    )
    values = forms.CharField(
        label=_("Values"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000
    )

    class Meta:
        model = CustomField
        fields = ("name", "group", "required")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"use_required_attribute": False, "prefix": "field"}
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Give it a name.")
        self.offer_groups()
        for field in self.fields.values():
            field.widget.attrs["form"] = "new-field"
        self.fields["required"].widget.attrs["class"] = "check"

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        taken = self.instance.siblings().named(name)
        if taken is not None:
            raise forms.ValidationError(_("The list has another one of this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lines = [" ".join(line.split()) for line in cleaned.get("values", "").splitlines()]
        apart: dict[str, str] = {}
        for line in filter(None, lines):
            apart.setdefault(fold(line), line)
        cleaned["values"] = values = list(apart.values())
        if cleaned.get("kind") in LISTS and not values:
            self.add_error("values", _("A list needs its values, one per line."))
        if too_long := next((line for line in values if len(line) > 80), None):
            self.add_error("values", gettext("“%(text)s” is longer than 80 characters.") % {"text": too_long})
        elif any(";" in line for line in values):
            self.add_error("values", NO_SEMICOLON)
        return cleaned

    def save_as(self, by: Any) -> CustomField:
        """The field at the end of its list, and the values of its own, in one operation."""
        field: CustomField = self.instance
        field.kind = self.cleaned_data["kind"]
        with operation(by=by, door=Door.SET_UP, what="customfield.add"):
            field.add(by=by)
            if field.kind in LISTS:
                for name in self.cleaned_data["values"]:
                    FieldOption(field=field, name=name).add(by=by)
        return field
