"""What an opportunity was, from when to when (ARCHITECTURE 3): the source of every question about the past.

One row per change of any of the fields below, from the first save on: time in each stage, the list on a past date
(LOG-3), reliability (RPT-3), what changed between two dates (RPT-7).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import models

from core import sql
from core.money import MoneyField
from opportunities.models.status import Status
from records import journal

COLUMNS = ("pipeline_id", "stage_id", "status", "probability", "amount", "currency", "due_on", "owner_id")
KEPT = (*COLUMNS, "list_key")  # with the place in the list, which follows from these and the closing date
PERIOD_FIELDS = frozenset({*COLUMNS, "closed_on", "trashed_at"})


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
    list_key = models.IntegerField()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(
                fields=["list_key", "opportunity", "valid_from"],
                condition=models.Q(valid_to=None),
                name="present_periods_in_order",
            ),
            models.Index(
                fields=["list_key", "opportunity", "valid_from", "valid_to"],
                condition=models.Q(valid_to__isnull=False),
                name="past_periods_in_order",
            ),
            # The two that totals are added up from, without the table: each holds all that is asked of.
            models.Index(
                fields=[
                    *("status", "currency", "probability", "valid_from", "list_key", "opportunity"),
                    *("amount", "due_on", "valid_to"),
                ],
                condition=models.Q(valid_to=None),
                name="present_periods_added_up",
            ),
            models.Index(
                fields=[
                    *("valid_to", "valid_from", "list_key", "opportunity"),
                    *("status", "currency", "probability", "amount", "due_on"),
                ],
                condition=models.Q(valid_to__isnull=False),
                name="past_periods_by_their_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id}: {self.valid_from:%Y-%m-%d} – {self.valid_to or ''}"

    @classmethod
    def follow(cls, ids: Sequence[int]) -> None:
        """End the present period of these opportunities and begin the next, as they now stand. What one operation does
        to an opportunity in several steps is one period, and none if it ends as it began."""
        writing = journal.current()
        again = writing.met_before(cls._meta.label, ids)
        if again:
            cls._take_back(again, writing.moment)
            ids = [pk for pk in ids if pk not in again] + cls._differing(again)
        cls.begin(ids, writing.moment)

    @classmethod
    def begin(cls, ids: Sequence[int], moment: dt.datetime) -> None:
        columns = ", ".join(KEPT)
        table = cls._meta.db_table
        for start in range(0, len(ids), 1000):
            part = sql.in_list(ids[start : start + 1000])
            sql.execute(
                f"UPDATE {table} SET valid_to = %s WHERE valid_to IS NULL AND opportunity_id IN ({part})",
                [moment],
            )
            sql.execute(
                f"INSERT INTO {table} (opportunity_id, valid_from, {columns}) "
                f"SELECT id, %s, {columns} FROM opportunities_opportunity "
                f"WHERE trashed_at IS NULL AND id IN ({part}) ORDER BY id",
                [moment],
            )

    @classmethod
    def _take_back(cls, ids: Collection[int], moment: dt.datetime) -> None:
        """Undo what this operation has written of these so far."""
        table, these = cls._meta.db_table, f"opportunity_id IN ({sql.in_list(ids)})"
        sql.execute(f"DELETE FROM {table} WHERE valid_from = %s AND {these}", [moment])
        sql.execute(f"UPDATE {table} SET valid_to = NULL WHERE valid_to = %s AND {these}", [moment])

    @classmethod
    def _differing(cls, ids: Collection[int]) -> list[int]:
        """Those of which the present period does not say how they stand."""
        record: Any = cls._meta.get_field("opportunity").related_model
        stand = record._default_manager.filter(pk__in=ids, trashed_at=None).values_list("pk", *KEPT)
        present = cls.objects.filter(opportunity__in=ids, valid_to=None).values_list("opportunity_id", *KEPT)
        return sorted({row[0] for row in set(stand) ^ set(present)})
