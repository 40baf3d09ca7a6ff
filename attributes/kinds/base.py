"""What every kind of custom field says of itself."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import sql

if TYPE_CHECKING:
    from attributes.models import CustomField

LARGEST = 10**12
Entry = tuple[str | None, int | None]
"""What a value is found by: a folded text, or a whole number."""


class Lookup(StrEnum):
    """How a list is narrowed by a field of this kind."""

    TEXT = "text"  # holds this text
    RANGE = "range"  # from, to
    CHOICE = "choice"  # one of these
    NONE = ""


class Kind:
    """One kind. ``plain`` is a value as it is kept; ``value`` what a form reads and begins with."""

    code: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]
    lookup: ClassVar[Lookup]
    numeric: ClassVar[bool] = False  # set in a column of figures

    def input(self, field: "CustomField", kept: Any) -> forms.Field:
        """The form field; ``kept`` is the value that the record has, which stays allowed."""
        raise NotImplementedError

    def plain(self, value: Any) -> Any:
        """What a form read, as it is kept; nothing for a blank."""
        return None if value in (None, "", []) else sql.plain(value)

    def value(self, plain: Any) -> Any:
        return plain

    def text(self, field: "CustomField", plain: Any, speech: str) -> str:
        """The value in the reader's words."""
        return str(plain)

    def html(self, field: "CustomField", plain: Any, speech: str) -> SafeString:
        return format_html("{}", self.text(field, plain, speech))

    def entries(self, plain: Any) -> list[Entry]:
        """What the value is found and sorted by."""
        raise NotImplementedError
