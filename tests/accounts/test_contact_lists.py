"""Contact lists, and who may see each (SET-2)."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import ContactList
from records.models import Change, Operation
from tests.make import make_account, make_contact


def make_list(name="Key accounts", *, by, groups=None):
    made = ContactList(name=name, for_everybody=groups is None).add(by=by)
    made.edit(by=by, groups=[group.pk for group in groups or ()])
    return made


@pytest.fixture
def board(cast):
    group = Group.objects.create(name="Board")
    cast.mia.groups.add(group)
    return group


@pytest.fixture(params=["accounts", "contacts"])
def record(request, cast):
    return make_account(by=cast.claire) if request.param == "accounts" else make_contact(by=cast.claire)


def test_set_2_a_record_is_put_on_a_list_and_taken_off(cast, as_, record):
    made, browser = make_list(by=cast.ada), as_(cast.claire)
    assert "Key accounts" in browser.get(f"{record.get_absolute_url()}lists/put/").content.decode()
    response = browser.post(f"{record.get_absolute_url()}lists/put/", {"list": made.pk})
    assert response.url == record.get_absolute_url()
    page = browser.get(response.url).content.decode()
    assert "seen by everybody" in page
    operation = Operation.objects.order_by("-pk").first()
    assert (operation.by, operation.what) == (cast.claire, f"{record.gate_key()}.list")
    assert operation.changes.get().fields == {"lists": [[], [made.pk]]}
    browser.post(f"{record.get_absolute_url()}lists/take-off/", {"list": made.pk})
    assert "On no list." in browser.get(record.get_absolute_url()).content.decode()
    assert Change.objects.order_by("-pk").first().fields == {"lists": [[made.pk], []]}


def test_put_is_harmless_twice(cast, record):
    made = make_list(by=cast.ada)
    made.put(record, by=cast.claire)
    before = Change.objects.count()
    made.put(record, by=cast.claire)
    assert Change.objects.count() == before


def test_set_2_a_list_is_seen_by_its_groups_and_by_who_sets_up(cast, board):
    everybodys, boards = make_list("All", by=cast.ada), make_list("Board", by=cast.ada, groups=[board])

    def seen(person):
        return set(ContactList.objects.visible_to(person))

    assert seen(cast.claire) == {everybodys}
    assert seen(cast.mia) == seen(cast.ada) == {everybodys, boards}


def test_give_4_a_hidden_list_is_named_nowhere(cast, as_, board, record):
    hidden = make_list("Secret plans", by=cast.ada, groups=[board])
    hidden.put(record, by=cast.ada)
    browser, base = as_(cast.claire), record.get_absolute_url()
    for url in (base, f"{base}lists/put/", f"{base}history/"):
        assert "Secret" not in browser.get(url).content.decode()
    assert browser.post(f"{base}lists/put/", {"list": hidden.pk}).status_code == 422
    browser.post(f"{base}lists/take-off/", {"list": hidden.pk})
    assert hidden in ContactList.objects.holding(record)
    assert "Secret plans" in as_(cast.mia).get(base).content.decode()
    assert "Secret plans" in as_(cast.mia).get(f"{base}history/").content.decode()


def test_who_may_not_change_the_record_changes_no_list(cast, as_, record):
    made = make_list(by=cast.ada)
    for verb in ("put", "take-off"):
        url = f"{record.get_absolute_url()}lists/{verb}/"
        assert as_(cast.tom).post(url, {"list": made.pk}).status_code == 403
        assert as_(cast.eve).post(url, {"list": made.pk}).status_code == 404


@pytest.mark.parametrize("chosen", ["", "x", "999999"])
def test_all_6_no_list_chosen_says_so(cast, as_, record, chosen):
    make_list(by=cast.ada)
    response = as_(cast.claire).post(f"{record.get_absolute_url()}lists/put/", {"list": chosen})
    assert response.status_code == 422
    assert b'id="id_list-error"' in response.content


def test_an_archived_list_is_not_offered_and_what_is_on_it_stays(cast, as_, record):
    made = make_list("Old cards", by=cast.ada)
    made.put(record, by=cast.claire)
    other = make_account("Other", by=cast.claire)
    made.archive(by=cast.ada)
    assert b"Old cards" not in as_(cast.claire).get(f"/accounts/{other.pk}/lists/put/").content
    assert b"Old cards" in as_(cast.claire).get(record.get_absolute_url()).content


def test_without_a_list_the_dialog_says_where_they_come_from(cast, as_, record):
    page = as_(cast.claire).get(f"{record.get_absolute_url()}lists/put/").content.decode()
    assert "There is no further list." in page


def test_log_1_who_sees_a_list_is_journalled(cast, board):
    made = make_list(by=cast.ada, groups=[board])
    made.edit(by=cast.ada, for_everybody=True, groups=[])
    change = Change.objects.order_by("-pk").first()
    assert change.fields == {"for_everybody": [False, True], "groups": [[board.pk], []]}
