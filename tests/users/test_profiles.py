"""GIVE-3: profiles are edited on a page, take effect at the next request, and raise nobody above themselves."""

import pytest

from records.models import Change, Operation
from tests.make import make_account, make_opportunity
from tests.pages import fields
from users.models import Profile, Team, User


def page(profile):
    return f"/settings/profiles/{Profile.objects.get(code=profile).pk}/"


def save(browser, profile, **changes):
    url = page(profile)
    form = fields(browser.get(url), "profile")
    return browser.post(url, form | {name.replace("__", "-"): value for name, value in changes.items()})


def test_give_3_a_right_that_was_raised_holds_at_the_next_request_and_is_journalled(cast, as_):
    opportunity = make_opportunity(by=cast.tom)
    claire = as_(cast.claire)
    edit = f"{opportunity.get_absolute_url()}edit/"
    assert claire.get(edit).status_code == 403
    assert save(as_(cast.ada), "representative", opportunity__change="team").status_code == 302
    assert claire.get(edit).status_code == 200
    operation = Operation.objects.latest("pk")
    assert (operation.what, operation.by) == ("profile.edit", cast.ada)
    old, new = Change.objects.get(operation=operation).fields["rights"]
    assert (old["opportunity"]["change"], new["opportunity"]["change"]) == ("own", "team")
    save(as_(cast.ada), "representative", opportunity__view="none", opportunity__change="none")
    assert claire.get(opportunity.get_absolute_url()).status_code == 404


def test_give_3_nobody_gives_a_right_that_they_do_not_have(cast, as_):
    answer = save(as_(cast.ada), "administrator", abilities=["set_up", "people", "journal", "restore"])
    assert (
        answer.status_code == 422
        and "You do not have the right “Restore from the trash” yourself" in answer.content.decode()
    )
    administrator = Profile.objects.get(code="administrator")
    administrator.edit(by=cast.sup, rights={**administrator.rights, "account": {"view": "all"}})
    answer = save(as_(User.objects.get(pk=cast.ada.pk)), "manager", account__delete="all")
    assert answer.status_code == 422 and "give no more" in answer.content.decode()
    assert Profile.objects.get(code="manager").scope("account", "delete") == "team"


def test_give_3_a_profile_above_ones_own_level_is_shown_and_not_changed(cast, as_):
    browser = as_(cast.ada)
    text = browser.get(page("super_administrator")).content.decode()
    assert "is not edited, so that nobody is locked out" in text and "data-submit" not in text.split("<main", 1)[1]
    assert browser.post(page("super_administrator"), {"name": "x"}).status_code == 403
    assert as_(cast.sup).post(page("super_administrator"), {"name": "x"}).status_code == 403


def test_give_3_what_is_wrong_keeps_what_was_typed_and_changes_nothing(cast, as_):
    answer = save(as_(cast.ada), "representative", name="Manager", opportunity__change="team")
    text = answer.content.decode()
    assert answer.status_code == 422 and "Another profile has this name." in text and "before: own" in text
    assert Profile.objects.get(code="representative").scope("opportunity", "change") == "own"


def test_give_3_the_page_says_what_saving_would_change_and_for_how_many(cast, as_):
    browser, url = as_(cast.ada), page("representative")
    form = fields(browser.get(url), "profile") | {"opportunity-change": "all"}
    text = browser.post(f"{url}effect/", form).content.decode()
    assert "Edit, opportunities" in text and "Own → All" in text and "3 people" in text
    assert Profile.objects.get(code="representative").scope("opportunity", "change") == "own"


def test_give_3_a_profile_is_duplicated_to_be_changed(cast, as_):
    url = page("representative")
    answer = as_(cast.ada).post(f"{url}duplicate/")
    copy = Profile.objects.get(pk=int(answer.url.strip("/").split("/")[-1]))
    assert copy.name == "Representative 2" and copy.rights == Profile.objects.get(code="representative").rights
    assert copy.code is None


@pytest.mark.parametrize("how", ["team", "group"])
def test_give_3_joining_and_leaving_holds_at_the_next_request(cast, as_, how):
    account = make_account(by=cast.sam)
    browser, url = as_(cast.claire), account.get_absolute_url()
    assert browser.get(url).status_code == 404
    if how == "team":
        east, west = Team.objects.get(name="East"), cast.claire.team
        cast.claire.edit(by=cast.ada, team=east)
        assert browser.get(url).status_code == 200
        cast.claire.edit(by=cast.ada, team=west)
    else:
        from users.models.groups import add_group

        group = add_group("Key accounts", by=cast.ada)
        account.share(to=group, by=cast.sam)
        cast.claire.set_groups([group], by=cast.ada)
        assert browser.get(url).status_code == 200
        cast.claire.set_groups([], by=cast.ada)
    assert browser.get(url).status_code == 404
