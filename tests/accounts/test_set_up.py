"""The screen of contact lists (SET-2)."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ContactList
from records.models import Change
from tests.make import make_account, make_contact

URL = "/settings/lists/"


@pytest.fixture
def board(db):
    return Group.objects.create(name="Board")


def test_set_2_a_list_is_added_for_everybody(cast, as_):
    as_(cast.ada).post(URL, {"row": "new1", "new1-name": "Greetings 2027"})
    made = ContactList.objects.get()
    assert (made.name, made.for_everybody) == ("Greetings 2027", True)
    assert made in ContactList.objects.visible_to(cast.eve)


def test_set_2_a_list_is_added_for_a_group(cast, as_, board):
    as_(cast.ada).post(URL, {"row": "new1", "new1-name": "Key accounts", "new1-groups": [board.pk]})
    made = ContactList.objects.get()
    assert not made.for_everybody
    assert list(made.groups.all()) == [board]
    change = Change.objects.filter(model__model="contactlist").get()
    assert change.fields["groups"] == [[], [board.pk]]


def test_set_2_who_sees_it_is_changed_and_journalled(cast, as_, board):
    made = ContactList(name="Key accounts").add(by=cast.ada)
    row = {"row": made.pk, f"{made.pk}-name": "Best accounts", f"{made.pk}-version": made.version}
    as_(cast.ada).post(URL, row | {f"{made.pk}-groups": [board.pk]})
    made.refresh_from_db()
    assert (made.name, made.for_everybody, list(made.groups.all())) == ("Best accounts", False, [board])
    change = Change.objects.order_by("-pk").first()
    assert change.fields["name"] == ["Key accounts", "Best accounts"]
    assert change.fields["groups"] == [[], [board.pk]]
    assert change.operation.by == cast.ada


def test_rec_5_groups_chosen_meanwhile_stay(cast, as_, board):
    made = ContactList(name="Key accounts").add(by=cast.ada)
    row = {"row": made.pk, f"{made.pk}-name": "Best accounts", f"{made.pk}-version": made.version}
    ContactList.objects.get().edit(by=cast.bo, for_everybody=False, groups=[board.pk])
    as_(cast.ada).post(URL, row)
    made.refresh_from_db()
    assert (made.name, made.for_everybody, list(made.groups.all())) == ("Best accounts", False, [board])


@pytest.mark.parametrize("name", ["kéy accounts", "x" * 81])
def test_all_6_a_name_taken_or_too_long_is_refused(cast, as_, name):
    ContactList(name="Key accounts").add(by=cast.ada)
    response = as_(cast.ada).post(URL, {"row": "new1", "new1-name": name})
    assert response.status_code == 422
    assert ContactList.objects.count() == 1


def test_a_list_is_archived_and_taken_back(cast, as_):
    made, browser = ContactList(name="Key accounts").add(by=cast.ada), as_(cast.ada)
    row = {"row": made.pk, f"{made.pk}-name": made.name}
    browser.post(URL, row | {"archive": made.pk})
    assert not ContactList.objects.active().exists()
    browser.post(URL, {"unarchive": made.pk})
    assert ContactList.objects.active().exists()


def test_give_4_what_is_on_a_list_is_counted_as_far_as_one_sees_it(cast, as_):
    profile = cast.claire.profile
    profile.edit(by=None, abilities=["set_up"])
    made = ContactList(name="Key accounts").add(by=cast.ada)
    for person in (cast.claire, cast.sam):
        made.put(make_account(by=person), by=person)
        made.put(make_contact(by=person), by=person)
    assert "2 accounts</a>" in as_(cast.ada).get(URL).content.decode()
    page = as_(cast.claire).get(URL).content.decode()
    assert "1 account</a>" in page
    assert "1 contact</a>" in page


def test_give_3_who_does_not_set_up_is_told_whom_to_ask(cast, as_):
    response = as_(cast.claire).get(URL)
    assert response.status_code == 403
    assert as_(cast.claire).post(URL, {"row": "new1", "new1-name": "Mine"}).status_code == 403
    assert not ContactList.objects.exists()


def test_the_settings_lead_here(cast, as_):
    ContactList(name="Key accounts").add(by=cast.ada)
    page = as_(cast.ada).get("/settings/").content.decode()
    assert f'href="{URL}"' in page


def test_queries_do_not_grow_with_lists(cast, as_, board):
    browser, counts = as_(cast.ada), []
    browser.get(URL)
    for start in (0, 5):
        for number in range(start, start + 5):
            ContactList(name=f"List {number}").add(by=cast.ada, groups=[board.pk])
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            browser.get(URL)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 5, "one for the boxes of each row"
