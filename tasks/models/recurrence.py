"""When a recurring task comes again (ACT-4): every n days, weeks, months or years, from its first due date.

A month's 31st falls on the last day of a shorter month, and a 29 February on the 28th, without being forgotten: the
months after it are counted from the first due date, not from the last one. Due times are wall clock, so that a change
of time moves nothing.
"""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from django.db import models
from django.utils.translation import gettext_lazy as _

ALL_DAYS = range(7)


class Unit(models.TextChoices):
    NEVER = "", _("Does not repeat")
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


@dataclass(frozen=True)
class Recurrence:
    """``weekdays`` is a mask, bit 0 for Monday, of the days of a weekly one; 0 means the weekday of the first."""

    unit: str
    every: int
    first: dt.date
    weekdays: int = 0
    until: dt.date | None = None

    def days(self) -> Iterator[dt.date]:
        """All its days, from the first on, without end unless it has one."""
        for day in self._days():
            if self.until is not None and day > self.until:
                return
            yield day

    def next_after(self, day: dt.date) -> dt.date | None:
        """The first of its days after this one; none if it is over."""
        start = max((day - self.first).days, 0)
        for found in self._from(start):
            if self.until is not None and found > self.until:
                return None
            if found > day:
                return found
        return None

    def _days(self) -> Iterator[dt.date]:
        return self._from(0)

    def _from(self, days: int) -> Iterator[dt.date]:
        """Its days in order, without those that lie long before so many days after the first."""
        if self.unit == Unit.DAY:
            for at in count(days // self.every):
                yield self.first + dt.timedelta(days=at * self.every)
        elif self.unit == Unit.WEEK:
            yield from self._weekly(days)
        else:
            months = self.every * (12 if self.unit == Unit.YEAR else 1)
            for at in count(max(days // 31 // months - 1, 0)):
                yield months_later(self.first, at * months)

    def _weekly(self, days: int) -> Iterator[dt.date]:
        monday = self.first - dt.timedelta(days=self.first.weekday())
        wanted = [day for day in ALL_DAYS if self.weekdays >> day & 1] or [self.first.weekday()]
        for at in count(days // 7 // self.every):
            for day in wanted:
                found = monday + dt.timedelta(weeks=at * self.every, days=day)
                if found >= self.first:
                    yield found


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
