"""The composer of the history, and the form of a time entry (ACT-1, ACT-7)."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.durations import DurationField
from activities.models import Activity, ActivityType, TimeEntry, activity_types
from activities.models.kind import type_of
from activities.models.time_entry import within_a_day
from core.forms import Counted, DateField
from records.models import OwnedRecord
from tasks.models import Task, TaskCategory, task_categories
from users.models import User

TASK = "task"


class Composer(forms.Form):
    """What happened, in one form: the chosen kind says which of the fields count. Then, if wanted, what comes next."""

    kind = forms.CharField()
    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=200)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False, choices=Activity.Outcome)
    minutes = DurationField(label=gettext_lazy("Duration"), required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("Enter a day and a time.")},
    )
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)
    due_on = DateField(label=gettext_lazy("Due date"), required=False)
    next_title = forms.CharField(label=gettext_lazy("Next step"), required=False, max_length=200)
    next_on = DateField(label=gettext_lazy("Due date"), required=False)

    def __init__(self, *args: Any, user: User, record: OwnedRecord, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.record = user, record

    def clean_kind(self) -> ActivityType | str:
        """One of the types in use, by its number; or a task to plan."""
        kind = self.cleaned_data["kind"]
        if kind == TASK:
            return TASK
        found = type_of(kind) or (activity_types().get(int(kind)) if kind.isdecimal() and len(kind) < 19 else None)
        if found is None or found.archived_at:
            raise ValidationError(_("Choose what it was."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("next_on") and not cleaned.get("next_title"):
            self.add_error("next_title", _("Say what is to be done."))
        kind = cleaned.get("kind")
        if kind == TASK and not cleaned.get("text"):
            self.add_error("text", _("Say what is to be done."))
        elif isinstance(kind, ActivityType) and kind.code in ("", "comment", "note") and not cleaned.get("text"):
            self.add_error("text", _("Write something."))
        elif (
            isinstance(kind, ActivityType)
            and kind.code == "event"
            and not (cleaned.get("subject") or cleaned.get("text"))
        ):
            self.add_error("text", _("Say what the event is."))
        return cleaned

    def activity(self) -> Activity:
        cleaned = self.cleaned_data
        kind = cleaned["kind"]
        subject = cleaned["subject"]
        if kind.code == "event" and not subject:
            subject = cleaned["text"].split("\n")[0][:200]
        return Activity(
            type=kind,
            text=cleaned["text"],
            subject=subject,
            outcome=cleaned["outcome"] if kind.code == "call" else "",
            minutes=cleaned["minutes"] if kind.code in ("call", "meeting", "event") else None,
            place=cleaned["place"] if kind.code in ("meeting", "event") else "",
            at=cleaned["at"] if cleaned["at"] and kind.code not in ("comment", "note") else timezone.now(),
            **{self.record.gate_key(): self.record},
        )

    def tasks(self) -> list[Task]:
        """The task planned, or what comes next."""
        cleaned = self.cleaned_data
        wanted = []
        if cleaned["kind"] == TASK:
            first, _newline, rest = cleaned["text"].partition("\n")
            wanted.append((first, rest, cleaned["due_on"]))
        if cleaned["next_title"]:
            wanted.append((cleaned["next_title"], "", cleaned["next_on"]))
        return [self._task(title, detail, due) for title, detail, due in wanted]

    def _task(self, title: str, detail: str, due: dt.date | None) -> Task:
        usual = next((one for one in task_categories().values() if one.icon == TaskCategory.Icon.TASK), None)
        return Task(
            title=title[:200],
            detail=detail.strip(),
            due_on=due,
            assignee=self.user,
            remind_before=self.user.remind_before,
            category=usual,
            **{self.record.gate_key(): self.record},
        )


class TimeForm(Counted, forms.ModelForm):
    on = DateField(label=gettext_lazy("Day"), error_messages={"required": gettext_lazy("Enter the day.")})
    minutes = DurationField(
        label=gettext_lazy("Duration"),
        error_messages={"required": gettext_lazy("Enter a duration, such as 1:30 or 90 min.")},
    )

    class Meta:
        model = TimeEntry
        fields = ("on", "minutes", "note")

    def clean_minutes(self) -> int:
        return within_a_day(self.cleaned_data["minutes"])
