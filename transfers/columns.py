"""A column of an import or export: its name, its widget, what it is called in files, what it feeds."""

from typing import Any

from import_export.fields import Field

from core.folding import fold
from transfers.widgets import Named, Widget


class Column(Field):
    """``attribute`` is the column of the model that it feeds; ``reference`` names what a text is looked up in.

    ``overwrite`` marks the fields that an update leaves alone unless told otherwise (DATA-3). ``synonyms`` are what
    files call it, in French and English; ``heading`` what an export for machines calls it, if not by its name. What is
    ``computed`` is told by an export and read by no import.
    """

    def __init__(
        self,
        label: Any,
        widget: Widget,
        *,
        attribute: str | None = None,
        reference: str | None = None,
        synonyms: str = "",
        overwrite: bool = False,
        exported: bool = True,
        computed: bool = False,
        heading: str = "",
    ) -> None:
        super().__init__(attribute=attribute, widget=widget)
        self.label, self.reference = label, reference
        self.overwrite, self.exported, self.computed, self.heading = overwrite, exported, computed, heading
        self.synonyms = tuple(key(word) for word in synonyms.split("|") if word)

    @property
    def is_name(self) -> bool:
        return isinstance(self.widget, Named)


def key(header: str) -> str:
    """A header as it is compared: folded, words apart, ``OpportunityName`` and ``opportunity_name`` alike."""
    apart = "".join(
        f" {letter}" if letter.isupper() and at and header[at - 1].islower() else letter
        for at, letter in enumerate(header)
    )
    return " ".join("".join(letter if letter.isalnum() else " " for letter in fold(apart)).split())
