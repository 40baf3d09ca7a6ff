"""A step of a pipeline, with the probability it stands for (OPP-5, SET-1)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models.house import per_set_up
from pipelines.models.pipeline import Pipeline
from records.models import SetUpQuerySet, SetUpRecord

RAMP = 5  # shades of the gauge, from the first contact to the signature (design, *Tokens*)


class Stage(SetUpRecord):
    """An open stage: 1 to 99 %. Winning, losing and cancelling are not stages but labels of the pipeline."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages", verbose_name=_("pipeline"))
    probability = models.PositiveSmallIntegerField(
        _("probability"),
        validators=[
            MinValueValidator(1, _("An open stage is between 1 and 99 %%.")),
            MaxValueValidator(99, _("An open stage is between 1 and 99 %%.")),
        ],
    )
    asleep_after = models.PositiveSmallIntegerField(
        _("asleep after"), default=30, help_text=_("Days without an exchange after which a deal is asleep.")
    )

    asks = models.JSONField(
        _("stage gate"),
        default=list,
        blank=True,
        help_text=_("What must be there before an opportunity may enter, by code (SET-4)."),
    )

    class Meta(SetUpRecord.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(probability__range=(1, 99)), name="an_open_stage_is_between_1_and_99_percent"
            )
        ]

    @property
    def in_use(self) -> "Stage":
        """Itself; once archived, the nearest one before it that is not, else the first (LIFE-2)."""
        stages = open_stages(self.pipeline_id)
        if self.archived_at is None or not stages:
            return self
        before = [stage for stage in stages if stage.position <= self.position]
        return before[-1] if before else stages[0]

    def siblings(self) -> SetUpQuerySet:
        return Stage.objects.filter(pipeline=self.pipeline_id)

    def why_not_archive(self) -> str:
        if any(stage.pk != self.pk for stage in open_stages(self.pipeline_id)):
            return ""
        return gettext("It is the last stage of its pipeline. Add another one first.")


def all_pipelines() -> dict[int, Pipeline]:
    """Every pipeline by id, archived ones too, in their order."""
    return Pipeline.remembered()


@per_set_up
def active_pipelines() -> list[Pipeline]:
    return [pipeline for pipeline in all_pipelines().values() if not pipeline.archived_at]


def default_pipeline() -> Pipeline | None:
    """The first active one: where an opportunity goes that names none."""
    return next(iter(active_pipelines()), None)


@per_set_up
def all_stages() -> dict[int, Stage]:
    """Every stage by id, archived ones too, in the order of pipelines and stages, each with its pipeline."""
    places = {pk: place for place, pk in enumerate(Pipeline.remembered())}
    return dict(sorted(Stage.remembered().items(), key=lambda item: places[item[1].pipeline_id]))


@per_set_up
def open_stages(pipeline_id: int) -> list[Stage]:
    """The stages in use of a pipeline, in order."""
    return [stage for stage in all_stages().values() if stage.pipeline_id == pipeline_id and not stage.archived_at]


@per_set_up
def notches() -> dict[int, tuple[int, int]]:
    """For each stage: how many notches of its gauge are inked, and how many there are."""
    found: dict[int, tuple[int, int]] = {}
    for pipeline_id in {stage.pipeline_id for stage in all_stages().values()}:
        stages = [stage for stage in all_stages().values() if stage.pipeline_id == pipeline_id]
        in_use = open_stages(pipeline_id)
        count = max(len(in_use), 1)
        for stage in stages:
            before = sum(other.position <= stage.position for other in in_use)
            found[stage.pk] = (min(max(before, 1), count), count)
    return found


def shade(index: int, count: int) -> int:
    """The shade, 1 to 5, of the index-th (from 1) of ``count`` stages."""
    return max(1, min(RAMP, round(index * RAMP / count)))


@per_set_up
def gauge(stage_id: int, status: str = "open") -> SafeString:
    """The gauge of a stage, as the design draws it: one notch per open stage, decorative."""
    inked, count = notches().get(stage_id, (0, RAMP))
    return closed_gauge(status, count) if status != "open" else open_gauge(inked, count)


def open_gauge(inked: int, count: int) -> SafeString:
    return _gauge([f"s{shade(index, count)}" if index <= inked else "" for index in range(1, count + 1)])


def closed_gauge(status: str, count: int) -> SafeString:
    return _gauge(["won" if status == "won" else "lost"] * count)


def _gauge(classes: list[str]) -> SafeString:
    marks = format_html_join("", "<i{}></i>", ((format_html(' class="{}"', name) if name else "",) for name in classes))
    return format_html('<span class="gauge" aria-hidden="true">{}</span>', marks)
