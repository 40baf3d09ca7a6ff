"""GIVE-1: reassigning to another client, chosen step by step, staged in the editor, written when that is saved."""

import pytest
from django.core.management import call_command

from accounts.models import ContactList
from opportunities.models import Opportunity
from records import gate
from records.models import Change, Operation
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import fields
from tests.transfers.sheets import refusals, run


@pytest.fixture
def world(cast):
    """Mia's opportunity with the old client; a list with the new client, its people, and somebody of no company."""
    old = make_account("Old dairy", by=cast.mia)
    was = make_contact("Odile Lecanu", by=cast.mia, account=old)
    new = make_account("New dairy", by=cast.mia)
    maud = make_contact("Maud Anquetil", by=cast.mia, account=new)
    alone = make_contact("Loïc Simon", by=cast.mia)
    on = ContactList(name="Dairies").add(by=cast.sup)
    on.put(new, by=cast.sup)
    on.put(alone, by=cast.sup)
    site = old.sites.none()
    opportunity = make_opportunity(by=cast.mia, account=old, contact=was)
    return {
        "old": old, "was": was, "new": new, "maud": maud, "alone": alone, "list": on, "site": site,
        "opportunity": Opportunity.objects.get(pk=opportunity.pk),
    }  # fmt: skip


def chosen(world, account=None, contact=None, on_list=True):
    return {
        "to_list": world["list"].pk if on_list else "",
        "to_account": account.pk if account else "0",
        "to_contact": contact.pk if contact else "0",
    }


def urls(world):
    page = world["opportunity"].get_absolute_url()
    return f"{page}reassign/", f"{page}edit/"


def editor(browser, world, staged):
    _choose, edit = urls(world)
    return fields(browser.get(edit, staged), "opportunity-form")


def save(browser, world, **staged):
    _choose, edit = urls(world)
    return browser.post(edit, editor(browser, world, staged) | {name: [value] for name, value in staged.items()})


def test_give_1_list_account_contact_are_offered_step_by_step(cast, as_, world):
    choose, _edit = urls(world)
    browser = as_(cast.mia)
    first = browser.get(choose).content.decode()
    assert "Dairies" in first and "Old dairy" in first and "Choose the account first." in first
    listed = browser.get(choose, {"to_list": world["list"].pk}).content.decode()
    assert "New dairy" in listed and f'id="to-account-{world["old"].pk}"' not in listed
    assert "Unnamed company" in listed
    people = browser.get(choose, chosen(world, world["new"])).content.decode()
    assert "Maud Anquetil" in people and "Assign to the account" in people and "Loïc Simon" not in people
    nobody = browser.get(choose, chosen(world)).content.decode()
    assert "Loïc Simon" in nobody and "Maud Anquetil" not in nobody and "Assign to the account" not in nobody
    found = browser.get(choose, {"to_list": "", "q": "old d"}).content.decode()
    assert "Old dairy" in found and "New dairy" not in found


def test_give_1_confirming_changes_nothing_before_the_editor_is_saved(cast, as_, world):
    choose, edit = urls(world)
    browser, before = as_(cast.mia), Operation.objects.count()
    answer = browser.get(choose, chosen(world, world["new"], world["maud"]) | {"confirm": "1"}, follow=True)
    assert answer.redirect_chain[0][0].startswith(edit)
    page = answer.content.decode()
    assert "Reassignment pending." in page and "New dairy" in page and "Nothing changes before it is saved." in page
    assert Operation.objects.count() == before
    assert save(browser, world, **chosen(world, world["new"], world["maud"])).status_code == 302
    opportunity = Opportunity.objects.get()
    assert (opportunity.account, opportunity.contact) == (world["new"], world["maud"])
    operation = Operation.objects.latest("pk")
    assert operation.what == "opportunity.reassign" and operation.by == cast.mia
    change = Change.objects.get(operation=operation)
    assert change.fields["account_id"] == [world["old"].pk, world["new"].pk]
    assert "reassigned it" in browser.get(f"{opportunity.get_absolute_url()}history/").content.decode()


def test_give_1_to_the_account_without_a_contact_and_to_a_contact_of_no_company(cast, as_, world):
    save(as_(cast.mia), world, **chosen(world, world["new"]))
    opportunity = Opportunity.objects.get()
    assert (opportunity.account, opportunity.contact) == (world["new"], None)
    save(as_(cast.mia), world, **chosen(world, None, world["alone"]))
    opportunity = Opportunity.objects.get()
    assert (opportunity.account, opportunity.contact) == (None, world["alone"])


