"""ARCHITECTURE 3: the periods of an opportunity are complete from the first save on: the journal tells the same."""

import datetime as dt
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import sql
from opportunities.models import Opportunity
from opportunities.models.periods import COLUMNS
from pipelines.models import Stage
from records.models import Change
from tests.make import lost_reason, make_opportunity, stage

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.sampled_from(["To qualify", "Qualified", "Proposal", "Negotiation"])),
        st.tuples(st.sampled_from(["amount"]), st.sampled_from([Decimal(0), Decimal(2)])),
        st.tuples(st.just("due_on"), st.sampled_from([None, dt.date(2026, 12, 1), dt.date(2027, 1, 1)])),
        st.tuples(st.just("probability"), st.sampled_from([35, 70])),
        st.tuples(st.just("owner"), st.sampled_from(["claire", "tom"])),
        st.tuples(st.sampled_from(["win", "lose", "cancel", "reopen", "name", "stage"]), st.none()),
    ),
    max_size=12,
)


def act(cast, opportunity, verb, value):
    """Do one verb, where it can be done."""
    if verb == "move":
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
    """What the journal says the opportunity was, one after the other, in the columns of a period."""
    kind = ContentType.objects.get_for_model(Opportunity)
    values, found = dict.fromkeys(COLUMNS), []
    for fields in (
        Change.objects.filter(model=kind, record_id=opportunity.pk).order_by("pk").values_list("fields", flat=True)
    ):
        values |= {name: new for name, (_old, new) in fields.items() if name in COLUMNS}
        now = tuple(values[name] for name in COLUMNS)
        if not found or found[-1] != now:
            found.append(now)
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_rebuilt_from_the_journal_the_periods_are_identical(cast, acts):
    opportunity = make_opportunity(by=cast.claire, due_on=dt.date(2026, 12, 1))
    for verb, value in acts:
        act(cast, Opportunity.objects.get(pk=opportunity.pk), verb, value)
    periods = list(opportunity.periods.order_by("pk").values_list(*COLUMNS))
    assert [tuple(map(sql.plain, row)) for row in periods] == told_by_the_journal(opportunity)
    times = list(opportunity.periods.order_by("pk").values_list("valid_from", "valid_to"))
    assert [end for _start, end in times[:-1]] == [start for start, _end in times[1:]]
    assert times[-1][1] is None
