"""Planning contacts (DATA-8)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.models.likeness import NOWHERE
from transfers.planning.new import New
from transfers.planning.parties import PartyPlanner
from transfers.planning.planned import Planned

PLAIN = ("first_name", "last_name", "role")


class ContactPlanner(PartyPlanner):
    kind = "contact"
    company_column = "account_id"

    def missing(self) -> list[Any]:
        if self.settings.only == "update" or {"name", "last_name", "first_name", "id"} & set(self.settings.fields):
            return []
        return [self.columns["last_name"].label]

    def find(self, planned: Sequence[Planned], *, lock: bool) -> None:
        if self.match == "id":
            self.find_by_id(planned, lock)
        elif self.match == "email":
            self._find_by_email(planned, lock)
        elif self.match == "name_account":
            self._find_by_name(planned, lock)
        ids = {row.values["account_id"] for row in planned if "account_id" in row.values}
        self.seen_accounts = set(Account.objects.visible_to(self.user).filter(pk__in=ids).values_list("pk", flat=True))

    def told(self, row: Planned) -> dict[str, Any]:
        first, last = self._names(row)
        account = row.values.get("account_id") or row.values.get("account")
        company = account if account is None or isinstance(account, int) else NOWHERE
        return {"first_name": first, "last_name": last, "account_id": company, **self.reached(row)}

    def settle(self, row: Planned) -> None:
        if self.takes(row, "name") and "name" in row.values:
            first, _space, last = row.values["name"].rpartition(" ")
            row.row["first_name"], row.row["last_name"] = first, last
        self.plain(row, PLAIN)
        self.reach(row)
        self.owner(row)
        self.company(row, "account")
        if "account_id" in row.values:
            if row.values["account_id"] in self.seen_accounts:
                row.row["account_id"] = row.values["account_id"]
                row.new.pop("account", None)
            else:
                self.refuse(row, "account_id", _("There is no account with this ID."))
        if not row.row["first_name"] and not row.row["last_name"]:
            self.refuse(row, "last_name", _("A contact needs a name."))

    def _find_by_email(self, planned: Sequence[Planned], lock: bool) -> None:
        """By the main address: those that hold it are found by their searched text, then compared."""
        wanted = {row.values["email"].lower(): row for row in planned if "email" in row.values}
        if not wanted:
            return
        seen: dict[str, dict[str, Any]] = {}
        mine = Contact.objects.visible_to(self.user)
        pairs = mine.filter(main_email__in=list(wanted)).values_list("main_email", "pk")
        ids = {pk: email for email, pk in pairs}
        for found in self.rows_by("id", ids, lock=lock):
            seen.setdefault(ids[found["id"]], found)
        for row in planned:
            if "email" in row.values:
                row.before = seen.get(row.values["email"].lower())

    def _find_by_name(self, planned: Sequence[Planned], lock: bool) -> None:
        keys = {self._key(row): row for row in planned}
        rows: dict[Any, list[dict[str, Any]]] = {}
        for found in self.rows_by("name_key", [name for name, _account in keys if name], lock=lock):
            rows.setdefault((found["name_key"], found["account_id"]), []).append(found)
        for row in planned:
            same = rows.get(self._key(row), [])
            if len(same) > 1:
                self.refuse(row, "last_name", _("Several contacts of this account have this name. Add the ID."))
            elif same:
                row.before = same[0]

    def _key(self, row: Planned) -> tuple[str, Any]:
        name_key = Contact.key_of(*self._names(row))
        account = row.values.get("account_id") or row.values.get("account")
        return name_key, -1 if isinstance(account, New) else account

    def _names(self, row: Planned) -> tuple[str, str]:
        """First and last name, as the row tells them."""
        if "name" in row.values:
            first, _space, last = row.values["name"].rpartition(" ")
            return first, last
        return row.values.get("first_name", ""), row.values.get("last_name", "")
