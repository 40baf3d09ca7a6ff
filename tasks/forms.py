"""The forms of tasks."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import dates
from core.forms import Checks, DateField, WholeNumberField
from core.templatetags.components import language
from records import gate
from records.forms import RecordForm
from records.set_up.forms import SetUpForm
from tasks.models import Task, TaskCategory, task_categories
from tasks.models.recurrence import Unit
from users.models import User
from users.models.telling import BEFORE


class TaskForm(RecordForm):
    title = forms.CharField(
        label=gettext_lazy("To do"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what is to be done.")},
    )
    due_on = DateField(label=gettext_lazy("Due date"), required=False)
    due_time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a time, such as 14:30.")},
    )
    remind_before = forms.TypedChoiceField(label=gettext_lazy("Reminder"), coerce=int, empty_value=None, required=False)
    repeat_every = WholeNumberField(
        label=gettext_lazy("Every"),
        required=False,
        min_value=1,
        max_value=365,
        error_messages={
            "min_value": gettext_lazy("Enter a number from 1 to 365."),
            "max_value": gettext_lazy("Enter a number from 1 to 365."),
        },
    )
    weekdays = forms.MultipleChoiceField(label=gettext_lazy("On these days"), required=False, widget=Checks)
    repeat_until = DateField(label=gettext_lazy("Until"), required=False)

    class Meta:
        model = Task
        fields = (
            "title", "detail", "due_on", "due_time", "assignee", "category", "priority", "remind_before",
            "repeat_unit", "repeat_every", "repeat_until",
        )  # fmt: skip
        widgets = {"detail": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.is_new = self.instance.pk is None
        weekdays: Any = self.fields["weekdays"]
        weekdays.choices = list(enumerate(dates.DAYS[language()]))
        mask = self.instance.repeat_weekdays
        self.initial["weekdays"] = [str(day) for day in range(7) if mask >> day & 1]
        reminder: Any = self.fields["remind_before"]
        reminder.choices = [("" if minutes is None else minutes, label) for minutes, label in BEFORE]
        assignee: Any = self.fields["assignee"]
        people = User.objects.active() | User.objects.filter(pk=self.instance.assignee_id)
        if user.scope("opportunity", "view") == gate.Scope.OWN:
            people = people.filter(pk__in=[user.pk, self.instance.assignee_id])
        assignee.queryset = people
        category: Any = self.fields["category"]
        category.queryset = TaskCategory.objects.filter(Q(archived_at=None) | Q(pk=self.instance.category_id))
        if self.is_new:
            first = next((one.pk for one in task_categories().values() if not one.archived_at), None)
            for name, value in (("assignee", user.pk), ("category", first)):
                self.initial[name] = self.initial.get(name) or value
            self.initial["remind_before"] = user.remind_before

    def clean(self) -> dict[str, Any]:
        """A reminder that was asked for has a day to count from; the usual one is left out where there is none."""
        cleaned = super().clean()
        undated = "due_on" in cleaned and cleaned["due_on"] is None
        if undated and cleaned.get("remind_before") is not None and "remind_before" in self.changed_data:
            self.add_error("due_on", _("Enter the day that the reminder counts from."))
        return cleaned

    def clean_repeat_every(self) -> int:
        return self.cleaned_data["repeat_every"] or 1

    def clean_assignee(self) -> User | None:
        """Who is to do it must see what it is on: a task is no way to show a record."""
        person: User | None = self.cleaned_data["assignee"]
        if person is not None and (refusal := self.instance.why_not_for(person)):
            raise ValidationError(refusal)
        return person

    def save_as(self, by: User) -> Task:
        task: Task = self.instance
        if task.repeat_unit == Unit.WEEK:
            task.repeat_weekdays = sum(1 << int(day) for day in self.cleaned_data["weekdays"])
        else:
            task.repeat_weekdays = 0
        if self.is_new:
            return task.add(by=by)
        task.edit(by=by)
        return task


class PostponeForm(forms.Form):
    """Until when: one of the usual days, or a date."""

    to = forms.CharField(required=False)
    day = DateField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        now = dates.today()
        usual = {
            "today": now,
            "tomorrow": now + dt.timedelta(days=1),
            "monday": now + dt.timedelta(days=7 - now.weekday()),
            "week": now + dt.timedelta(days=7),
        }
        cleaned["until"] = cleaned.get("day") or usual.get(cleaned.get("to", ""))
        if cleaned["until"] is None:
            raise ValidationError(_("Choose a day."))
        return cleaned


class TaskCategoryForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = TaskCategory
        fields = ("name", "icon")
