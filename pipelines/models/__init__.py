from pipelines.models.lists import LostReason, Origin, OriginType, Source
from pipelines.models.pipeline import Pipeline
from pipelines.models.stage import (
    Stage,
    active_pipelines,
    all_pipelines,
    all_stages,
    closed_gauge,
    default_pipeline,
    gauge,
    notches,
    open_gauge,
    open_stages,
)

__all__ = [
    "LostReason",
    "Origin",
    "OriginType",
    "Pipeline",
    "Source",
    "Stage",
    "active_pipelines",
    "all_pipelines",
    "all_stages",
    "closed_gauge",
    "default_pipeline",
    "gauge",
    "notches",
    "open_gauge",
    "open_stages",
]
