"""Which days a house works: the weekdays it works on, and its holidays, those that move with Easter too (SET-1)."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dateutil.easter import easter
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.models import House
from core.models.house import per_set_up
from records.models import Record, Row, SetUpRecord

FURTHEST = 150  # days from Easter
MONDAY_TO_FRIDAY = 0b0011111


class Holiday(SetUpRecord):
    """A day on which the house does not work, whichever weekday it falls on."""

    class Rule(models.TextChoices):
        YEARLY = "yearly", gettext_lazy("each year")
        EASTER = "easter", gettext_lazy("by Easter")
        ONCE = "once", pgettext_lazy("a holiday falls", "once")

    rule_name = models.CharField(gettext_lazy("falls"), max_length=6, choices=Rule, default=Rule.YEARLY)
    on = models.DateField(pgettext_lazy("of a holiday", "date"), null=True, blank=True)
    after_easter = models.SmallIntegerField(gettext_lazy("days after Easter"), null=True, blank=True)

    class Meta(SetUpRecord.Meta):
        verbose_name = gettext_lazy("holiday")
        verbose_name_plural = gettext_lazy("holidays")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rule_name="easter", after_easter__isnull=False, on=None)
                | models.Q(rule_name__in=("yearly", "once"), after_easter=None, on__isnull=False),
                name="a_holiday_has_a_date_or_its_distance_from_easter",
            )
        ]

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        """What the rule does not use is blank. Raises ``ValidationError`` where it lacks what it uses."""
        moves = row["rule_name"] == cls.Rule.EASTER
        row["on" if moves else "after_easter"] = None
        if moves and row["after_easter"] is None:
            raise ValidationError({"after_easter": _("Say how many days after Easter Sunday.")}, code="required")
        if not moves and row["on"] is None:
            raise ValidationError({"on": _("Enter the date.")}, code="required")

    def falls_in(self, year: int) -> dt.date | None:
        """Its date in this year; none if it has none, as a 29 February or a day of another year."""
        if self.rule_name == self.Rule.EASTER:
            return easter(year) + dt.timedelta(days=self.after_easter or 0)
        if self.on is None or (self.rule_name == self.Rule.ONCE and self.on.year != year):
            return None
        try:
            return self.on.replace(year=year)
        except ValueError:
            return None

    def next_from(self, day: dt.date) -> dt.date | None:
        """The first time it falls on this day or later, within eight years: a 29 February may be that far."""
        found = (self.falls_in(year) for year in range(day.year, day.year + 9))
        return next((one for one in found if one is not None and one >= day), None)


class WorkingWeek(Record):
    """The weekdays on which the house works: bit 0 for Monday. One row; as long as there is none, Monday to Friday."""

    undo_ability = "set_up"

    days = models.PositiveSmallIntegerField(gettext_lazy("working days"), default=MONDAY_TO_FRIDAY)

    class Meta:
        verbose_name = gettext_lazy("working days")
        verbose_name_plural = gettext_lazy("working days")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=127), name="a_house_works_on_some_day_of_the_week"
            )
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "WorkingWeek":
        return cls.objects.order_by("pk").first() or cls()

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        House.set_up_changed()
        super().follow(ids, changed)


@per_set_up
def worked() -> int:
    """The mask of the weekdays on which the house works."""
    return WorkingWeek.current().days


@per_set_up
def holidays_in(year: int) -> frozenset[dt.date]:
    """The house's holidays of a year."""
    rows = [row for row in Holiday.remembered().values() if row.archived_at is None]
    return frozenset(day for row in rows if (day := row.falls_in(year)) is not None)


@per_set_up
def working_days_in(year: int) -> tuple[int, ...]:
    """The ordinals of the days of a year on which the house works."""
    first, last = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()
    free, mask = {day.toordinal() for day in holidays_in(year)}, worked()
    return tuple(day for day in range(first, last + 1) if mask >> (day - 1) % 7 & 1 and day not in free)


def is_working_day(day: dt.date) -> bool:
    return bool(worked() >> day.weekday() & 1) and day not in holidays_in(day.year)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The so-manieth working day after this one; 0 is the day itself if the house works then, else the next it does."""
    year, ordinal = day.year, day.toordinal()
    days = working_days_in(year)
    at = bisect_right(days, ordinal) + count - 1 if count else bisect_left(days, ordinal)
    while at >= len(days):
        at -= len(days)
        year += 1
        days = working_days_in(year)
    return dt.date.fromordinal(days[at])


def working_days_before(day: dt.date, count: int) -> dt.date:
    """The so-manieth working day before this one; 0 is the day itself if the house works then, else the last it did."""
    year, ordinal = day.year, day.toordinal()
    days = working_days_in(year)
    at = bisect_left(days, ordinal) - count if count else bisect_right(days, ordinal) - 1
    while at < 0:
        year -= 1
        days = working_days_in(year)
        at += len(days)
    return dt.date.fromordinal(days[at])
