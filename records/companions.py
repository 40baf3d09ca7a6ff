"""The one extension point: what an upper app does along with a lower app's verb, in the same operation, and what it
adds to a lower app's page."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from records.models import Record, Row

    Leaving = Mapping[type[Record], Collection[int]]
    """Ids, by the kind of record."""


class FormPart:
    """What an upper app asks in the form by which a record is made: its inputs stand in the form, are checked with it
    and saved in the same operation."""

    fields: Mapping[str, Any] = {}

    def check(self, form: Any, cleaned: Mapping[str, Any]) -> Mapping[str, str]:
        """What is wrong, by the name of the input."""
        return {}

    def save(self, record: "Record", by: Any) -> None:
        """The record is made; inside its operation."""

    def render(self, form: Any, request: Any) -> str:
        return ""


class Companion:
    """Hooks of an upper app, set-based; each app overrides what concerns it and is listed in ``COMPANIONS``."""

    def after(self, model: "type[Record]", ids: Sequence[int], changed: Collection[str]) -> None:
        """The records of these ids were written; ``changed`` names the fields."""

    def keeps(self, model: "type[Record]", ids: Collection[int], by: Any, leaving: "Leaving") -> Mapping[int, str]:
        """Which of these records cannot be deleted, and why, as this person may know it; those that are ``leaving``
        keep nothing any more."""
        return {}

    def goes_along(self, model: "type[Record]", ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """What of the app leaves with these records and returns with them, in words: ``3 lines``."""
        return {}

    def purging(self, model: "type[Record]", ids: Sequence[int]) -> None:
        """These records are about to be gone for good: what of the app stays names them no more."""

    def erase(self, model: "type[Record]", ids: Sequence[int]) -> None:
        """Inside an erasure: what the app keeps of the values of these records, beside its own records, is erased."""

    def asks(self) -> Mapping[str, Any]:
        """What a stage may ask for before an opportunity enters it (SET-4): a label for each code."""
        return {}

    def missing(self, rows: "Sequence[Row]", codes: Collection[str]) -> Mapping[int, Collection[str]]:
        """Which of these codes each opportunity lacks, by its place among the rows (SET-4)."""
        return {}

    def part_of_form(self, model: "type[Record]") -> FormPart | None:
        """What the app asks where a record of this kind is made (NEW-4)."""
        return None

    def bulk_actions(self) -> Sequence[tuple[Any, Any]]:
        """What the app lets one do to many opportunities at once: each action with its form (BULK-2). One with the
        code of another takes its place."""
        return ()

    def shown_on(self, record: "Record", request: Any, tab: str) -> Mapping[str, str]:
        """What the app adds to this tab of the record's page, rendered by its own templates, by place: ``actions``,
        ``since`` and ``facts`` of the head, ``count`` of the app’s own tab, ``body``, ``tabs``, ``then``,
        ``above`` the history, ``aside`` and ``aside_end``."""
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


def parts_of_form(model: "type[Record]") -> list[FormPart]:
    """What all upper apps ask where a record of this kind is made."""
    found = (companion.part_of_form(model) for companion in companions())
    return [part for part in found if part is not None]


def asked_labels() -> dict[str, Any]:
    """What a stage may ask for, by code (SET-4)."""
    return {code: label for companion in companions() for code, label in companion.asks().items()}
