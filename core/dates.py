"""Dates as people type them, and as the reader's language writes them."""

import datetime as dt
import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.folding import fold

MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),
}
MONTHS_LONG = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
}
DAYS_LONG = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
}
DAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun".split(),
    "fr": "lun. mar. mer. jeu. ven. sam. dim.".split(),
}
A_WEEK = 7

_WORDS = {
    fold(name).rstrip("."): number
    for names in (*MONTHS.values(), *MONTHS_LONG.values())
    for number, name in enumerate(names, 1)
} | {"sept": 9}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ]\d.*)?")
_NAMED = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er|st|nd|rd|th)?[-/. ]+([a-z]+)\.?[-/., ]+(\d{4}|\d{2})(?: .*)?")
_NAMED_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?: .*)?")
_PERIODS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<word>[a-z]+)\.?(?:[-/. ]*(?P<year>\d{4})|(?:[-/]| ?['’])(?P<short>\d{2}))",
        r"(?P<month>\d{1,2})[-/. ](?P<year>\d{4})",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
        r"(?P<part>[tqsh]) ?(?P<number>[1-4])(?:[-/. ]*(?P<year>\d{4})|[-/](?P<short>\d{2}))",
        r"(?P<year>\d{4})[-/. ]*(?P<part>[tqsh]) ?(?P<number>[1-4])",
        r"(?P<number>[1-4]) ?(?:er|e|eme|nd|st|rd|th) (?P<part>trimestre|quarter|semestre|half),? (?P<year>\d{4})",
    )
)
_MONTHS_IN = {"t": 3, "q": 3, "s": 6, "h": 6}
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def today() -> dt.date:
    """Today, in the current time zone."""
    return timezone.localdate()


def a_year_before(day: dt.date) -> dt.date:
    """The same day of the year before; the 28th for a 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def parse_date(text: str, *, order: str = "dmy") -> dt.date:
    """A date as people type it: ``2026-11-24``, ``24/11/2026``, ``24.11.26``, ``24 nov. 2026``, ``Nov 24, 2026``.

    ``order`` (``dmy``, ``mdy`` or ``ymd``) says how a date of numbers is read. Two-digit years are 1970 to 2069.
    Raises ``ValidationError`` with a sentence for whoever typed it.
    """
    bare = " ".join(text.split())
    if found := _ISO.fullmatch(bare) or (_COMPACT.fullmatch(bare) if order == "ymd" else None):
        year, month, day = found.groups()
    elif found := _NUMBERS.fullmatch(bare):
        day, month, year = found.groups()
        if order == "mdy":
            day, month = month, day
        elif order == "ymd":
            day, year = year, day
    elif found := _NAMED.fullmatch(fold(bare)):
        day, word, year = found.groups()
        month = str(_WORDS.get(word.rstrip("."), 0))
    elif found := _NAMED_FIRST.fullmatch(fold(bare)):
        word, day, year = found.groups()
        month = str(_WORDS.get(word.rstrip("."), 0))
    else:
        raise ValidationError(_("Enter a date, such as 24/11/2026."), code="invalid")
    full_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
    try:
        return dt.date(full_year, int(month), int(day))
    except ValueError:
        raise ValidationError(_("This date does not exist."), code="absent") from None


def parse_period(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of a month, a quarter or a half-year as people write them: ``déc. 2026``, ``Dec-26``,
    ``12/2026``, ``T3 2026``, ``2026-Q3``, ``1er semestre 2026``; nothing for another text."""
    bare = fold(" ".join(text.split()))
    found = next((found for pattern in _PERIODS if (found := pattern.fullmatch(bare))), None)
    if found is None:
        return None
    said = {"word": "", "month": "0", "part": "", "short": ""} | found.groupdict()
    months = _MONTHS_IN[said["part"][0]] if said["part"] else 1
    month = (int(said["number"]) - 1) * months + 1 if said["part"] else int(said["month"] or 0)
    month = month or _WORDS.get(said["word"], 0)
    year = int(said["year"] or f"20{said['short']}")
    if not (1 <= month <= 12 and 1900 <= year <= 2199):
        return None
    later = month + months
    end = dt.date(year + (later > 12), later - 12 * (later > 12), 1) - dt.timedelta(days=1)
    return dt.date(year, month, 1), end


@lru_cache(maxsize=8192)
def short_date(day: dt.date, language: str, this_year: int) -> str:
    """``13 nov.``, with the year if it is not this one: ``15 janv. 2027``."""
    text = f"{day.day} {MONTHS[language][day.month - 1]}"
    return text if day.year == this_year else f"{text} {day.year}"


def near_date(day: dt.date, language: str, now: dt.date) -> str:
    """Within a week the weekday, ``ven. 27``; else ``1 déc.``."""
    if abs((day - now).days) < A_WEEK:
        return f"{DAYS[language][day.weekday()]} {day.day}"
    return short_date(day, language, now.year)


def long_date(day: dt.date, language: str) -> str:
    """``13 novembre 2026``; the first of a month is ``1er`` in French."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {MONTHS_LONG[language][day.month - 1]} {day.year}"


def long_month(day: dt.date, language: str) -> str:
    """``novembre 2026``."""
    return f"{MONTHS_LONG[language][day.month - 1]} {day.year}"


def full_date(day: dt.date, language: str) -> str:
    """``lundi 23 novembre``: the heading of a day in a history."""
    name = f"{DAYS_LONG[language][day.weekday()]} {long_date(day, language)}"
    name = name.removesuffix(f" {today().year}")
    return name[:1].upper() + name[1:]
