"""A task in one line: ``Call Odile Lecanu tomorrow 10h #8093`` (ACT-5). What is understood leaves the title."""

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from core import dates
from core.folding import fold

RELATIVE = {
    "today": 0, "aujourd'hui": 0, "aujourd’hui": 0,
    "tomorrow": 1, "demain": 1,
}  # fmt: skip
WEEKDAYS = {fold(name): day for names in dates.DAYS_LONG.values() for day, name in enumerate(names)}
CATEGORY_WORDS = {
    "phone": {"call", "phone", "appeler", "rappeler", "telephoner"},
    "mail": {"mail", "email", "e-mail", "write", "ecrire", "envoyer", "send"},
    "calendar": {"meet", "meeting", "visit", "reunion", "rdv", "rencontrer", "visiter"},
}
_RECORD = re.compile(r"(?:^|\s)#(\d{1,18})\b")
_TIME = re.compile(r"(?:^|\s)(?:à |at )?(\d{1,2})(?:[:hH](\d{2})?|\s?([ap]m))(?=\s|$)", re.IGNORECASE)
_DATE = re.compile(r"(?:^|\s)(?:le |on )?(\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?)(?=\s|$)", re.IGNORECASE)
_LEFT = re.compile(r"\s+(?:le|on|at|à|pour|for)$", re.IGNORECASE)


@dataclass
class Quick:
    """What a line says."""

    title: str
    due_on: dt.date | None = None
    due_time: dt.time | None = None
    opportunity: int | None = None
    icon: str = ""


def parse(line: str, now: dt.date) -> Quick:
    """Read a line; whatever is not understood stays in the title."""
    found = Quick(" ".join(line.split()))
    if match := _RECORD.search(found.title):
        found.opportunity = int(match[1])
        found.title = _without(found.title, match)
    _date(found, now)
    _time(found)
    if found.due_on is None and (found.due_time or not found.title):
        found.due_on = now if found.due_time else None
    found.title = _LEFT.sub("", found.title).strip(" ,;")
    first = fold(found.title.split(" ")[0]) if found.title else ""
    found.icon = next((icon for icon, words in CATEGORY_WORDS.items() if first in words), "")
    return found


def _date(found: Quick, now: dt.date) -> None:
    if match := _DATE.search(found.title):
        text = match[1]
        if text.count("/") + text.count(".") == 1:
            text = f"{text}/{now.year}"
        try:
            found.due_on = dates.parse_date(text)
        except ValidationError:
            return
        if match[1] != text and found.due_on < now:
            found.due_on = found.due_on.replace(year=now.year + 1)
        found.title = _without(found.title, match)
        return
    words = found.title.split(" ")
    for at, word in enumerate(words):
        bare = fold(word).strip(",.;")
        days = RELATIVE.get(bare)
        if days is None and bare in WEEKDAYS:
            days = (WEEKDAYS[bare] - now.weekday() - 1) % 7 + 1
        if days is not None:
            found.due_on = now + dt.timedelta(days=days)
            found.title = " ".join(words[:at] + words[at + 1 :])
            return


def _time(found: Quick) -> None:
    match = _TIME.search(found.title)
    if match is None:
        return
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour < 24 and minute < 60:
        found.due_time = dt.time(hour, minute)
        found.title = _without(found.title, match)


def _without(text: str, match: "re.Match[str]") -> str:
    return " ".join((text[: match.start()] + " " + text[match.end() :]).split())
