"""Why rows are refused, kept in each language of the house, said in the reader's."""

from collections.abc import Sequence
from typing import Any

from core.templatetags.components import language
from transfers.planning import Planned


class Reasons:
    """The problems of refused rows, in the language in which they were planned, then in others."""

    def __init__(self, refused: Sequence[Planned]) -> None:
        self.language = language()
        self.found: dict[int, list[list[Any]]] = {
            row.number: [[one.column, one.value, {self.language: one.message}] for one in row.problems]
            for row in refused
        }

    def add(self, planned: Sequence[Planned]) -> None:
        """The same rows, planned in the language that is now active."""
        for row in planned:
            problems = self.found[row.number]
            if len(row.problems) == len(problems):
                for kept, problem in zip(problems, row.problems, strict=True):
                    kept[2][language()] = problem.message

    def of(self, row: Planned) -> list[list[Any]]:
        """``[[column, value, {"en": …, "fr": …}]]``"""
        return self.found[row.number]


def said(message: dict[str, str] | str, speech: str = "") -> str:
    """A kept message in the reader's language, else in the one there is."""
    if isinstance(message, str):
        return message
    return message.get(speech or language()) or next(iter(message.values()), "")
