"""Tracks: named, ordered sets of task templates whose dates are counted from an end, a start or each other (ACT-6)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import SetUpQuerySet, SetUpRecord
from tasks.models.category import TaskCategory
from tasks.models.priority import Priority
from tasks.models.working_days import working_days_after, working_days_before

FURTHEST = 999  # days of a step from what it is counted from


class Anchor(models.TextChoices):
    """What the date of a step is counted from."""

    END = "end", _("before the end")
    START = "start", _("after the start")
    PREVIOUS = "previous", _("after the task before")


class Unit(models.TextChoices):
    WORKING = "working", _("working days")
    DAY = "day", _("days")


@dataclass(frozen=True)
class Offset:
    """When one step of a track is due: so many days before the end, after the start or after the step before it."""

    days: int
    unit: str
    anchor: str

    def from_(self, day: dt.date) -> dt.date:
        """The date, counted from this day. Raises ``OverflowError`` beyond the calendar."""
        before = self.anchor == Anchor.END
        try:
            if self.unit == Unit.WORKING:
                return (working_days_before if before else working_days_after)(day, self.days)
            return day + dt.timedelta(days=-self.days if before else self.days)
        except ValueError:
            raise OverflowError from None


class Track(SetUpRecord):
    class Meta(SetUpRecord.Meta):
        verbose_name = _("track")
        verbose_name_plural = _("tracks")

    @property
    def steps(self) -> "list[Step]":
        """Those in use, in their order, from memory."""
        return [step for step in Step.remembered().values() if step.track_id == self.pk and step.archived_at is None]

    @property
    def offsets(self) -> list[Offset]:
        return [step.offset for step in self.steps]

    @property
    def needs_end(self) -> bool:
        return needs_end(self.offsets)

    @property
    def needs_start(self) -> bool:
        return needs_start(self.offsets)


class Step(SetUpRecord):
    """The template of one task of a track."""

    track = models.ForeignKey(Track, models.PROTECT, related_name="+", verbose_name=_("track"))
    days = models.PositiveSmallIntegerField(_("offset"), default=0, validators=[MaxValueValidator(FURTHEST)])
    unit = models.CharField(_("unit"), max_length=7, choices=Unit, default=Unit.WORKING)
    anchor = models.CharField(_("counted"), max_length=8, choices=Anchor, default=Anchor.END)
    category = models.ForeignKey(
        TaskCategory, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("category"),
    )  # fmt: skip
    priority = models.SmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("for"),
    )  # fmt: skip

    class Meta(SetUpRecord.Meta):
        verbose_name = _("task of a track")
        verbose_name_plural = _("tasks of tracks")

    def siblings(self) -> SetUpQuerySet:
        return Step.objects.filter(track=self.track_id)

    @property
    def offset(self) -> Offset:
        return Offset(self.days, self.unit, self.anchor)


def needs_end(plan: Sequence[Offset]) -> bool:
    return any(offset.anchor == Anchor.END for offset in plan)


def needs_start(plan: Sequence[Offset]) -> bool:
    """Whether a step is counted from a start: by its words, or as the first one, which has none before it."""
    return any(offset.anchor == Anchor.START for offset in plan) or (bool(plan) and plan[0].anchor == Anchor.PREVIOUS)


def dated(
    plan: Sequence[Offset],
    start: dt.date | None,
    end: dt.date | None,
    happened: Mapping[int, dt.date | None] | None = None,
) -> list[dt.date | None]:
    """The date of each step; none where what it is counted from has none.

    ``happened`` says, by place, when a step really was done or is planned: the next one is counted from there.
    """
    found: list[dt.date | None] = []
    before = start
    for place, offset in enumerate(plan):
        day = {Anchor.END: end, Anchor.START: start, Anchor.PREVIOUS: before}[Anchor(offset.anchor)]
        found.append(offset.from_(day) if day is not None else None)
        before = happened[place] if happened and place in happened else found[-1]
    return found


def as_plain(plan: Sequence[Offset]) -> list[dict[str, Any]]:
    """The offsets as JSON keeps them."""
    return [asdict(offset) for offset in plan]


def from_plain(plan: Sequence[Mapping[str, Any]]) -> list[Offset]:
    return [Offset(**offset) for offset in plan]
