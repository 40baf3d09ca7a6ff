"""Rows of a managed list whose names the database keeps apart, accents and case aside."""

from typing import Any

from django.db import models

from core.folding import fold
from records.models import Row, SetUpRecord


class NamedOnce(SetUpRecord):
    """Its subclasses say within what a name is used once, by a constraint on ``folded_name``."""

    derived_fields = SetUpRecord.derived_fields | {"folded_name"}

    folded_name = models.CharField(max_length=200, editable=False, default="")

    class Meta(SetUpRecord.Meta):
        abstract = True

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        super().derive(row, around)
        row["folded_name"] = fold(row["name"])
