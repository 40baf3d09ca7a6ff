"""A small house with one of everything, and somebody at work in it."""

import datetime as dt
import random
from decimal import Decimal
from types import SimpleNamespace

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Account, Contact, ContactList, Site
from activities.models import Activity, ActivityType, TimeEntry
from attributes.models import CustomField, FieldOption, Tag
from core.dates import today
from opportunities.models import Opportunity, SavedView
from pipelines.models import Category, Currency, PersonRole, Pipeline, Product, Rate, SaleType, Stage, Subcategory
from records.models import Operation
from tasks.models import Step, Task, Track
from tasks.models.applying import apply
from tests.make import lost_reason, make_account, make_contact, make_opportunity, source, stage
from tests.pages import fields
from users.models import User

DAY = dt.timedelta(days=1)
KINDS = {"opportunity": Opportunity, "account": Account, "contact": Contact}


class Nothing(Exception):
    """There is nothing that this could be done to."""


class World:
    """``by`` is at work, with ``browser``; ``draw`` decides, by a seed, on what and how."""

    def __init__(self):
        people = User.objects.select_related("profile", "team").exclude(first_name="")
        self.cast = SimpleNamespace(**{person.first_name.lower(): person for person in people})
        self.cookies = {name: sign_in(person) for name, person in vars(self.cast).items()}
        self.draw = random.Random(0)
        self.be("ada")
        self._set_up()
        self._parties()
        self._opportunities()
        self._on_them()

    # Somebody at work

    def be(self, name):
        self.name, self.by = name, User.objects.select_related("profile", "team").get(pk=getattr(self.cast, name).pk)
        self.browser = Client(headers={"accept-language": "en"})
        self.browser.cookies.load(self.cookies[name])

    def some(self, *choices):
        return self.draw.choice(choices)

    def one(self, records):
        """One of these at random. Raises ``Nothing``."""
        found = list(records.order_by("pk"))
        if not found:
            raise Nothing
        return self.draw.choice(found)

    def mine(self, kind, verb="change", **given):
        """A record on which whoever is at work may do this."""
        return self.one(KINDS[kind].objects.allowing(self.by, verb).filter(**given))

    def day(self):
        return (today() + self.draw.randint(-3, 90) * DAY).isoformat()

    def form(self, url):
        """What the form of the page sends as it stands."""
        answer = self.browser.get(url)
        path = url.partition("?")[0]
        found = fields(answer, lambda attrs: sends_to(attrs, path))
        if answer.status_code != 200 or not found:
            raise Nothing
        return found

    def send(self, url, data=None, **changes):
        return self.browser.post(url, {**(data or {}), **changes})

    def change(self, url, **changes):
        """The form of the page, some of its fields changed; those that the page does not offer are left out."""
        data = self.form(url)
        data |= {name: value for name, value in changes.items() if name in data}
        return self.browser.post(url, data)

    def last(self):
        return Operation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    # The house

    def _set_up(self):
        ada = self.cast.ada
        self.groups = [Group.objects.create(name=name) for name in ("Key accounts", "Fairs")]
        self.cast.eve.set_groups(self.groups[:1], by=self.cast.sup)
        self.cast.claire.set_groups(self.groups[1:], by=self.cast.sup)
        self.tags = [Tag(name=name).add(by=ada) for name in ("Warm", "Cold", "Old")]
        self.texts, self.choices = {}, {}
        for kind in KINDS:
            self.texts[kind] = CustomField(of=kind, name="Grade", kind="text").add(by=ada)
            self.choices[kind] = CustomField(of=kind, name="Norm", kind="list").add(by=ada)
            for name in ("A", "B"):
                FieldOption(field=self.choices[kind], name=name).add(by=ada)
        self.lists = [ContactList(name=name).add(by=ada) for name in ("Prospects", "Guests")]
        self.lists.append(ContactList(name="Inner", for_everybody=False).add(by=ada, groups=[self.groups[0].pk]))
        self.category = Category(name="Services").add(by=ada)
        Subcategory(name="Training", category=self.category).add(by=ada)
        self.sale_type = SaleType.objects.first() or SaleType(name="Sale").add(by=ada)
        Product(name="Probe", code="P-1", unit_price=Decimal(145), sale_type=self.sale_type).add(by=ada)
        self.dollar = Currency(name="Dollar", code="USD").add(by=ada)
        Rate.put(self.dollar, dt.date(2026, 1, 1), Decimal("0.9"), by=ada)
        stage("Negotiation").edit(by=ada, asks=["brief"])
        self.other_pipeline = Pipeline(name="Fairs").add(by=ada)
        Stage(pipeline=self.other_pipeline, name="Met", probability=15).add(by=ada)
        Stage(pipeline=self.other_pipeline, name="Offered", probability=45).add(by=ada)
        self.track = Track(name="Launch").add(by=ada)
        for name, days, anchor in (("Prepare", 20, "end"), ("Visit", 2, "previous"), ("Offer", 3, "end")):
            Step(track=self.track, name=name, days=days, unit="day", anchor=anchor).add(by=ada)
        ActivityType(name="Fair", icon="people").add(by=ada)
        SavedView(owner=self.cast.claire, name="Large ones").add(by=self.cast.claire)
        shared = SavedView(owner=self.cast.ada, name="Ours", for_everybody=True).add(by=ada, groups=[self.groups[1].pk])
        shared.open_first(by=self.cast.claire)

    def _parties(self):
        cast = self.cast
        self.house = make_account("Holding", by=cast.ada, owner=None)
        self.hexabio = make_account(
            "Hexabio", by=cast.claire, code="HX", parent=self.house, emails=["a@hexabio.example"]
        )
        self.dairy = make_account("Dairy", by=cast.tom, code="DA")
        make_account("Alone", by=cast.sam)
        for name in ("Rennes", "Nantes"):
            Site(account=self.hexabio, name=name, city=name).add(by=cast.claire)
        self.odile = make_contact("Odile Lecanu", by=cast.claire, account=self.hexabio, emails=["o@hexabio.example"])
        self.maud = make_contact("Maud Anquetil", by=cast.claire, account=self.hexabio)
        self.jean = make_contact("Jean Roca", by=cast.tom, account=self.dairy)
        self.loic = make_contact("Loïc Simon", by=cast.claire)
        make_contact("Ana Costa", by=cast.sam)
        for number, record in enumerate((self.hexabio, self.dairy, self.odile, self.loic)):
            fresh = type(record).objects.get(pk=record.pk)
            self.lists[number % 2].put(fresh, by=cast.ada)
            fresh.retag(add=[self.tags[number % 3].pk], by=cast.ada)
            fresh.custom = {self.texts[record.gate_key()].key: f"X-{number}"}
            fresh.edit(by=cast.ada)
            fresh.share(to=self.groups[0], by=cast.ada)

    def _opportunities(self):
        cast = self.cast
        hexabio = {"account": self.hexabio, "contact": self.odile}
        in_a_month = today() + 30 * DAY
        self.first = make_opportunity(
            "Sensors", by=cast.claire, **hexabio, site=self.hexabio.sites.first(), stage=stage("Qualified"),
            due_on=in_a_month, assignees=[cast.tom], source=source("Website"),
        )  # fmt: skip
        self.second = make_opportunity("Probes", by=cast.claire, **hexabio, due_on=in_a_month, amount=500)
        make_opportunity("Valves", by=cast.tom, account=self.dairy, contact=self.jean, due_on=in_a_month + DAY)
        make_opportunity("Alone", by=cast.claire, contact=self.loic, due_on=in_a_month, stage=stage("Proposal"))
        hers = make_opportunity("Hers", by=cast.sam, account=self.dairy, due_on=in_a_month)
        hers.share(to=cast.claire, edit=True, by=cast.ada)
        won = make_opportunity("Done", by=cast.claire, **hexabio)
        won.win(by=cast.claire)
        lost = make_opportunity("Gone", by=cast.claire, account=self.dairy, currency="USD")
        lost.lose(by=cast.claire, reason=lost_reason("Price"), note="Too dear")
        make_opportunity("Away", by=cast.claire, account=self.hexabio).trash(by=cast.claire)

    def _on_them(self):
        cast, first = self.cast, self.again(self.first)
        line = {"quantity": Decimal(2), "unit_price": Decimal(400), "unit_cost": Decimal(100)}
        added = [{**line, "label": "Gateway", "position": 1}, {**line, "label": "Probe", "position": 2, "months": 12}]
        first.change_lines(added=added, by=cast.claire)
        for person, role in ((self.maud, PersonRole.objects.first()), (cast.mia, None)):
            self.again(first).involve(person, role=role, by=cast.claire)
        self.again(first).retag(add=[self.tags[0].pk, self.tags[1].pk], by=cast.claire)
        self.again(first).share(to=cast.sam, by=cast.claire)
        first = self.again(first)
        first.custom = {self.texts["opportunity"].key: "N-1"}
        first.edit(by=cast.claire)
        for opportunity in (first, self.second):
            row = {"id": opportunity.pk, "owner_id": opportunity.owner_id, "due_on": opportunity.due_on}
            apply(self.track, [row], by=cast.claire, start=today(), end=opportunity.due_on)
        weekly = {"repeat_unit": "week", "due_on": today(), "remind_before": 60}
        Task(title="Weekly call", opportunity=first, assignee=cast.claire, **weekly).add(by=cast.claire)
        Task(title="Write", account=self.hexabio, assignee=cast.claire, due_on=today() - 5 * DAY).add(by=cast.claire)
        Task(title="Ask", contact=self.odile, assignee=cast.tom).add(by=cast.claire)
        Task(title="Tidy up", assignee=cast.claire).add(by=cast.claire)
        Task(title="Rang", opportunity=self.second, assignee=cast.claire).add(by=cast.claire).complete(by=cast.claire)
        types = {one.code: one for one in ActivityType.objects.all()}
        for record in (first, self.second, self.hexabio, self.odile):
            on = {record.gate_key(): record}
            Activity(text="Rang", type=types["call"], **on).add(by=cast.claire)
            Activity(text="No radio", type=types["comment"], **on).add(by=cast.claire)
        Activity.objects.filter(opportunity=first).first().link_to(self.second, by=cast.claire)
        TimeEntry(opportunity=first, user=cast.claire, minutes=30).add(by=cast.claire)

    @staticmethod
    def again(record):
        return type(record).objects.get(pk=record.pk)


def sends_to(attrs, path):
    return attrs.get("method", "").lower() == "post" and attrs.get("action", path).partition("?")[0] == path


def sign_in(person):
    made = Client()
    made.force_login(person, backend="users.backends.People")
    return {name: morsel.value for name, morsel in made.cookies.items()}
