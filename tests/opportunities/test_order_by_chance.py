"""LIST-1 and OPP-14 over whatever chance brings; ``make soak`` looks a hundred times longer."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import money
from opportunities.models.ordering import due_from, is_open, list_key

days = st.none() | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
deals = st.tuples(st.sampled_from(("open", "won", "lost", "cancelled")), days, days)
amounts = st.integers(0, 10**14 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
HOW_MANY = pytest.mark.parametrize("examples", [100, pytest.param(10_000, marks=pytest.mark.soak)])


def tried(examples, strategy, check):
    quick = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    quick(given(strategy)(check))()


@HOW_MANY
def test_list_1_the_key_sorts_as_the_words_say(examples):
    def place(numbered):
        number, (status, due, closed) = numbered
        day = due if status == "open" else closed
        ordinal = 0 if day is None else day.toordinal() if status == "open" else -day.toordinal()
        return status != "open", day is None, ordinal, number

    def check(rows):
        numbered = list(enumerate(rows))
        by_key = sorted(numbered, key=lambda numbered: (list_key(*numbered[1]), numbered[0]))
        assert by_key == sorted(numbered, key=place)
        for _number, (status, due, closed) in numbered:
            key = list_key(status, due, closed)
            assert is_open(key) == (status == "open")
            assert due_from(key) == (due if status == "open" else closed)

    tried(examples, st.lists(deals, max_size=30), check)


@HOW_MANY
@pytest.mark.parametrize("language", ["en", "fr"])
def test_opp_14_an_amount_as_it_is_shown_is_read_as_it_was(examples, language):
    def check(amount):
        assert money.parse_amount(money.typed_amount(amount, language)) == amount
        assert money.parse_amount(money.format_money(amount, "EUR", language)) == amount

    tried(examples, amounts, check)
