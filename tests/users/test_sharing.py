"""GIVE-2: sharing a record, giving it away, withdrawing; from the dialog, for each kind of record."""

import re

import pytest
from django.contrib.auth.models import Group

from opportunities.models import Opportunity
from records import gate
from records.journal import operation
from records.models import Change, Operation
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import fields, send
from users.models import Notice
from users.models.giving import Given, tell_of


@pytest.fixture
def group(cast):
    group = Group.objects.create(name="Key accounts")
    cast.eve.groups.add(group)
    return group


def form_of(record):
    return f"{record.get_absolute_url()}share/"


def post(browser, record, button="", **changes):
    return send(browser, form_of(record), form=form_of(record), **{"turn": button, **changes})


@pytest.mark.parametrize("make", [make_opportunity, make_account, make_contact])
def test_give_2_a_person_is_added_in_the_dialog_and_sees_the_record_once_it_is_saved(cast, as_, make):
    record = make(by=cast.claire)
    browser = as_(cast.claire)
    page = post(browser, record, "add", to_name="sam okafor")
    assert page.status_code == 200 and "on saving" in page.content.decode()
    assert not gate.may(cast.sam, "view", record) and not Notice.objects.exists()
    staged = fields(page, form_of(record)) | {f"level-user:{cast.sam.pk}": ["change"]}
    assert browser.post(form_of(record), staged).status_code == 302
    record = type(record).objects.get()
    assert record.shares() == {f"user:{cast.sam.pk}": "change"}
    assert gate.may(cast.sam, "change", record)
    assert Operation.objects.latest("pk").what == f"{record.gate_key()}.share"
    assert Change.objects.latest("pk").fields == {"shares": [{}, {f"user:{cast.sam.pk}": "change"}]}


def test_give_2_a_name_typed_and_saved_at_once_is_shared_to_see(cast, as_, group):
    opportunity = make_opportunity(by=cast.claire)
    assert post(as_(cast.claire), opportunity, to_name="Key accounts").status_code == 302
    assert opportunity.shares() == {f"group:{group.pk}": "view"}
    assert gate.verbs_on(cast.eve, opportunity) == {"view"}


def test_give_2_each_person_concerned_is_told_once_and_whoever_does_it_is_not(cast, as_, group):
    opportunity = make_opportunity(by=cast.claire)
    cast.claire.groups.add(group)
    post(as_(cast.claire), opportunity, to_name="Key accounts")
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (cast.eve, "share")
    assert notice.subject == "Claire Dubois shares “Temperature sensors” with you, to see."
    assert notice.url == opportunity.get_absolute_url()
    post(as_(cast.claire), opportunity, owner=str(cast.tom.pk), tell=None)
    assert Notice.objects.count() == 1


