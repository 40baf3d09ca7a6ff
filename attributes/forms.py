"""Forms of tags: setting them up, and choosing some for a record."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attributes.models import Tag
from records.forms import RecordForm
from records.set_up.forms import SetUpForm


class TagForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Tag
        fields = ("name", "colour")


class TagChoice(forms.CheckboxSelectMultiple):
    """Every tag as itself, to be ticked."""

    template_name = "tags/choice.html"

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


class AttributesForm(RecordForm):
    """What the forms of attributed records share: their tags."""

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
