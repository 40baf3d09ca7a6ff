"""Days told relative to today: *this month*, *last 30 days*, *none* (LIST-2)."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Span = tuple[dt.date, dt.date]

NONE = "none"
NAMED: dict[str, Any] = {
    "today": gettext_lazy("today"),
    "last_week": gettext_lazy("last week"),
    "this_week": gettext_lazy("this week"),
    "next_week": gettext_lazy("next week"),
    "last_month": gettext_lazy("last month"),
    "this_month": gettext_lazy("this month"),
    "next_month": gettext_lazy("next month"),
    "last_quarter": gettext_lazy("last quarter"),
    "this_quarter": gettext_lazy("this quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "last_year": gettext_lazy("last year"),
    "this_year": gettext_lazy("this year"),
    "next_year": gettext_lazy("next year"),
}
_PLACES = {"last": -1, "this": 0, "next": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = re.compile(r"(last|next)_([1-9]\d{0,3})")


def is_span(code: str) -> bool:
    return code in NAMED or _DAYS.fullmatch(code) is not None


def span(code: str, today: dt.date) -> Span:
    """The first and the last day of a period; ``last_30`` is the 30 days up to today, ``next_30`` those from today."""
    if found := _DAYS.fullmatch(code):
        days = dt.timedelta(days=int(found[2]) - 1)
        return (today - days, today) if found[1] == "last" else (today, today + days)
    if code == "today":
        return today, today
    place, unit = code.split("_")
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=_PLACES[place])
        return monday, monday + dt.timedelta(days=6)
    months = _MONTHS[unit]
    first = (today.year * 12 + today.month - 1) // months * months + _PLACES[place] * months
    return _first_of(first), _first_of(first + months) - dt.timedelta(days=1)


def told(code: str) -> str:
    """What a period is called: ``this month``, ``last 30 days``."""
    if found := _DAYS.fullmatch(code):
        days = int(found[2])
        if found[1] == "last":
            return ngettext("last %(n)s day", "last %(n)s days", days) % {"n": days}
        return ngettext("next %(n)s day", "next %(n)s days", days) % {"n": days}
    return _("none") if code == NONE else str(NAMED[code])


def _first_of(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)
