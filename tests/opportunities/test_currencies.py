"""OPP-14: amounts in their own currency, totals in the house's at dated rates, frozen at closing, never added up."""

import datetime as dt
from decimal import Decimal

import pytest

from core.dates import today
from opportunities.converting import in_house
from opportunities.models import Opportunity
from pipelines.models import Currency, Rate
from records.models import Operation
from tests.make import make_account, make_opportunity, stage
from tests.pages import fields, send

URL = "/settings/currencies/"


@pytest.fixture
def dollar(cast):
    return Currency(code="USD", name="US dollar").add(by=cast.ada)


def say(currency, days_ago, value, by):
    return Rate.put(currency, today() - dt.timedelta(days=days_ago), Decimal(value), by=by)


def again(deal):
    return Opportunity.objects.get(pk=deal.pk)


def test_set_1_currencies_and_their_dated_rates_are_set_up(cast, as_):
    browser = as_(cast.ada)
    assert as_(cast.claire).get(URL).status_code == 403
    assert send(browser, URL, **{"new1-name": "US dollar", "new1-code": "USD"}).status_code == 302
    dollar = Currency.objects.get()
    url = f"{URL}{dollar.pk}/"
    assert as_(cast.claire).get(url).status_code == 403
    assert browser.post(url, {"day": "2026-01-01", "value": "0,9213"}).status_code == 302
    assert browser.post(url, {"day": "2026-01-01", "value": "0.93"}).status_code == 302
    rate = Rate.objects.get()
    assert (rate.day, rate.value) == (dt.date(2026, 1, 1), Decimal("0.93"))
    assert Operation.objects.last().what == "rate.put"
    assert "0.9300" in browser.get(url).content.decode() and "0.9300" in browser.get(URL).content.decode()
    assert as_(cast.claire).post(f"{URL}rates/{rate.pk}/withdraw/").status_code == 403
    assert browser.post(f"{URL}rates/{rate.pk}/withdraw/").status_code == 302
    assert dollar.rate_on(today()) is None


@pytest.mark.parametrize("value", ["0", "-1", "a lot", "", "1000000", "0.1234567891"])
def test_all_6_a_rate_that_is_none_is_refused_beside_its_field(cast, as_, dollar, value):
    response = as_(cast.ada).post(f"{URL}{dollar.pk}/", {"day": "2026-01-01", "value": value})
    assert response.status_code == 422 and not Rate.objects.exists()
    assert fields(response, "rate")["value"] == [value]


def test_set_1_a_currency_is_listed_once_and_the_house_s_own_needs_no_rate(cast, as_, dollar):
    page = as_(cast.ada).post(URL, {**fields(as_(cast.ada).get(URL)), "add": "1"})
    for code, said in (("USD", "The list has this currency already."), ("EUR", "This is the house currency")):
        typed = fields(page) | {"new1-name": "Another", "new1-code": code}
        response = as_(cast.ada).post(URL, typed)
        assert response.status_code == 422 and said in response.content.decode()


def test_opp_14_a_rate_holds_from_its_day_until_the_next(cast, dollar):
    say(dollar, 30, "0.90", cast.ada)
    say(dollar, 10, "0.80", cast.ada)
    on = {days: dollar.rate_on(today() - dt.timedelta(days=days)) for days in (31, 30, 11, 10, 0)}
    assert on == {31: None, 30: Decimal("0.9"), 11: Decimal("0.9"), 10: Decimal("0.8"), 0: Decimal("0.8")}


def test_opp_14_the_rate_is_frozen_at_closing(cast, dollar):
    say(dollar, 30, "0.90", cast.ada)
    deal = make_opportunity(by=cast.claire, currency="USD", amount=1000)
    assert deal.closing_rate is None
    deal.win(by=cast.claire, on=today() - dt.timedelta(days=20))
    assert again(deal).closing_rate == Decimal("0.9")
    say(dollar, 25, "0.50", cast.ada)
    won = again(deal)
    won.name = "Renamed"
    won.edit(by=cast.claire)
    assert again(deal).closing_rate == Decimal("0.9")
    again(deal).reopen(by=cast.claire)
    assert again(deal).closing_rate is None


def test_opp_14_what_was_closed_before_there_was_a_rate_takes_the_first(cast, dollar):
    deal = make_opportunity(by=cast.claire, currency="USD", amount=1000)
    deal.win(by=cast.claire, on=today() - dt.timedelta(days=5))
    assert again(deal).closing_rate is None
    say(dollar, 2, "0.7", cast.ada)
    assert again(deal).closing_rate is None
    say(dollar, 10, "0.8", cast.ada)
    assert again(deal).closing_rate == Decimal("0.8")


def test_opp_14_totals_are_in_the_house_currency_with_their_detail(cast, as_, dollar):
    make_opportunity(by=cast.claire, amount=1000)
    make_opportunity(by=cast.claire, amount=2000, currency="USD")
    browser = as_(cast.claire)
    page = browser.get("/opportunities/?totals=1").content.decode()
    assert "€1,000 + $2,000" in page and "no rate for USD" in page
    say(dollar, 30, "0.9", cast.ada)
    page = browser.get("/opportunities/?totals=1").content.decode()
    assert "<b>€2,800</b>" in page and "€1,000 + $2,000" in page and "no rate" not in page
    won = make_opportunity(by=cast.claire, amount=100, currency="USD")
    won.win(by=cast.claire, on=today())
    say(dollar, 0, "0.5", cast.ada)
    page = browser.get("/opportunities/?totals=1").content.decode()
    assert "<b>€90</b>" in page and "<b>€2,000</b>" in page and ">€2,090<" in page


def test_opp_14_a_total_is_rounded_once(cast, dollar):
    say(dollar, 1, "0.333333333", cast.ada)
    total = in_house([("USD", None, 10), ("USD", None, 10), ("USD", None, 10)])
    assert total.units == 10 and total.detail == "$0.03"


def test_opp_14_an_amount_is_in_a_currency_that_is_set_up(cast, as_, dollar):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    url = f"/opportunities/{deal.pk}/edit/"
    assert send(as_(cast.claire), url, "opportunity-form", currency="USD").status_code == 302
    assert again(deal).currency == "USD" and again(deal).periods.last().currency == "USD"
    assert "$1,000" in as_(cast.claire).get(f"/opportunities/{deal.pk}/").content.decode()
    assert send(as_(cast.claire), url, "opportunity-form", currency="GBP").status_code == 422


def test_opp_14_the_house_currency_stays_while_there_are_rates(cast, as_, dollar):
    say(dollar, 1, "0.9", cast.ada)
    response = send(as_(cast.ada), "/settings/house/", "house", currency="CHF")
    assert response.status_code == 422 and "The rates were said in EUR." in response.content.decode()


def test_opp_14_the_largest_amounts_are_added_up(cast, as_):
    for at in range(120):
        make_opportunity(f"Deal {at}", by=cast.claire, amount=999_999_999_999, stage=stage("Negotiation"))
    page = as_(cast.claire).get("/opportunities/?totals=1").content.decode()
    assert "€119,999,999,999,880" in page
