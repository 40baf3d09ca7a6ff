"""Reminders of tasks (ACT-5): due work is a row with the moment to tell it, swept by whoever works.

Whoever tells one marks it in the transaction that writes the notice: two workers tell it once, and one that is killed
tells it once or leaves it to the next. What was missed meanwhile goes out by mail in one piece (users.mailing).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import dates
from core.templatetags.components import language
from users.models import Kind, Notice
from users.models.notice import STALE

CHUNK = 500
MOVES = frozenset({"due_on", "due_time", "assignee_id", "remind_before", "done_at", "removed_at"})


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self) -> models.QuerySet["Reminder"]:
        return self.filter(told_at=None, run_at__lte=timezone.now())


class Reminder(models.Model):
    """Of an open task: when to tell of it. One that was told, or was past when it was set, stays so until it moves."""

    task = models.OneToOneField("tasks.Task", models.CASCADE, related_name="reminder")
    run_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["run_at"], condition=models.Q(told_at=None), name="reminder_to_tell")]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.run_at}"

    @classmethod
    def refresh(cls, tasks: Sequence[int]) -> None:
        """Bring the reminders of these tasks in line with them."""
        for start in range(0, len(tasks), CHUNK):
            cls._refresh(tasks[start : start + CHUNK])

    @classmethod
    def tell_due(cls) -> int:
        """Tell what is due, each in a transaction of its own, all that a person missed in one; how many were told."""
        found = cls.objects.due().order_by("run_at", "pk").values_list("pk", "run_at", "task__assignee")
        missed: dict[int, list[int]] = {}
        now: list[list[int]] = []
        for pk, run_at, person in found:
            if run_at < timezone.now() - STALE:
                missed.setdefault(person, []).append(pk)
            else:
                now.append([pk])
        return sum(cls._tell_once(pks) for pks in (*missed.values(), *now))

    @classmethod
    def _refresh(cls, ids: Sequence[int]) -> None:
        now, task = timezone.now(), cls._task()
        found = task.objects.open().filter(pk__in=ids, remind_before__isnull=False, due_on__isnull=False)
        wanted = {one.pk: moment_of(one) for one in found.exclude(assignee=None).select_related("assignee")}
        there = dict(cls.objects.filter(task__in=ids).values_list("task_id", "run_at"))
        gone = there.keys() - wanted.keys()
        if gone:
            cls.objects.filter(task__in=gone).delete()
        moved = [(pk, at) for pk, at in wanted.items() if there.get(pk) != at]
        Reminder.objects.bulk_create(
            [Reminder(task_id=pk, run_at=at, told_at=now if at <= now else None) for pk, at in moved],
            update_conflicts=True,
            unique_fields=["task"],
            update_fields=["run_at", "told_at"],
        )

    @classmethod
    def _tell_once(cls, pks: Sequence[int]) -> int:
        with transaction.atomic():
            mine = [pk for pk in pks if cls.objects.due().filter(pk=pk).update(told_at=timezone.now())]
            for reminder in cls.objects.select_related("task__assignee__profile").filter(pk__in=mine).order_by("pk"):
                reminder._tell()
        return len(mine)

    def _tell(self) -> None:
        """To who is to do it, if they still see it."""
        task: Any = self.task
        person = task.assignee
        if person is None or not self._task().objects.visible_to(person).filter(pk=task.pk, done_at=None).exists():
            return
        with person.spoken_to():
            said = {"task": task, "when": when(task)}
            text = _("“%(task)s” is due %(when)s.") % said
            subject = _("Reminder: %(task)s, %(when)s") % said
        Notice.post(
            person, Kind.REMINDER, subject=subject, text=text, url=task.get_absolute_url(), about=task, at=self.run_at
        )

    @classmethod
    def _task(cls) -> Any:
        return cls._meta.get_field("task").related_model


def moment_of(task: Any) -> dt.datetime:
    """When to remind of a task, by the wall clock of who is to do it; a whole day counts from their morning."""
    time = task.due_time or dt.time(task.assignee.morning)
    due = dt.datetime.combine(task.due_on, time, tzinfo=task.assignee.zone)
    days, minutes = divmod(task.remind_before, 24 * 60)
    wall = due - dt.timedelta(days=days)  # days before at the same hour, over a change of time too
    return wall.astimezone(dt.UTC) - dt.timedelta(minutes=minutes)


def when(task: Any) -> str:
    """The day, with the time if it has one, in the language and zone under way."""
    day = dates.near_date(task.due_on, language(), dates.today())
    if task.due_on == dates.today():
        day = _("today")
    return f"{day} {task.due_time:%H:%M}" if task.due_time else day
