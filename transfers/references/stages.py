"""Stages as cells name them, and the words that close (OPP-5, DATA-4)."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy

from pipelines.models import Stage, all_stages, default_pipeline
from records.models import Door
from transfers.references.reference import Found, Reference, exact
from users.models import Ability

CREATED_PROBABILITY = 50  # of a stage that an import creates (ARCHITECTURE 9)


class Stages(Reference):
    """A stage by pipeline, or a word that closes: ``{"1": 4, "2": 9}`` or ``"won"`` (OPP-5, DATA-4)."""

    label = gettext_lazy("Stage")
    cutoff = 0.5

    def find(self, texts: Collection[str]) -> Found:
        known: dict[str, dict[int, int]] = {}
        for stage in all_stages().values():
            if not stage.archived_at and not stage.pipeline.archived_at:
                known.setdefault(exact(stage.name), {}).setdefault(stage.pipeline_id, stage.pk)
        found: Found = {}
        for text in texts:
            if places := known.get(exact(text)):
                found[text] = places
            elif status := closing_status(text):
                found[text] = status
        return found

    def candidates(self) -> Iterable[tuple[str, str]]:
        active = [stage for stage in all_stages().values() if not stage.archived_at and not stage.pipeline.archived_at]
        several = len({stage.pipeline_id for stage in active}) > 1
        for stage in active:
            yield str(stage.pk), f"{stage.name} ({stage.pipeline.name})" if several else stage.name
        pipeline = default_pipeline()
        if pipeline is not None:
            for status in ("won", "lost", "cancelled"):
                yield status, pipeline.label(status)

    def names(self) -> list[str]:
        """What the stages are called, whichever pipeline's they are."""
        return [
            stage.name for stage in all_stages().values() if not stage.archived_at and not stage.pipeline.archived_at
        ]

    def bare(self, label: str) -> str:
        return label.partition(" (")[0]

    def may_create(self) -> bool:
        return self.user.can(Ability.SET_UP) and default_pipeline() is not None

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """A stage that an import creates joins the default pipeline."""
        pipeline = default_pipeline()
        return {
            text: Stage(pipeline=pipeline, name=text[:80], probability=CREATED_PROBABILITY)
            .add(by=self.user, door=Door.IMPORT)
            .pk
            for text in texts
        }


def closing_status(text: str) -> str | None:
    """The status that a word in a stage column closes with; a label of any pipeline, or a usual word."""
    pipelines = {stage.pipeline for stage in all_stages().values()}
    for pipeline in sorted(pipelines, key=lambda one: (one.position, one.pk)):
        if status := pipeline.closing_status(text):
            return status
    return None
