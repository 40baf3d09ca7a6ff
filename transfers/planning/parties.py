"""What planning accounts and contacts has in common: addresses and numbers, owner, finding by a key."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, alike
from accounts.models.likeness import name_of
from accounts.models.reach import check_emails, check_phones
from transfers.planning.likely import Likely
from transfers.planning.planned import Planned
from transfers.planning.planner import Planner, put
from transfers.planning.settings import LEAVE


class PartyPlanner(Planner):
    model: type[Account | Contact]
    company_column: ClassVar[str]

    def likely(self, chunks: Iterable[Sequence[Any]]) -> dict[int, Likely]:
        found: dict[int, Likely] = {}
        if not self.settings.creates:
            return found
        for chunk in chunks:
            planned = self._read(chunk)
            self._resolve(planned)
            self.find(planned, lock=False)
            new = {row.number: self.told(row) for row in planned if row.before is None}
            for number, same in alike(self.model, new, self.user).items():
                found[number] = Likely(number, name_of(new[number]), same)
        return found

    def choose(self, planned: Sequence[Planned], *, lock: bool) -> None:
        """Rows that are likely there already: left out, or taken for the record that was chosen, if it still stands."""
        decided = {row.number: self.settings.likely.get(row.number) for row in planned if row.before is None}
        chosen = {number: one["to"] for number, one in decided.items() if isinstance(one, dict)}
        there = {found["id"]: found for found in self.rows_by("id", set(chosen.values()), lock=lock)}
        for row in planned:
            if row.number in chosen:
                row.before = there.get(chosen[row.number])
                if row.before is None:
                    self.refuse(row, "", _("The record that was chosen for this row is not there any more."))
            elif decided.get(row.number) == LEAVE:
                row.skipped = True
        self.know_companies(planned)

    def know_companies(self, planned: Sequence[Planned]) -> None:
        """The companies that the records of these rows have and that one may not see."""
        ids = {row.before[self.company_column] for row in planned if row.before is not None} - {None}
        seen = Account.objects.visible_to(self.user, few=True).filter(pk__in=ids) if ids else Account.objects.none()
        self.unseen = ids - set(seen.values_list("pk", flat=True))

    def company(self, row: Planned, name: str) -> None:
        """A company that one may not see stands in no file: a blank cell leaves it (GIVE-4)."""
        if not self.hides(row, name) and self.takes(row, name):
            put(row, name, self.company_column)

    def hides(self, row: Planned, name: str) -> bool:
        attribute = self.columns[name].attribute
        is_company = name in row.blank and attribute == self.company_column
        return is_company and row.before is not None and row.before[attribute] in self.unseen

    def told(self, row: Planned) -> dict[str, Any]:
        """What a row tells of those by which records are alike."""
        raise NotImplementedError

    def reached(self, row: Planned) -> dict[str, Any]:
        return {
            attribute: [*([row.values[main]] if main in row.values else []), *(row.values.get(others) or [])]
            for main, others, attribute in (("email", "other_emails", "emails"), ("phone", "other_phones", "phones"))
        }

    def find_by_id(self, planned: Sequence[Planned], lock: bool) -> None:
        rows = self.rows_by("id", [row.values["id"] for row in planned if "id" in row.values], lock=lock)
        self.know_again(planned, "id", {found["id"]: found for found in rows})
        for row in planned:
            if "id" in row.values and row.before is None:
                self.refuse(row, "id", _("There is no record with this ID."))

    def plain(self, row: Planned, names: Sequence[str]) -> None:
        for name in names:
            if self.takes(row, name):
                row.row[name] = self.value_of(row, name)

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
