"""Reads a text, plain or packed, piece by piece: it is never whole in memory."""

import gzip
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from transfers.reader.encodings import encoding_of
from transfers.reader.kinds import texts_in
from transfers.reader.limits import Limits, Refusal, limited
from transfers.reader.quoting import SAID, form_of, rows_of

NAMES = {"cp1252": "windows-1252"}
PIECE = 1 << 20
SAMPLE = 65_536  # letters
_UNSEEN = re.compile("[\x00\ufeff]")


class Source:
    """A file's bytes, unpacked as they are read; as often as needed."""

    def __init__(self, path: Path, kind: str, limits: Limits) -> None:
        self.path, self.kind, self.limits = path, kind, limits

    def open(self) -> IO[bytes]:
        if self.kind == "gzip":
            return io.BufferedReader(gzip.open(self.path))
        if self.kind == "zipped":
            archive = zipfile.ZipFile(self.path)
            return archive.open(texts_in(archive)[0])
        return self.path.open("rb")

    def pieces(self) -> Iterator[bytes]:
        """All of it. Raises ``Refusal`` for a packed file that is cut off, or unpacks to too much."""
        read = 0
        try:
            with self.open() as file:
                while piece := file.read(PIECE):
                    read += len(piece)
                    if read > self.limits.unpacked:
                        raise Refusal("bomb")
                    yield piece
        except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile, NotImplementedError):
            raise Refusal("truncated") from None


def read_text(source: Source, name: str) -> Iterator[Any]:
    encoding, errors = encoding_of(source.pieces)
    with source.open() as file, io.TextIOWrapper(file, encoding, errors, newline="") as text:
        lines = map(plain, text)
        first = beginning(lines)
        form = form_of(first, name)
        yield {"kind": "csv", "encoding": NAMES.get(encoding, encoding), "separator": form.separator}
        said = SAID.match("".join(first[:1]))
        rows = rows_of(itertools.chain(first, lines), form)
        for at, row in enumerate(limited(rows, source.limits)):
            yield [cell if cell != "" else None for cell in row] if at or not said else []


def plain(line: str) -> str:
    """Without signs that nobody sees: zero bytes, and marks where two files were joined."""
    return _UNSEEN.sub("", line) if "\x00" in line or "\ufeff" in line else line


def beginning(lines: Iterator[str]) -> list[str]:
    found, length = [], 0
    for line in lines:
        found.append(line)
        length += len(line)
        if length > SAMPLE:
            break
    return found
