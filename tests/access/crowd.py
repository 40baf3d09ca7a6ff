"""Twelve people, and hundreds of records whose owners, teams, shares and groups fell as chance had it (GIVE-4).

Every record has a name that is nobody else’s (``Zop0007``), and something other to look for it by (``ro0007``). What
the crowd knows of each record is kept beside it, for the rule in plain Python.
"""

import datetime as dt
import random
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from pipelines.models import Stage
from records.journal import operation
from records.models import Operation
from tests.access.rule import Facts
from tests.make import make_account, make_contact, make_person
from users.models import Profile, Team, User

MODELS = {"opportunity": Opportunity, "account": Account, "contact": Contact}
SHORT = {"opportunity": "op", "account": "ac", "contact": "co"}
KIND = {short: kind for kind, short in SHORT.items()}
NAME = re.compile(r"Z(op|ac|co)\d{4}")


def name_of(kind, number):
    return f"Z{SHORT[kind]}{number:04}"


def code_of(kind, number):
    return f"r{SHORT[kind]}{number:04}"


@dataclass
class Party(Facts):
    """An account, or a contact who may work at one."""

    employer: Facts | None = None


@dataclass
class Deal(Facts):
    """An opportunity, with what adds up and what it names."""

    account: Facts | None = None
    contact: Party | None = None
    amount: int = 0
    stage: Any = None
    status: str = "open"