def test_give_2_a_withdrawal_is_told_without_naming_what_is_hidden_now(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    opportunity.share(to=cast.sam, by=cast.claire)
    page = post(as_(cast.claire), opportunity, f"drop:user:{cast.sam.pk}")
    assert "withdrawn on saving" in page.content.decode() and opportunity.shares()
    as_(cast.claire).post(form_of(opportunity), fields(page, form_of(opportunity)))
    assert opportunity.shares() == {} and not gate.may(cast.sam, "view", opportunity)
    notice = Notice.objects.get()
    assert notice.user == cast.sam and opportunity.name not in notice.subject + notice.text
    assert not notice.url.startswith(opportunity.get_absolute_url())


def test_give_2_a_withdrawn_share_that_changes_nothing_says_so(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    for colleague in (cast.tom, cast.sam, cast.bo):
        opportunity.share(to=colleague, by=cast.claire)

    def said(person):
        return post(as_(cast.claire), opportunity, f"drop:user:{person.pk}").content.decode()

    assert "but still sees it by the team" in said(cast.tom)
    assert "but still sees it by their profile" in said(cast.bo)
    assert "still see" not in said(cast.sam)


def test_give_2_a_change_of_mind_keeps_the_share(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    opportunity.share(to=cast.sam, edit=True, by=cast.claire)
    browser, url = as_(cast.claire), form_of(opportunity)
    dropped = fields(post(browser, opportunity, f"drop:user:{cast.sam.pk}"), url)
    kept = browser.post(url, dropped | {"turn": f"keep:user:{cast.sam.pk}"})
    before = Operation.objects.count()
    browser.post(url, fields(kept, url))
    assert opportunity.shares() == {f"user:{cast.sam.pk}": "change"} and Operation.objects.count() == before


def test_give_2_giving_away_what_one_then_does_not_see_leads_to_the_list(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    answer = post(as_(cast.claire), opportunity, owner=str(cast.sam.pk))
    assert answer.url == "/opportunities/"
    assert Opportunity.objects.get().owner == cast.sam
    assert Notice.objects.get().subject == "Claire Dubois gave you “Temperature sensors”."


def undo_in(page):
    return re.search(r'action="(/journal/\d+/undo/)"', page)


def test_log_2_what_one_gave_away_is_taken_back_by_whoever_may_change_it_now(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    post(browser, opportunity, owner=str(cast.sam.pk))
    page = browser.get("/opportunities/").content.decode()
    assert "It belongs to Sam Okafor now, who can give it back; so can an administrator." in page
    assert undo_in(page) is None
    given = Operation.objects.latest("pk")
    asked = browser.get(f"/journal/{given.pk}/undo/").content.decode()
    assert "not yours to change any more; an administrator can take it back" in asked
    assert "Nothing of it would return." in asked and "data-submit" not in asked and "Temperature sensors" not in asked
    told = browser.post(f"/journal/{given.pk}/undo/", follow=True).content.decode()
    assert "Nothing could be taken back." in told and "an administrator can take it back" in told
    assert Opportunity.objects.get().owner == cast.sam
    assert as_(cast.sam).post(f"/journal/{given.pk}/undo/").status_code == 403
    assert Opportunity.objects.get().owner == cast.sam
    as_(cast.ada).post(f"/journal/{given.pk}/undo/")
    assert Opportunity.objects.get().owner == cast.claire


def test_log_2_what_one_gave_and_may_still_take_back_is_offered_at_once(cast, as_):
    opportunity, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    post(browser, opportunity, to="", to_name="Eve Martin")
    page = browser.get(opportunity.get_absolute_url()).content.decode()
    assert "Sharing saved." in page and "give it back" not in page
    browser.post(undo_in(page)[1])
    assert opportunity.shares() == {}
    post(browser, opportunity, owner=str(cast.eve.pk))
    page = browser.get("/opportunities/").content.decode()
    assert "It belongs to Eve Martin now; an administrator can give it back." in page


def test_give_2_what_two_share_at_once_is_all_kept(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    url = form_of(opportunity)
    read = fields(as_(cast.claire).get(url), url)
    opportunity.share(to=cast.sam, by=cast.ada)
    as_(cast.claire).post(url, read | {"to_name": "Eve Martin"})
    assert opportunity.shares().keys() == {f"user:{cast.sam.pk}", f"user:{cast.eve.pk}"}


def test_give_2_an_unknown_name_is_said_beside_the_field_and_nothing_is_lost(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    staged = fields(post(as_(cast.claire), opportunity, "add", to_name="Sam Okafor"), form_of(opportunity))
    page = as_(cast.claire).post(form_of(opportunity), staged | {"to_name": "Nemo", "turn": "add"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "Nobody is called “Nemo”" in text and "Sam Okafor" in text and 'value="Nemo"' in text
    assert not Opportunity.objects.get().shares()


def test_give_2_the_history_names_with_whom_it_was_shared_and_how_far(cast, as_, group):
    opportunity = make_opportunity(by=cast.claire)
    opportunity.share(to=group, edit=True, by=cast.claire)
    text = as_(cast.claire).get(f"{opportunity.get_absolute_url()}history/").content.decode()
    assert "Key accounts (to edit)" in text and "group:" not in text


def test_give_2_without_the_right_it_is_absent_and_a_direct_post_changes_nothing(cast, as_):
    opportunity = make_opportunity(by=cast.eve)
    assert "/share/" not in as_(cast.eve).get(opportunity.get_absolute_url()).content.decode()
    answer = as_(cast.eve).post(form_of(opportunity), {"to_name": "Sam Okafor"})
    assert answer.status_code == 403 and "An administrator can change that" in answer.content.decode()
    assert not opportunity.shares() and not Notice.objects.exists()
    assert as_(cast.eve).get("/people/holders/?to_name=sam").status_code == 403


def test_give_2_to_see_or_to_edit_does_not_give_the_right_to_share_or_to_take_it(cast, as_):
    opportunity = make_opportunity(by=cast.claire)
    opportunity.share(to=cast.sam, edit=True, by=cast.claire)
    assert as_(cast.sam).post(form_of(opportunity), {"owner": cast.sam.pk}).status_code == 403
    send(as_(cast.sam), f"{opportunity.get_absolute_url()}edit/", form=None, owner=str(cast.sam.pk))
    assert Opportunity.objects.get().owner == cast.claire


def test_give_2_many_records_are_shared_with_few_statements(cast, django_assert_max_num_queries):
    made = [make_opportunity(f"No {number}", by=cast.claire) for number in range(40)]
    wanted = {one.pk: {f"user:{cast.sam.pk}": "view"} for one in made}
    with django_assert_max_num_queries(25), operation(by=cast.claire, door="bulk", what="opportunity.share"):
        Opportunity.share_rows(wanted)
    assert Opportunity.objects.visible_to(cast.sam).count() == 40
    assert Opportunity.access.differences() == (0, 0)
    changes = Change.objects.filter(operation=Operation.objects.latest("pk"))
    assert changes.count() == 40 and changes[0].version == 2
    with operation(by=cast.claire, door="bulk", what="opportunity.share"):
        Opportunity.share_rows(wanted)
    assert Operation.objects.latest("pk").pk == changes[0].operation_id


def test_give_2_people_and_groups_are_suggested_by_any_part_of_their_name(cast, as_, group):
    text = as_(cast.claire).get("/people/holders/?to_name=key").content.decode()
    assert f'data-id="group:{group.pk}"' in text and "group, 1 person" in text
    assert f'data-id="user:{cast.sam.pk}"' in as_(cast.claire).get("/people/holders/?to_name=oka").content.decode()


def test_rec_3_the_record_says_with_whom_it_is_shared(cast, as_, group):
    record = make_opportunity(by=cast.claire)
    browser = as_(cast.claire)
    assert "Shared with nobody." in browser.get(f"{record.get_absolute_url()}history/").content.decode()
    with operation(by=cast.claire, door="form", what="test"):
        record.set_shares({f"user:{cast.sam.pk}": "change", f"group:{group.pk}": "view"})
    page = browser.get(record.get_absolute_url()).content.decode().split('id="sharing-title"')[1].split("</section>")[0]
    assert page.index("Sam Okafor") < page.index("May edit") < page.index("Key accounts") < page.index("May see")
    assert f"/opportunities/{record.pk}/access/" in page


def test_give_4_of_several_records_told_at_once_none_is_named(cast, as_):
    given, shared = (make_opportunity(f"Zyxwv {at}", by=cast.claire) for at in range(2))
    none, mine = {}, {f"user:{cast.sam.pk}": "view"}
    tell_of(
        [Given(given, (None, cast.sam.pk), (none, none)), Given(shared, (None, None), (none, mine))], by=cast.claire
    )
    notice = Notice.objects.get()
    assert notice.about_id is None and "Zyxwv" not in notice.subject + notice.text
    assert notice.text.split("\n") == [
        "Claire Dubois gave you 1 opportunity.", "Claire Dubois shares 1 opportunity with you, to see.",
    ]  # fmt: skip
