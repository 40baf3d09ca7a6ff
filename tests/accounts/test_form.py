"""Creating and editing accounts and contacts: what is refused and why, merging, moving (ACC-1, ACC-2, NEW-1, NEW-2)."""

import pytest

from accounts.models import Account, Contact
from records.models import Change, Operation
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import edited, field_errors

ACCOUNT = {"name": "Hexabio", "kind": "prospect"}
CONTACT = {"first_name": "Odile", "last_name": "Lecanu"}


def last_operation():
    return Operation.objects.order_by("-pk").first()


# Creating


def test_new_1_an_account_is_created_and_journalled(cast, as_):
    data = ACCOUNT | {
        "code": " HX  1 ",
        "kind": "client",
        "owner": cast.claire.pk,
        "emails": "hello@hexabio.example\r\n\r\n second@hexabio.example ",
        "phones": "+33 2 40 00 00 00\n0240000001",
        "website": "hexabio.example",
        "employees": "1 420",
        "revenue": "2,5 m",
        "city": "Nantes",
    }
    response = as_(cast.claire).post("/accounts/new/", data)
    account = Account.objects.get()
    assert response.url == f"/accounts/{account.pk}/"
    assert account.owner == cast.claire
    assert account.code == "HX 1"
    assert account.emails == ["hello@hexabio.example", "second@hexabio.example"]
    assert account.phones == ["+33 2 40 00 00 00", "0240000001"]
    assert account.employees == 1420
    assert account.revenue == 2_500_000
    operation = last_operation()
    assert (operation.by, operation.door, operation.what) == (cast.claire, "form", "account.add")
    assert operation.changes.get().fields["city"] == [None, "Nantes"]


def test_new_1_a_contact_of_the_account_one_comes_from(cast, as_):
    account = make_account(by=cast.claire)
    page = as_(cast.claire).get(f"/contacts/new/?account={account.pk}").content.decode()
    assert f'name="account" value="{account.pk}"' in page
    as_(cast.claire).post("/contacts/new/", CONTACT | {"account": account.pk, "owner": cast.claire.pk})
    contact = Contact.objects.get()
    assert (str(contact), contact.account) == ("Odile Lecanu", account)


def test_give_4_a_hidden_account_is_not_filled_in(cast, as_):
    account = make_account("Hidden Industries", by=cast.sam)
    page = as_(cast.claire).get(f"/contacts/new/?account={account.pk}").content.decode()
    assert "Hidden" not in page
    assert 'name="account" value=""' in page


def test_new_2_save_and_close_returns_to_where_one_came_from(cast, as_):
    browser, data = as_(cast.claire), ACCOUNT | {"close": "1"}
    page = browser.get("/accounts/new/", headers={"referer": "http://testserver/accounts/?kind=client"})
    assert 'name="back" value="/accounts/?kind=client"' in page.content.decode()
    assert browser.post("/accounts/new/", data | {"back": "/accounts/?kind=client"}).url == "/accounts/?kind=client"
    assert browser.post("/accounts/new/", data).url == "/accounts/"


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "http://testserver//evil.example", "javascript:x"],
)
def test_nobody_is_sent_elsewhere(cast, as_, back):
    response = as_(cast.claire).post("/accounts/new/", ACCOUNT | {"close": "1", "back": back})
    assert response.url == "/accounts/"


@pytest.mark.parametrize("kind", ["accounts", "contacts", "opportunities"])
def test_what_one_creates_is_ones_own_unless_said_otherwise(cast, as_, kind):
    form = as_(cast.claire).get(f"/{kind}/new/").context["form"]
    assert form["owner"].value() == cast.claire.pk


def test_a_company_is_created_along_with_a_contact(cast, as_):
    data = CONTACT | {"account": "new", "account_name": "Brand New", "owner": cast.claire.pk}
    as_(cast.claire).post("/contacts/new/", data)
    contact = Contact.objects.get()
    assert (contact.account.name, contact.account.owner) == ("Brand New", cast.claire)
    assert last_operation().changes.count() == 2


