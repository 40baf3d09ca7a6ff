"""The forms of what is set up for tasks: tracks and their steps, holidays, the working week (SET-1, ACT-6)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import dates
from core.forms import Checks, DateField, WholeNumberField
from core.templatetags.components import language
from records.forms import RecordForm
from records.journal import operation
from records.models import Door
from records.set_up.choice import SetUpChoiceField
from records.set_up.forms import SetUpForm
from tasks.models import Holiday, Step, TaskCategory, Track, WorkingWeek
from tasks.models.track import FURTHEST, Anchor, Unit
from tasks.models.working_days import FURTHEST as FURTHEST_FROM_EASTER
from users.models import User


class TrackForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Track
        fields = ("name",)


COUNTED = [
    (f"{unit.value}:{anchor.value}", format_lazy("{unit} {anchor}", unit=unit.label, anchor=anchor.label))
    for anchor in Anchor
    for unit in Unit
]


class StepForm(SetUpForm):
    days = WholeNumberField(
        label=gettext_lazy("Offset"),
        min_value=0,
        max_value=FURTHEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input--num w-num"}),
    )
    counted = forms.ChoiceField(label=gettext_lazy("Counted"), choices=COUNTED)
    category = SetUpChoiceField(TaskCategory, label=gettext_lazy("Category"))

    class Meta(SetUpForm.Meta):
        model = Step
        fields = ("name", "days", "counted", "category", "priority", "assignee")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("To do")
        self.fields["name"].error_messages["required"] = _("Say what is to be done.")
        for name in ("required", "invalid", "min_value", "max_value"):
            self.fields["days"].error_messages[name] = _("Enter a number from 0 to %(most)s.") % {"most": FURTHEST}
        assignee: Any = self.fields["assignee"]
        assignee.queryset = User.objects.active() | User.objects.filter(pk=self.instance.assignee_id)
        assignee.empty_label = _("the owner")
        category: Any = self.fields["category"]
        category.keep(self.instance.category_id)
        self.initial["counted"] = f"{self.instance.unit}:{self.instance.anchor}"

    def clean_counted(self) -> str:
        """Such as *working days before the end*: the unit and what it is counted from, in one."""
        chosen: str = self.cleaned_data["counted"]
        self.instance.unit, _sign, self.instance.anchor = chosen.partition(":")
        return chosen


class HolidayForm(SetUpForm):
    on = DateField(label=gettext_lazy("Date"), required=False)
    after_easter = WholeNumberField(
        label=gettext_lazy("Days after Easter"),
        required=False,
        min_value=-FURTHEST_FROM_EASTER,
        max_value=FURTHEST_FROM_EASTER,
    )

    class Meta(SetUpForm.Meta):
        model = Holiday
        fields = ("name", "rule_name", "on", "after_easter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = _("Enter a number from -%(most)s to %(most)s.") % {"most": FURTHEST_FROM_EASTER}
        self.fields["after_easter"].error_messages.update(dict.fromkeys(("invalid", "min_value", "max_value"), said))

    def clean(self) -> dict[str, Any]:
        """What the rule needs is there; the rest is passed over."""
        cleaned = super().clean()
        moves = cleaned.get("rule_name") == Holiday.Rule.EASTER
        wanted, said = (
            ("after_easter", _("Say how many days after Easter Sunday.")) if moves else ("on", _("Enter the date."))
        )
        if not self.is_blank and wanted not in self.errors and cleaned.get(wanted) is None:
            self.add_error(wanted, said)
        other = "on" if moves else "after_easter"
        self.errors.pop(other, None)
        cleaned[other] = None
        return cleaned


class WorkingWeekForm(RecordForm):
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"),
        widget=Checks,
        error_messages={"required": gettext_lazy("Tick at least one day.")},
    )

    class Meta:
        model = WorkingWeek
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        weekdays: Any = self.fields["weekdays"]
        weekdays.choices = list(enumerate(dates.DAYS_LONG[language()]))
        self.initial["weekdays"] = [str(day) for day in range(7) if self.instance.days >> day & 1]

    def clean_weekdays(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["weekdays"]
        if not chosen:
            raise ValidationError(_("Tick at least one day."))
        return chosen

    def save_as(self, by: Any) -> WorkingWeek:
        week: WorkingWeek = self.instance
        mask = sum(1 << int(day) for day in self.cleaned_data["weekdays"])
        if mask != week.days:
            with operation(by=by, door=Door.SET_UP, what="workingweek.edit"):
                week.days = mask
                week.save()
        return week
