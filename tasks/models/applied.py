"""A track applied to an opportunity: from when to when, and the tasks that it made there (ACT-6)."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opportunities.models import Opportunity
from records import gate
from records.journal import operation
from records.models import Record, RecordQuerySet
from tasks.models.task import Task
from tasks.models.track import Offset, Track, from_plain


class AppliedTrackQuerySet(RecordQuerySet):
    def live(self) -> Self:
        """Not removed."""
        return self.filter(removed_at=None)

    def running(self) -> Self:
        """Neither removed nor stopped by the closing of the opportunity."""
        return self.filter(removed_at=None, stopped_at=None)

    def visible_to(self, user: Any) -> Self:
        """Those on an opportunity that this person sees."""
        return self.live().filter(gate.sees_related(user, Opportunity, "opportunity"))


class AppliedTrack(Record):
    """``plan`` keeps the offsets as they were when it was applied, ``due_on`` the expected close that its dates go
    with: where the opportunity has another one by now, its open tasks can be moved along."""

    away = "removed_at"
    silent_fields = frozenset({"plan", "due_on", "made_by_id", "stopped_at", "removed_at"})
    bound_fields = (frozenset({"stopped_at", "removed_at"}),)

    track = models.ForeignKey(
        Track, models.PROTECT, db_index=False, related_name="+", verbose_name=gettext_lazy("track")
    )
    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, related_name="tracks", verbose_name=gettext_lazy("opportunity")
    )
    start_on = models.DateField(gettext_lazy("start"), null=True)
    end_on = models.DateField(gettext_lazy("end"), null=True)
    due_on = models.DateField(null=True)
    plan: Any = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = AppliedTrackQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = gettext_lazy("track")
        verbose_name_plural = gettext_lazy("tracks")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the track is called now."""
        return Track.remembered()[self.track_id].name

    @property
    def offsets(self) -> list[Offset]:
        return from_plain(self.plan)

    def remove(self, *, by: Any, door: str = "form") -> int:
        """Take it away with its open tasks, those that closing has stopped too; those that are done stay. How many
        tasks went. Harmless twice."""
        if self.removed_at is not None:
            return 0
        now = timezone.now()
        with operation(by=by, door=door, what="track.remove"):
            self.removed_at = now
            self.save()
            away = models.Q(removed_at=None) | models.Q(removed_at=self.stopped_at)
            return take_away(Task.objects.filter(away, applied=self.pk, done_at=None), now)

    @classmethod
    def taken_back_by(cls, user: Any, ids: Collection[int]) -> set[int]:
        """Those on an opportunity that one may change."""
        found = cls.objects.filter(gate.changes_related(user, Opportunity, "opportunity"), pk__in=ids)
        return set(found.values_list("pk", flat=True))

    @classmethod
    def phrases(cls) -> dict[str, Any]:
        return {
            "track.apply": _("added a track"),
            "track.move": _("moved its tracks along"),
            "track.remove": _("removed a track"),
        }


def take_away(tasks: Any, now: dt.datetime | None) -> int:
    """These tasks are removed at this moment, or back if it is none; how many they are. Inside an operation."""
    befores = list(tasks.select_for_update(of=("self",)).values(*Task.columns()))
    Task.change_rows([{**before, "removed_at": now} for before in befores], befores)
    return len(befores)
