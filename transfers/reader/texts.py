"""Reads texts: separators, quotes, encodings."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transfers.reader.limits import Limits, Refusal, limited

SEPARATORS = ",;\t|"
_SAID = re.compile(r"sep=(.)\r?\n")  # how Excel is told the separator
LONGEST_CELL = 32_767  # what Excel holds in one


def unzipped(path: Path, limits: Limits) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(limits.unpacked + 1)
    except (OSError, EOFError, ValueError):
        raise Refusal("truncated") from None
    if len(content) > limits.unpacked:
        raise Refusal("bomb")
    return content


def read_text(content: bytes, name: str, limits: Limits) -> Iterator[Any]:
    text, encoding = decoded(content)
    del content
    text = text.replace("\x00", "")
    said = _SAID.match(text)
    separator = said[1] if said else separator_of(text, name)
    csv.field_size_limit(LONGEST_CELL * 40)
    yield {"kind": "csv", "encoding": encoding, "separator": separator}
    rows = csv.reader(lines_of(text), delimiter=separator, skipinitialspace=False)
    try:
        for at, row in enumerate(limited(rows, limits)):
            yield [cell if cell != "" else None for cell in row] if at or not said else []
    except csv.Error as error:
        raise Refusal("broken", str(error)) from None


def lines_of(text: str) -> Iterator[str]:
    """Lines with their ends; a lone carriage return ends a line too, as on old Macs."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    return io.StringIO(text, newline="")


def decoded(content: bytes) -> tuple[str, str]:
    """BOM first, then UTF-8 strictly, then UTF-16 by its zero bytes, then Windows-1252."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                raise Refusal("truncated") from None
    sample = content[:4096]
    evens, odds = sample[0::2].count(0), sample[1::2].count(0)
    if max(evens, odds) > len(sample) // 5:
        encoding = "utf-16-be" if evens > odds else "utf-16-le"
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            raise Refusal("binary") from None
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    control = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    if control > len(sample) // 50:
        raise Refusal("binary")
    return content.decode("cp1252", errors="replace"), "windows-1252"


def separator_of(text: str, name: str) -> str:
    """The sign that splits the rows into as many cells as the first, else as most, the more the better."""
    sample = text[:65_536]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = "\t" if name.lower().endswith((".tsv", ".tab")) else ",", 0.0
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines_of(sample), delimiter=separator) if any(row)][:200]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=0)
        for width, weight in ((widths[0] if widths else 0, 1.0), (usual, 0.9)):
            score = weight * widths.count(width) / max(len(widths), 1) * (width**0.3)
            if width > 1 and score > best_score:
                best, best_score = separator, score
    return best
