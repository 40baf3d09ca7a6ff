"""Forms of what is set up for pipelines and their lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from core.forms import WholeNumberField
from pipelines.models import LostReason, Origin, OriginType, Pipeline, Source, Stage, open_stages
from records.forms import RecordForm
from records.journal import operation
from records.models import Door
from records.set_up.forms import SetUpForm

LABELS = {"won": "won_label", "lost": "lost_label", "cancelled": "cancelled_label"}


class StageForm(SetUpForm):
    probability = WholeNumberField(label=gettext_lazy("Probability"))
    asleep_after = WholeNumberField(label=gettext_lazy("Asleep after"), min_value=1, max_value=3650)

    class Meta(SetUpForm.Meta):
        model = Stage
        fields = ("name", "probability", "asleep_after")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Stage")
        self.fields["name"].error_messages["required"] = _("Name the stage.")
        self.fields["probability"].error_messages["required"] = _("Enter a probability between 1 and 99 %.")
        self.fields["asleep_after"].error_messages["required"] = _("Enter a number of days.")


class PipelineForm(RecordForm):
    """What a pipeline is called, and what it calls won, lost and cancelled."""

    class Meta:
        model = Pipeline
        fields = ("name", "won_label", "lost_label", "cancelled_label")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["name"].error_messages["required"] = _("Name the pipeline.")
        for name in LABELS.values():
            self.fields[name].error_messages["required"] = _("Give it a name.")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        taken = Pipeline.objects.active().exclude(pk=self.instance.pk)
        if any(fold(other.name) == fold(name) for other in taken):
            raise ValidationError(_("Another pipeline has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen: set[str] = set()
        for field in LABELS.values():
            label = fold(cleaned.get(field) or "")
            if label and label in seen:
                self.add_error(field, _("Won, lost and cancelled need three different names."))
            seen.add(label)
        return cleaned

    def save_as(self, by: Any) -> Pipeline:
        pipeline: Pipeline = self.instance
        pipeline.edit(by=by)
        return pipeline


class NewPipelineForm(PipelineForm):
    """A new pipeline; it begins with the stages of another one."""

    like = forms.ModelChoiceField(
        Pipeline.objects.active(), label=gettext_lazy("Start with the stages of"), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].queryset = Pipeline.objects.active()  # type: ignore[attr-defined]

    def save_as(self, by: Any) -> Pipeline:
        with operation(by=by, door=Door.SET_UP, what="pipeline.add"):
            pipeline: Pipeline = self.instance.add(by=by)
            for model in open_stages(self.cleaned_data["like"].pk):
                stage = Stage(pipeline=pipeline, name=model.name)
                stage.probability, stage.asleep_after = model.probability, model.asleep_after
                stage.add(by=by)
        return pipeline


class SourceForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Source


class LostReasonForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = LostReason


class OriginTypeForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = OriginType


class OriginForm(SetUpForm):
    class Meta(SetUpForm.Meta):
        model = Origin