@pytest.mark.parametrize(
    ("account", "contact", "on_list", "said"),
    [
        ("new", "was", True, "Odile Lecanu does not work for New dairy"),
        ("old", "was", True, "“Old dairy” is not on the list “Dairies”"),
        (None, "maud", True, "Maud Anquetil has an account"),
        (None, None, True, "Without an account, choose a contact."),
        ("hidden", None, False, "This account was not found."),
    ],
)
def test_give_1_what_does_not_belong_is_refused_and_nothing_changes(cast, as_, world, account, contact, on_list, said):
    world["hidden"] = make_account("Hidden", by=cast.sam)
    asked = chosen(world, world[account] if account else None, world[contact] if contact else None, on_list)
    answer = save(as_(cast.mia), world, **asked)
    assert answer.status_code == 422 and said in answer.content.decode()
    opportunity = Opportunity.objects.get()
    assert (opportunity.account, opportunity.contact, opportunity.version) == (world["old"], world["was"], 1)
    choose, _edit = urls(world)
    refused = as_(cast.mia).get(choose, asked | {"confirm": "1"})
    assert refused.status_code == 422 and said in refused.content.decode()


def test_give_1_people_of_the_former_client_are_named_and_kept_unless_unticked(cast, as_, world):
    second = make_contact("Romain Bazin", by=cast.mia, account=world["old"])
    record = world["opportunity"]
    for person in (second, world["was"], world["alone"], cast.tom):
        record.involve(person, by=cast.mia)
    choose, _edit = urls(world)
    browser, asked = as_(cast.mia), chosen(world, world["new"], world["maud"])
    page = browser.get(choose, asked).content.decode()
    former = page[page.index('id="former-people"') : page.index("dialog__foot")]
    assert "People of Old dairy who are on it" in former
    assert "Romain Bazin" in former and "Odile Lecanu" in former and "Loïc Simon" not in former
    assert former.count("checked") == 2
    shown = {"former": [second.pk, world["was"].pk], "keep": [second.pk]}
    answer = browser.get(choose, asked | shown | {"confirm": "1"}, follow=True)
    staged = answer.content.decode()
    assert "Romain Bazin <span" in staged and '<span class="diff-old">Odile Lecanu</span>' in staged
    posted = fields(answer, "opportunity-form") | {"name": ["Renamed"], "assignees": [cast.tom.pk]}
    assert browser.post(f"{record.get_absolute_url()}edit/", posted).status_code == 302
    record = Opportunity.objects.get()
    assert (record.name, record.account, record.assigned_ids()) == ("Renamed", world["new"], {cast.tom.pk})
    on_it = {str(one.person) for one in record.involvements.all()}
    assert on_it == {"Romain Bazin", "Loïc Simon", "Tom Baker"}
    Operation.objects.latest("pk").undo(by=cast.mia)
    record = Opportunity.objects.get()
    assert record.account == world["old"] and record.involvements.count() == 4
    call_command("verify")


def test_give_1_another_contact_of_the_same_account_leaves_nobody(cast, as_, world):
    world["opportunity"].involve(world["was"], by=cast.mia)
    choose, _edit = urls(world)
    page = as_(cast.mia).get(choose, chosen(world, world["old"], on_list=False)).content.decode()
    assert "former-people" not in page
    save(as_(cast.mia), world, **chosen(world, world["old"], on_list=False), former=world["was"].pk)
    assert Opportunity.objects.get().involvements.count() == 1


def test_give_1_without_the_right_the_button_is_absent_and_a_direct_post_changes_nothing(cast, as_, world):
    world["opportunity"].share(to=cast.claire, edit=True, by=cast.mia)
    choose, edit = urls(world)
    browser = as_(cast.claire)
    assert "reassign/" not in browser.get(edit).content.decode()
    assert browser.get(choose).status_code == 403
    posted = fields(browser.get(edit), "opportunity-form") | chosen(world, world["new"])
    assert browser.post(edit, posted).status_code == 403
    assert Opportunity.objects.get().account == world["old"]
    assert "reassign/" not in as_(cast.mia).get("/opportunities/new/").content.decode()


def test_give_1_the_account_of_an_existing_one_is_not_changed_by_the_form_alone(cast, as_, world):
    _choose, edit = urls(world)
    browser = as_(cast.mia)
    posted = fields(browser.get(edit), "opportunity-form")
    browser.post(edit, posted | {"account": [world["new"].pk], "account_name": ["New dairy"]})
    assert Opportunity.objects.get().account == world["old"]


def test_give_1_another_contact_of_the_same_account_is_an_ordinary_edit(cast, as_, world):
    world["opportunity"].share(to=cast.claire, edit=True, by=cast.mia)
    second = make_contact("Romain Bazin", by=cast.claire, account=world["old"])
    _choose, edit = urls(world)
    browser = as_(cast.claire)
    posted = fields(browser.get(edit), "opportunity-form")
    other = posted | {"contact": [world["maud"].pk], "contact_name": ["Maud Anquetil"]}
    assert browser.post(edit, other).status_code == 422
    assert browser.post(edit, posted | {"contact": [second.pk], "contact_name": [""]}).status_code == 302
    assert (Opportunity.objects.get().contact, Opportunity.objects.get().account) == (second, world["old"])