def test_without_a_script_the_exact_name_does(cast, as_):
    account = make_account("Café Évry", by=cast.claire)
    as_(cast.claire).post("/contacts/new/", CONTACT | {"account": "", "account_name": "cafe evry"})
    assert Contact.objects.get().account == account


# What is refused, beside its field


@pytest.mark.parametrize(
    "changes,field,sentence",
    [
        ({"name": "  "}, "name", "Name the account."),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"name": "a\0b"}, "name", "Null characters"),
        ({"kind": "friend"}, "kind", "valid choice"),
        ({"kind": ""}, "kind", "required"),
        ({"code": "x" * 61}, "code", "at most 60 characters"),
        ({"emails": "ok@x.example\nnot an address"}, "emails", "“not an address” is not an e-mail address."),
        ({"emails": "\n".join(f"a{n}@x.example" for n in range(21))}, "emails", "At most 20."),
        ({"phones": "ask Bob"}, "phones", "“ask Bob” is not a telephone number."),
        ({"website": "javascript:alert(1)"}, "website", "Enter a web address"),
        ({"website": "not an address"}, "website", "Enter a web address"),
        ({"website": "ftp://files.example"}, "website", "Enter a web address"),
        ({"employees": "many"}, "employees", "whole number"),
        ({"employees": "-1"}, "employees", "greater than or equal to 0"),
        ({"employees": "9" * 12}, "employees", "less than or equal to"),
        ({"revenue": "a lot"}, "revenue", "Enter a number"),
        ({"revenue": "-5"}, "revenue", "not negative"),
        ({"revenue": "9" * 13}, "revenue", "at most 12 digits"),
        ({"owner": "999999"}, "owner", "valid choice"),
        ({"parent_name": "Nobody Knows"}, "parent", "“Nobody Knows” not found"),
        ({"parent": "999999"}, "parent", "not found"),
        ({"parent": "99999999999999999999"}, "parent", "not found"),
    ],
)
def test_all_6_bad_input_is_told_beside_its_field(cast, as_, changes, field, sentence):
    data = ACCOUNT | {"city": "Kept as typed"} | changes
    response = as_(cast.claire).post("/accounts/new/", data)
    assert response.status_code == 422
    errors = field_errors(response)
    assert errors.keys() == {f"id_{field}"}
    assert sentence in errors[f"id_{field}"]
    page = response.content.decode()
    assert f'href="#id_{field}"' in page
    assert "Kept as typed" in page
    assert not Account.objects.exists()


@pytest.mark.parametrize("changes", [{"emails": "wrong"}, {"phones": "wrong"}, {"account_name": "Nobody Knows"}])
def test_all_6_what_was_typed_is_still_there(cast, as_, changes):
    response = as_(cast.claire).post("/contacts/new/", CONTACT | {"role": "Buyer of boats"} | changes)
    page = response.content.decode()
    assert response.status_code == 422
    for text in ("Buyer of boats", "Lecanu", *changes.values()):
        assert text in page


def test_acc_2_a_contact_has_a_name(cast, as_):
    response = as_(cast.claire).post("/contacts/new/", {"first_name": " ", "role": "Buyer"})
    assert response.status_code == 422
    assert field_errors(response).keys() == {"id_first_name", "id_last_name"}
    as_(cast.claire).post("/contacts/new/", {"last_name": "Lecanu"})
    assert str(Contact.objects.get()) == "Lecanu"


def test_give_4_a_code_taken_by_a_hidden_account_names_nobody(cast, as_):
    make_account("Hidden Industries", by=cast.sam, code="HX-1")
    make_account("Seen", by=cast.claire, code="HX-2")
    browser = as_(cast.claire)
    hidden = browser.post("/accounts/new/", ACCOUNT | {"code": "HX-1"})
    seen = browser.post("/accounts/new/", ACCOUNT | {"code": "HX-2"})
    assert field_errors(hidden) == {"id_code": "This code is taken."}
    assert b"Hidden" not in hidden.content
    assert field_errors(seen) == {"id_code": "The code is taken by “Seen”."}


