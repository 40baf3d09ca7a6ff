"""What must always be true of opportunities beyond what holds for every record: their periods."""

from collections.abc import Iterator

from core import sql
from opportunities.models import Opportunity, OpportunityPeriod
from opportunities.models.periods import COLUMNS
from records.verifying import Finding

_TABLE, _PERIODS = Opportunity._meta.db_table, OpportunityPeriod._meta.db_table


def findings() -> Iterator[Finding]:
    """Each live opportunity has one present period, which is what the opportunity is."""
    equal = "IS" if sql.vendor() == "sqlite" else "IS NOT DISTINCT FROM"
    same = " AND ".join(f"p.{column} {equal} o.{column}" for column in COLUMNS)
    rows = sql.fetch(
        f"SELECT o.id FROM {_TABLE} o WHERE o.trashed_at IS NULL AND 1 <> "
        f"(SELECT count(*) FROM {_PERIODS} p WHERE p.opportunity_id = o.id AND p.valid_to IS NULL AND {same})"
    )
    if rows:
        ids = [pk for (pk,) in rows]
        text = f"opportunities.Opportunity: {len(ids)} have a present period that is not what they are"
        yield Finding(text, len(ids), lambda: OpportunityPeriod.follow(ids))
