"""Planning accounts (DATA-8): a parent account may stand below its child in the file."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from core.folding import fold
from records.models.owned import NAME_KEY_LENGTH
from transfers.planning.parties import PartyPlanner
from transfers.planning.planned import Planned
from transfers.references import Parents
from transfers.sheet import shown

PLAIN = (
    "code", "name", "kind", "sector", "employees", "revenue", "registration", "website", "street", "postcode", "city",
    "country",
)  # fmt: skip


class AccountPlanner(PartyPlanner):
    kind = "account"
    company_column = "parent_id"

    def missing(self) -> list[Any]:
        if self.settings.only != "update" and "name" not in self.settings.fields and "id" not in self.settings.fields:
            return [self.columns["name"].label]
        return []

    def find(self, planned: Sequence[Planned], *, lock: bool) -> None:
        if self.match == "id":
            self.find_by_id(planned, lock)
        elif self.match == "code":
            wanted = [row.values["code"] for row in planned if "code" in row.values]
            self.know_again(
                planned, "code", {found["code"]: found for found in self.rows_by("code", wanted, lock=lock)}
            )
        elif self.match == "name":
            self._find_by_name(planned, lock)
        self._refuse_taken(planned)

    def look_for_repeats(self, chunks: Iterable[Sequence[Any]]) -> None:
        chunks = list(chunks) if "parent" in self.settings.fields else chunks
        if "parent" in self.settings.fields and "name" in self.settings.fields:
            places = [self.settings.fields[name] + 1 for name in ("name", "code") if name in self.settings.fields]
            self.in_file = {fold(shown(row[at])) for at in places for chunk in chunks for row in chunk if row[at]}
        super().look_for_repeats(chunks)

    def comes_later(self, name: str, text: str) -> bool:
        return name == "parent" and fold(text) in self.in_file

    def link(self, pairs: Sequence[tuple[int, str]]) -> None:
        """Give accounts the parents that the file named, now that all of it is in."""
        found = Parents(self.user).find({text for _pk, text in pairs})
        parents = {pk: found[text] for pk, text in pairs if isinstance(found.get(text), int) and found[text] != pk}
        befores = list(Account.objects.filter(pk__in=parents).values(*Account.columns()))
        Account.change_rows([{**before, "parent_id": parents[before["id"]]} for before in befores], befores)

    def told(self, row: Planned) -> dict[str, Any]:
        named = {name: row.values.get(name, "") for name in ("name", "registration")}
        return {**named, **self.reached(row)}

    def settle(self, row: Planned) -> None:
        self.plain(row, PLAIN)
        self.reach(row)
        self.owner(row)
        self.company(row, "parent")
        if "parent" in row.values and row.row["parent_id"] is not None and row.row["parent_id"] == row.row["id"]:
            self.refuse(row, "parent", _("An account is not its own parent."))
        if not row.row["name"] and row.before is None:
            row.row["name"] = row.row["code"] or row.row["registration"]
        if not row.row["name"]:
            self.refuse(row, "name", _("An account needs a name."))

    def _find_by_name(self, planned: Sequence[Planned], lock: bool) -> None:
        keys = {fold(row.values["name"])[:NAME_KEY_LENGTH] for row in planned if "name" in row.values}
        rows: dict[str, list[dict[str, Any]]] = {}
        for found in self.rows_by("name_key", keys, lock=lock):
            rows.setdefault(found["name_key"], []).append(found)
        for row in planned:
            same = rows.get(fold(row.values.get("name", ""))[:NAME_KEY_LENGTH], [])
            if len(same) > 1:
                self.refuse(row, "name", _("Several accounts have this name. Add the ID or the code."))
            elif same:
                row.before = same[0]

    def _refuse_taken(self, planned: Sequence[Planned]) -> None:
        if "code" not in self.headers:
            return
        wanted = {row.values["code"] for row in planned if "code" in row.values}
        taken = dict(Account.objects.identified_by(wanted).values_list("code", "pk"))
        for row in planned:
            holder = taken.get(row.values.get("code"))
            is_others = holder is not None and (row.before is None or row.before["id"] != holder)
            if is_others or row.number in self.taken_in_file:
                self.refuse(row, "code", _("This code is taken."))