def test_a_code_is_free_again_and_one_keeps_ones_own(cast, as_):
    account = make_account(by=cast.claire, code="HX-1")
    response = edited(as_(cast.claire), f"/accounts/{account.pk}/edit/", city="Nantes")
    assert response.status_code == 302
    account.refresh_from_db()
    assert (account.code, account.city) == ("HX-1", "Nantes")


@pytest.mark.parametrize("whose", ["itself", "child", "grandchild"])
def test_acc_1_an_account_stands_neither_below_itself_nor_below_what_is_below_it(cast, as_, whose):
    account = make_account("Top", by=cast.claire)
    child = make_account("Child", by=cast.claire, parent=account)
    grandchild = make_account("Grandchild", by=cast.claire, parent=child)
    parent = {"itself": account, "child": child, "grandchild": grandchild}[whose]
    response = edited(as_(cast.claire), f"/accounts/{account.pk}/edit/", parent=parent.pk)
    assert response.status_code == 422
    assert field_errors(response).keys() == {"id_parent"}
    assert Account.objects.get(pk=account.pk).parent is None
    assert edited(as_(cast.claire), f"/accounts/{grandchild.pk}/edit/", parent=account.pk).status_code == 302


def test_give_4_a_hidden_account_as_parent_is_not_found(cast, as_):
    hidden = make_account("Hidden Industries", by=cast.sam)
    browser = as_(cast.claire)
    for given in ({"parent": hidden.pk}, {"parent_name": "hidden industries"}):
        response = browser.post("/accounts/new/", ACCOUNT | given)
        assert "not found" in field_errors(response)["id_parent"]


def test_give_4_a_hidden_company_stays_and_is_not_named(cast, as_):
    hidden = make_account("Hidden Industries", by=cast.sam)
    contact = make_contact(by=cast.claire, account=hidden)
    browser, url = as_(cast.claire), f"/contacts/{contact.pk}/edit/"
    page = browser.get(url).content.decode()
    assert "Hidden" not in page
    assert 'name="account"' not in page
    assert edited(browser, url, role="Buyer", account="").status_code == 302
    contact.refresh_from_db()
    assert (contact.account, contact.role) == (hidden, "Buyer")


# Who may


def test_give_3_who_may_not_change_is_refused_with_the_reason(cast, as_):
    account = make_account(by=cast.claire)
    response = as_(cast.tom).get(f"/accounts/{account.pk}/edit/")
    assert response.status_code == 403
    assert b"It belongs to Claire Dubois" in response.content
    assert as_(cast.tom).post(f"/accounts/{account.pk}/edit/", ACCOUNT | {"name": "Taken over"}).status_code == 403
    assert Account.objects.get().name == "Hexabio"


@pytest.mark.parametrize("kind", ["accounts", "contacts"])
def test_give_4_a_hidden_record_is_not_edited(cast, as_, kind):
    record = make_account(by=cast.sam) if kind == "accounts" else make_contact(by=cast.sam)
    for answer in (as_(cast.eve).get, as_(cast.eve).post):
        assert answer(f"/{kind}/{record.pk}/edit/").status_code == 404


@pytest.mark.parametrize("kind", ["account", "contact"])
def test_give_3_whose_profile_does_not_create_is_refused(cast, as_, kind):
    profile = cast.eve.profile
    profile.edit(by=None, rights={**profile.rights, kind: {"view": "own"}})
    browser = as_(cast.eve)
    for answer in (browser.get, browser.post):
        assert answer(f"/{kind}s/new/").status_code == 403
    assert f"/{kind}s/new/".encode() not in browser.get(f"/{kind}s/").content


def test_an_owner_is_chosen_within_the_reach_of_the_profile(cast, as_):
    def offered(person, url):
        return set(as_(person).get(url).context["form"].fields["owner"].queryset)

    account = make_account(by=cast.claire)
    assert offered(cast.claire, "/accounts/new/") == {cast.claire}
    assert cast.sam in offered(cast.claire, f"/accounts/{account.pk}/edit/")
    assert offered(cast.mia, "/accounts/new/") == {cast.mia, cast.claire, cast.tom}
    assert cast.eve in offered(cast.ada, "/accounts/new/")
    response = as_(cast.claire).post("/accounts/new/", ACCOUNT | {"owner": cast.sam.pk})
    assert field_errors(response).keys() == {"id_owner"}


