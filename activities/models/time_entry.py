"""Hours spent on an opportunity (ACT-7)."""

from collections.abc import Collection, Mapping
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import today
from opportunities.models import Opportunity
from records import gate
from records.journal import operation
from records.models import Record, RecordQuerySet, Row

A_DAY = 24 * 60


class TimeEntryQuerySet(RecordQuerySet):
    def live(self) -> Self:
        return self.filter(removed_at=None)

    def visible_to(self, user: Any) -> Self:
        return self.live().filter(gate.sees_related(user, Opportunity, "opportunity"))


class TimeEntry(Record):
    away = "removed_at"
    silent_fields = frozenset({"removed_at"})

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="time_entries", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=gettext_lazy("who")
    )
    on = models.DateField(gettext_lazy("day"), default=today)
    minutes = models.PositiveSmallIntegerField(gettext_lazy("duration"))
    note = models.CharField(gettext_lazy("note"), max_length=200, blank=True, default="")
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = TimeEntryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = gettext_lazy("time entry")
        verbose_name_plural = gettext_lazy("time entries")
        ordering = ("-on", "-id")
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__range=(1, A_DAY)), name="time_is_up_to_a_day")
        ]
        indexes = [
            models.Index(fields=["opportunity", "-on", "-id"], name="time_of_opportunity"),
            models.Index(fields=["user", "on"], name="time_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.minutes} min"

    def add(self, *, by: Any, door: str = "form") -> "TimeEntry":
        with operation(by=by, door=door, what="time.add"):
            self.save()
        return self

    def remove(self, *, by: Any, door: str = "form") -> None:
        if self.removed_at is None:
            with operation(by=by, door=door, what="time.remove"):
                self.removed_at = timezone.now()
                self.save()

    @classmethod
    def taken_back_by(cls, user: Any, ids: Collection[int]) -> set[int]:
        """One’s own, and those on an opportunity that one may change; removed ones too."""
        mine = models.Q(user=user.pk) | gate.changes_related(user, Opportunity, "opportunity")
        return set(cls.objects.filter(mine, pk__in=ids).values_list("pk", flat=True))

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        """More than nothing, no more than a day has, not in the future."""
        if row["on"] > today():
            raise ValidationError({"on": _("This day has not come yet.")}, code="future")
        try:
            within_a_day(row["minutes"])
        except ValidationError as error:
            raise ValidationError({"minutes": error.messages}) from None
        others = cls.objects.live().filter(user=row["user_id"], on=row["on"]).exclude(pk=row.get("id"))
        spent = others.aggregate(sum=models.Sum("minutes"))["sum"] or 0
        if row["removed_at"] is None and spent + row["minutes"] > A_DAY:
            raise ValidationError({"minutes": _("A day has 24 hours; others are declared already.")}, code="range")


def within_a_day(minutes: int) -> int:
    """Raises ``ValidationError`` for nothing, and for more than a day has."""
    if not 0 < minutes <= A_DAY:
        raise ValidationError(_("Enter a duration of up to 24 hours, such as 1:30."), code="range")
    return minutes
