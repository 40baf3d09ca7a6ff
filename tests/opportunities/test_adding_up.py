"""OPP-12: whatever the lines, totals, margins, weighted values and months add up to the smallest coin."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import money
from opportunities.lines import LineTable
from opportunities.models import Line, Opportunity
from opportunities.models.lines import priced
from opportunities.spreading import monthly, months_from, weighted
from tests.make import make_opportunity

thousandths = st.integers(0, 10**9).map(lambda units: Decimal(units) / 1000)
lines = st.builds(
    dict,
    label=st.just("Line"),
    quantity=st.integers(1, 10**6).map(lambda units: Decimal(units) / 1000),
    unit_price=thousandths,
    unit_cost=thousandths,
    months=st.none() | st.integers(1, 600),
)
currencies = st.sampled_from(["EUR", "JPY", "TND", "USD"])
percents = st.integers(1, 99)


def check(amounts, currency, probability, months):
    """What is true of any lines; returns their total."""
    total = sum(amounts)
    parts = weighted(amounts, probability, currency)
    whole = money.to_units(money.rounded(money.from_units(total) * probability / 100, currency))
    assert sum(parts) == whole
    assert all(
        abs(part * 100 - amount * probability) < 100 * money.coin(currency)
        for part, amount in zip(parts, amounts, strict=True)
    )
    spread = monthly(total, currency, dt.date(2026, 11, 1), list(zip(amounts, months, strict=True)))
    assert sum(spread.values()) == total
    assert all(units % money.coin(currency) == 0 for units in (*parts, *spread.values()))
    return total


def written(rows, currency, probability, cast):
    deal = make_opportunity(by=cast, currency=currency, probability=probability, probability_by_hand=True)
    deal.change_lines(added=[row | {"position": at} for at, row in enumerate(rows, 1)], by=cast)
    return Opportunity.objects.get(pk=deal.pk)


def exact(amount, currency):
    return amount.quantize(Decimal(1).scaleb(-money.decimals(currency)), ROUND_HALF_UP)


class Lines(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=st.lists(lines, min_size=1, max_size=8), currency=currencies, probability=percents)
    def test_opp_12_any_lines_add_up_in_the_database_and_on_the_page(self, rows, currency, probability):
        from users.models import User

        deal = written(rows, currency, probability, User.objects.get(first_name="Claire"))
        expected = sum(exact(row["quantity"] * row["unit_price"], currency) for row in rows)
        costs = sum(exact(row["quantity"] * row["unit_cost"], currency) for row in rows)
        sums = deal.lines.aggregate(amount=Sum("amount"), margin=Sum("margin"))
        assert deal.amount == sums["amount"] == expected
        assert sums["margin"] == expected - costs
        total = LineTable(deal).total
        assert money.from_units(total.amount) == expected and money.from_units(total.margin) == expected - costs
        assert money.from_units(total.weighted) == deal.weighted


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(lines, min_size=1, max_size=30), currency=currencies, probability=percents)
def test_opp_12_any_lines_add_up(rows, currency, probability):
    amounts = [money.to_units(priced(row, currency)["amount"]) for row in rows]
    check(amounts, currency, probability, [row["months"] for row in rows])


@settings(deadline=None)
@given(amount=st.integers(0, 10**12), rows=st.lists(lines, max_size=5), currency=currencies)
def test_opp_12_an_amount_by_hand_is_spread_as_its_lines(amount, rows, currency):
    amount *= money.coin(currency)
    pairs = [(money.to_units(priced(row, currency)["amount"]), row["months"]) for row in rows]
    assert sum(monthly(amount, currency, dt.date(2026, 1, 1), pairs).values()) == amount


@settings(deadline=None)
@given(margins=st.lists(st.integers(-(10**9), 10**9), min_size=1), currency=currencies, probability=percents)
def test_opp_12_margins_below_nothing_add_up_too(margins, currency, probability):
    coin = money.coin(currency)
    parts = weighted([margin * coin for margin in margins], probability, currency)
    assert sum(parts) == money.half_up(sum(margins) * coin * probability, 100, coin)


def test_opp_12_a_duration_is_spread_evenly_over_its_months():
    first = dt.date(2026, 11, 1)
    assert monthly(100_000, "EUR", first, [(100_000, 3)]) == {
        dt.date(2026, 11, 1): 33_340,
        dt.date(2026, 12, 1): 33_330,
        dt.date(2027, 1, 1): 33_330,
    }
    assert monthly(5_000, "EUR", first) == {first: 5_000}
    assert months_from(dt.date(9999, 11, 1), 3)[-1] == dt.date(9999, 1, 1)


@pytest.mark.soak
def test_opp_12_ten_thousand_lines_and_a_million_rows_add_up(cast):
    """A million rows as the database adds them: exact where a float is not."""
    import random

    draw = random.Random(12)
    rows = [
        {
            "label": "Line",
            "quantity": Decimal(draw.randint(1, 10**6)) / 1000,
            "unit_price": Decimal(draw.randint(0, 10**9)) / 1000,
            "unit_cost": Decimal(draw.randint(0, 10**9)) / 1000,
            "months": draw.choice((None, draw.randint(1, 600))),
        }
        for _ in range(10_000)
    ]
    deal = written(rows, "EUR", 35, cast.claire)
    expected = sum(exact(row["quantity"] * row["unit_price"], "EUR") for row in rows)
    assert deal.amount == expected
    total = LineTable(deal).total
    assert money.from_units(total.amount) == expected and money.from_units(total.weighted) == deal.weighted
    check([money.to_units(line.amount) for line in deal.lines.all()], "EUR", 35, [row["months"] for row in rows])
    for _ in range(100):
        copy = make_opportunity(by=cast.claire)
        from records.journal import operation

        with operation(by=cast.claire, door="form", what="test"):
            Opportunity.copy_lines({copy.pk: deal.pk})
    assert Line.objects.count() == 1_010_000
    assert Line.objects.aggregate(sum=Sum("amount"))["sum"] == expected * 101
