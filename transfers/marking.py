"""How an exported workbook knows its export, and an export what it held (DATA-11).

The workbook carries the number of its export, signed, on a hidden sheet, which spreadsheet programs keep. What the
cells held then is not kept twice: the export keeps the version of each record, and the journal leads back to it.
"""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable

from django.core.signing import BadSignature, Signer

SHEET = "_crm"
_SIGNER = Signer(salt="transfers.export")


def mark_of(export_id: int) -> str:
    """What the workbook carries."""
    return _SIGNER.sign(str(export_id))


def export_id_of(mark: str) -> int | None:
    """Whose mark this is; nobody's, if this house did not sign it."""
    try:
        return int(_SIGNER.unsign(mark))
    except (BadSignature, ValueError):
        return None


class Versions:
    """The version of each of many records, some five bytes a record."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self.ids, self.versions = array("q"), array("i")
        for pk, version in sorted(pairs):
            self.ids.append(pk)
            self.versions.append(version)

    def of(self, pk: int) -> int | None:
        at = bisect_left(self.ids, pk)
        return self.versions[at] if at < len(self.ids) and self.ids[at] == pk else None

    def __len__(self) -> int:
        return len(self.ids)

    def packed(self) -> bytes:
        steps = array("q", [pk - before for before, pk in zip([0, *self.ids], self.ids, strict=False)])
        return zlib.compress(steps.tobytes() + self.versions.tobytes(), 1)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Versions":
        found, content = cls(), zlib.decompress(packed)
        count = len(content) // (found.ids.itemsize + found.versions.itemsize)
        end = count * found.ids.itemsize
        steps = array("q", content[:end])
        at = 0
        for step in steps:
            at += step
            found.ids.append(at)
        found.versions.frombytes(content[end:])
        return found
