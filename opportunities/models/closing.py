"""Winning, losing, cancelling, reopening (LIFE-1, LIFE-2)."""

import datetime as dt
from typing import Any

from django.db import models

from opportunities.models.status import Status
from pipelines.models import LostReason, all_stages
from records.journal import operation


class Closable(models.Model):
    class Meta:
        abstract = True

    def win(self: Any, *, by: Any, on: dt.date | None = None, door: str = "form") -> None:
        """Close as won, at 100 %, today unless said otherwise."""
        self.close(Status.WON, by=by, on=on, door=door)

    def lose(
        self: Any,
        *,
        by: Any,
        reason: LostReason | None = None,
        note: str = "",
        on: dt.date | None = None,
        door: str = "form",
    ) -> None:
        """Close as lost, at 0 %, with a reason from the list and a note."""
        self.lost_reason, self.lost_note = reason, note
        self.close(Status.LOST, by=by, on=on, door=door)

    def cancel(self: Any, *, by: Any, on: dt.date | None = None, door: str = "form") -> None:
        """Close as cancelled: neither won nor lost, at 0 %."""
        self.close(Status.CANCELLED, by=by, on=on, door=door)

    def close_as(
        self: Any,
        status: str,
        *,
        by: Any,
        on: dt.date | None = None,
        reason: LostReason | None = None,
        note: str = "",
        door: str = "form",
    ) -> None:
        """Close with this status; a reason and a note belong to a loss."""
        if status == Status.LOST:
            self.lose(by=by, reason=reason, note=note, on=on, door=door)
        else:
            self.close(status, by=by, on=on, door=door)

    def close(self: Any, status: str, *, by: Any, on: dt.date | None = None, door: str = "form") -> None:
        """The stage stays where it was; closing what is closed so already changes nothing."""
        with operation(by=by, door=door, what=f"opportunity.{status}"):
            self.status = status
            self.closed_on = on or self.closed_on
            self.save()

    def reopen(self: Any, *, by: Any, door: str = "form") -> None:
        """Back in the pipeline, at the stage and the probability it had; if that stage is archived, at the nearest
        one before it. Harmless where it is open."""
        if self.is_open:
            return
        with operation(by=by, door=door, what="opportunity.reopen"):
            self.stage = all_stages()[stage_to_reopen_at(self.stage_id)]
            self.status = Status.OPEN
            self.save()


def stage_to_reopen_at(stage_id: int) -> int:
    """The stage itself; if it is archived, the nearest one before it, else the first (LIFE-2)."""
    return all_stages()[stage_id].in_use.pk
