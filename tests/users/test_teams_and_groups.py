"""SET-1: teams, groups, and who is in each."""

import pytest
from django.contrib.auth.models import Group

from records.models import Change, Operation
from tests.make import make_opportunity
from tests.pages import fields, send
from users.models import Team, User


def test_set_1_a_team_is_added_renamed_led_and_archived(cast, as_):
    browser, url = as_(cast.ada), "/settings/teams/"
    page = browser.post(url, {**fields(browser.get(url)), "add": "1"})
    data = fields(page) | {"new1-name": "North", "new1-manager": cast.tom.pk}
    assert browser.post(url, data).status_code == 302
    north = Team.objects.get(name="North")
    assert north.manager == cast.tom and north.pk in cast.tom.memberships.teams
    send(browser, url, **{f"{north.pk}-name": "Far north", f"{north.pk}-manager": ""})
    north.refresh_from_db()
    assert (north.name, north.manager) == ("Far north", None)
    send(browser, url, archive=str(north.pk))
    assert "Far north" not in [team.name for team in Team.objects.active()]
    assert "Far north</option>" not in browser.get("/settings/people/new/").content.decode()
    assert Operation.objects.order_by("pk").last().what == "team.set_up"


@pytest.mark.parametrize(("typed", "said"), [("", "Give it a name."), ("EAST", "The list has another one")])
def test_all_6_a_team_needs_a_name_of_its_own(cast, as_, typed, said):
    west = Team.objects.get(name="West")
    response = send(as_(cast.ada), "/settings/teams/", **{f"{west.pk}-name": typed})
    assert response.status_code == 422 and said in response.content.decode()
    response = send(as_(cast.ada), "/settings/teams/", **{f"{west.pk}-manager": "999999"})
    assert response.status_code == 422 and "Select a valid choice." in response.content.decode()


def test_set_1_joining_a_team_leaves_the_other_one(cast, as_):
    east = Team.objects.get(name="East")
    mine = make_opportunity(by=cast.tom)
    url = f"/settings/teams/{east.pk}/"
    assert fields(as_(cast.ada).get(url), "members") == {"members": [str(cast.sam.pk)]}
    response = as_(cast.ada).post(url, {"members": [cast.tom.pk]})
    assert response.status_code == 302
    assert list(User.objects.filter(team=east)) == [cast.tom]
    assert not User.objects.get(pk=cast.sam.pk).team_id
    operation = Operation.objects.order_by("pk").last()
    assert operation.what == "team.members" and operation.changes.count() == 2
    assert mine.access.objects.filter(record=mine).exists()
    assert as_(cast.claire).get(mine.get_absolute_url()).status_code == 404


def test_give_3_an_administrator_does_not_move_a_super_administrator(cast, as_):
    east = Team.objects.get(name="East")
    response = as_(cast.ada).post(f"/settings/teams/{east.pk}/", {"members": [cast.sam.pk, cast.sup.pk]})
    assert response.status_code == 422 and "is above your own" in response.content.decode()
    assert not User.objects.get(pk=cast.sup.pk).team_id
    assert as_(cast.ada).post("/settings/teams/999/", {}).status_code == 404


def test_give_2_a_group_is_added_renamed_and_its_members_are_journalled(cast, as_):
    browser = as_(cast.ada)
    given = {"name": "Key accounts", "members": [cast.claire.pk, cast.sam.pk]}
    assert browser.post("/settings/groups/new/", given).status_code == 302
    group = Group.objects.get(name="Key accounts")
    assert {person.first_name for person in group.user_set.all()} == {"Claire", "Sam"}
    url = f"/settings/groups/{group.pk}/"
    assert browser.post(url, {"name": "Grands comptes", "members": [cast.sam.pk, cast.tom.pk]}).status_code == 302
    group.refresh_from_db()
    assert group.name == "Grands comptes"
    assert {person.first_name for person in group.user_set.all()} == {"Sam", "Tom"}
    changes = {(one.model.model, one.record_id): one.fields for one in Operation.objects.last().changes.all()}
    assert changes == {
        ("group", group.pk): {"name": ["Key accounts", "Grands comptes"]},
        ("user", cast.tom.pk): {"groups": [[], [group.pk]]},
        ("user", cast.claire.pk): {"groups": [[group.pk], []]},
    }
    page = browser.get("/settings/groups/").content.decode()
    assert "2 people, 0 records shared" in page
    assert Change.objects.filter(model__model="group").count() == 2


@pytest.mark.parametrize(("name", "said"), [("", "Name the group."), ("key ACCOUNTS", "Another group has this name.")])
def test_all_6_a_group_needs_a_name_of_its_own(cast, as_, name, said):
    Group.objects.create(name="Key accounts")
    response = as_(cast.ada).post("/settings/groups/new/", {"name": name, "members": [cast.tom.pk]})
    assert response.status_code == 422 and said in response.content.decode()
    assert fields(response, "members") == {"name": [name], "members": [str(cast.tom.pk)]}


def test_give_3_profiles_are_shown_as_they_are(cast, as_):
    browser = as_(cast.ada)
    assert browser.get("/settings/profiles/").status_code == 302
    page = browser.get(f"/settings/profiles/{cast.claire.profile_id}/").content.decode()
    assert "Representative" in page and "Close or reopen" in page and "does not apply" in page
    above = browser.get(f"/settings/profiles/{cast.sup.profile_id}/").content.decode()
    for text, edited in ((page, True), (above, False)):
        assert ("<select" in text.split("<main")[1].split("</main>")[0]) == edited
    assert browser.get("/settings/profiles/999/").status_code == 404


def test_give_4_what_is_shared_with_a_group_is_counted_as_far_as_one_sees_it(cast, as_):
    group = Group.objects.create(name="Key accounts")
    cast.mia.profile.edit(by=cast.sup, abilities=["people"])
    for person in (cast.claire, cast.sam):
        make_opportunity(by=person).share(to=group, by=person)
    for person, told in ((cast.ada, "0 people, 2 records shared"), (cast.mia, "0 people, 1 record shared")):
        assert told in as_(person).get("/settings/groups/").content.decode()
