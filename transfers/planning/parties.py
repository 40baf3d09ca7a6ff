"""What planning accounts and contacts has in common: addresses and numbers, owner, finding by a key."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models.reach import check_emails, check_phones
from transfers.planning.planner import Planned, Planner, put


class PartyPlanner(Planner):
    not_found: str

    def find_by_id(self, planned: Sequence[Planned], lock: bool) -> None:
        rows = self.rows_by("id", [row.values["id"] for row in planned if "id" in row.values], lock=lock)
        self.know_again(planned, "id", {found["id"]: found for found in rows})
        for row in planned:
            if "id" in row.values and row.before is None:
                self.refuse(row, "id", _("There is no record with this ID."))

    def plain(self, row: Planned, names: Sequence[str]) -> None:
        for name in names:
            if self.takes(row, name):
                value = row.values.get(name)
                row.row[name] = self.blank[name] if value is None else value

    def reach(self, row: Planned) -> None:
        """The main address is the first one; others are kept behind it."""
        for main, others, attribute, check in (
            ("email", "other_emails", "emails", check_emails),
            ("phone", "other_phones", "phones", check_phones),
        ):
            kept: list[Any] = list(row.row[attribute])
            first, rest = kept[:1], kept[1:]
            if self.takes(row, main):
                first = [row.values[main]] if main in row.values else []
            if self.takes(row, others):
                rest = row.values.get(others) or []
            found = list(dict.fromkeys([*first, *rest]))
            if found == kept:
                continue
            try:
                check(found)
            except ValidationError as error:
                self.refuse(row, main if main in row.values else others, " ".join(error.messages))
            row.row[attribute] = found

    def owner(self, row: Planned) -> None:
        if self.takes(row, "owner"):
            put(row, "owner", "owner_id")
        if row.before is None and row.row["owner_id"] is None and "owner" not in row.new:
            row.row["owner_id"] = self.user.pk
        self.owner_within_reach(row)
