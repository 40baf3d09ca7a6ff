"""LOG-2: operations of every door at random, others in between: what nobody touched since returns, the rest is named."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attributes.models import Tag
from opportunities.acting import ACTIONS
from opportunities.models import Bulk, Opportunity
from records.models import Operation, Undo
from records.undoing import Why
from tests.make import lost_reason, make_account, make_contact, make_opportunity, source, stage

STAGES = ("To qualify", "Qualified", "Proposal", "Negotiation")


class Undone(Exception):
    """Takes an example back."""


def edit(record, by, draw):
    values = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "amount": st.sampled_from([None, Decimal(5), Decimal("7.5")]),
                "brief": st.sampled_from(["", "Radio", "Wired"]),
                "due_on": st.sampled_from([None, dt.date(2026, 5, 1), dt.date(2026, 6, 1)]),
                "production_from": st.sampled_from([None, dt.date(2026, 7, 1)]),
                "production_to": st.sampled_from([None, dt.date(2026, 8, 1)]),
                "call_name": st.sampled_from(["", "Sen"]),
            },
        )
    )
    for name, value in values.items():
        setattr(record, name, value)
    record.edit(by=by, door=draw(st.sampled_from(["form", "inline", "api"])))


def move(record, by, draw):
    if record.is_open:
        record.move_to(stage(draw(st.sampled_from(STAGES))), by=by, door="board")


def close(record, by, draw):
    if not record.is_open:
        record.reopen(by=by)
    elif draw(st.booleans()):
        record.win(by=by)
    else:
        record.lose(by=by, reason=lost_reason(draw(st.sampled_from(["Price", "Timing"]))), note="x")


def hand(record, by, draw):
    if record.is_open:
        record.probability, record.probability_by_hand = draw(st.sampled_from([33, 66])), True
        record.edit(by=by)


def people(record, by, draw):
    everybody = list(type(by).objects.active().order_by("pk")[:4])
    record.assign([one.pk for one in draw(st.lists(st.sampled_from(everybody), unique=True))], by=by)


def tag(record, by, draw):
    record.retag(add=[draw(st.sampled_from(list(Tag.objects.all()))).pk], by=by)


def share(record, by, draw):
    record.share(to=draw(st.sampled_from(list(type(by).objects.active()[:3]))), edit=draw(st.booleans()), by=by)


def bulk(record, by, draw):
    ids = list(Opportunity.objects.live().order_by("pk").values_list("pk", flat=True))
    action, asked = draw(
        st.sampled_from(
            [
                ("due", {"days": 5}),
                ("source", {"source": source("Website").pk}),
                ("move", {"stage": stage("Proposal").pk}),
                ("own", {"owner": by.pk}),
            ]
        )
    )
    Bulk.choose(action, ids, by=by).run(asked)


def delete(record, by, draw):
    record.trash(by=by)


def create(record, by, draw):
    make_opportunity("New", by=by)


ACTS = (edit, move, close, hand, people, tag, bulk, delete, create)
if ACTIONS["share"].is_there:
    ACTS += (share,)


def world():
    """Every live record as it stands, with what hangs on it."""
    found = {}
    for record in Opportunity.objects.live().order_by("pk"):
        values = {name: getattr(record, name) for name in record.tracked()}
        hangs = {"assignees": record.assigned_ids(), "tags": record.tag_ids(), "shares": record.shares()}
        found[record.pk] = values | hangs
    return found


def act(draw, by, acts=ACTS):
    """One act on one record; the operation that it was, if it changed anything."""
    last = Operation.objects.order_by("-pk").values_list("pk", flat=True).first()
    live = list(Opportunity.objects.live().order_by("pk"))
    if live:
        draw(st.sampled_from(acts))(draw(st.sampled_from(live)), by, draw)
    return Operation.objects.filter(pk__gt=last).order_by("pk").first()


@pytest.fixture
def house(cast):
    Tag(name="Hot").add(by=cast.ada)
    Tag(name="Cold").add(by=cast.ada)
    account = make_account(by=cast.ada)
    for name in ("A", "B", "C"):
        make_opportunity(name, by=cast.claire, account=account, contact=make_contact(by=cast.ada, account=account))
    return cast


AT_RANDOM = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@AT_RANDOM
@given(data=st.data())
def test_log_2_what_nobody_touched_returns_exactly_and_twice_is_once(house, data):
    try:
        with transaction.atomic():
            before = world()
            operation = act(data.draw, house.ada)
            if operation is not None:
                after = world()
                first = operation.undo(by=house.ada)
                if first.lines.filter(why=Why.REFUSED).exists():  # somebody else's deletion
                    raise Undone
                assert world() == before
                assert operation.undo(by=house.ada) == first
                first.operation.undo(by=house.ada)
                assert world() == after
                call_command("verify")
            raise Undone
    except Undone:
        pass


@AT_RANDOM
@given(data=st.data())
def test_log_2_what_others_changed_meanwhile_is_kept_and_named(house, data):
    try:
        with transaction.atomic():
            before = world()
            operation = act(data.draw, house.ada)
            between = world()
            for _other in range(data.draw(st.integers(1, 3))):
                act(data.draw, house.ada)
            now = world()
            if operation is not None:
                operation.undo(by=house.ada)
                undone = Undo.objects.get(of=operation)
                check(before, between, now, world(), undone)
                call_command("verify")
            raise Undone
    except Undone:
        pass


def check(before, between, now, after, undone):
    """Each value is the one before the operation, or what others made of it; what they made of it is named."""
    named = {(line.record_id, line.name) for line in undone.lines.all()}
    for pk in between.keys() & now.keys() & after.keys():
        for name, value in after[pk].items():
            theirs = now[pk][name]
            if pk not in before or between[pk][name] == before[pk][name]:
                follows = name in ("probability", "pipeline_id")
                assert value == theirs or follows, f"{name} was not the operation's to change"
            elif theirs == between[pk][name]:
                kept = (pk, name) in named or (pk, "") in named
                assert value == before[pk][name] or kept, f"{name} did not return"
            elif theirs != before[pk][name]:
                assert value == theirs, f"{name} of others was lost"
                assert {(pk, name), (pk, "")} & named, f"{name} is not named"
