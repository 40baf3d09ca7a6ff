"""The one extension point: what an upper app does along with a lower app's verb, in the same operation."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from records.models import Record


class Companion:
    """Hooks of an upper app, set-based; each app overrides what concerns it and is listed in ``COMPANIONS``."""

    def after(self, model: "type[Record]", ids: Sequence[int], changed: Collection[str]) -> None:
        """The records of these ids were written; ``changed`` names the fields."""


@cache
def companions() -> tuple[Companion, ...]:
    return tuple(import_string(path)() for path in settings.COMPANIONS)
