"""The page of an account: what it shows, to whom (ACC-1, ACC-3)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Site
from core.dates import today
from opportunities.models import Opportunity
from pipelines.models import Currency, Rate
from tests.make import make_account, make_contact, make_opportunity, stage

TABS = ["", "contacts/", "information/", "history/"]


@pytest.mark.parametrize("tab", [*TABS, "menu/"])
def test_give_4_a_hidden_account_answers_like_an_absent_one(cast, as_, tab):
    account = make_account("Hidden Industries", by=cast.sam)
    hidden, absent = (as_(cast.eve).get(f"/accounts/{pk}/{tab}") for pk in (account.pk, 999_999))
    assert hidden.status_code == absent.status_code == 404
    assert b"Hidden" not in hidden.content


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("reader", ["claire", "tom", "mia", "bo", "ada", "sup"])
def test_acc_3_who_sees_it_reads_every_tab(cast, as_, tab, reader, no_sql_in_templates):
    account = make_account("Hexabio", by=cast.claire, parent=make_account("Hexabio Group", by=cast.claire))
    make_contact(by=cast.claire, account=account, phones=["+33 2 40 00 00 00"])
    make_opportunity(by=cast.claire, account=account)
    Site(account=account, name="Rennes").add(by=cast.claire)
    page = as_(getattr(cast, reader)).get(f"/accounts/{account.pk}/{tab}")
    assert page.status_code == 200
    assert b"Hexabio" in page.content


def test_acc_1_every_field_is_told(cast, as_):
    account = make_account(
        "Hexabio",
        by=cast.claire,
        code="HX-1",
        kind="client",
        sector="Health",
        employees=1420,
        revenue=2_500_000,
        registration="899 000 000",
        website="www.hexabio.example/home",
        emails=["hello@hexabio.example", "second@hexabio.example"],
        phones=["+33 2 40 00 00 00"],
        street="12, rue de la Loire",
        postcode="44200",
        city="Nantes",
    )
    page = as_(cast.claire).get(f"/accounts/{account.pk}/information/").content.decode()
    for text in ("HX-1", "Client", "Health", "1,420", "€2,500,000", "899 000 000", "hexabio.example/home",
                 "second@hexabio.example", "12, rue de la Loire, 44200 Nantes", "Claire Dubois"):  # fmt: skip
        assert text in page
    assert 'href="tel:+33240000000"' in page
    assert 'href="mailto:hello@hexabio.example"' in page
    assert 'href="https://www.hexabio.example/home"' in page


@pytest.mark.parametrize("website", ["javascript:alert(1)", "javascript://x.example/%0aalert(1)", "data:text/html,x"])
def test_a_website_that_came_in_badly_is_no_link(cast, as_, website):
    account = make_account(by=cast.claire, website=website)
    page = as_(cast.claire).get(f"/accounts/{account.pk}/information/").content.decode()
    assert f'href="{website[:10]}' not in page


def test_opp_2_its_opportunities_open_ones_first_with_totals(cast, as_):
    account = make_account(by=cast.claire)
    later = make_opportunity("Later", by=cast.claire, account=account, due_on=dt.date(2027, 5, 1), amount=1000)
    sooner = make_opportunity("Sooner", by=cast.claire, account=account, due_on=dt.date(2027, 4, 1), amount=3000)
    won = make_opportunity(
        "Won", by=cast.claire, account=account, status="won", closed_on=today(), amount=500, opened_on=today()
    )
    make_opportunity("Elsewhere", by=cast.claire)
    page = as_(cast.claire).get(f"/accounts/{account.pk}/").content.decode()
    places = [page.index(f'data-id="{opportunity.pk}"') for opportunity in (sooner, later, won)]
    assert places == sorted(places)
    assert "Elsewhere" not in page
    assert "€4,000" in page
    assert "weighted €400" in page
    assert "1 of 1" in page
    assert f"/opportunities/new/?account={account.pk}" in page


def test_opp_14_two_currencies_are_never_added_up(cast, as_):
    account = make_account(by=cast.claire)
    make_opportunity(by=cast.claire, account=account, amount=1000)
    make_opportunity(by=cast.claire, account=account, amount=2000, currency="USD")
    page = as_(cast.claire).get(f"/accounts/{account.pk}/").content.decode()
    assert "€1,000 + $2,000" in page and "no rate for USD" in page
    assert "3,000" not in page


def test_opp_14_its_totals_are_in_the_house_currency(cast, as_):
    account, dollar = make_account(by=cast.claire), Currency(code="USD", name="US dollar").add(by=cast.ada)
    Rate.put(dollar, today() - dt.timedelta(days=9), Decimal("0.9"), by=cast.ada)
    make_opportunity(by=cast.claire, account=account, amount=1000)
    make_opportunity(by=cast.claire, account=account, amount=2000, currency="USD")
    won = make_opportunity(by=cast.claire, account=account, amount=100, currency="USD")
    won.win(by=cast.claire, on=today())
    Rate.put(dollar, today(), Decimal("0.5"), by=cast.ada)
    for url in (f"/accounts/{account.pk}/", f"/reports/opportunities/?account={account.pk}"):
        page = as_(cast.claire).get(url).content.decode()
        assert "€2,000" in page and "weighted €200" in page and "€1,000 + $2,000" in page and "won €90" in page


def test_opp_14_the_largest_amounts_of_an_account_are_added_up(cast, as_):
    account = make_account(by=cast.claire)
    for _at in range(120):
        make_opportunity(by=cast.claire, account=account, amount=999_999_999_999, stage=stage("Negotiation"))
    assert "€119,999,999,999,880" in as_(cast.claire).get(f"/accounts/{account.pk}/").content.decode()


def test_give_4_hidden_opportunities_are_not_counted(cast, as_):
    account = make_account(by=cast.claire)
    make_opportunity("Mine", by=cast.claire, account=account, amount=1000)
    hidden = make_opportunity("Hidden deal", by=cast.sam, account=account, amount=77_000)
    make_opportunity("Hidden win", by=cast.sam, account=account, status="won", closed_on=today(), amount=88_000)
    page = as_(cast.claire).get(f"/accounts/{account.pk}/").content.decode()
    assert "Hidden" not in page
    assert f'data-id="{hidden.pk}"' not in page
    for figure in ("77,000", "78,000", "88,000", "1 of 1"):
        assert figure not in page
    assert "78,000" in as_(cast.ada).get(f"/accounts/{account.pk}/").content.decode()


def test_signed_counts_twelve_months_and_cancelled_is_neither_won_nor_lost(cast, as_):
    account = make_account(by=cast.claire, kind="client")
    long_ago = today() - dt.timedelta(days=400)
    given = {"by": cast.claire, "account": account, "opened_on": dt.date(2020, 1, 1), "due_on": dt.date(2020, 2, 1)}
    make_opportunity(**given, status="won", closed_on=today(), amount=100)
    make_opportunity(**given, status="won", closed_on=long_ago, amount=7000)
    make_opportunity(**given, status="lost", closed_on=today(), amount=50)
    make_opportunity(**given, status="cancelled", closed_on=today(), amount=60)
    page = as_(cast.claire).get(f"/accounts/{account.pk}/").content.decode()
    assert '<dd title="€100">€100</dd>' in page
    assert "2 of 3" in page
    assert f"Client since {long_ago.year}" in page


def test_more_than_fifty_opportunities_lead_to_the_list(cast, as_):
    account = make_account(by=cast.claire)
    for number in range(51):
        make_opportunity(f"Deal {number}", by=cast.claire, account=account)
    page = as_(cast.claire).get(f"/accounts/{account.pk}/").content.decode()
    assert page.count('<tr role="row" data-id=') == 50
    assert f'href="/opportunities/?account={account.pk}"' in page
    assert "See all 51" in page


def test_only_who_may_close_reopens_from_the_page(cast, as_):
    account = make_account(by=cast.claire)
    opportunity = make_opportunity(by=cast.claire, account=account, status="won", closed_on=today())
    assert b"reopen/" in as_(cast.claire).get(f"/accounts/{account.pk}/").content
    assert b"reopen/" not in as_(cast.tom).get(f"/accounts/{account.pk}/").content
    as_(cast.claire).post(f"/opportunities/{opportunity.pk}/reopen/")
    assert Opportunity.objects.get(pk=opportunity.pk).is_open


def test_who_may_not_change_it_is_not_offered_to(cast, as_):
    account = make_account(by=cast.claire)
    mine, toms = (as_(person).get(f"/accounts/{account.pk}/information/").content for person in (cast.claire, cast.tom))
    for url in (b"/edit/", b"/sites/add/", b"/lists/put/"):
        assert url in mine
        assert url not in toms


def test_give_4_hidden_contacts_and_relations_stay_out(cast, as_):
    account = make_account("Seen", by=cast.claire, parent=make_account("Hidden Group", by=cast.sam))
    make_account("Hidden Branch", by=cast.sam, parent=account)
    make_contact("Hidden Person", by=cast.sam, account=account)
    make_contact("Seen Person", by=cast.claire, account=account)
    for tab in TABS:
        page = as_(cast.claire).get(f"/accounts/{account.pk}/{tab}").content.decode()
        assert "Hidden" not in page
        assert "Seen Person" in page
    information = as_(cast.claire).get(f"/accounts/{account.pk}/information/").content.decode()
    assert "not yours to see" in information


def test_log_1_the_history_tells_who_changed_what(cast, as_):
    account = make_account("Hexabio", by=cast.claire)
    account.city = "Nantes"
    account.edit(by=cast.mia)
    page = as_(cast.tom).get(f"/accounts/{account.pk}/history/").content.decode()
    assert "Mia Ferhat" in page
    assert '<span class="diff-new">Nantes</span>' in page


def test_queries_of_the_page_do_not_grow(cast, as_):
    account, browser, counts = make_account(by=cast.claire), as_(cast.claire), []
    browser.get(f"/accounts/{account.pk}/")
    for _ in range(2):
        for number in range(10):
            contact = make_contact(f"Ann Number{number}", by=cast.claire, account=account)
            make_opportunity(by=cast.claire, account=account, contact=contact, stage=stage("Qualified"))
            make_opportunity(by=cast.claire, account=account, status="lost", closed_on=today())
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/accounts/{account.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18


def test_the_row_menu_is_a_part_and_a_page(cast, as_):
    account = make_account(by=cast.claire)
    browser = as_(cast.claire)
    assert b"<html" in browser.get(f"/accounts/{account.pk}/menu/").content
    part = browser.get(f"/accounts/{account.pk}/menu/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert f"/accounts/{account.pk}/edit/" in part
