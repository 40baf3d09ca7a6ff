"""Since when, and by whom: what the journal knows of a record's owner, of those assigned, of its shares (GIVE-5)."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType

from records.models import Change, OwnedRecord


@dataclass(frozen=True)
class Moment:
    """When it happened, and who did it, if a person did."""

    at: dt.datetime
    by: Any


@dataclass
class Since:
    """Of today's owner, assigned people and shares: since when; of shares withdrawn since: when."""

    owner: Moment | None = None
    assigned: dict[int, Moment] = field(default_factory=dict)
    shared: dict[str, Moment] = field(default_factory=dict)
    withdrawn: dict[str, Moment] = field(default_factory=dict)

    @classmethod
    def of(cls, record: OwnedRecord) -> "Since":
        """One query over the record's own changes of these."""
        since = cls()
        mine = Change.objects.filter(model=ContentType.objects.get_for_model(type(record)), record_id=record.pk)
        told = mine.filter(fields__has_any_keys=["owner_id", "assignees", "shares"])
        for change in told.select_related("operation__by").order_by("pk"):
            moment = Moment(change.operation.at, change.operation.by)
            if "owner_id" in change.fields:
                since.owner = moment
            old, new = change.fields.get("assignees", ((), ()))
            since.assigned |= dict.fromkeys(set(new or ()) - set(old or ()), moment)
            old, new = change.fields.get("shares", ({}, {}))
            since._follow_shares(old or {}, new or {}, moment)
        return since

    def _follow_shares(self, old: dict[str, str], new: dict[str, str], moment: Moment) -> None:
        for key, level in new.items():
            if old.get(key) != level:
                self.shared[key] = moment
                self.withdrawn.pop(key, None)
        for key in old.keys() - new.keys():
            self.shared.pop(key, None)
            self.withdrawn[key] = moment
