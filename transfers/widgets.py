"""How each kind of column reads a cell and writes a value: import-export's widgets, over typed cells.

A cell is a text, a number, a boolean, ``{"d": "2026-11-24"}`` or ``{"e": "#DIV/0!"}``. ``parser`` gives the function
that reads a column's cells once it is decided how its dates and numbers are written.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import widgets

from attributes.kinds.numbers import parse_number
from attributes.kinds.texts import parse_link
from core import dates, money
from core.folding import fold
from transfers.sheet import SERIAL, shown

Parser = Callable[[Any], Any]
_ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
_WHOLE = re.compile(r"(\d+)[.,]0$")  # as other programs write a whole number in a column with blank cells
_FORMULA_LIKE = re.compile(r"'*[=+\-@\t\r]")


def neutral(text: str) -> str:
    """A text that a spreadsheet program would take for a formula, led by an apostrophe (DATA-9)."""
    return f"'{text}" if _FORMULA_LIKE.match(text) else text


def plain_text(text: str) -> str:
    """The text as it was before ``neutral``."""
    return text[1:] if text[:1] == "'" and _FORMULA_LIKE.match(text) else text


def writable(text: str) -> str:
    """The text as a workbook can hold it: without signs that XML lacks, with its line ends."""
    return text if text.isprintable() else text.translate(_ILLEGAL).replace("\r\n", "\n").replace("\r", "\n")


def as_kept(text: str) -> str:
    """What an exported text is when it comes home."""
    return writable(text).strip()


def comes_home(text: str, kept: Any) -> bool:
    """Whether a cell’s text is the kept one, exported: programs change line ends, CSV adds an apostrophe."""
    return isinstance(kept, str) and as_kept(text) in (as_kept(kept), as_kept(plain_text(kept)))


class Widget(widgets.Widget):
    """``clean`` and ``render`` as import-export calls them; ``parser`` for whole columns."""

    numeric = False

    @property
    def is_dashed(self) -> bool:
        """Whether a lone dash means none: of numbers and dates, not of texts."""
        return self.numeric

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        return self.read

    def read(self, cell: Any) -> Any:
        raise NotImplementedError

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return None if value is None else self.parser(**kwargs)(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """For machines: blank for none."""
        return "" if value is None else str(value)

    def show(self, value: Any, speech: str) -> str:
        """For a spreadsheet of this language."""
        return self.render(value)


class Text(Widget):
    def __init__(self, longest: int | None = None) -> None:
        super().__init__()
        self.longest = longest

    def read(self, cell: Any) -> str:
        if not isinstance(cell, str):
            if isinstance(cell, dict) and "e" in cell:
                raise ValidationError(_("The cell holds an error of the spreadsheet program."))
            return shown(cell)
        text = plain_text(cell.strip())
        if self.longest is not None and len(text) > self.longest:
            raise ValidationError(
                _("At most %(most)s characters; this has %(n)s.") % {"most": self.longest, "n": len(text)}
            )
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return neutral(value) if value else ""


class Texts(Text):
    """Several texts in one cell, apart by semicolons or line ends."""

    def read(self, cell: Any) -> Any:
        parts = [part.strip() for part in re.split(r"[;\n]", super().read(cell))]
        return [part for part in parts if part]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return neutral("; ".join(value)) if value else ""


class Words(Texts):
    """Several of a managed list in one cell, apart by semicolons, line ends or commas."""

    def read(self, cell: Any) -> Any:
        return [word.strip() for part in super().read(cell) for word in part.split(",") if word.strip()]


class Number(Widget):
    """Any number, exact, as text."""

    numeric = True

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        @lru_cache(4096)
        def of_text(text: str) -> Decimal:
            return parse_number(text, decimal=decimal)

        def read(cell: Any) -> Decimal:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                return parse_number(format(Decimal(repr(cell)), "f"), decimal=".")
            return of_text(shown(cell).strip())

        return read

    def show(self, value: Any, speech: str) -> str:
        text = self.render(value)
        return text.replace(".", ",") if speech == "fr" else text


class Link(Text):
    """A web or e-mail address; no other leads anywhere."""

    def read(self, cell: Any) -> str:
        text = super().read(cell)
        return parse_link(text) if text else ""


class Id(Widget):
    numeric = True

    def read(self, cell: Any) -> int:
        text = _WHOLE.sub(r"\1", shown(cell).strip().removeprefix("#"))
        if not text.isascii() or not text.isdecimal() or len(text) > 18:
            raise ValidationError(_("An ID is a whole number."))
        return int(text)


class WholeNumber(Widget):
    numeric = True

    def __init__(self, least: int = 0, most: int = 2_000_000_000) -> None:
        super().__init__()
        self.least, self.most = least, most

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        @lru_cache(4096)
        def of_text(text: str) -> int:
            number = money.parse_number(text.rstrip().removesuffix("%"), decimal=decimal)
            if number != number.to_integral_value():
                raise ValidationError(_("Enter a whole number."))
            return self._checked(int(number))

        def read(cell: Any) -> int:
            if isinstance(cell, int) and not isinstance(cell, bool):
                return self._checked(cell)
            return of_text(shown(cell).strip())

        return read

    def _checked(self, number: int) -> int:
        if not self.least <= number <= self.most:
            said = _("Enter a whole number between %(least)s and %(most)s.")
            raise ValidationError(said % {"least": self.least, "most": self.most})
        return number


class Percent(WholeNumber):
    """0 to 100; a number between 0 and 1 in a cell of numbers is a share."""

    def __init__(self) -> None:
        super().__init__(0, 100)

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        whole = super().parser(order=order, decimal=decimal)

        def read(cell: Any) -> int:
            if isinstance(cell, float) and 0 < cell < 1:
                return round(cell * 100)
            return int(whole(cell))

        return read


class Amount(Widget):
    numeric = True

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        @lru_cache(4096)
        def of_text(text: str) -> Decimal:
            return money.parse_amount(text, decimal=decimal)

        def read(cell: Any) -> Decimal:
            if isinstance(cell, str):
                return of_text(cell)
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                return money.parse_amount(format(Decimal(repr(cell)), "f"), decimal=".")
            raise ValidationError(_("Enter an amount, such as 12 000,50."))

        return read

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else money.plain(money.to_units(value))

    def show(self, value: Any, speech: str) -> str:
        text = self.render(value)
        return text.replace(".", ",") if speech == "fr" else text


class Exact(Amount):
    """An amount that is kept as it is written: of at most three decimals (OPP-12)."""

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        amount = super().parser(order=order, decimal=decimal)

        def read(cell: Any) -> Decimal:
            try:
                number: Decimal = amount(cell)
            except ValidationError as error:
                raise self.refusal(error) from None
            if number != round(number, money.SCALE):
                raise ValidationError(_("Enter at most three decimals."))
            return self.checked(number)

        return read

    def checked(self, number: Decimal) -> Decimal:
        return number

    def refusal(self, error: ValidationError) -> ValidationError:
        return error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else exact(money.to_units(value))


class Quantity(Exact):
    """More than nothing."""

    def checked(self, number: Decimal) -> Decimal:
        if number == 0:
            raise ValidationError(_("Enter a quantity above 0."))
        return number

    def refusal(self, error: ValidationError) -> ValidationError:
        return ValidationError(_("Enter a quantity above 0.")) if error.code == "negative" else error


def exact(units: int) -> str:
    """Thousandths with the decimals that they have: ``12``, ``0.125``."""
    return format(money.from_units(units).normalize(), "f")


class Date(Widget):
    """A day; of a month or a quarter alone the last one, or the ``first``; of a number the day that Excel counts."""

    is_dashed = True

    def __init__(self, *, first: bool = False) -> None:
        super().__init__()
        self.first = first

    def parser(self, *, order: str = "dmy", decimal: str | None = None) -> Parser:
        @lru_cache(4096)
        def of_text(text: str) -> dt.date:
            if period := dates.parse_period(text):
                return period[0 if self.first else 1]
            if SERIAL.fullmatch(text):
                return of_serial(float(text))
            return dates.parse_date(text, order=order)

        def read(cell: Any) -> dt.date:
            if isinstance(cell, str):
                return of_text(cell.strip())
            if isinstance(cell, dict) and "d" in cell:
                return dt.date.fromisoformat(cell["d"][:10])
            if isinstance(cell, int | float) and not isinstance(cell, bool) and SERIAL.fullmatch(str(cell)):
                return of_serial(cell)
            raise ValidationError(_("Enter a date, such as 24/11/2026."))

        return read

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else value.isoformat()

    def show(self, value: Any, speech: str) -> str:
        return "" if value is None else f"{value:%d/%m/%Y}"


def of_serial(days: float) -> dt.date:
    """The day of a number that Excel shows where a cell has lost its format: days since the end of 1899."""
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(days))


class Choice(Widget):
    """One of a few codes; their labels in both languages are read too."""

    def __init__(self, choices: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.codes = {fold(word): code for code, words in choices.items() for word in (code, *words)}

    def read(self, cell: Any) -> str:
        code = self.codes.get(fold(shown(cell)))
        if code is None:
            allowed = ", ".join(dict.fromkeys(self.codes.values()))
            raise ValidationError(_("Unknown; write one of: %(allowed)s.") % {"allowed": allowed})
        return code


class Named(Text):
    """The name of something else: resolved for the whole chunk at once, through the gate (transfers.references)."""


NUMBERS = (Amount, Number, Percent, WholeNumber)  # which a decimal sign makes a difference to
