"""Why a file is refused, and how much of one is read."""

from collections.abc import Iterator
from typing import Any


class Refusal(Exception):
    """The file is refused; ``code`` says why, ``detail`` what it is instead."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Limits:
    def __init__(self, rows: int, columns: int, unpacked: int) -> None:
        self.rows, self.columns, self.unpacked = rows, columns, unpacked


def limited(rows: Iterator[list[Any]], limits: Limits) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        if number > limits.rows + 1:
            raise Refusal("too_many_rows")
        if len(row) > limits.columns:
            while row and row[-1] in (None, ""):
                row = row[:-1]
            if len(row) > limits.columns:
                raise Refusal("too_many_columns")
        yield row
