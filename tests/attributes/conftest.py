"""Custom fields of every kind, as an administrator would set them up."""

import pytest

from attributes.models import CustomField, FieldOption

KINDS = "text long_text number money date yes_no list multiple_list link person".split()


def make_field(name, kind="text", *, of="opportunity", values=(), **given):
    field = CustomField(name=name, kind=kind, of=of, **given).add(by=None)
    for value in values:
        FieldOption(field=field, name=value).add(by=None)
    return field


def option(field, name):
    return FieldOption.objects.get(field=field, name=name).pk


@pytest.fixture
def every_kind(db):
    """One field of each kind, by kind."""
    values = {"list": ("A", "B", "C"), "multiple_list": ("Water", "Gas", "Heat")}
    return {kind: make_field(f"My {kind}", kind, values=values.get(kind, ())) for kind in KINDS}
