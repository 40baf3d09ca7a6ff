"""What one is told, and how: a line for each kind (ALL-4)."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from records.forms import RecordForm
from users.models import Mail, User
from users.models.telling import BEFORE, CHOSEN

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class NoticesForm(RecordForm):
    morning = forms.TypedChoiceField(
        label=gettext_lazy("Daily digest, and reminders of whole days, at"), coerce=int, choices=HOURS
    )
    remind_before = forms.TypedChoiceField(
        label=gettext_lazy("Usual reminder of a new task"), coerce=int, empty_value=None, required=False
    )

    class Meta:
        model = User
        fields = ("morning", "remind_before")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reminder: Any = self.fields["remind_before"]
        reminder.choices = [("" if minutes is None else minutes, label) for minutes, label in BEFORE]
        person: User = self.instance
        for kind in CHOSEN:
            self.fields[f"app-{kind}"] = forms.BooleanField(
                label=gettext_lazy("In the CRM"), required=False, initial=person.is_told(kind)
            )
            self.fields[f"mail-{kind}"] = forms.ChoiceField(
                label=gettext_lazy("By mail"), choices=Mail.choices, initial=person.mailed(kind)
            )
            self.fields[f"app-{kind}"].widget.attrs["class"] = "check"
            self.fields[f"mail-{kind}"].widget.attrs["class"] = "select select--sm"

    @property
    def lines(self) -> list[tuple[Any, BoundField, BoundField]]:
        """Each kind with its two fields."""
        return [(kind.label, self[f"app-{kind}"], self[f"mail-{kind}"]) for kind in CHOSEN]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.instance.notice_ways = {
            kind.value: {"app": cleaned.get(f"app-{kind}", True), "mail": cleaned.get(f"mail-{kind}", Mail.NOW)}
            for kind in CHOSEN
        }
        return cleaned
