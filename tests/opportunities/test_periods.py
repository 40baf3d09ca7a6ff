"""ARCHITECTURE 3: the periods of an opportunity are complete from the first save on: the journal tells the same."""

import datetime as dt
import itertools
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import sql
from opportunities.models import Opportunity
from opportunities.models.periods import COLUMNS, PERIOD_FIELDS
from pipelines.models import Stage
from records.journal import operation as operation_of
from records.models import Change, Operation
from tests.make import lost_reason, make_opportunity, stage

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.sampled_from(["To qualify", "Qualified", "Proposal", "Negotiation"])),
        st.tuples(st.sampled_from(["amount"]), st.sampled_from([Decimal(0), Decimal(2)])),
        st.tuples(st.just("due_on"), st.sampled_from([None, dt.date(2026, 12, 1), dt.date(2027, 1, 1)])),
        st.tuples(st.just("probability"), st.sampled_from([35, 70])),
        st.tuples(st.just("owner"), st.sampled_from(["claire", "tom"])),
        st.tuples(st.sampled_from(["win", "lose", "cancel", "reopen", "name", "stage", "trash"]), st.none()),
        st.tuples(st.sampled_from(["twice", "there and back", "win and reopen"]), st.none()),
        st.tuples(st.just("undo"), st.integers(1, 4)),
    ),
    max_size=12,
)


SEVERAL = {  # saves of one operation
    "twice": lambda was: ({"amount": Decimal(7)}, {"amount": Decimal(8), "due_on": dt.date(2027, 5, 1)}),
    "there and back": lambda was: ({"amount": Decimal(9)}, {"amount": was.amount}),
    "win and reopen": lambda was: ({"status": "won"}, {"status": "open"}) if was.is_open else (),
}


def act(cast, opportunity, verb, value):
    """Do one verb, where it can be done."""
    if verb == "undo":
        on_it = Change.objects.filter(model__model="opportunity", record_id=opportunity.pk).values("operation")
        mine = Operation.objects.filter(pk__in=on_it, undoes=None, undone_by=None)
        for operation in mine.exclude(what="opportunity.add").order_by("-pk")[value - 1 : value]:
            operation.undo(by=cast.ada)
    elif opportunity.trashed_at is not None:
        return
    elif verb == "trash":
        opportunity.trash(by=cast.claire)
    elif verb in SEVERAL:
        with operation_of(by=cast.claire, door="form", what="opportunity.edit"):
            for given in SEVERAL[verb](opportunity):
                for name, one in given.items():
                    setattr(opportunity, name, one)
                opportunity.save()
    elif verb == "move":
        if opportunity.is_open:
            opportunity.move_to(stage(value), by=cast.claire)
    elif verb == "lose":
        opportunity.lose(reason=lost_reason("Price"), by=cast.claire)
    elif verb in ("win", "cancel", "reopen"):
        getattr(opportunity, verb)(by=cast.claire)
    elif verb == "stage":
        one = Stage.objects.get(name="Demonstration")
        one.edit(by=cast.ada, probability=45 if one.probability != 45 else 40)
    else:
        given = {"owner": lambda: getattr(cast, value), "name": lambda: "Renamed"}.get(verb, lambda: value)()
        setattr(opportunity, verb, given)
        if verb == "probability":
            opportunity.probability_by_hand = opportunity.is_open
        opportunity.edit(by=cast.claire)


def told_by_the_journal(opportunity):
    """What the journal says the opportunity was, one after the other, in the columns of a period: one for each change
    of any of them, none while it is in the trash."""
    kind = ContentType.objects.get_for_model(Opportunity)
    values, found, away = dict.fromkeys(COLUMNS), [], None
    for fields in (
        Change.objects.filter(model=kind, record_id=opportunity.pk).order_by("pk").values_list("fields", flat=True)
    ):
        values |= {name: new for name, (_old, new) in fields.items() if name in COLUMNS}
        away = fields.get("trashed_at", (None, away))[1]
        if not PERIOD_FIELDS.isdisjoint(fields) and away is None:
            found.append(tuple(values[name] for name in COLUMNS))
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_rebuilt_from_the_journal_the_periods_are_identical(cast, acts):
    opportunity = make_opportunity(by=cast.claire, due_on=dt.date(2026, 12, 1))
    for verb, value in acts:
        act(cast, Opportunity.objects.get(pk=opportunity.pk), verb, value)
    periods = list(opportunity.periods.order_by("pk").values_list(*COLUMNS))
    assert [tuple(map(sql.plain, row)) for row in periods] == told_by_the_journal(opportunity)
    times = list(opportunity.periods.order_by("pk").values_list("valid_from", "valid_to"))
    gaps = [(end, start) for (_start, end), (start, _end) in itertools.pairwise(times) if end != start]
    assert all(end < start for end, start in gaps) and len(gaps) <= sum(verb == "trash" for verb, _value in acts)
    assert (times[-1][1] is None) == (Opportunity.objects.get(pk=opportunity.pk).trashed_at is None)
