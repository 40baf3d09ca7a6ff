"""What hangs on a record without being a column of it: its shares, the people assigned, its lines, its custom values.

It is journalled with the record, under a name of its own or, where there are many of a kind, under a name and a key:
``assignees``, ``custom:12``. Whatever takes a change back, merges it or makes it in bulk writes it by ``write``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Write = Callable[[str, Mapping[int, Any]], None]
WriteKeys = Callable[[Mapping[int, Mapping[str, Any]]], None]


@dataclass(frozen=True)
class Hanging:
    """One kind of what hangs on a record.

    ``label`` is what the history calls it; ``label_of`` says it by key, where each has a name of its own. ``model``
    names what its ids are of, if they are ids; else ``text_of`` may say a value by key in the reader's words.
    ``write(key, {record id: value})`` runs inside an operation: it gives each of these records exactly this value, as
    the journal keeps values, writes it to the journal and brings the access index in line; where there is none, only
    the verb that wrote it can. ``write_keys({record id: {key: value}})`` does so for all keys with the same few
    statements: of a kind of which a record has as many as one likes.
    """

    label: Any
    model: str = ""
    write: Write | None = None
    label_of: Callable[[str], Any] | None = None
    text_of: Callable[[str, Any], str] | None = None
    write_keys: WriteKeys | None = None

    def called(self, key: str) -> Any:
        """What the history calls it."""
        return self.label_of(key) if self.label_of and key else self.label

    def write_all(self, wanted: Mapping[int, Mapping[str, Any]]) -> None:
        """Give each of these records these values by key, at once if that is possible."""
        if self.write_keys is not None:
            self.write_keys(wanted)
            return
        assert self.write is not None
        for key in sorted({key for values in wanted.values() for key in values}):
            self.write(key, {pk: values[key] for pk, values in wanted.items() if key in values})


def split(name: str) -> tuple[str, str]:
    """``custom:12`` taken apart; the key is blank where there is one of a kind."""
    kind, _, key = name.partition(":")
    return kind, key
