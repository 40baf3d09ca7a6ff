"""Accounts, contacts and opportunities by the thousand, written by the same rules as an import."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from accounts.models import Account, Contact
from attributes.models import AttributedRecord, Tag
from core.dates import today
from core.folding import fold
from core.models import House
from crm import starting_point
from crm.demo import attributes, cast, days, offer, relations, tracks, words
from opportunities.models import Opportunity
from pipelines.models import (
    Category,
    Currency,
    Establishment,
    LostReason,
    Origin,
    OriginType,
    Pipeline,
    Sector,
    Source,
    Stage,
)
from records.journal import operation
from records.models import Door, Operation, Row
from users.models import User

CHUNK = 5_000
EVES_SHARE = 12
SECOND_PIPELINE = {
    "en": (("Renewals", "Renewed", "Not renewed", "Cancelled"), (("To renew", 50), ("Quote sent", 70), ("Agreed", 90))),
    "fr": (
        ("Renouvellements", "Renouvelée", "Non renouvelée", "Annulée"),
        (("À renouveler", 50), ("Offre envoyée", 70), ("Accord", 90)),
    ),
}


def seed(opportunities: int, language: str, say: Callable[[str], None] = lambda text: None) -> None:
    """Add so many opportunities, with accounts and contacts to go with them, and the cast if it is missing."""
    starting_point.start(language)
    language = House.current().language
    people = cast.make(language)
    if not opportunities:
        return
    _second_pipeline(language)
    attributes.make(language)
    offer.make(language)
    maker = Maker(people, language, seed_number=Opportunity.objects.count())
    maker.filler = attributes.Filler(language)
    maker.tags = list(Tag.objects.active().values_list("pk", flat=True))
    accounts = max(opportunities // 33, min(opportunities // 4, 90))
    _write(Account, maker.accounts(accounts), say)
    maker.account_ids = list(Account.objects.filter(trashed_at=None).values_list("pk", flat=True))
    _write(Contact, maker.contacts(accounts * 3 // 2), say)
    maker.know_contacts()
    relations.make(language)
    _write(Opportunity, maker.opportunities(opportunities), say)
    days.make(people, language)
    tracks.make(people, language)
    offer.lines()


def _second_pipeline(language: str) -> None:
    if Pipeline.objects.count() < 2:
        names, stages = SECOND_PIPELINE[language]
        with operation(by=None, door=Door.SET_UP, what="demo.pipeline"):
            starting_point.pipeline(language, names, stages)
    if not Origin.objects.exists():
        with operation(by=None, door=Door.SET_UP, what="demo.origins"):
            for type_name, origins in words.ORIGINS[language]:
                origin_type = OriginType.objects.get(name=type_name)
                for name in origins:
                    Origin(type=origin_type, name=name).add(by=None)


def _write(model: type[AttributedRecord], rows: Iterator[Row], say: Callable[[str], None]) -> None:
    """In chunks, each a transaction, all one operation."""
    entry: Operation | None = None
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        with operation(by=None, door=Door.IMPORT, what="demo.seed", resume=entry) as writing:
            people = [row.pop("assignees", ()) for row in chunk]
            tags = [row.pop("tags", ()) for row in chunk]
            ids = model.create_rows(chunk)
            if any(people) and issubclass(model, Opportunity):
                model.assign_rows({pk: who for pk, who in zip(ids, people, strict=True) if who})
            model.tag_rows({pk: which for pk, which in zip(ids, tags, strict=True) if which})
        entry = writing.operation
        done += len(chunk)
        say(f"{done:,} {model._meta.verbose_name_plural}")


class Maker:
    """Draws rows from a generator that starts from a fixed number."""

    def __init__(self, people: dict[str, User], language: str, seed_number: int) -> None:
        self.random = random.Random(seed_number)
        self.language = language
        self.day = today()
        sellers = [people[key].pk for key in ("claire", "tom", "ines", "mia", "sam", "elodie", "paul", "marc")]
        self.sellers, self.weights = sellers, [18, 14, 10, 3, 18, 16, 12, 3]
        self.eve = people["eve"].pk
        self.first = seed_number == 0
        self.account_ids: list[int] = []
        self.contacts_of: dict[int, list[int]] = {}
        self.tags: list[int] = []
        self.filler: attributes.Filler | None = None
        self.stages = list(
            Stage.objects.filter(archived_at=None).select_related("pipeline").order_by("pipeline", "position")
        )
        self.sources = list(Source.objects.values_list("pk", flat=True))
        self.reasons = list(LostReason.objects.values_list("pk", flat=True))
        self.classes = {
            f"{name}_id": list(model.objects.values_list("pk", flat=True))
            for name, model in (("category", Category), ("establishment", Establishment), ("sector", Sector))
        }
        self.currencies = [row.code for row in Currency.objects.all()]
        self.origins = list(Origin.objects.values_list("pk", "type_id"))

    def accounts(self, count: int) -> Iterator[Row]:
        blank, draw = Account.blank_row(), self.random
        start = Account.objects.count()
        for number in range(start, start + count):
            french = draw.random() < 0.6
            if french:
                name = f"{draw.choice(words.HOUSES)} {draw.choice(words.PLACES)}"
            else:
                name = f"{draw.choice(words.STEMS)} {draw.choice(words.TRADES)}"
            postcode, city, country = draw.choice(words.CITIES)
            if number >= 200:
                name = f"{name} {city}"
            domain = f"{_plain(name)}.example"
            yield {
                **blank,
                "name": name,
                "code": f"C{number + 1:05d}",
                "kind": draw.choice(("client", "client", "prospect")),
                "sector": draw.choice(words.SECTORS[self.language]),
                "employees": int(draw.lognormvariate(4, 1.2)) + 1,
                "registration": f"{draw.randrange(300, 900)} {draw.randrange(1000):03d} {draw.randrange(1000):03d}",
                "website": f"https://{domain}",
                "phones": [self._phone()],
                "emails": [f"contact@{domain}"],
                "street": f"{draw.randrange(1, 120)}, {draw.choice(('rue de la Loire', 'quai Sud', 'High Street', 'Mill Lane'))}",
                "postcode": postcode,
                "city": city,
                "country": country,
                "owner_id": self._owner(),
                "tags": self._tags(),
                "custom": self.filler.account(draw) if self.filler else {},
            }

    def contacts(self, count: int) -> Iterator[Row]:
        blank, draw = Contact.blank_row(), self.random
        for _ in range(count):
            first = draw.choice(words.FIRST_NAMES)
            last = draw.choice(words.LAST_NAMES).replace("-", " ")
            yield {
                **blank,
                "first_name": first,
                "last_name": last,
                "role": draw.choice(words.ROLES),
                "account_id": draw.choice(self.account_ids) if draw.random() < 0.96 else None,
                "emails": [f"{_plain(first)}.{_plain(last)}@{draw.choice(('mail', 'post', 'office'))}.example"],
                "phones": [self._phone()],
                "owner_id": self._owner(),
            }

    def know_contacts(self) -> None:
        """Which contacts each account has, once they are written."""
        for pk, account_id in Contact.objects.filter(account__isnull=False).values_list("pk", "account_id"):
            self.contacts_of.setdefault(account_id, []).append(pk)

    def opportunities(self, count: int) -> Iterator[Row]:
        blank, draw = Opportunity.blank_row(), self.random
        for number in range(count):
            eve = self.first and number % max(count // EVES_SHARE, 2) == 1 and number < count
            yield {**blank, **self._opportunity(draw), **({"owner_id": self.eve} if eve else {})}

    def _opportunity(self, draw: random.Random) -> dict[str, Any]:
        status = draw.choices(("open", "won", "lost", "cancelled"), (38, 36, 21, 5))[0]
        stage = draw.choice(self.stages)
        account = draw.choice(self.account_ids) if draw.random() < 0.98 else None
        contacts = self.contacts_of.get(account, []) if account else []
        due = closed = exchange = None
        if status == "open":
            opened = self._days_ago(draw.randrange(5, 200))
            if draw.random() < 0.97:
                due = self._days_ago(-int(draw.triangular(-25, 240, 40)))
                due = max(due, opened)
            limit = 10 if draw.random() < 0.8 else 60
            exchange = max(opened, self._days_ago(draw.randrange(0, limit)))
        else:
            closed = self._days_ago(int(draw.triangular(0, 900, 60)))
            opened = closed - dt.timedelta(days=draw.randrange(10, 240))
            due = max(opened, closed + dt.timedelta(days=draw.randrange(-20, 30)))
        amount = Decimal(round(draw.lognormvariate(9.7, 1.0), -2)) if draw.random() < 0.98 else None
        origin, origin_type = draw.choice(self.origins) if self.origins and draw.random() < 0.3 else (None, None)
        return {
            "name": self._deal(draw),
            "account_id": account,
            "contact_id": draw.choice(contacts) if contacts and draw.random() < 0.8 else None,
            "pipeline_id": stage.pipeline_id,
            "stage_id": stage.pk,
            "status": status,
            "closed_on": closed,
            "lost_reason_id": draw.choice(self.reasons) if status == "lost" else None,
            "amount": amount,
            "due_on": due,
            "opened_on": opened,
            "last_exchange_on": exchange or closed,
            "source_id": draw.choice(self.sources),
            "origin_id": origin,
            "origin_type_id": origin_type,
            "owner_id": self._owner(),
            **{
                name: draw.choice(rows) if rows and draw.random() < 0.6 else None for name, rows in self.classes.items()
            },
            "currency": draw.choice(self.currencies) if self.currencies and draw.random() < 0.02 else "",
            "brief": draw.choice(words.BRIEFS),
            "assignees": [draw.choice(self.sellers)] if draw.random() < 0.08 else (),
            "tags": self._tags(),
            "custom": self.filler.opportunity(draw) if self.filler else {},
        }

    def _deal(self, draw: random.Random) -> str:
        pattern = draw.choice(words.DEALS)
        return pattern.format(
            n=draw.randrange(3, 90), y=self.day.year + 1, l=draw.randrange(2, 5), b=draw.choice("ABCD"),
            c=draw.choice(words.CITIES)[1],
        )  # fmt: skip

    def _owner(self) -> int:
        return self.random.choices(self.sellers, self.weights)[0]

    def _tags(self) -> set[int]:
        draw = self.random
        return set(draw.choices(self.tags, k=draw.choice((1, 1, 2)))) if self.tags and draw.random() < 0.15 else set()

    def _phone(self) -> str:
        draw = self.random
        return f"0{draw.randrange(1, 6)} {draw.randrange(100):02d} {draw.randrange(100):02d} {draw.randrange(100):02d} {draw.randrange(100):02d}"

    def _days_ago(self, days: int) -> dt.date:
        return self.day - dt.timedelta(days=days)


def _plain(name: str) -> str:
    """A name as it stands in an address."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in fold(name)).split())
