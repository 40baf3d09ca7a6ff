"""A task: on an opportunity, an account, a contact, or alone (ACT-4)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Account, Contact
from core.dates import today
from core.folding import fold
from opportunities.models import Opportunity
from records import gate
from records.journal import operation
from records.models import OwnedRecord, Record, Row
from tasks.models import next_step
from tasks.models.category import TaskCategory, icon_of
from tasks.models.completing import Completable
from tasks.models.handing import Handable
from tasks.models.priority import Priority
from tasks.models.reach import PARENTS, TaskQuerySet, changeable_by
from tasks.models.recurrence import Recurrence, Unit
from tasks.models.reminding import MOVES, Reminder
from users.models.telling import BEFORE

DATELESS = 9_000_000
MINUTES = 24 * 60


class Task(Completable, Handable, Record):
    Priority = Priority

    away = "removed_at"
    derived_fields = Record.derived_fields | {"order_key", "folded"}
    silent_fields = frozenset({"removed_at", "follows_id", "made_by_id", "applied_id", "place", "planned_on"})

    title = models.CharField(gettext_lazy("title"), max_length=200)
    detail = models.TextField(gettext_lazy("detail"), blank=True, default="")
    due_on = models.DateField(gettext_lazy("due date"), null=True, blank=True)
    due_time = models.TimeField(gettext_lazy("time"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=pgettext_lazy("task", "assigned to"),
    )  # fmt: skip
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )
    category = models.ForeignKey(
        TaskCategory, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=gettext_lazy("category"),
    )  # fmt: skip
    priority = models.SmallIntegerField(gettext_lazy("priority"), choices=Priority, default=Priority.NORMAL)

    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, null=True, blank=True, related_name="tasks", db_index=False,
        verbose_name=gettext_lazy("opportunity"),
    )  # fmt: skip
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="tasks", db_index=False,
        verbose_name=gettext_lazy("account"),
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="tasks", db_index=False,
        verbose_name=gettext_lazy("contact"),
    )  # fmt: skip

    remind_before = models.PositiveIntegerField(gettext_lazy("reminder"), null=True, blank=True, choices=BEFORE[1:])
    repeat_unit = models.CharField(gettext_lazy("repeats every"), max_length=5, choices=Unit, blank=True, default="")
    repeat_every = models.PositiveSmallIntegerField(
        gettext_lazy("every"), default=1, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    repeat_weekdays = models.PositiveSmallIntegerField(default=0, editable=False)
    repeat_first = models.DateField(null=True, editable=False)
    repeat_until = models.DateField(gettext_lazy("until"), null=True, blank=True)
    applied = models.ForeignKey(
        "tasks.AppliedTrack", models.CASCADE, null=True, editable=False, db_index=False, related_name="tasks"
    )
    place = models.PositiveSmallIntegerField(default=0, editable=False, help_text="among the tasks of its track")
    planned_on = models.DateField(null=True, editable=False, help_text="where its track put it")
    follows = models.OneToOneField("self", models.SET_NULL, null=True, editable=False, related_name="followed_by")

    done_at = models.DateTimeField(gettext_lazy("done"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, editable=False)

    order_key = models.BigIntegerField(editable=False)
    folded = models.TextField(editable=False, default="")

    objects = TaskQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = gettext_lazy("task")
        verbose_name_plural = gettext_lazy("tasks")
        ordering = ("order_key", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account=None, contact=None)
                | models.Q(opportunity=None, contact=None)
                | models.Q(opportunity=None, account=None),
                name="a_task_is_on_one_record_at_most",
            ),
            models.CheckConstraint(
                condition=models.Q(repeat_unit="") | models.Q(due_on__isnull=False, repeat_first__isnull=False),
                name="what_repeats_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(due_time=None) | models.Q(due_on__isnull=False), name="a_time_has_a_date"
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "order_key", "id"],
                condition=models.Q(done_at=None, removed_at=None),
                name="task_to_do",
            ),
            models.Index(fields=["assignee", "-done_at"], condition=models.Q(done_at__isnull=False), name="task_done"),
            models.Index(fields=["applied", "place"], condition=models.Q(applied__isnull=False), name="task_of_track"),
            *(
                models.Index(
                    fields=[name, "order_key", "id"],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"task_of_{name}",
                )
                for name in ("opportunity", "account", "contact")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("tasks:task", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < today()

    @property
    def icon(self) -> str:
        return icon_of(self.category_id)

    @property
    def parent(self) -> OwnedRecord | None:
        """The record it is on."""
        return next((getattr(self, name) for name in PARENTS if getattr(self, f"{name}_id") is not None), None)

    @property
    def about(self) -> tuple[str, str]:
        """What it is on, and its address; blank for a task alone."""
        parent: Any = self.parent
        return (str(parent), parent.get_absolute_url()) if parent is not None else ("", "")

    @property
    def recurrence(self) -> Recurrence | None:
        if not self.repeat_unit or self.repeat_first is None:
            return None
        return Recurrence(
            self.repeat_unit, self.repeat_every, self.repeat_first, self.repeat_weekdays, self.repeat_until
        )

    def may_be_changed_by(self, user: Any) -> bool:
        """Assigned to them, made by them, or on a record that they may change (ACT-4)."""
        if user.pk in (self.assignee_id, self.made_by_id):
            return True
        return self.parent is not None and gate.may(user, "change", self.parent)

    def add(self, *, by: Any, door: str = "form") -> "Task":
        """Make it; whoever it is given to is told."""
        self.made_by = by
        with operation(by=by, door=door, what="task.add"):
            self.save()
            self.tell_assignee(by)
        return self

    def edit(self, *, by: Any, door: str = "form", **values: Any) -> None:
        """Write what was changed on this instance; whoever it is newly given to is told."""
        before = self.was["assignee_id"]
        with operation(by=by, door=door, what="task.edit"):
            for name, value in values.items():
                setattr(self, name, value)
            self.save()
            if self.assignee_id != before:
                self.tell_assignee(by)

    def postpone(self, to: dt.date, *, by: Any, door: str = "form") -> None:
        """Due on another day, at the same time."""
        with operation(by=by, door=door, what="task.postpone"):
            self.due_on = to
            self.save()

    @classmethod
    def taken_back_by(cls, user: Any, ids: Collection[int]) -> set[int]:
        """Those that one may change, removed ones too; of those, the record they are on must still be seen."""
        return set(cls.objects.filter(pk__in=ids).filter(changeable_by(user)).values_list("pk", flat=True))

    @classmethod
    def phrases(cls) -> dict[str, Any]:
        return {
            "task.complete": _("ticked it"),
            "task.reopen": _("reopened it"),
            "task.postpone": _("postponed it"),
            "task.remove": _("removed it"),
        }

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        row["title"] = " ".join(row["title"].split())
        if not row["title"]:
            raise ValidationError({"title": _("Say what is to be done.")}, code="required")
        if row["due_time"] is not None and row["due_on"] is None:
            raise ValidationError({"due_on": _("Enter the day of that time.")}, code="date")
        if row["due_on"] is None:
            row["remind_before"] = None
        if not row["repeat_unit"]:
            row["repeat_first"], row["repeat_until"], row["repeat_weekdays"], row["repeat_every"] = None, None, 0, 1
            return
        if row["due_on"] is None:
            raise ValidationError({"due_on": _("A task that repeats needs its first date.")}, code="date")
        rhythm = ("repeat_unit", "repeat_every", "repeat_weekdays")
        if row["repeat_first"] is None or (was and any(row[name] != was[name] for name in rhythm)):
            row["repeat_first"] = row["due_on"]
        if row["repeat_until"] is not None and row["repeat_until"] < row["due_on"]:
            raise ValidationError({"repeat_until": _("The end lies before the first date.")}, code="order")

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        time = row["due_time"]
        minutes = time.hour * 60 + time.minute if time is not None else MINUTES - 1
        days = row["due_on"].toordinal() if row["due_on"] is not None else DATELESS
        row["order_key"] = days * MINUTES + minutes
        row["folded"] = fold(f"{row['title']} {row['detail']}")

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        super().follow(ids, changed)
        next_step.refresh_of_tasks(ids)
        if not MOVES.isdisjoint(changed):
            Reminder.refresh(ids)