def test_give_1_a_contact_with_a_company_does_not_bring_its_account_in_by_an_ordinary_edit(cast, as_, world):
    opportunity = make_opportunity("Alone", by=cast.claire, contact=world["alone"])
    employed = make_contact("Nina Faure", by=cast.claire, account=make_account("Third", by=cast.claire))
    edit = f"{opportunity.get_absolute_url()}edit/"
    browser = as_(cast.claire)
    posted = fields(browser.get(edit), "opportunity-form") | {"contact": [employed.pk], "contact_name": [""]}
    assert browser.post(edit, posted).status_code == 422
    assert Opportunity.objects.get(name="Alone").account is None


def test_acc_2_a_contact_who_joins_a_company_leaves_the_opportunity_where_it_is(cast, world):
    opportunity = make_opportunity("Alone", by=cast.claire, contact=world["alone"])
    world["alone"].account = world["new"]
    world["alone"].edit(by=cast.mia)
    opportunity = Opportunity.objects.get(pk=opportunity.pk)
    opportunity.brief = "Called again"
    opportunity.edit(by=cast.claire)
    assert Opportunity.objects.get(pk=opportunity.pk).account is None


def test_give_1_an_import_changes_the_account_only_by_the_same_right(cast, world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world["opportunity"].share(to=cast.bo, edit=True, by=cast.mia)
    assert "reassign" not in gate.verbs_on(cast.bo, world["opportunity"])
    rows = [["ID", "Account"], [world["opportunity"].pk, "New dairy"]]
    made = run(rows, cast.bo, duplicates="overwrite")
    [(_row, _column, message)] = refusals(made)
    assert "only by reassigning it" in message
    assert Opportunity.objects.get().account == world["old"]


def test_give_4_who_edits_without_seeing_the_account_or_contact_saves_them_as_they_are(cast, as_, world):
    account = make_account("Hidden", by=cast.sam)
    contact = make_contact("Hidden Person", by=cast.sam, account=account)
    opportunity = make_opportunity("Shared", by=cast.sam, account=account, contact=contact)
    opportunity.share(to=cast.claire, edit=True, by=cast.sam)
    browser, edit = as_(cast.claire), f"{opportunity.get_absolute_url()}edit/"
    posted = fields(browser.get(edit), "opportunity-form") | {"name": ["Renamed"]}
    assert browser.post(edit, posted).status_code == 302
    saved = Opportunity.objects.get(pk=opportunity.pk)
    assert (saved.name, saved.account, saved.contact) == ("Renamed", account, contact)


def test_give_1_typing_the_only_name_picks_it_and_a_persons_name_both(cast, as_, world):
    choose, _edit = urls(world)
    browser = as_(cast.mia)
    checked = 'name="to_account" value="{}" checked'
    asked = {"to_list": "", "q": "maud anq"}
    page = browser.get(choose, asked).content.decode()
    new, maud = world["new"].pk, world["maud"].pk
    assert checked.format(new) in page and f'name="to_contact" value="{maud}" checked' in page
    asked = {"to_list": "", "to_account": new, "to_contact": maud, "picked": new, "q": "old dai"}
    page = browser.get(choose, asked).content.decode()
    assert checked.format(world["old"].pk) in page and f'name="picked" value="{world["old"].pk}"' in page
    page = browser.get(choose, {"to_list": "", "q": "dairy"}).content.decode()
    assert "checked" not in page.split('name="to_account"')[1].split("<li>")[0]
    page = browser.get(choose, {"to_list": "", "to_account": new, "q": "old dai"}).content.decode()
    assert checked.format(new) in page  # chosen by hand, it stays
    staged = browser.get(choose, {"to_list": "", "q": "maud anq", "confirm": "1"})
    assert staged.status_code == 302 and f"to_account={new}&to_contact={maud}" in staged["location"]


def test_give_1_what_typing_picks_is_the_whole_number_of_the_account(cast, as_, world):
    for at in range(10):
        tenth = make_account(f"Bakery {at}", by=cast.mia)
        person = make_contact(f"Zoe Baker{at}", by=cast.mia, account=tenth)
    page = as_(cast.mia).get(urls(world)[0], {"to_list": "", "q": "zoe baker9"}).content.decode()
    assert tenth.pk > 9 < person.pk
    assert f'value="{tenth.pk}" checked' in page and f'name="to_contact" value="{person.pk}" checked' in page


def test_give_4_typing_picks_nobody_whom_one_does_not_see(cast, as_, world):
    make_contact("Hidden Person", by=cast.sam, account=world["new"])
    hidden = make_account("Hidden works", by=cast.sam)
    choose, _edit = urls(world)
    for text in ("Hidden Person", "Hidden works"):
        page = as_(cast.mia).get(choose, {"to_list": "", "q": text}).content.decode()
        assert "No account of this name." in page and f'value="{hidden.pk}"' not in page


def test_rec_4_the_actions_menu_leads_to_reassigning(cast, as_, world):
    choose, _edit = urls(world)
    url = f"{world['opportunity'].get_absolute_url()}menu/"
    assert f'href="{choose}"' in as_(cast.mia).get(url).content.decode()
    assert f'href="{choose}"' not in as_(cast.claire).get(url).content.decode()
