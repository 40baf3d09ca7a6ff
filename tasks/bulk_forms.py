"""What the actions of tasks on many opportunities ask (BULK-2, ACT-6)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import dates, money
from core.forms import DateField, WholeNumberField
from core.templatetags.components import language
from opportunities.bulk_forms import BulkForm, DueForm
from opportunities.models import Opportunity
from opportunities.models.bulk import CHUNK
from records.set_up.choice import SetUpChoiceField
from tasks.models import TaskCategory, Track
from tasks.models.priority import Priority
from tasks.models.track import FURTHEST, Anchor, Unit, dated
from tasks.track_forms import Asked, offered
from users.models import User

FROM_TODAY, BEFORE_THE_CLOSE = gettext_lazy("from today"), gettext_lazy("before the expected close")


class MakeTaskForm(BulkForm):
    inputs = "tasks/_bulk.html"

    title = forms.CharField(
        label=gettext_lazy("To do"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what is to be done.")},
    )
    due_on = DateField(label=gettext_lazy("Due date"), required=False)
    days = WholeNumberField(
        label=gettext_lazy("Or in so many"),
        required=False,
        min_value=0,
        max_value=FURTHEST,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Enter a number from 0 to 999.")
        ),
    )
    counted = forms.ChoiceField(
        label=gettext_lazy("Counted"),
        required=False,
        choices=[
            (f"{unit.value}:{anchor.value}", format_lazy("{unit} {from_}", unit=unit.label, from_=from_))
            for anchor, from_ in ((Anchor.START, FROM_TODAY), (Anchor.END, BEFORE_THE_CLOSE))
            for unit in Unit
        ],
    )
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("For"), required=False, empty_label=gettext_lazy("the owner of each")
    )
    category = SetUpChoiceField(TaskCategory, label=gettext_lazy("Category"))
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=Priority, initial=Priority.NORMAL, required=False
    )
    detail = forms.CharField(label=gettext_lazy("Detail"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assignee: Any = self.fields["assignee"]
        assignee.queryset = User.objects.active()
        for name in ("counted", "priority", "assignee"):
            one: Any = self.fields[name]
            one.always_set = True

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if not title:
            raise ValidationError(_("Say what is to be done."))
        return title

    def clean_priority(self) -> int:
        return int(self.cleaned_data["priority"] or Priority.NORMAL)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("due_on") and given.get("days") is not None:
            self.add_error("days", _("Enter a date or a number of days: one of the two."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        found = super().given
        unit, _sign, anchor = (found.pop("counted", "") or f"{Unit.WORKING}:{Anchor.START}").partition(":")
        return found | ({"unit": unit, "anchor": anchor} if "days" in found else {})


class ApplyTrackForm(BulkForm):
    inputs = "tasks/tracks/_bulk.html"

    track_id = forms.TypedChoiceField(
        label=gettext_lazy("Track"), coerce=int, error_messages={"required": gettext_lazy("Choose the track.")}
    )
    end_on = DateField(label=pgettext_lazy("track", "End"), required=False)
    start_on = DateField(label=gettext_lazy("Start"), required=False)

    asked: Asked | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["track_id"]
        choices.choices = offered()
        self.initial["start_on"] = dates.today()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.asked = Asked.of(given.get("track_id"), given.get("start_on"), given.get("end_on"))
        if self.asked is not None and not {"start_on", "end_on"} & self.errors.keys():
            for name, said in self.asked.wrong().items():
                if name == "start" or self.asked.end is not None:
                    self.add_error(f"{name}_on", said)
            self._warn(self.asked)
        return given

    def _warn(self, asked: Asked) -> None:
        """What would fall in the past is said before it is made."""
        late = self.in_the_past(asked) if not self.errors else 0
        if late and self.data.get("seen") != asked.token:
            said = ngettext(
                "On %(n)s opportunity, tasks would fall in the past. Confirm again to add them all the same.",
                "On %(n)s opportunities, tasks would fall in the past. Confirm again to add them all the same.",
                late,
            )
            self.add_error(None, said % {"n": money.format_number(late, language())})

    def in_the_past(self, asked: Asked) -> int:
        """On how many of the opportunities a task would be late from the beginning."""
        ids, plan, now, late = self.bulk.ids, asked.track.offsets, dates.today(), 0
        for start in range(0, len(ids), CHUNK):
            rows = Opportunity.objects.live().filter(pk__in=ids[start : start + CHUNK])
            for due, count in rows.order_by().values_list("due_on").annotate(n=Count("pk")):
                try:
                    days = dated(plan, asked.start, asked.end or due)
                except OverflowError:
                    continue
                late += count if any(day is not None and day < now for day in days) else 0
        return late

    @property
    def tracks(self) -> list[tuple[Track, list[tuple[str, str]]]]:
        """What each track would do, in words."""
        found = [Track.remembered()[int(pk)] for pk, _label in offered()]
        return [(track, [(step.name, told(step)) for step in track.steps]) for track in found]

    @property
    def given(self) -> dict[str, Any]:
        track = Track.remembered()[self.cleaned_data["track_id"]]
        wanted = {"end_on": track.needs_end, "start_on": track.needs_start}
        return {name: value for name, value in super().given.items() if wanted.get(name, True)}


def told(step: Any) -> str:
    """*10 working days before the end*."""
    return f"{step.days} {step.get_unit_display()} {step.get_anchor_display()}"


class DueAlongForm(DueForm):
    inputs = "tasks/tracks/_due.html"
    along = forms.BooleanField(
        label=gettext_lazy("Move the open tasks of their tracks along"), required=False, initial=True
    )

    @property
    def has_tracks(self) -> bool:
        """Whether there is anything to move along in this house."""
        return bool(Track.remembered())
