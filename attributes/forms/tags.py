"""Choosing tags for a record."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attributes.models import Tag


class TagChoice(forms.CheckboxSelectMultiple):
    """Every tag as itself, to be ticked."""

    template_name = "tags/choice.html"

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The whole is what a sentence about it leads to."""
        return id_ if index is None else super().id_for_label(id_, index)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return option | {"colour": Tag.remembered()[int(value)].colour}


class TagsField(forms.TypedMultipleChoiceField):
    """The ids of tags that may be given, and of those that the record has already."""

    def __init__(self, kept: Collection[int] = ()) -> None:
        offered = [tag for tag in Tag.remembered().values() if not tag.archived_at or tag.pk in kept]
        super().__init__(
            choices=[(tag.pk, tag.name) for tag in offered],
            coerce=int,
            empty_value=[],
            label=_("Tags"),
            required=False,
            widget=TagChoice(),
            error_messages={"invalid_choice": _("This tag is not offered. Choose one from the list.")},
        )

    def clean(self, value: Any) -> list[int]:
        return sorted(set(super().clean(value)))
