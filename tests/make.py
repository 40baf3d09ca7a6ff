"""Plain factories: what a test does not say gets a sensible value."""

import datetime as dt
from decimal import Decimal

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from pipelines.models import LostReason, Source, Stage
from records.journal import operation
from users.models import Profile, User

_UNSET = object()


def make_person(name="Paul Simon", profile="representative", **given):
    first, _, last = name.partition(" ")
    given.setdefault("email", f"{first.lower()}@demo.example")
    person = User(first_name=first, last_name=last, profile=Profile.objects.get(code=profile), **given)
    person.set_password("try-the-crm-2026")
    return person.add(by=None)


def make_account(name="Hexabio", *, by=None, **given):
    given.setdefault("owner", by)
    with operation(by=by, door="form", what="account.add"):
        return Account.objects.create(name=name, **given)


def make_contact(name="Odile Lecanu", *, by=None, **given):
    first, _, last = name.partition(" ")
    given.setdefault("owner", by)
    with operation(by=by, door="form", what="contact.add"):
        return Contact.objects.create(first_name=first, last_name=last, **given)


def make_opportunity(name="Temperature sensors", *, by=None, assignees=(), status="open", **given):
    given.setdefault("owner", by)
    given.setdefault("stage", Stage.objects.order_by("position").first())
    opened = given.setdefault("opened_on", dt.date(2026, 1, 1))
    given.setdefault("due_on", opened + dt.timedelta(days=60))
    amount = given.pop("amount", 1000)
    exact = amount if amount is None else Decimal(amount)
    opportunity = Opportunity(name=name, status=status, amount=exact, **given)
    return opportunity.add(by=by, assignees=[person.pk for person in assignees])


def stage(name):
    return Stage.objects.get(name=name)


def source(name):
    return Source.objects.get(name=name)


def lost_reason(name):
    return LostReason.objects.get(name=name)


def make_many(count, *, by, varying=lambda at: {}, **given):
    """So many opportunities with few statements, ids in the order of ``varying(0), varying(1)…``; their ids."""
    blank = Opportunity.blank_row()
    first = Stage.objects.order_by("position").first()
    rows = [
        {
            **blank, "name": f"Deal {at}", "owner_id": by.pk, "stage_id": first.pk, "pipeline_id": first.pipeline_id,
            "status": "open", "amount": Decimal(1000), "opened_on": dt.date(2025, 1, 1), **given, **varying(at),
        }
        for at in range(count)
    ]  # fmt: skip
    with operation(by=by, door="import", what="test"):
        return Opportunity.create_rows(rows)
