"""The world of the access matrix: the cast, and one record of each kind in each state."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Contact, ContactList
from attributes.models import CustomField
from core.models import Job
from opportunities.models import Bulk, Opportunity, SavedView
from pipelines.models import Category, Family, OriginType, Pipeline, Stage
from records.journal import operation
from records.models import Change
from tasks.models import Task, Track
from tests.access.rule import Facts
from tests.make import make_account, make_contact, make_opportunity, make_person
from transfers.models import Export, Import
from users.models import Profile, Team, User

MAKE = {"opportunity": make_opportunity, "account": make_account, "contact": make_contact}
MODELS = {"opportunity": Opportunity, "account": Account, "contact": Contact}
STATES = (
    "own", "colleague", "assigned", "shared_to_see", "shared_to_edit", "by_group_to_see", "by_group_to_edit",
    "withdrawn", "stranger", "nobody", "trashed", "closed",
)  # fmt: skip
ONLY_OPPORTUNITIES = {"assigned", "closed"}


class World:
    """``records[kind][state]`` are facts; ``cookies[name]`` are those of somebody signed in; ``anonymous`` has none."""

    def __init__(self) -> None:
        people = User.objects.select_related("profile", "team").exclude(first_name="")
        self.cast = SimpleNamespace(**{person.first_name.lower(): person for person in people})
        make_person("Gone Garnier", "administrator")
        self.cast.gone = User.objects.select_related("profile", "team").get(first_name="Gone")
        self.cookies = {name: sign_in(person) for name, person in vars(self.cast).items()} | {"anonymous": {}}
        self.cast.gone.deactivate(by=self.cast.sup)
        self.group = Group.objects.create(name="Key accounts")
        for person in (self.cast.eve, self.cast.claire, self.cast.bo):
            person.groups.add(self.group)
        self.records = {kind: self._records(kind) for kind in MAKE}
        self._more()

    def _records(self, kind: str) -> dict[str, Facts]:
        states = [state for state in STATES if kind == "opportunity" or state not in ONLY_OPPORTUNITIES]
        return {state: self._record(kind, state) for state in states}

    def _record(self, kind: str, state: str) -> Facts:
        """All belong to Sam of the other team, but for those whose state says another owner."""
        cast, name = self.cast, f"Quartz {kind} {state}"
        owner = {"own": cast.claire, "colleague": cast.tom, "closed": cast.claire, "nobody": None}.get(state, cast.sam)
        facts = Facts(kind, owner, name=name)
        given = {"status": "won"} if state == "closed" else {}
        facts.record = MAKE[kind](name, by=cast.sup, owner=owner, **given)
        shares: dict[Any, str] = {}
        if state in ("shared_to_see", "shared_to_edit", "withdrawn"):
            shares = dict.fromkeys((cast.claire, cast.eve, cast.bo), "view" if state == "shared_to_see" else "change")
        elif state.startswith("by_group"):
            shares = {self.group: "view" if state.endswith("see") else "change"}
        for to, level in shares.items():
            facts.record.share(to=to, edit=level == "change", by=cast.sup)
            if state == "withdrawn":
                facts.record.withdraw(from_=to, by=cast.sup)
            else:
                (facts.shared_groups if to is self.group else facts.shared)[to.pk] = level
        if state == "assigned":
            facts.record.assign([cast.tom.pk], by=cast.sup)
            facts.assigned = {cast.tom.pk}
        if state == "trashed":
            with operation(by=cast.sup, door="form", what=f"{kind}.delete"):
                facts.record.trashed_at = timezone.now()
                facts.record.save()
            facts.trashed = True
        return facts

    def _more(self) -> None:
        """What else stands in an address."""
        cast = self.cast
        self.pipeline, self.origin_type = Pipeline.objects.first(), OriginType.objects.first()
        self.stage = Stage.objects.order_by("position").first()
        self.team, self.profile = Team.objects.first(), Profile.objects.get(code="representative")
        self.list = ContactList(name="Prospects").add(by=cast.sup)
        self.sites = {}
        for state, facts in self.records["account"].items():
            with operation(by=cast.sup, door="form", what="site.add"):
                self.sites[state] = facts.record.sites.create(name="Plant", city="Caen")
        self.tasks = {
            state: Task(title=f"Call about {state}", opportunity=facts.record).add(by=cast.sup)
            for state, facts in self.records["opportunity"].items()
        }
        self.track = Track(name="Launch").add(by=cast.sup)
        self.operations = {
            state: Change.objects.filter(record_id=facts.pk, kind="created", model__model="opportunity")
            .get()
            .operation_id
            for state, facts in self.records["opportunity"].items()
        }
        self.category, self.family = Category(name="Services").add(by=cast.sup), Family(name="Dairy").add(by=cast.sup)
        self.field = CustomField(of="opportunity", name="Norm", kind="list").add(by=cast.sup)
        self.bulk = Bulk.choose("tags", [self.records["opportunity"]["own"].pk], by=cast.bo)
        self.view = SavedView(owner=cast.claire, name="Large ones").add(by=cast.claire)
        self.imported, self.begun = self._import(), self._import()
        made = Job.objects.create(kind="transfers.Export", by=cast.bo)
        self.exported = Export.objects.create(job=made, kind="account", format="csv")
        made.run()

    def _import(self) -> Import:
        job = Job.objects.create(kind="transfers.Import", by=self.cast.bo)
        file = ContentFile(b"Name,Amount\nA,1\n", "a.csv")
        made = Import.objects.create(job=job, kind="opportunity", name="a.csv", file=file)
        job.run()
        return made

    def state_of(self, facts: Facts) -> str:
        return next(state for state, one in self.records[facts.kind].items() if one is facts)

    def browser(self, name: str) -> Client:
        """A fresh one, with the session made at the start: no cell leaves another signed out."""
        made = Client(headers={"accept-language": "en"})
        made.cookies.load(self.cookies[name])
        return made


def sign_in(person: User) -> dict[str, str]:
    made = Client()
    made.force_login(person, backend="users.backends.People")
    return {name: morsel.value for name, morsel in made.cookies.items()}