def test_who_gives_an_account_away_and_sees_it_no_more_is_led_to_the_list(cast, as_):
    account = make_account(by=cast.claire)
    response = edited(as_(cast.claire), f"/accounts/{account.pk}/edit/", owner=cast.sam.pk)
    assert response.url == "/accounts/"
    assert as_(cast.claire).get(f"/accounts/{account.pk}/").status_code == 404
    assert as_(cast.sam).get(f"/accounts/{account.pk}/").status_code == 200


# Two at once


def test_rec_5_edits_of_different_fields_merge(cast, as_):
    account = make_account(by=cast.claire, city="Nantes")
    other = Account.objects.get(pk=account.pk)
    other.sector = "Health"
    other.edit(by=cast.mia)
    data = ACCOUNT | {"city": "Rennes", "owner": cast.claire.pk, "version": account.version, "sector": ""}
    assert as_(cast.claire).post(f"/accounts/{account.pk}/edit/", data).status_code == 302
    account.refresh_from_db()
    assert (account.city, account.sector) == ("Rennes", "Health")


def test_rec_5_both_values_are_shown_where_both_changed_the_same(cast, as_):
    contact = make_contact(by=cast.claire, emails=["old@x.example"])
    other = Contact.objects.get(pk=contact.pk)
    other.emails = ["theirs@x.example"]
    other.edit(by=cast.mia)
    data = CONTACT | {"emails": "mine@x.example", "owner": cast.claire.pk, "version": contact.version}
    browser, url = as_(cast.claire), f"/contacts/{contact.pk}/edit/"
    clash = browser.post(url, data)
    assert clash.status_code == 409
    assert "Mia Ferhat" in field_errors(clash)["id_emails"]
    assert "theirs@x.example" in field_errors(clash)["id_emails"]
    assert "mine@x.example" in clash.content.decode()
    assert browser.post(url, data | {"version": contact.version + 1}).status_code == 302
    contact.refresh_from_db()
    assert contact.emails == ["mine@x.example"]


def test_log_1_saving_without_a_change_writes_nothing(cast, as_):
    account = make_account(by=cast.claire, emails=["a@x.example"], revenue=1000)
    before = Change.objects.count()
    assert edited(as_(cast.claire), f"/accounts/{account.pk}/edit/").status_code == 302
    assert Change.objects.count() == before


# Moving (ACC-2)


def test_acc_2_moving_to_another_company_leaves_the_opportunities_and_says_so(cast, as_):
    old, new = make_account("Old Company", by=cast.claire), make_account("New Company", by=cast.claire)
    contact = make_contact(by=cast.claire, account=old)
    opportunity = make_opportunity(by=cast.claire, contact=contact)
    browser, url = as_(cast.claire), f"/contacts/{contact.pk}/edit/"
    assert b"leaves the opportunities where they are" in browser.get(url).content
    response = edited(browser, url, account=new.pk)
    assert "at Old Company stay there" in browser.get(response.url).content.decode()
    opportunity.refresh_from_db()
    contact.refresh_from_db()
    assert (contact.account, opportunity.account, opportunity.contact) == (new, old, contact)
    assert last_operation().changes.get().fields == {"account_id": [old.pk, new.pk]}


def test_a_contact_who_stays_brings_no_word_of_moving(cast, as_):
    contact = make_contact(by=cast.claire, account=make_account(by=cast.claire))
    response = edited(as_(cast.claire), f"/contacts/{contact.pk}/edit/", role="Buyer")
    assert "stay there" not in as_(cast.claire).get(response.url).content.decode()


@pytest.mark.parametrize("path", ["/accounts/new/", "/contacts/new/"])
def test_the_form_asks_nothing_while_rendering(cast, as_, path, no_sql_in_templates):
    account = make_account(by=cast.claire, parent=make_account("Group", by=cast.claire))
    contact = make_contact(by=cast.claire, account=account)
    for url in (path, f"/accounts/{account.pk}/edit/", f"/contacts/{contact.pk}/edit/"):
        assert as_(cast.claire).get(url).status_code == 200
