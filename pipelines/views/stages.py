"""The screens of pipelines: the stages of one, in their order, and what it calls won, lost and cancelled (SET-1)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.folding import fold
from pipelines.forms import LABELS, GateForm, NewPipelineForm, PipelineForm, StageForm
from pipelines.models import Pipeline, Stage, active_pipelines, all_pipelines, closed_gauge, open_gauge
from pipelines.views.lists import SALES
from records.companions import asked_labels
from records.forms import RecordForm
from records.models import SetUpQuerySet, SetUpRecord
from records.set_up.forms import SetUpForm
from records.set_up.lines import cell
from records.set_up.page import SetUpPage, Tab
from users.middleware import SignedIn
from users.models import Ability


def tabs(path: str) -> list[Tab]:
    """One tab for each pipeline in use, one for those that are archived."""
    archived = sum(1 for pipeline in all_pipelines().values() if pipeline.archived_at)
    found = [
        Tab(
            pipeline.name,
            url := reverse("pipelines:stages", args=[pipeline.pk]),
            path == url,
            f"uses-pipeline-{pipeline.pk}",
        )
        for pipeline in active_pipelines()
    ]
    if archived:
        url = reverse("pipelines:archived")
        found.append(Tab(_("Archived"), url, path == url))
    return found


class Stages(SetUpPage):
    model = Stage
    form_class = StageForm
    template_name = "pipelines/stages.html"
    title = gettext_lazy("Pipelines and stages")
    group = SALES
    add_label = gettext_lazy("Add a stage")
    units = {"probability": "%", "asleep_after": gettext_lazy("d")}
    counted = "stage"
    counted_label = gettext_lazy("Open")
    fact_label = gettext_lazy("Gate")

    @cached_property
    def pipeline(self) -> Pipeline:
        found: Pipeline = get_object_or_404(Pipeline, pk=self.kwargs["pk"])
        return found

    def listed(self) -> SetUpQuerySet:
        return Stage.objects.filter(pipeline=self.pipeline)

    def new_row(self) -> SetUpRecord:
        return Stage(pipeline=self.pipeline)

    def tabs(self) -> list[Tab]:
        return tabs(self.request.path)

    def lead(self, row: SetUpRecord, place: int, count: int) -> SafeString:
        return open_gauge(place, count)

    def fact(self, row: SetUpRecord) -> SafeString | str:
        """What the stage asks for, as the way to its gate (SET-4)."""
        if not isinstance(row, Stage) or row.archived_at:
            return ""
        labels = asked_labels()
        names = [str(labels[code]) for code in row.asks if code in labels]
        shown = capfirst(", ".join(names[:2])) + ("…" if names[2:] else "")
        return render_to_string("pipelines/_gate_link.html", {"stage": row, "shown": shown, "here": row == self.gated})

    @cached_property
    def gated(self) -> Stage | None:
        """The stage whose gate is being set up."""
        wanted = self.request.GET.get("gate")
        return next((stage for stage in self.active if str(stage.pk) == wanted), None)

    def more_forms(self, data: Any) -> list[RecordForm]:
        self.form = PipelineForm(data, instance=self.pipeline, prefix="pipeline")
        self.gate = GateForm(data, instance=self.gated, prefix="gate") if self.gated else None
        return [self.form, self.gate] if self.gate else [self.form]

    def check(self, forms: Sequence[SetUpForm]) -> None:
        """A stage is not called like a way of closing: wherever a stage is named, that word closes (OPP-5)."""
        super().check(forms)
        closing = {fold(self.form.cleaned_data[field]) for field in LABELS.values()}
        for form in forms:
            if fold(form.cleaned_data.get("name") or "") in closing:
                form.add_error("name", _("This pipeline calls a way of closing so. Choose another name."))

    def more_context(self) -> dict[str, Any]:
        count = max(len(self.active), 1)
        return {
            "pipeline": self.pipeline,
            "form": self.form,
            "gated": self.gated,
            "gate": self.gate,
            "closings": [
                {
                    "status": status,
                    "gauge": closed_gauge(status, count),
                    "probability": 100 if status == "won" else 0,
                    "cell": cell(self.form[field], self.pipeline.name),
                }
                for status, field in LABELS.items()
            ],
            "is_first": active_pipelines()[:1] == [self.pipeline],
            "why_not_archive": self.pipeline.why_not_archive(),
            "pipelines_query": "&".join(f"row={pipeline.pk}" for pipeline in active_pipelines()),
        }

    def _act(self, by: Any) -> str:
        act = self.request.POST.get("pipeline")
        if act == "archive":
            self.pipeline.archive(by=by)
            return _("The pipeline “%(name)s” is archived. What is in it stays in it.") % {"name": self.pipeline}
        if act == "earlier":
            self.pipeline.move(-1, by=by)
        return super()._act(by)


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The stages of the first pipeline."""
    request.user.require_ability(Ability.SET_UP)
    first = next(iter(active_pipelines()), None)
    return redirect("pipelines:stages", first.pk) if first else redirect("pipelines:new")


@require_safe
def archived(request: SignedIn) -> HttpResponse:
    """The pipelines that are archived."""
    request.user.require_ability(Ability.SET_UP)
    context = {
        "tabs": tabs(request.path),
        "page": Stages,
        "pipelines": [pipeline for pipeline in all_pipelines().values() if pipeline.archived_at],
        "pipelines_query": "&".join(f"row={pk}" for pk in all_pipelines()),
    }
    return render(request, "pipelines/archived.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.SET_UP)
    form = NewPipelineForm(request.POST or None, instance=Pipeline(**usual_labels()))
    if request.method == "POST" and form.is_valid():
        pipeline = form.save_as(request.user)
        messages.success(request, _("The pipeline “%(name)s” is there. Now name its stages.") % {"name": pipeline})
        return redirect("pipelines:stages", pipeline.pk)
    status = 422 if form.errors else 200
    return render(request, "pipelines/new.html", {"form": form}, status=status)


def usual_labels() -> dict[str, str]:
    """What the first pipeline calls won, lost and cancelled."""
    first = next(iter(active_pipelines()), None)
    return {field: getattr(first, field) for field in LABELS.values()} if first else {}


@require_POST
def unarchive(request: SignedIn, pk: int) -> HttpResponse:
    request.user.require_ability(Ability.SET_UP)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    try:
        pipeline.unarchive(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The pipeline “%(name)s” is in use again.") % {"name": pipeline})
    return redirect("pipelines:stages", pipeline.pk)
