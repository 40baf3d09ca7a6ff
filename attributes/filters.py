"""Narrowing a list by tags: any of several, or all of them (OPP-9, LIST-2)."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attributes.models import Tag
from attributes.models.tag import active_tags
from core.filters import Among, Declared, Options
from records.pointing import pointed_at

TAG_NAMES = ("tag", "tags")


class TagFilter(Among):
    """What ``tag`` asks depends on ``tags``, beside it in the same form."""

    def condition(self, value: Any) -> models.Q:
        return tag_condition(self.parent._meta.model, self.parent.form.cleaned_data)

    def told(self, value: Any, user: Any) -> str:
        return told(self.parent.form.cleaned_data)

    def options(self, user: Any) -> Options:
        return tag_choices()


class AnyOrAll(Declared, django_filters.ChoiceFilter):
    def condition(self, value: Any) -> models.Q:
        return models.Q()


class TagFilters(django_filters.FilterSet):
    """``tag``, repeated: with any of them; with ``tags=all``, with all of them."""

    tag = TagFilter(label=gettext_lazy("Tags"))
    tags = AnyOrAll(choices=[("all", gettext_lazy("All of these tags"))])


def tag_condition(model: type[Any], given: dict[str, Any]) -> models.Q:
    """The condition that the filters ``tag`` and ``tags`` make."""
    ids: Sequence[int] = given["tag"]
    if not ids:
        return models.Q()
    rows = model.tagging_model().objects
    if given.get("tags") != "all":
        return pointed_at(rows.filter(tag__in=ids))
    condition = models.Q()
    for pk in ids:
        condition &= pointed_at(rows.filter(tag=pk))
    return condition


def told(given: dict[str, Any]) -> str:
    """The chosen tags in the reader's words."""
    tags = Tag.remembered()
    names = [tags[pk].name if pk in tags else f"#{pk}" for pk in given["tag"]]
    return (_(" and ") if given.get("tags") == "all" else _(" or ")).join(names)


def tag_choices() -> list[tuple[Any, str]]:
    return [(tag.pk, tag.name) for tag in active_tags()]
