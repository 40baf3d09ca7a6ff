"""The base of the records that a house adds to: accounts, contacts, opportunities."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attributes.models.field import CustomField
from attributes.models.tagging import Taggable
from core.templatetags.components import language
from records.journal import Values
from records.models import Hanging

CHUNK = 1_000


class AttributedRecord(Taggable):
    """A record with tags and custom values. ``custom`` holds a value by field, blanks left out; it is replaced, never
    changed in place. The journal tells each field apart, as ``custom:12``."""

    attributed: ClassVar[str]  # which fields are its own

    custom: Any = models.JSONField(gettext_lazy("custom fields"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Its page; what the house adds to it has its addresses under it."""
        raise NotImplementedError

    @classmethod
    def value_model(cls) -> Any:
        return cls._meta.get_field("custom_values").related_model

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            **super().hanging_fields(),
            "custom": Hanging(
                gettext_lazy("custom fields"),
                write=lambda key, wanted: cls.set_custom_rows({pk: {key: value} for pk, value in wanted.items()}),
                label_of=label_of,
                text_of=text_of,
                write_keys=cls.set_custom_rows,
            ),
        }

    @classmethod
    def set_custom_rows(cls, wanted: Mapping[int, Mapping[str, Any]]) -> None:
        """Inside an operation: give each of these records these values by field, ``None`` for none; others stay."""
        ids = sorted(wanted)
        for start in range(0, len(ids), CHUNK):
            befores = list(cls.objects.filter(pk__in=ids[start : start + CHUNK]).values(*cls.columns()))
            rows = [{**before, "custom": put(before["custom"], wanted[before["id"]])} for before in befores]
            cls.change_rows(rows, befores)

    @classmethod
    def journalled(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        values = super().journalled(row)
        custom = values.pop("custom", {})
        return values | {f"custom:{key}": plain for key, plain in custom.items()}

    @classmethod
    def differences(cls, before: Mapping[str, Any], after: Mapping[str, Any]) -> Values:
        fields = super().differences(before, after)
        if pair := fields.pop("custom", None):
            was, now = pair
            keys = sorted({*was, *now}, key=int)
            fields |= {f"custom:{key}": [was.get(key), now.get(key)] for key in keys if was.get(key) != now.get(key)}
        return fields

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        if "custom" in changed:
            cls.value_model().follow(ids)
        super().follow(ids, changed)


def put(custom: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Custom values with some of them set, blank ones left out."""
    return {key: plain for key, plain in {**custom, **values}.items() if plain not in (None, "", [])}


def label_of(key: str) -> Any:
    field = CustomField.remembered().get(int(key))
    return field.name if field else _("a custom field")


def text_of(key: str, plain: Any) -> str:
    field = CustomField.remembered().get(int(key))
    return field.way.text(field, plain, language()) if field else str(plain)