class Crowd:
    def __init__(self, cast, seed, opportunities=300, parties=100):
        self.chance = random.Random(seed)
        self.sup = cast.sup
        self._people(cast)
        with operation(by=cast.sup, door="import", what="test"):
            self.records = {"account": [self._party("account", at) for at in range(parties)]}
            self.records["contact"] = [self._party("contact", at) for at in range(parties)]
            self.records["opportunity"] = self._opportunities(opportunities)
        self._hand_around()
        self.people = list(User.objects.select_related("profile", "team").exclude(first_name="").order_by("pk"))
        self.by_name = {facts.name: facts for some in self.records.values() for facts in some}

    def _people(self, cast):
        west, east = Team.objects.order_by("-name")
        inside = Profile(name="Inside", code="", rights={
            "opportunity": {"view": "own", "create": "own", "change": "own", "close": "own", "export": "own"},
            "contact": {"view": "team", "change": "team", "export": "team"},
        }).add(by=cast.sup)  # fmt: skip
        make_person("Nia North", "representative", team=east)
        make_person("Olaf Olsen", "associate")
        make_person("Quin Quist", "manager", team=west)
        make_person("Pia Perez", "representative", team=west)
        User.objects.get(first_name="Pia").edit(by=cast.sup, profile=inside)
        east.edit(by=cast.sup, manager=User.objects.get(first_name="Quin"))
        self.everybody = list(User.objects.exclude(first_name="").order_by("pk"))
        self.groups = [Group.objects.create(name=f"Group {number}") for number in range(3)]
        for person in self.everybody:
            person.set_groups(self.chance.sample(self.groups, self.chance.randint(0, 2)), by=cast.sup)

    def _owner(self):
        return self.chance.choice([*self.everybody, None])

    def _party(self, kind, number):
        """An account or a contact; half the contacts work at one of the accounts."""
        facts = Party(kind, self._owner(), name=name_of(kind, number))
        code = code_of(kind, number)
        if kind == "account":
            facts.record = make_account(facts.name, by=self.sup, owner=facts.owner, code=code)
        else:
            facts.employer = self.records["account"][number] if number % 2 else None
            facts.record = make_contact(
                f"Ann {facts.name}", by=self.sup, owner=facts.owner, emails=[f"{code}@x.example"],
                account=facts.employer and facts.employer.record,
            )  # fmt: skip
        return facts

    def _opportunities(self, count):
        stages, blank = list(Stage.objects.order_by("position")), Opportunity.blank_row()
        rows, found = [], []
        for number in range(count):
            facts = Deal("opportunity", self._owner(), name=name_of("opportunity", number))
            facts.account = self.chance.choice([*self.records["account"], None])
            facts.contact = self.chance.choice([*self.records["contact"], None])
            if facts.contact is not None and facts.contact.employer is not None:
                facts.account = facts.contact.employer
            facts.amount, facts.stage = self.chance.randint(1, 9_999), self.chance.choice(stages)
            facts.status = self.chance.choice(["open", "open", "won"])
            rows.append({
                **blank, "name": facts.name, "owner_id": facts.owner and facts.owner.pk, "stage_id": facts.stage.pk,
                "pipeline_id": facts.stage.pipeline_id, "status": facts.status, "amount": Decimal(facts.amount),
                "reference": code_of("opportunity", number), "opened_on": dt.date(2026, 1, 1),
                "due_on": dt.date(2026, 2, 1), "closed_on": dt.date(2026, 2, 1) if facts.status == "won" else None,
                "account_id": facts.account and facts.account.pk, "contact_id": facts.contact and facts.contact.pk,
            })  # fmt: skip
            found.append(facts)
        ids = Opportunity.create_rows(rows)
        line = {"position": 1, "quantity": Decimal(1), "unit_cost": Decimal(0)}
        lines = [{**line, "label": facts.name, "unit_price": Decimal(facts.amount)} for facts in found]
        Opportunity.add_lines({pk: [one] for pk, one in zip(ids, lines, strict=True)})
        records = Opportunity.objects.in_bulk(ids)
        for facts, pk in zip(found, ids, strict=True):
            facts.record = records[pk]
        return found

    def _hand_around(self):
        """Shares given and withdrawn, people assigned, owners changed, records deleted, people moved."""
        chance, holders = self.chance, [*self.everybody, *self.groups]
        for kind, records in self.records.items():
            for _round in range(2):
                wanted = {}
                for facts in records:
                    if chance.random() < 0.3:
                        given = {
                            one: chance.choice(["view", "change"])
                            for one in chance.sample(holders, chance.randint(0, 3))
                        }
                        facts.shared = {to.pk: level for to, level in given.items() if isinstance(to, User)}
                        facts.shared_groups = {to.pk: level for to, level in given.items() if isinstance(to, Group)}
                        wanted[facts.pk] = {f"user:{pk}": level for pk, level in facts.shared.items()} | {
                            f"group:{pk}": level for pk, level in facts.shared_groups.items()
                        }
                with operation(by=self.sup, door="bulk", what=f"{kind}.share"):
                    MODELS[kind].share_rows(wanted)
            given = [facts for facts in records if chance.random() < 0.15]
            with operation(by=self.sup, door="bulk", what=f"{kind}.edit"):
                befores = list(
                    MODELS[kind].objects.filter(pk__in=[facts.pk for facts in given]).values(*MODELS[kind].columns())
                )
                for facts in given:
                    facts.owner = self._owner()
                owners = {facts.pk: facts.owner and facts.owner.pk for facts in given}
                MODELS[kind].change_rows([{**row, "owner_id": owners[row["id"]]} for row in befores], befores)
        for facts in self.records["opportunity"]:
            if chance.random() < 0.1:
                facts.record = Opportunity.objects.get(pk=facts.pk)
                facts.assigned = {one.pk for one in chance.sample(self.everybody, 2)}
                facts.record.assign(facts.assigned, by=self.sup)
        for kind in ("opportunity", "contact"):
            gone = [facts for facts in self.records[kind] if chance.random() < 0.08]
            with operation(by=self.sup, door="bulk", what=f"{kind}.delete"):
                MODELS[kind].trash_rows([facts.pk for facts in gone], by=self.sup)
            for facts in gone:
                facts.trashed = True
        for name, groups in (("Eve", self.groups[:1]), ("Olaf", self.groups[1:]), ("Sam", [])):
            User.objects.get(first_name=name).set_groups(groups, by=self.sup)
        olaf = User.objects.select_related("profile").get(first_name="Olaf")
        olaf.edit(by=self.sup, team=Team.objects.get(name="East"))
        self._read_owners()
        self.operations = list(Operation.objects.order_by("-pk").values_list("pk", flat=True)[:25])

    def _read_owners(self):
        """Owners as they are in the database now: their teams count."""
        now = User.objects.select_related("team").in_bulk()
        for some in self.records.values():
            for facts in some:
                facts.owner = facts.owner and now[facts.owner.pk]

    def browser(self, person):
        made = Client(headers={"accept-language": "en"})
        made.force_login(person, backend="users.backends.People")
        return made
