"""Ticking a task, taking that back, removing it (ACT-4, ACT-5)."""

from typing import Any

from django.db import models
from django.utils import timezone

from core.dates import today
from records.journal import operation

CARRIED = (
    "title", "detail", "due_time", "assignee_id", "made_by_id", "category_id", "priority", "remind_before",
    "opportunity_id", "account_id", "contact_id", "repeat_unit", "repeat_every", "repeat_weekdays", "repeat_first",
    "repeat_until",
)  # fmt: skip


class Completable(models.Model):
    done_at: Any
    done_by: Any
    removed_at: Any

    class Meta:
        abstract = True

    def complete(self: Any, *, by: Any, door: str = "form") -> Any | None:
        """Tick it; the next one, if it repeats. Harmless twice.

        The next one is due on the first day of the rhythm after its date that is not past: a daily task ticked a week
        late does not leave seven more behind.
        """
        if self.done_at is not None:
            return None
        with operation(by=by, door=door, what="task.complete"):
            self.done_at, self.done_by = timezone.now(), by
            self.save()
            return self._come_again()

    def reopen(self: Any, *, by: Any, door: str = "form") -> None:
        """Take the tick back, and the next one with it, if that is still to be done. Harmless twice."""
        if self.done_at is None:
            return
        with operation(by=by, door=door, what="task.reopen"):
            self.done_at = self.done_by = None
            self.save()
            following = type(self).objects.open().filter(follows=self.pk).first()
            if following is not None:
                following.follows = None
                following.removed_at = timezone.now()
                following.save()

    def remove(self: Any, *, by: Any, door: str = "form") -> None:
        """Take it away; the journal keeps it, and undoing brings it back. Harmless twice."""
        if self.removed_at is not None:
            return
        with operation(by=by, door=door, what="task.remove"):
            self.removed_at = timezone.now()
            self.save()

    def _come_again(self: Any) -> Any | None:
        rhythm = self.recurrence
        if rhythm is None or self.due_on is None:
            return None
        due = rhythm.next_after(self.due_on)
        while due is not None and due < today():
            due = rhythm.next_after(due)
        if due is None:
            return None
        following = type(self)(**{name: getattr(self, name) for name in CARRIED}, due_on=due, follows=self)
        following.save()
        return following
