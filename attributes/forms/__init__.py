"""Forms: setting up tags and custom fields, and filling them in on records."""

from attributes.forms.records import AttributesForm, CustomForm, custom_form
from attributes.forms.set_up import FieldForm, GroupForm, NewFieldForm, OptionForm, TagForm

__all__ = [
    "AttributesForm",
    "CustomForm",
    "FieldForm",
    "GroupForm",
    "NewFieldForm",
    "OptionForm",
    "TagForm",
    "custom_form",
]
