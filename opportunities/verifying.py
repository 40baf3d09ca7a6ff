"""What must always be true of opportunities beyond what holds for every record: their periods."""

from collections.abc import Iterator

from django.utils import timezone

from core import sql
from opportunities.models import Line, Opportunity, OpportunityPeriod
from opportunities.models.periods import KEPT
from records.verifying import Finding

_TABLE, _PERIODS = Opportunity._meta.db_table, OpportunityPeriod._meta.db_table
_LINES = Line._meta.db_table


def findings() -> Iterator[Finding]:
    yield from wrong_periods()
    yield from wrong_amounts()


def wrong_amounts() -> Iterator[Finding]:
    """With lines, the amount is their total, unless set by hand (OPP-12)."""
    rows = sql.fetch(
        f"SELECT o.id FROM {_TABLE} o JOIN {_LINES} l ON l.opportunity_id = o.id WHERE NOT o.amount_by_hand "
        f"GROUP BY o.id, o.amount HAVING coalesce(o.amount, -1) <> sum(l.amount)"
    )
    if rows:
        yield Finding(f"opportunities.Opportunity: {len(rows)} have another amount than their lines", len(rows))


def wrong_periods() -> Iterator[Finding]:
    """Each live opportunity has one present period, which is what the opportunity is."""
    equal = "IS" if sql.vendor() == "sqlite" else "IS NOT DISTINCT FROM"
    same = " AND ".join(f"p.{column} {equal} o.{column}" for column in KEPT)
    rows = sql.fetch(
        f"SELECT o.id FROM {_TABLE} o WHERE o.trashed_at IS NULL AND 1 <> "
        f"(SELECT count(*) FROM {_PERIODS} p WHERE p.opportunity_id = o.id AND p.valid_to IS NULL AND {same})"
    )
    if rows:
        ids = [pk for (pk,) in rows]
        text = f"opportunities.Opportunity: {len(ids)} have a present period that is not what they are"
        yield Finding(text, len(ids), lambda: OpportunityPeriod.begin(ids, timezone.now()))
