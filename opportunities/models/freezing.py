"""The rate of exchange, frozen when an opportunity is closed (OPP-14)."""

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any

from core.models import House
from opportunities.models.status import Status
from pipelines.models import rate_on


def settle_rate(row: MutableMapping[str, Any], was: Mapping[str, Any], today: dt.date) -> None:
    """Closing takes the rate of its day and keeps it, whatever rates are said later; one that was missing is taken as
    soon as it is there. In the house currency, and while open, there is none to keep."""
    if row["status"] == Status.OPEN or row["currency"] == House.current().currency:
        row["closing_rate"] = None
        return
    same = all(was.get(name) == row[name] for name in ("status", "closed_on", "currency"))
    if not same or row["closing_rate"] is None:
        row["closing_rate"] = rate_on(row["currency"], row["closed_on"] or today)
