"""Colleagues assigned to an opportunity beside its owner (OPP-10)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import models

from core import sql
from records import journal
from records.journal import operation

CHUNK = 1_000


class Assignment(models.Model):
    record = models.ForeignKey("opportunities.Opportunity", models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")

    class Meta:
        constraints = [models.UniqueConstraint("record", "user", name="a_person_is_assigned_once")]
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.record_id}: {self.user_id}"


class Assignable(models.Model):
    class Meta:
        abstract = True

    def assign(self: Any, users: Collection[int], *, by: Any, door: str = "form") -> None:
        """Have exactly these people assigned."""
        with operation(by=by, door=door, what="opportunity.assign"):
            self.set_assignees(users)

    def set_assignees(self: Any, users: Collection[int]) -> None:
        """Inside an operation: write who is assigned, and who sees it therefore."""
        before, after = self.assigned_ids(), set(users)
        if before == after:
            return
        Assignment.objects.filter(record=self, user__in=before - after).delete()
        Assignment.objects.bulk_create(Assignment(record=self, user_id=pk) for pk in sorted(after - before))
        self.touch({"assignees": [sorted(before), sorted(after)]})
        self.access.rebuild([self.pk])

    @classmethod
    def assign_rows(cls: Any, wanted: Mapping[int, Collection[int]]) -> None:
        """Inside an operation: have exactly these people assigned to each of these opportunities."""
        rows = list(cls.objects.filter(pk__in=wanted).values_list("pk", "version"))
        before: dict[int, set[int]] = {pk: set() for pk, _ in rows}
        numbers: dict[tuple[int, int], int] = {}
        present = Assignment.objects.filter(record__in=wanted)
        for number, pk, user in present.values_list("pk", "record_id", "user_id"):
            before[pk].add(user)
            numbers[pk, user] = number
        changed = [(pk, version) for pk, version in rows if before[pk] != set(wanted[pk])]
        if not changed:
            return
        gone = [numbers[pk, user] for pk, _ in changed for user in before[pk] - set(wanted[pk])]
        for start in range(0, len(gone), CHUNK):
            Assignment.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
        new = [(pk, user) for pk, _ in changed for user in sorted(set(wanted[pk]) - before[pk])]
        sql.insert_rows(Assignment, ("record_id", "user_id"), new)
        sql.update_rows(cls, ("version",), [(version + 1, pk) for pk, version in changed])
        writing = journal.current()
        for pk, version in changed:
            people = [sorted(before[pk]), sorted(wanted[pk])]
            writing.changed(cls, pk, version + 1, {"assignees": people})
        cls.access.rebuild([pk for pk, _ in changed])
