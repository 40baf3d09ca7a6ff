"""What a name in a cell stands for: looked up for many cells at once, always through the gate (GIVE-4, DATA-4, DATA-5).

What the importer may not see is as if it were absent: not found, not suggested.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.folding import fold
from users.models import User

SUGGESTIONS = 3


class Several:
    """A name that fits more than one."""


SEVERAL = Several()
Found = dict[str, Any]  # text → id, SEVERAL, or absent


@dataclass(frozen=True)
class Suggestion:
    value: str
    label: str


class Reference:
    """One kind of thing that cells name."""

    label: ClassVar[Any]
    never: ClassVar[Any] = ""  # why an import creates none, whoever runs it; blank where that is a matter of rights
    cutoff: ClassVar[float] = 0.6  # how alike a candidate is at least

    def __init__(self, user: User) -> None:
        self.user = user

    def find(self, texts: Collection[str]) -> Found:
        raise NotImplementedError

    def kept(self, ids: Collection[int]) -> Collection[int]:
        """Those of these ids, chosen earlier, that may still be chosen."""
        return ids

    def chosen(self, decided: Mapping[str, Any]) -> Found:
        """What texts were decided to stand for, as far as it may still be chosen: a job asks again (GIVE-4)."""
        found = {text: int(value) if str(value).isdecimal() else value for text, value in decided.items()}
        kept = self.kept({value for value in found.values() if isinstance(value, int)})
        return {text: value if not isinstance(value, int) or value in kept else None for text, value in found.items()}

    def candidates(self) -> Iterable[tuple[str, str]]:
        """What a text may be replaced by: value and label."""
        raise NotImplementedError

    def may_create(self) -> bool:
        return False

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """Create what these texts name, inside the operation; the ids by text."""
        raise NotImplementedError

    def nearest(self, text: str) -> list[Suggestion]:
        """The candidates most like the text."""
        return self.nearest_of([text])[text]

    def nearest_of(self, texts: Collection[str]) -> dict[str, list[Suggestion]]:
        by_name: dict[str, tuple[str, str]] = {}
        for value, label in self.candidates() if texts else ():
            by_name.setdefault(fold(self.bare(label)), (value, label))
        return {text: [Suggestion(*by_name[name]) for name in self.close(text, by_name)] for text in texts}

    def close(self, text: str, names: Iterable[str]) -> list[str]:
        return get_close_matches(fold(text), list(names), n=SUGGESTIONS, cutoff=self.cutoff)

    def bare(self, label: str) -> str:
        """What of a label is compared."""
        return label

    def unknown(self, texts: Collection[str]) -> dict[str, str]:
        """The sentences for texts that stand for nothing."""
        found = {}
        for text, near in self.nearest_of(texts).items():
            names = _("Nearest: %(names)s.") % {"names": ", ".join(one.label for one in near)} if near else ""
            found[text] = f"{self.said(text)} {names}".rstrip()
        return found

    def said(self, text: str) -> str:
        return _("“%(text)s” is not set up here.") % {"text": text}

    def ambiguous(self, text: str) -> str:
        """The sentence for a text that fits several."""
        return _("“%(text)s” fits several. Write its ID, or rename one.") % {"text": text}


def exact(text: str) -> str:
    """What must match a set-up name: everything but case and white space at the ends (DATA-4)."""
    return " ".join(text.split()).casefold()
