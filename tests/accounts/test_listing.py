"""The lists of accounts and contacts: name order, filters, pages, what is hidden."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import listing
from accounts.models import Account, ContactList
from core import keyset
from tests.make import make_account, make_contact


def ids(response):
    return [int(pk) for pk in re.findall(r'<tr role="row" data-id="(\d+)"', response.content.decode())]


def next_page(response):
    found = re.search(r'href="([^"]*)" rel="next"', response.content.decode())
    return found and found[1].replace("&amp;", "&")


def make_list(name="Key accounts", *, by, groups=None):
    made = ContactList(name=name, for_everybody=groups is None).add(by=by)
    made.edit(by=by, groups=[group.pk for group in groups or ()])
    return made


def told(response):
    """What a page says, but for the id asked and the tokens of its forms."""
    ids_and_tokens = (
        rb'csrfmiddlewaretoken" value="[^"]*|X-CSRFToken": "[^"]*|list(?:=|%3D)\d+|#\d+|name="list" value="\d+'
    )
    return re.sub(ids_and_tokens, b"", response.content)


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)


@pytest.fixture(params=["few", "many"])
def how_many(request, monkeypatch):
    """Both ways of reading: who sees few, and who sees more than that."""
    monkeypatch.setattr(listing, "FEW", 1000 if request.param == "few" else 0)


def test_accounts_come_in_name_order_without_accents_or_case(cast, as_, how_many):
    wanted = [make_account(name, by=cast.claire).pk for name in ("Élan", "etude Morin", "Évreux Froid", "zinc")]
    make_account("Élysée", by=cast.sam)
    assert ids(as_(cast.claire).get("/accounts/")) == wanted


def test_contacts_come_by_last_name(cast, as_, how_many):
    wanted = [make_contact(name, by=cast.claire).pk for name in ("Zoé Abel", "Anna Élie", "Bob Elie", "Ann Zola")]
    assert ids(as_(cast.claire).get("/contacts/")) == wanted


def test_every_row_comes_once_on_some_page(cast, as_, small_pages, how_many):
    made = [make_account("Same name", by=cast.claire).pk for _ in range(8)]
    browser, url, seen = as_(cast.claire), f"/accounts/?owner={cast.claire.pk}", []
    while url:
        response = browser.get(url if url.startswith("/") else f"/accounts/{url}")
        seen += ids(response)
        url = next_page(response)
    assert seen == made


def test_a_page_of_names_with_signs_leads_on(cast, as_, small_pages):
    for name in ("A & B", "A & B", "a.b.c", "Æon", "”quoted”", "Ω"):
        make_account(name, by=cast.claire)
    first = as_(cast.claire).get("/accounts/")
    second = as_(cast.claire).get(f"/accounts/{next_page(first)}")
    assert len(set(ids(first)) | set(ids(second))) == 6
    assert next_page(second) is None


@pytest.mark.parametrize("after", ["", "x", "x.y", ".", "a.99999999999999999999", "a%00.3", "é.²"])
def test_all_6_a_key_that_is_none_shows_the_first_page(cast, as_, after):
    account = make_account(by=cast.claire)
    assert ids(as_(cast.claire).get(f"/accounts/?after={after}")) == [account.pk]


def test_give_4_the_list_holds_what_one_sees_and_nothing_else(cast, as_):
    mine, teams, others = (make_account(f"Of {who}", by=who) for who in (cast.claire, cast.tom, cast.sam))
    assert ids(as_(cast.claire).get("/accounts/")) == [mine.pk, teams.pk]
    assert ids(as_(cast.ada).get("/accounts/")) == [mine.pk, others.pk, teams.pk]
    hidden = as_(cast.eve).get("/accounts/")
    assert ids(hidden) == []
    assert b"No account yet" in hidden.content


def test_filters_narrow_and_combine(cast, as_, how_many):
    client = make_account("Client", by=cast.claire, kind=Account.Kind.CLIENT)
    prospect = make_account("Prospect", by=cast.claire)
    toms = make_account("Prospect of Tom", by=cast.tom)
    browser = as_(cast.claire)
    assert ids(browser.get("/accounts/?kind=client")) == [client.pk]
    assert ids(browser.get("/accounts/?kind=client&kind=prospect")) == [client.pk, prospect.pk, toms.pk]
    assert ids(browser.get(f"/accounts/?owner={cast.tom.pk}")) == [toms.pk]
    assert ids(browser.get(f"/accounts/?kind=prospect&owner={cast.claire.pk}")) == [prospect.pk]


def test_a_search_finds_names_addresses_and_numbers(cast, as_, how_many):
    account = make_account("Café Évry", by=cast.claire, emails=["hello@cafe.example"], phones=["02 40 00 00 00"])
    make_account("Other", by=cast.claire)
    for text in ("evry cafe", "hello@cafe", "0240000000", str(account.pk), "ca"):
        assert ids(as_(cast.claire).get("/accounts/", {"q": text})) == [account.pk]
    assert ids(as_(cast.sam).get("/accounts/", {"q": "evry"})) == []


@pytest.mark.parametrize("query", ["owner=x", "kind=friend", "q=" + "x" * 201, "list=1.5"])
def test_all_6_a_filter_that_cannot_be_read_says_so(cast, as_, query):
    make_account(by=cast.claire)
    response = as_(cast.claire).get(f"/accounts/?{query}")
    assert response.status_code == 200
    assert ids(response) == []
    assert b"A filter could not be read" in response.content


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1234567"])
def test_a_filter_by_an_id_that_nobody_has_finds_nothing(cast, as_, number):
    make_account(by=cast.claire)
    response = as_(cast.claire).get(f"/accounts/?owner={number}&list={number}")
    assert b"Nothing matches these filters" in response.content


def test_set_2_a_hidden_list_filters_like_an_absent_one(cast, as_):
    account = make_account(by=cast.claire)
    group = Group.objects.create(name="Board")
    open_list, closed_list = make_list(by=cast.ada), make_list("Secret plans", by=cast.ada, groups=[group])
    for one in (open_list, closed_list):
        one.put(account, by=cast.ada)
    browser = as_(cast.claire)
    assert ids(browser.get(f"/accounts/?list={open_list.pk}")) == [account.pk]
    hidden = browser.get(f"/accounts/?list={closed_list.pk}")
    absent = browser.get("/accounts/?list=99999")
    assert ids(hidden) == []
    assert b"Secret plans" not in hidden.content
    assert told(hidden) == told(absent)


def test_give_4_contacts_of_a_hidden_account_are_not_found_by_it(cast, as_):
    hidden = make_account("Hidden Industries", by=cast.sam)
    contact = make_contact(by=cast.claire, account=hidden)
    browser = as_(cast.claire)
    everything = browser.get("/contacts/")
    assert ids(everything) == [contact.pk]
    assert b"Hidden" not in everything.content
    assert ids(browser.get(f"/contacts/?account={hidden.pk}")) == []
    assert ids(as_(cast.ada).get(f"/contacts/?account={hidden.pk}")) == [contact.pk]


def test_chips_name_the_filters_and_remove_them(cast, as_):
    make_account(by=cast.claire)
    page = as_(cast.claire).get(f"/accounts/?kind=client&owner={cast.tom.pk}&q=x").content.decode()
    assert "Tom Baker" in page
    assert re.search(r'chip__x" href="\?owner=\d+&amp;q=x"', page)


@pytest.mark.parametrize("path", ["/accounts/filters/", "/contacts/filters/"])
def test_the_filter_form_is_a_dialog_and_a_page(cast, as_, path):
    browser = as_(cast.claire)
    assert b"<html" in browser.get(path).content
    part = browser.get(f"{path}?owner={cast.tom.pk}&q=abc", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert f'name="owner" value="{cast.tom.pk}" checked>' in part
    assert '<input type="hidden" name="q" value="abc">' in part


def test_who_sees_only_their_own_chooses_no_colleague(cast, as_):
    page = as_(cast.eve).get("/accounts/filters/").content.decode()
    assert "Eve Martin" in page
    assert "Tom Baker" not in page


@pytest.mark.parametrize("path", ["/accounts/", "/contacts/"])
def test_queries_do_not_grow_with_rows(cast, as_, path, no_sql_in_templates):
    browser, counts = as_(cast.claire), []
    browser.get(path)
    for _ in range(2):
        for number in range(10):
            account = make_account(f"Company {number}", by=cast.claire, phones=["02 40 00 00 00"])
            make_contact(f"Ann Number{number}", by=cast.tom, account=account, emails=["ann@example.com"])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_the_page_size_is_that_of_all_lists(cast, as_):
    for number in range(keyset.PAGE + 1):
        make_account(f"Company {number:03}", by=cast.claire)
    response = as_(cast.claire).get("/accounts/")
    assert len(ids(response)) == keyset.PAGE
    assert next_page(response)


@pytest.mark.parametrize("path", ["/accounts/", "/contacts/", "/accounts/1/", "/contacts/1/", "/accounts/pick/"])
def test_all_5_nobody_reads_without_signing_in(client, db, path):
    assert client.get(path).status_code == 302


def test_data_1_a_search_in_place_draws_the_way_to_the_export_anew(cast, as_):
    page = as_(cast.bo).get("/accounts/?q=optics").content.decode()
    oob = re.search(r'hx-select-oob="([^"]*)"', page).group(1)
    assert "#export" in oob.split(",")
    assert 'id="export" href="/imports/exports/new/?kind=account&amp;query=q%3Doptics"' in page
