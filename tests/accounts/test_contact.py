"""The page of a contact: what it shows, to whom (ACC-2, ACC-3)."""

import pytest

from core.dates import today
from tests.make import make_account, make_contact, make_opportunity


@pytest.mark.parametrize("tab", ["", "history/", "menu/"])
def test_give_4_a_hidden_contact_answers_like_an_absent_one(cast, as_, tab):
    contact = make_contact("Hidden Person", by=cast.sam)
    hidden, absent = (as_(cast.eve).get(f"/contacts/{pk}/{tab}") for pk in (contact.pk, 999_999))
    assert hidden.status_code == absent.status_code == 404
    assert b"Hidden" not in hidden.content


@pytest.mark.parametrize("tab", ["", "history/", "menu/"])
@pytest.mark.parametrize("reader", ["claire", "tom", "mia", "bo", "ada", "sup"])
def test_acc_3_who_sees_them_reads_every_tab(cast, as_, tab, reader, no_sql_in_templates):
    account = make_account(by=cast.claire)
    contact = make_contact("Odile Lecanu", by=cast.claire, account=account, emails=["odile@hexabio.example"])
    make_opportunity(by=cast.claire, account=account, contact=contact)
    page = as_(getattr(cast, reader)).get(f"/contacts/{contact.pk}/{tab}")
    assert page.status_code == 200
    assert b"Odile Lecanu" in page.content


def test_opp_2_opportunities_of_a_contact_wherever_they_were_created(cast, as_):
    account = make_account(by=cast.claire)
    odile = make_contact("Odile Lecanu", by=cast.claire, account=account)
    make_opportunity("With Odile", by=cast.claire, contact=odile)
    make_opportunity("With the company", by=cast.claire, account=account)
    make_opportunity("Hidden", by=cast.sam, account=account, contact=odile)
    page = as_(cast.claire).get(f"/contacts/{odile.pk}/").content.decode()
    assert "With Odile" in page
    assert "With the company" not in page
    assert "Hidden" not in page
    assert f"/opportunities/new/?contact={odile.pk}&amp;account={account.pk}" in page


def test_new_1_the_plus_fills_in_the_contact_alone_where_the_account_is_hidden(cast, as_):
    contact = make_contact(by=cast.claire, account=make_account("Hidden Industries", by=cast.sam))
    page = as_(cast.claire).get(f"/contacts/{contact.pk}/").content.decode()
    assert f'href="/opportunities/new/?contact={contact.pk}"' in page


@pytest.mark.parametrize("tab", ["", "history/"])
def test_give_4_a_hidden_company_and_its_people_are_not_named(cast, as_, tab):
    account = make_account("Hidden Industries", by=cast.sam)
    contact = make_contact("Odile Lecanu", by=cast.claire, account=account)
    make_contact("Seen Colleague", by=cast.claire, account=account)
    page = as_(cast.claire).get(f"/contacts/{contact.pk}/{tab}").content.decode()
    assert "Hidden" not in page
    assert "Seen Colleague" not in page
    assert "not yours to see" in page
    assert "Hidden Industries" in as_(cast.ada).get(f"/contacts/{contact.pk}/{tab}").content.decode()


def test_colleagues_and_every_address_are_told(cast, as_):
    account = make_account(by=cast.claire)
    contact = make_contact(
        "Odile Lecanu",
        by=cast.claire,
        account=account,
        role="Buyer",
        emails=["odile@hexabio.example", "o.lecanu@post.example"],
        phones=["02 40 00 00 12", "06 00 00 00 12"],
    )
    make_contact("Pascal Mérand", by=cast.tom, account=account)
    page = as_(cast.claire).get(f"/contacts/{contact.pk}/").content.decode()
    for text in ("o.lecanu@post.example", "tel:0600000012", "Buyer", "Pascal Mérand", "Hexabio"):
        assert text in page


def test_a_win_shows_on_their_page(cast, as_):
    contact = make_contact(by=cast.claire)
    make_opportunity(by=cast.claire, contact=contact, status="won", closed_on=today(), amount=900)
    page = as_(cast.claire).get(f"/contacts/{contact.pk}/").content.decode()
    assert "1 of 1" in page
    assert "€900" in page
