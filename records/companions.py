"""The one extension point: what an upper app does along with a lower app's verb, in the same operation, and what it
adds to a lower app's page."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from records.models import Record


class Companion:
    """Hooks of an upper app, set-based; each app overrides what concerns it and is listed in ``COMPANIONS``."""

    def after(self, model: "type[Record]", ids: Sequence[int], changed: Collection[str]) -> None:
        """The records of these ids were written; ``changed`` names the fields."""

    def shown_on(self, record: "Record", request: Any, tab: str) -> Mapping[str, str]:
        """What the app adds to this tab of the record's page, rendered by its own templates, by place: ``actions``,
        ``since`` and ``facts`` of the head, ``count`` of the app’s own tab, ``body``, ``aside``."""
        return {}


@cache
def companions() -> tuple[Companion, ...]:
    return tuple(import_string(path)() for path in settings.COMPANIONS)


def shown_on(record: "Record", request: Any, tab: str) -> dict[str, list[str]]:
    """What all upper apps add to this tab of the record's page, by place."""
    places: dict[str, list[str]] = {}
    for companion in companions():
        for place, html in companion.shown_on(record, request, tab).items():
            places.setdefault(place, []).append(html)
    return places
