"""Suggestions while typing a name (GIVE-4, ACC-1, ACC-2)."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.make import make_account, make_contact


def options(response):
    text = response.content.decode()
    return [(pk, unescape(name)) for pk, name in re.findall(r'data-id="(\w+)" data-name="([^"]*)"', text)]


def pick(browser, text, kind="accounts", field="", **given):
    field = field or kind.removesuffix("s")
    return options(browser.get(f"/{kind}/pick/", {"field": field, f"{field}_name": text, **given}))


def test_an_account_is_found_by_any_part_accents_aside(cast, as_):
    account = make_account("Café Évry", by=cast.claire, city="Nantes")
    browser = as_(cast.claire)
    for text in ("evry", "CAFÉ", "nantes", "ca", str(account.pk)):
        assert pick(browser, text)[0] == (str(account.pk), "Café Évry")


def test_names_that_begin_with_the_text_come_first(cast, as_):
    make_account("A company near Hexabio", by=cast.claire)
    hexabio = make_account("Hexabio", by=cast.claire)
    assert pick(as_(cast.claire), "hexa")[0] == (str(hexabio.pk), "Hexabio")


def test_give_4_hidden_names_are_not_suggested(cast, as_):
    account = make_account("Hidden Industries", by=cast.sam)
    make_contact("Hidden Person", by=cast.sam, account=account)
    for kind in ("accounts", "contacts"):
        assert pick(as_(cast.claire), "hidden", kind) == [("new", "hidden")]
        assert pick(as_(cast.claire), str(account.pk), kind) == [("new", str(account.pk))]


def test_give_4_a_contact_is_suggested_without_the_name_of_a_hidden_account(cast, as_):
    make_contact("Odile Lecanu", by=cast.claire, account=make_account("Hidden Industries", by=cast.sam))
    page = as_(cast.claire).get("/contacts/pick/?field=contact&contact_name=odile").content.decode()
    assert "Odile Lecanu" in page
    assert "Hidden" not in page


def test_contacts_are_narrowed_to_the_account_chosen(cast, as_):
    account = make_account(by=cast.claire)
    odile = make_contact("Odile Lecanu", by=cast.claire, account=account)
    other = make_contact("Odile Other", by=cast.claire)
    browser = as_(cast.claire)
    here = pick(browser, "odile", "contacts", account=account.pk)
    assert here == [(str(odile.pk), "Odile Lecanu"), ("new", "odile")]
    for anything in ("", "new", "x"):
        found = pick(browser, "odile", "contacts", account=anything)
        assert {pk for pk, _ in found} == {str(odile.pk), str(other.pk), "new"}


def test_give_4_a_hidden_account_has_no_contacts_here(cast, as_):
    account = make_account("Hidden Industries", by=cast.sam)
    make_contact("Odile Lecanu", by=cast.claire, account=account)
    assert pick(as_(cast.claire), "odile", "contacts", account=account.pk) == [("new", "odile")]


def test_creating_is_offered_last_to_whose_profile_creates(cast, as_):
    profile = cast.eve.profile
    make_account("Hexabio", by=cast.eve)
    assert pick(as_(cast.eve), "hexa")[-1] == ("new", "hexa")
    profile.edit(by=None, rights={**profile.rights, "account": {"view": "own"}})
    assert [name for _, name in pick(as_(cast.eve), "hexa")] == ["Hexabio"]


def test_creating_is_not_offered_for_a_name_that_is_there(cast, as_):
    account = make_account("Café Évry", by=cast.claire)
    assert pick(as_(cast.claire), "cafe evry") == [(str(account.pk), "Café Évry")]


def test_at_most_ten_in_few_queries(cast, as_):
    for number in range(12):
        make_account(f"Hexabio {number:02}", by=cast.claire)
        make_contact(f"Odile Lecanu{number:02}", by=cast.claire, account=make_account("Hexabio", by=cast.claire))
    browser = as_(cast.claire)
    pick(browser, "hexa")
    for kind, text in (("accounts", "hexa"), ("contacts", "odile")):
        with CaptureQueriesContext(connection) as queries:
            assert len(pick(browser, text, kind)) == 11
        asked = [query["sql"] for query in queries if "accounts_" in query["sql"]]
        assert len(asked) <= 4, "what one sees, what begins with it, what holds it"


def test_nothing_typed_suggests_the_first_and_creates_nothing(cast, as_):
    account = make_account(by=cast.claire)
    assert pick(as_(cast.claire), "") == [(str(account.pk), "Hexabio")]


@pytest.mark.parametrize("field", ['x" onclick="y', "<b>", "", "a" * 60])
def test_the_name_of_the_field_is_one(cast, as_, field):
    make_account(by=cast.claire)
    page = as_(cast.claire).get("/accounts/pick/", {"field": field, f"{field}_name": "hexa"}).content.decode()
    assert 'id="pick-option-' in page
    assert "onclick" not in page


@pytest.mark.parametrize("text", ["\0", "a\0b", "'", '"', "%", "_", "*", "x" * 5000, "«»", "OR 1=1", '") OR ("'])
def test_all_6_whatever_is_typed_is_answered(cast, as_, text):
    make_account(by=cast.claire)
    for kind in ("accounts", "contacts"):
        response = as_(cast.claire).get(f"/{kind}/pick/", {"field": "f", "f_name": text})
        assert response.status_code == 200


def test_names_are_escaped(cast, as_):
    make_account('<script>alert("x")</script>', by=cast.claire)
    page = as_(cast.claire).get("/accounts/pick/?field=account&account_name=alert").content.decode()
    assert "<script>" not in page
