"""The world of the access matrix: the cast, and one record of each kind in each state."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Account, Contact, ContactList
from activities.models import Activity, CalendarFeed, TimeEntry, activity_types
from attributes.models import CustomField, Tag
from core.models import Job
from crm.models import Archive
from opportunities.models import Bulk, Opportunity, SavedView
from pipelines.models import Category, Currency, Family, OriginType, Pipeline, Rate, Stage
from records.models import Change
from tasks.models import AppliedTrack, Step, Task, Track
from tasks.models.applying import apply
from tests.access.rule import Facts
from tests.make import make_account, make_contact, make_opportunity, make_person
from tests.pages import fields
from tests.transfers import sheets
from transfers.models import Export
from users.mailing import token
from users.models import Kind, Notice, Profile, Team, User

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
        self._forms: dict[str, dict[str, list[str]]] = {}
        self.tasks, self.done, self.activities, self.times, self.sites, self.applied = ({} for _kind in range(6))
        self._set_up()
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
        self._hang(kind, state, facts.record)
        facts.record.refresh_from_db()
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
            facts.record.trash(by=cast.sup)
            facts.trashed = True
        return facts

    def _hang(self, kind: str, state: str, record: Any) -> None:
        """What stands on each record, all of it Sup’s."""
        sup = self.cast.sup
        call = next(row for row in activity_types().values() if row.code == "call")
        of = {kind: record}
        self.activities[kind, state] = Activity(text=f"Rang about {state}", type=call, **of).add(by=sup)
        self.tasks[kind, state] = Task(title=f"Call about {state}", **of).add(by=sup)
        self.done[kind, state] = Task(title=f"Called about {state}", **of).add(by=sup)
        self.done[kind, state].complete(by=sup)
        if kind == "opportunity":
            self.times[state] = TimeEntry(opportunity=record, user=sup, minutes=5).add(by=sup)
            record.involve(sup, by=sup)
            row = {"id": record.pk, "owner_id": record.owner_id, "due_on": record.due_on}
            apply(self.track, [row], by=sup, start=dt.date(2026, 1, 5), end=dt.date(2029, 1, 5))
            self.applied[state] = AppliedTrack.objects.get(opportunity=record)
            record.refresh_from_db()
            record.due_on += dt.timedelta(days=30)
            record.edit(by=sup)
        else:
            self.list.put(record, by=sup)
        if kind == "account":
            self.sites[state] = record.sites.model(account=record, name="Plant", city="Caen").add(by=sup)

    def _set_up(self) -> None:
        """What an administrator made."""
        sup = self.cast.sup
        self.group = Group.objects.create(name="Key accounts")
        for person in (self.cast.eve, self.cast.claire, self.cast.bo):
            person.groups.add(self.group)
        self.pipeline, self.origin_type = Pipeline.objects.first(), OriginType.objects.first()
        self.old_pipeline = Pipeline(name="Fairs").add(by=sup)
        self.old_pipeline.archive(by=sup)
        self.stage, self.next_stage = Stage.objects.filter(pipeline=self.pipeline).order_by("position")[:2]
        self.team, self.profile = Team.objects.first(), Profile.objects.get(code="representative")
        self.tag = Tag.objects.first()
        self.list, self.other_list = (ContactList(name=name).add(by=sup) for name in ("Prospects", "Guests"))
        self.category, self.family = Category(name="Services").add(by=sup), Family(name="Dairy").add(by=sup)
        self.field = CustomField(of="opportunity", name="Norm", kind="list").add(by=sup)
        self.texts = {kind: CustomField(of=kind, name="Code", kind="text").add(by=sup) for kind in MAKE}
        self.currency = Currency(name="Dollar", code="USD").add(by=sup)
        self.rate = Rate.put(self.currency, dt.date(2026, 1, 1), Decimal("0.9"), by=sup)
        self.track = Track(name="Launch").add(by=sup)
        self.step = Step(track=self.track, name="Prepare", days=3, unit="day", anchor="end").add(by=sup)

    def _more(self) -> None:
        """What else stands in an address, each of one person."""
        cast, opportunities = self.cast, self.records["opportunity"]
        self.operations = {
            state: Change.objects.filter(record_id=facts.pk, kind="created", model__model="opportunity")
            .get()
            .operation_id
            for state, facts in opportunities.items()
        }
        self.bulk = Bulk.choose("tags", [opportunities["shared_to_edit"].pk], by=cast.bo)
        self.running = Bulk.choose("tags", [opportunities["shared_to_edit"].pk] * 201, by=cast.bo)
        self.running.run({"mode": "add", "tags": [self.tag.pk]})
        self.view = SavedView(owner=cast.claire, name="Large ones").add(by=cast.claire)
        self.late = Task(title="Late", assignee=cast.tom, due_on=dt.date(2026, 1, 1)).add(by=cast.sup)
        rows = [["Name", "Amount"], ["A", "1"]]
        self.imported, self.begun = sheets.read(rows, cast.bo), sheets.read(rows, cast.bo)
        self.checked = sheets.check(sheets.read(rows, cast.bo))
        self.started = sheets.check(sheets.read(rows, cast.bo))
        self.started.run_rows(ring=False)
        self.finished = sheets.run(rows, cast.bo)
        made = Job.objects.create(kind="transfers.Export", by=cast.bo)
        self.exported = Export.objects.create(job=made, kind="account", format="csv")
        made.run()
        self.archive = Archive.start(by=cast.sup)
        self.archive.job.run()
        CalendarFeed.renew(cast.claire)
        self.calendar = CalendarFeed.objects.get(user=cast.claire).token
        told = {"kind": Kind.SHARE, "subject": "Shared", "url": opportunities["own"].record.get_absolute_url()}
        self.notice = Notice.objects.create(user=cast.claire, about_model=None, **told)
        self.token = token(cast.claire, [self.notice])
        Authenticator.objects.create(user=cast.gone, type=Authenticator.Type.TOTP, data={})
        key = default_token_generator.make_token(cast.tom)
        self.reset = {"uidb36": user_pk_to_url_str(cast.tom), "key": key}
        self.session = UserSession.objects.create(
            user=cast.claire, session_key="elsewhere", ip="127.0.0.1", user_agent="Firefox", data={}
        )

    def state_of(self, facts: Facts) -> str:
        return next(state for state, one in self.records[facts.kind].items() if one is facts)

    def browser(self, name: str) -> Client:
        """A fresh one, with the session made at the start: no cell leaves another signed out."""
        made = Client(headers={"accept-language": "en"})
        made.cookies.load(self.cookies[name])
        return made

    def form(self, address: str) -> dict[str, list[str]]:
        """What the form of a page sends as it stands, asked by the first who gets it; nothing where nobody does."""
        if address not in self._forms:
            answers = (self.browser(name).get(address) for name in ("sup", "bo", "claire"))
            found = next((answer for answer in answers if answer.status_code == 200), None)
            path = address.partition("?")[0]
            self._forms[address] = fields(found, lambda attrs: sends_to(attrs, path)) if found is not None else {}
        return dict(self._forms[address])


def sends_to(attrs: dict[str, str], path: str) -> bool:
    return attrs.get("method", "").lower() == "post" and attrs.get("action", path) == path


def sign_in(person: User) -> dict[str, str]:
    made = Client()
    made.force_login(person, backend="users.backends.People")
    return {name: morsel.value for name, morsel in made.cookies.items()}
