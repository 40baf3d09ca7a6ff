"""Open, won, lost, cancelled; and what each says about the probability (OPP-4, OPP-5)."""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pipelines.models import all_stages


class Status(models.TextChoices):
    OPEN = "open", pgettext_lazy("status", "Open")
    WON = "won", pgettext_lazy("status", "Won")
    LOST = "lost", pgettext_lazy("status", "Lost")
    CANCELLED = "cancelled", pgettext_lazy("status", "Cancelled")


PROGRESS = frozenset(
    {
        "status", "status_on", "closed_on", "lost_reason_id", "lost_note",
        "probability", "probability_by_hand", "probability_before_closing",
    }
)  # fmt: skip
CLOSED = (Status.WON, Status.LOST, Status.CANCELLED)
CLOSED_PROBABILITY = {Status.WON: 100, Status.LOST: 0, Status.CANCELLED: 0}


def follow_stage(row: MutableMapping[str, Any]) -> None:
    """An open opportunity has the probability that its stage has today, unless set by hand (OPP-5)."""
    stage = all_stages()[row["stage_id"]]
    row["pipeline_id"] = stage.pipeline_id
    if row["status"] == Status.OPEN and not row["probability_by_hand"]:
        row["probability"] = stage.probability


def settle_progress(row: MutableMapping[str, Any], was: Mapping[str, Any], today: dt.date) -> None:
    """Bring status, stage, probability and their dates in line; the one place that knows how (OPP-5, LIFE-1, LIFE-2).

    ``row`` holds the new values of an opportunity, ``was`` the ones in the database, empty for a new one. An open
    opportunity follows its stage's probability unless set by hand; a closed one remembers what it had.
    Raises ``ValidationError`` by field.
    """
    stage = all_stages()[row["stage_id"]]
    row["pipeline_id"] = stage.pipeline_id
    status = row["status"]
    turned = was.get("status", Status.OPEN) != status
    if status == Status.OPEN:
        if was and turned:
            row["probability"] = row["probability_before_closing"] or stage.probability
        elif not row["probability_by_hand"]:
            row["probability"] = stage.probability
        if not 1 <= (row["probability"] or 0) <= 99:
            raise ValidationError({"probability": _("An open opportunity lies between 1 and 99 %.")}, code="range")
        row["closed_on"], row["lost_reason_id"], row["lost_note"] = None, None, ""
        row["probability_before_closing"] = None
    else:
        if was.get("status", Status.OPEN) == Status.OPEN:
            row["probability_before_closing"] = was["probability"] if was else stage.probability
            if was and row["closed_on"] is None:
                row["closed_on"] = today
        row["probability"] = CLOSED_PROBABILITY[status]
        if status != Status.LOST:
            row["lost_reason_id"], row["lost_note"] = None, ""
    kept = row["status_on"] == was.get("status_on")
    if row["status_on"] is None or (turned and kept):
        row["status_on"] = row["closed_on"] or (today if was else row["opened_on"])
    elif kept and row["closed_on"] and row["status_on"] == was["closed_on"]:
        row["status_on"] = row["closed_on"]
    elif status == Status.OPEN and was and row["status_on"] == was["opened_on"]:
        row["status_on"] = row["opened_on"]
    if row["status_on"] < row["opened_on"]:
        field = "closed_on" if row["closed_on"] else "status_on"
        raise ValidationError({field: _("It lies before the opening date. Correct one of the two.")}, code="order")
