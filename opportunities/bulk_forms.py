"""What each action on many opportunities asks (BULK-2): parse, explain, and give plain values to the job's row."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from attributes.kinds.choices import Ticks
from attributes.models import Tag
from attributes.models.field import active_fields
from core import dates, sql
from core.forms import DateField
from opportunities.acting import MODES
from opportunities.models.opportunity import Opportunity
from opportunities.models.status import CLOSED, Status
from pipelines.models import LostReason, Source, active_pipelines, open_stages
from records import gate
from records.companions import companions
from users.models import User

FURTHEST = 3_650  # days that a date is shifted at the most


class Segments(forms.RadioSelect):
    """A few choices side by side, one of them taken."""

    template_name = "components/segments.html"


class BulkForm(forms.Form):
    """``given`` is what was asked, as JSON keeps it."""

    inputs = "opportunities/bulk/_inputs.html"

    def __init__(self, *args: Any, user: User, bulk: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.bulk = user, bulk

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    @property
    def given(self) -> dict[str, Any]:
        return {name: plain(value) for name, value in self.cleaned_data.items() if value not in (None, "")}


def plain(value: Any) -> Any:
    if isinstance(value, models.QuerySet):
        return sorted(value.values_list("pk", flat=True))
    return value.pk if isinstance(value, models.Model) else sql.plain(value)


class CloseForm(BulkForm):
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[(status.value, status.label) for status in CLOSED],
        widget=Segments(),
        initial=Status.WON,
    )
    closed_on = DateField(label=_("Closed on"), required=False)
    lost_reason = forms.ModelChoiceField(LostReason.objects.none(), label=_("Lost reason"), required=False)
    lost_note = forms.CharField(label=_("Note on the loss"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lost_reason"].queryset = LostReason.objects.active()  # type: ignore[attr-defined]
        self.fields["lost_reason"].empty_label = _("none")  # type: ignore[attr-defined]
        self.initial.setdefault("closed_on", dates.today())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("status") == Status.LOST and not given.get("lost_reason"):
            self.add_error("lost_reason", _("Choose the reason of the loss."))
        elif given.get("status") != Status.LOST:
            given["lost_reason"], given["lost_note"] = None, ""
        return given


class MoveForm(BulkForm):
    stage = forms.ChoiceField(label=_("Stage"), error_messages={"required": _("Choose the stage.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage: Any = self.fields["stage"]
        stage.choices = [
            (pipeline.name, [(str(one.pk), one.name) for one in open_stages(pipeline.pk)])
            for pipeline in active_pipelines()
        ]

    def clean_stage(self) -> int:
        return int(self.cleaned_data["stage"])


class DueForm(BulkForm):
    due_on = DateField(label=_("New date"), required=False)
    days = forms.IntegerField(label=_("Or shift by days"), required=False, min_value=-FURTHEST, max_value=FURTHEST)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and bool(given.get("due_on")) == bool(given.get("days")):
            raise ValidationError(_("Enter a date, or a number of days to shift by: one of the two."))
        return given


class GivingForm(BulkForm):
    """Those whom it concerns are told, unless one would rather not (GIVE-2)."""

    inputs = "opportunities/bulk/_giving.html"
    tell = forms.BooleanField(label=_("Tell those whom it concerns"), required=False, initial=True)


class OwnForm(GivingForm):
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), error_messages={"required": _("Choose the owner.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active()
        if self.user.scope("opportunity", "share") == gate.Scope.TEAM:
            people = people.filter(team__in=self.user.memberships.teams)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class AssignForm(BulkForm):
    mode = forms.ChoiceField(label=_("What to do"), choices=MODES, widget=Segments(), initial="add")
    people = forms.ModelMultipleChoiceField(User.objects.none(), label=_("Colleagues"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = User.objects.active()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and given["mode"] != "replace" and not given["people"]:
            self.add_error("people", _("Choose at least one."))
        return given


class ShareForm(GivingForm):
    level = forms.ChoiceField(
        label=_("What to do"),
        choices=(("view", _("Share to see")), ("change", _("Share to edit")), ("", _("Withdraw"))),
        widget=Segments(),
        initial="view",
        required=False,
    )
    person = forms.ModelChoiceField(User.objects.none(), label=_("Colleague"), required=False)
    group = forms.ModelChoiceField(Group.objects.all(), label=_("Or group"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.active()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and bool(given.get("person")) == bool(given.get("group")):
            raise ValidationError(_("Choose a colleague or a group: one of the two."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        person, group = self.cleaned_data["person"], self.cleaned_data["group"]
        return {
            "to": f"user:{person.pk}" if person else f"group:{group.pk}",
            "level": self.cleaned_data["level"],
            "tell": self.cleaned_data["tell"],
        }


class RetagForm(BulkForm):
    mode = forms.ChoiceField(label=_("What to do"), choices=MODES, widget=Segments(), initial="add")
    tags = forms.ModelMultipleChoiceField(Tag.objects.none(), label=_("Tags"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].queryset = Tag.objects.active()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and given["mode"] != "replace" and not given["tags"]:
            self.add_error("tags", _("Choose at least one."))
        return given


class SourceForm(BulkForm):
    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.active()  # type: ignore[attr-defined]
        self.fields["source"].empty_label = _("none")  # type: ignore[attr-defined]


class CustomForm(BulkForm):
    """Every custom field, blank at first: what is left blank stays as it is; those named in ``empty`` are emptied."""

    inputs = "opportunities/bulk/_custom.html"
    empty = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom = {field.input_name: field for field in active_fields(Opportunity.attributed)}
        emptied: Any = self.fields["empty"]
        emptied.choices = [(name, field.name) for name, field in self.custom.items() if not field.required]
        for name, field in self.custom.items():
            one: Any = field.way.input(field, None)
            one.label, one.required = field.name, False
            one.always_set = True  # a value is there: the one that stays
            if isinstance(one.widget, Ticks):
                one.widget.attrs["aria-label"] = field.name
            self.fields[name] = one

    @property
    def rows(self) -> list[tuple[BoundField, bool, bool]]:
        """Each input, whether its field may be emptied, and whether that is ticked."""
        ticked = self.data.getlist("empty") if isinstance(self.data, QueryDict) else []
        return [(self[name], not field.required, name in ticked) for name, field in self.custom.items()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in given.get("empty", ()):
            if self._value(name) is not None:
                self.add_error(name, _("Give it a value or empty it: one of the two."))
        if not self.errors and not self.given["values"]:
            raise ValidationError(_("Fill in at least one field, or tick one to be emptied."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        values = {field.key: self._value(name) for name, field in self.custom.items()}
        emptied = {self.custom[name].key for name in self.cleaned_data["empty"]}
        return {"values": {key: plain for key, plain in values.items() if plain is not None or key in emptied}}

    def _value(self, name: str) -> Any:
        return self.custom[name].way.plain(self.cleaned_data.get(name))


FORMS: Mapping[str, type[BulkForm]] = {
    "close": CloseForm,
    "move": MoveForm,
    "due": DueForm,
    "own": OwnForm,
    "assign": AssignForm,
    "share": ShareForm,
    "tags": RetagForm,
    "source": SourceForm,
    "custom": CustomForm,
}


def form_of(action: str) -> type[BulkForm]:
    """The form of an action; one without questions for the others."""
    added = {one.code: form for companion in companions() for one, form in companion.bulk_actions()}
    return added.get(action) or FORMS.get(action, BulkForm)
