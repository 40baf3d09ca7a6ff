"""What an opportunity was, from when to when (ARCHITECTURE 3): the source of every question about the past.

One row per change of any of the fields below, from the first save on: time in each stage, the list on a past date
(LOG-3), reliability (RPT-3), what changed between two dates (RPT-7).
"""

from collections.abc import Sequence

from django.db import models
from django.utils import timezone

from core import sql
from core.money import MoneyField
from opportunities.models.status import Status

COLUMNS = ("pipeline_id", "stage_id", "status", "probability", "amount", "currency", "due_on", "owner_id")
PERIOD_FIELDS = frozenset({*COLUMNS, "trashed_at"})


class OpportunityPeriod(models.Model):
    opportunity = models.ForeignKey("opportunities.Opportunity", models.CASCADE, related_name="periods")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    pipeline = models.ForeignKey("pipelines.Pipeline", models.PROTECT, db_index=False, related_name="+")
    stage = models.ForeignKey("pipelines.Stage", models.PROTECT, db_index=False, related_name="+")
    status = models.CharField(max_length=9, choices=Status)
    probability = models.PositiveSmallIntegerField()
    amount = MoneyField(null=True)
    currency = models.CharField(max_length=3)
    due_on = models.DateField(null=True)
    owner = models.ForeignKey("users.User", models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.opportunity_id}: {self.valid_from:%Y-%m-%d} – {self.valid_to or ''}"

    @classmethod
    def follow(cls, ids: Sequence[int]) -> None:
        """End the present period of these opportunities and begin the next, as they now stand."""
        now = timezone.now()
        columns = ", ".join(COLUMNS)
        table = cls._meta.db_table
        for start in range(0, len(ids), 1000):
            part = sql.in_list(ids[start : start + 1000])
            sql.execute(
                f"UPDATE {table} SET valid_to = %s WHERE valid_to IS NULL AND opportunity_id IN ({part})",
                [now],
            )
            sql.execute(
                f"INSERT INTO {table} (opportunity_id, valid_from, {columns}) "
                f"SELECT id, %s, {columns} FROM opportunities_opportunity "
                f"WHERE trashed_at IS NULL AND id IN ({part}) ORDER BY id",
                [now],
            )
