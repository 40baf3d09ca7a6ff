"""OPP-9: tags on opportunities, accounts and contacts: set up, given, taken off, filtered by."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account, Contact
from attributes.models import Tag
from opportunities.models import Opportunity
from records.journal import operation
from records.models import Change, Operation
from records.pointing import FEW
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import fields, send

URL = "/settings/tags/"
MAKERS = {Opportunity: make_opportunity, Account: make_account, Contact: make_contact}


@pytest.fixture
def tags(db):
    """Four tags by name."""
    return {tag.name: tag for tag in Tag.objects.all()}


def tag(name):
    return Tag.objects.get(name=name)


def last_change(record):
    return Change.objects.filter(record_id=record.pk, model__model=record._meta.model_name).order_by("pk").last()


def named(page):
    return [line.partition("</a>")[0].rpartition(">")[2] for line in page.content.decode().split("list__name")[1:]]


def test_set_3_a_new_house_has_some_tags_in_its_language(tags):
    assert list(tags) == ["Strategic", "Urgent", "Call for tenders", "Renewal"]
    assert len({one.colour for one in tags.values()}) == 4


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("bo", 200), ("claire", 403), ("eve", 403)])
def test_set_1_tags_are_set_up_by_those_with_the_right(cast, as_, who, status):
    assert as_(getattr(cast, who)).get(URL).status_code == status


def test_set_1_a_tag_is_added_with_its_colour_renamed_and_archived(cast, as_, tags):
    browser = as_(cast.ada)
    page = browser.post(URL, {**fields(browser.get(URL)), "add": "1"})
    key = fields(page)["row"][-1]
    browser.post(URL, fields(page) | {f"{key}-name": "Food safety", f"{key}-colour": "ochre"})
    made = tag("Food safety")
    assert (made.colour, list(Tag.objects.active())[-1]) == ("ochre", made)
    mine = make_opportunity(by=cast.claire)
    mine.retag(add=[made.pk], by=cast.claire)
    send(browser, URL, **{f"{made.pk}-name": "HACCP"}, archive=str(made.pk))
    made.refresh_from_db()
    assert made.name == "HACCP" and made.archived_at
    assert mine.tags() == [made]
    page = as_(cast.claire).get(f"/opportunities/{mine.pk}/").content.decode()
    assert f'href="/opportunities/?tag={made.pk}"' in page
    assert 'type="checkbox" name="tag"' in page and f'name="tag" value="{made.pk}">HACCP' not in page
    other = make_opportunity(by=cast.claire)
    assert "HACCP" not in as_(cast.claire).get(f"/opportunities/{other.pk}/").content.decode()


def test_set_1_how_many_opportunities_have_a_tag_is_counted(cast, as_, tags):
    urgent, renewal = tags["Urgent"], tags["Renewal"]
    make_opportunity(by=cast.claire).retag(add=[urgent.pk, renewal.pk], by=cast.claire)
    make_opportunity(by=cast.claire).retag(add=[urgent.pk], by=cast.claire)
    shown = as_(cast.ada).get(f"/opportunities/uses/tag/?row={urgent.pk}&row={renewal.pk}").content.decode()
    assert f'?tag={urgent.pk}">2</a>' in shown and f'?tag={renewal.pk}">1</a>' in shown


def test_opp_9_the_database_keeps_tag_names_apart(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag(name="URGÉNT").add(by=cast.ada)
    tag("Urgent").archive(by=cast.ada)
    Tag(name="URGÉNT").add(by=cast.ada)


@pytest.mark.parametrize("model", MAKERS)
def test_opp_9_tags_are_given_and_taken_off_in_place(cast, as_, tags, model):
    record = MAKERS[model](by=cast.claire)
    url = f"{record.get_absolute_url()}tags/"
    urgent, renewal = tags["Urgent"].pk, tags["Renewal"].pk
    browser = as_(cast.claire)
    assert browser.post(url, {"tag": [urgent, renewal]}).status_code == 302
    assert record.tag_ids() == {urgent, renewal}
    change = last_change(record)
    assert change.fields == {"tags": [[], sorted([urgent, renewal])]}
    assert (change.operation.door, change.operation.by) == ("inline", cast.claire)
    panel = browser.post(url, {"was": urgent}, headers={"hx-request": "true"}).content.decode()
    assert record.tag_ids() == {renewal}
    assert "Renewal</a>" in panel and "Urgent</a>" not in panel
    record.refresh_from_db()
    assert record.version == 3
    assert "Renewal" in browser.get(f"{record.get_absolute_url()}history/").content.decode()


def test_opp_9_two_people_tag_at_once_and_nothing_is_lost(cast, as_, tags):
    record = make_opportunity(by=cast.claire)
    record.retag(add=[tags["Urgent"].pk], by=cast.mia)
    as_(cast.claire).post(f"/opportunities/{record.pk}/tags/", {"tag": tags["Renewal"].pk})
    assert record.tag_ids() == {tags["Urgent"].pk, tags["Renewal"].pk}


def test_opp_9_a_tag_that_is_archived_or_unknown_is_not_given(cast, as_, tags):
    record = make_opportunity(by=cast.claire)
    tags["Urgent"].archive(by=cast.ada)
    for wanted in (tags["Urgent"].pk, 999_999):
        url = f"/opportunities/{record.pk}/tags/"
        answer = as_(cast.claire).post(url, {"tag": wanted}, headers={"hx-request": "true"})
        assert "This tag is not offered" in answer.content.decode()
        assert record.tag_ids() == set()


@pytest.mark.parametrize(("who", "status"), [("claire", 302), ("tom", 403), ("eve", 404)])
def test_give_4_tags_are_given_only_by_who_may_edit(cast, as_, tags, who, status):
    record = make_opportunity(by=cast.claire)
    answer = as_(getattr(cast, who)).post(f"/opportunities/{record.pk}/tags/", {"tag": tags["Urgent"].pk})
    assert answer.status_code == status
    assert bool(record.tag_ids()) == (status == 302)


def test_opp_9_tags_are_chosen_in_the_form_and_created_in_one_operation(cast, as_, tags):
    account = make_account(by=cast.claire)
    browser = as_(cast.claire)
    data = fields(browser.get("/opportunities/new/"), None)
    data |= {"account": account.pk, "name": "Sensors", "amount": "1000", "due_on": "2030-01-01"}
    before = Operation.objects.count()
    assert browser.post("/opportunities/new/", data | {"tags": [tags["Urgent"].pk]}).status_code == 302
    made = Opportunity.objects.get(name="Sensors")
    assert made.tags() == [tags["Urgent"]]
    assert Operation.objects.count() == before + 1
    assert last_change(made).kind == "created" and last_change(made).fields["tags"] == [[], [tags["Urgent"].pk]]


@pytest.mark.parametrize("model", [Account, Contact])
def test_acc_1_accounts_and_contacts_are_tagged_in_their_forms(cast, as_, tags, model):
    record = MAKERS[model](by=cast.claire)
    url = f"{record.get_absolute_url()}edit/"
    send(as_(cast.claire), url, None, tags=[str(tags["Urgent"].pk)])
    assert record.tags() == [tags["Urgent"]]
    send(as_(cast.claire), url, None, tags=None)
    assert record.tags() == []


def test_rec_5_a_tag_given_meanwhile_stays_when_the_form_is_saved(cast, as_, tags):
    record = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    url = f"/opportunities/{record.pk}/edit/"
    data = fields(as_(cast.claire).get(url), None) | {"name": ["Renamed"]}
    record.retag(add=[tags["Urgent"].pk], by=cast.mia)
    assert as_(cast.claire).post(url, data).status_code == 302
    record.refresh_from_db()
    assert (record.name, record.tag_ids()) == ("Renamed", {tags["Urgent"].pk})


def test_rec_5_both_values_are_told_where_both_changed_the_tags(cast, as_, tags):
    record = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    url = f"/opportunities/{record.pk}/edit/"
    data = fields(as_(cast.claire).get(url), None) | {"tags": [tags["Renewal"].pk]}
    record.retag(add=[tags["Urgent"].pk], by=cast.mia)
    clash = as_(cast.claire).post(url, data)
    assert clash.status_code == 409
    assert '<span class="choose__val">Urgent</span><span class="choose__from">Mia Ferhat' in clash.content.decode()
    assert '<span class="choose__val">Renewal</span>' in clash.content.decode()


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize("many", [False, True])
def test_list_2_lists_are_narrowed_by_any_or_all_of_several_tags(cast, as_, tags, model, many, monkeypatch):
    if many:
        monkeypatch.setattr("records.pointing.FEW", 0)
    urgent, renewal = tags["Urgent"].pk, tags["Renewal"].pk
    make = MAKERS[model]
    make("Both Tags", by=cast.claire).retag(add=[urgent, renewal], by=cast.claire)
    make("Only Urgent", by=cast.claire).retag(add=[urgent], by=cast.claire)
    make("Has None", by=cast.claire)
    url = {Opportunity: "/opportunities/", Account: "/accounts/", Contact: "/contacts/"}[model]
    for who in (cast.claire, cast.tom, cast.ada):
        any_of = named(as_(who).get(f"{url}?tag={urgent}&tag={renewal}"))
        assert sorted(any_of) == ["Both Tags", "Only Urgent"]
        assert named(as_(who).get(f"{url}?tag={urgent}&tag={renewal}&tags=all")) == ["Both Tags"]
    page = as_(cast.claire).get(f"{url}?tag={urgent}&tag={renewal}&tags=all").content.decode()
    assert "Urgent and Renewal" in page
    assert named(as_(cast.eve).get(f"{url}?tag={urgent}")) == []


def test_list_2_a_tag_that_cannot_be_read_matches_nothing_and_says_so(cast, as_):
    make_opportunity(by=cast.claire)
    page = as_(cast.claire).get("/opportunities/?tag=abc")
    assert named(page) == [] and "Enter whole numbers." in page.content.decode()


def test_opp_9_rows_of_the_list_show_tags_at_one_query_more(cast, as_, tags, django_assert_num_queries):
    browser = as_(cast.claire)
    for number in range(3):
        make_opportunity(f"Deal {number}", by=cast.claire).retag(add=[one.pk for one in tags.values()], by=cast.claire)
    assert browser.get("/opportunities/").content.decode().count('<i class="tag-dot tag--violet"></i>') == 3
    with django_assert_num_queries(1):
        Opportunity.tags_of(Opportunity.objects.values_list("pk", flat=True)[:0] or [1, 2, 3])


def test_opp_9_thousands_are_tagged_by_few_statements(cast, tags, django_assert_max_num_queries):
    records = [make_account(f"Company {number}", by=cast.ada) for number in range(30)]
    urgent, renewal = tags["Urgent"].pk, tags["Renewal"].pk
    records[0].retag(add=[urgent], by=cast.ada)
    records[1].retag(add=[renewal], by=cast.ada)
    with operation(by=cast.ada, door="bulk", what="test") as writing, django_assert_max_num_queries(8):
        Account.tag_rows({record.pk: [urgent] for record in records})
    assert {frozenset(record.tag_ids()) for record in records} == {frozenset({urgent})}
    changed = {change.record_id: change.fields for change in writing.operation.changes.all()}
    assert records[0].pk not in changed and changed[records[1].pk] == {"tags": [[renewal], [urgent]]}
    assert len(changed) == 29
    records[2].refresh_from_db()
    assert records[2].version == 2


def test_opp_9_what_the_journal_says_can_be_written_back(cast, tags):
    record = make_opportunity(by=cast.claire)
    record.retag(add=[tags["Urgent"].pk], by=cast.claire)
    with operation(by=cast.claire, door="form", what="undo"):
        Opportunity.hanging("tags").write("", {record.pk: []})
    assert record.tag_ids() == set()
    assert FEW > 0
