"""LOG-1: the journal page; LOG-2: undo from the toast, the history and the journal."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, ActivityType
from crm.set_up.house import edit_house
from opportunities.models import Opportunity
from records.journal import operation
from records.models import Operation, Undo
from tasks.models import Task
from tests.make import make_account, make_contact, make_many, make_opportunity
from users.models import Profile
from users.models.groups import add_group, rename_group


@pytest.fixture
def opportunity(cast):
    return make_opportunity("Sensors", by=cast.claire, account=make_account("Hexabio", by=cast.claire))


def last():
    return Operation.objects.latest("pk")


def text(response):
    return response.content.decode()


def test_log_2_the_toast_after_a_write_takes_it_back(cast, as_, opportunity):
    browser = as_(cast.claire)
    page = browser.post(f"/opportunities/{opportunity.pk}/win/", follow=True)
    action = re.search(r'action="(/journal/(\d+)/undo/)"', text(page))
    assert int(action[2]) == Operation.objects.get(what="opportunity.won").pk
    assert 'data-key="Z"' in text(page)
    again = browser.post(
        action[1], follow=True, headers={"referer": f"http://testserver/opportunities/{opportunity.pk}/"}
    )
    assert again.redirect_chain[-1][0] == f"/opportunities/{opportunity.pk}/"
    assert "Undone: 2 records returned." in text(again)
    assert Opportunity.objects.get().status == "open"
    redo = re.search(r'action="(/journal/(\d+)/undo/)"', text(again))
    assert int(redo[2]) == Undo.objects.get().operation_id
    browser.post(redo[1])
    assert Opportunity.objects.get().status == "won"


def test_log_2_the_toast_comes_along_with_a_fragment(cast, as_, opportunity):
    stages = opportunity.pipeline.stages.order_by("position")
    answer = as_(cast.claire).post(
        f"/opportunities/{opportunity.pk}/move/", {"stage": stages[1].pk}, headers={"hx-request": "true"}
    )
    assert f'action="/journal/{last().pk}/undo/"' in text(answer)
    assert 'hx-swap-oob="beforeend:#toasts"' in text(answer)


def test_log_2_what_cannot_be_taken_back_offers_nothing(cast, as_):
    page = as_(cast.claire).post("/preferences/theme/", {"theme": "dark"}, follow=True)
    assert "/undo/" not in text(page)


def test_log_2_deleting_offers_to_take_it_back_to_who_did_it(cast, as_, opportunity):
    browser = as_(cast.claire)
    page = browser.post(f"/opportunities/{opportunity.pk}/delete/", follow=True)
    browser.post(re.search(r'action="(/journal/\d+/undo/)"', text(page))[1])
    assert Opportunity.objects.live().filter(pk=opportunity.pk).exists()


def test_log_2_the_question_names_what_returns_and_what_is_kept(cast, as_, opportunity):
    opportunity.brief, opportunity.amount = "Radio", 5
    opportunity.edit(by=cast.claire)
    edit = last()
    theirs = Opportunity.objects.get()
    theirs.amount = 7
    theirs.edit(by=cast.mia)
    asked = text(as_(cast.claire).get(f"/journal/{edit.pk}/undo/"))
    assert "Records that return to their values before" in asked
    assert "amount: changed since by Mia Ferhat" in asked
    assert Opportunity.objects.get().brief == "Radio"
    assert as_(cast.tom).get(f"/journal/{edit.pk}/undo/").status_code == 403
    assert as_(cast.tom).post(f"/journal/{edit.pk}/undo/").status_code == 403
    assert as_(cast.eve).post(f"/journal/{edit.pk}/undo/").status_code == 404
    assert as_(cast.claire).get("/journal/999999/undo/").status_code == 404
    page = as_(cast.claire).post(f"/journal/{edit.pk}/undo/", follow=True)
    assert "Kept: Sensors, amount: changed since by Mia Ferhat" in text(page)
    history = text(as_(cast.claire).get(f"/opportunities/{opportunity.pk}/history/"))
    assert "Undone in part" in history
    assert "Amount: changed since by Mia Ferhat" in history
    assert f"undid operation no. {edit.pk}" in history


def test_log_2_the_history_offers_undo_to_its_author_and_administrators(cast, as_, opportunity):
    made = Operation.objects.get(what="opportunity.add")
    link = f'href="/journal/{made.pk}/undo/"'
    for person, offered in ((cast.claire, True), (cast.ada, True), (cast.tom, False), (cast.mia, False)):
        assert (link in text(as_(person).get(f"/opportunities/{opportunity.pk}/history/"))) is offered


def test_log_2_what_has_nothing_to_take_back_is_not_offered_in_the_journal(cast, as_, opportunity):
    offered = last()
    edit_house({"name": "Hexapod"}, by=cast.ada)
    group = add_group("Key accounts", by=cast.ada)
    rename_group(group, "Fairs", by=cast.ada)
    profile = Profile.objects.order_by("pk").last()
    profile.name = "Anybody"
    profile.edit(by=cast.ada)
    cast.tom.set_groups([group], by=cast.ada)
    spent = list(Operation.objects.filter(pk__gt=offered.pk))
    assert len(spent) == 5
    page = text(as_(cast.ada).get("/journal/"))
    assert f"/journal/{offered.pk}/undo/" in page
    for one in spent:
        assert f"no. {one.pk}<" in page and f"/journal/{one.pk}/undo/" not in page
        assert f"/journal/{one.pk}/undo/" not in text(as_(cast.ada).get(f"/journal/{one.pk}/"))


def test_log_2_a_deletion_is_offered_as_long_as_something_of_it_is_in_the_trash(cast, as_, opportunity):
    other = make_opportunity("Probes", by=cast.claire)
    with operation(by=cast.claire, door="bulk", what="opportunity.delete") as writing:
        for one in (opportunity, other):
            Opportunity.objects.get(pk=one.pk).trash(by=cast.claire)
    deletion, browser = writing.operation, as_(cast.claire)
    pages = ["/journal/", f"/journal/{deletion.pk}/", f"/opportunities/{opportunity.pk}/history/"]

    def offers():
        return [f"/journal/{deletion.pk}/undo/" in text(browser.get(page)) for page in pages]

    Opportunity.objects.get(pk=opportunity.pk).restore(by=cast.sup)
    assert offers() == [True, True, True]
    Opportunity.objects.get(pk=other.pk).restore(by=cast.sup)
    assert offers() == [False, False, False]
    Opportunity.objects.get(pk=other.pk).trash(by=cast.claire)
    assert offers() == [False, False, False]
    assert f"/journal/{last().pk}/undo/" in text(browser.get("/journal/"))


def test_log_1_the_journal_shows_what_one_may_see_and_counts_nothing_else(cast, as_, opportunity):
    make_opportunity("Hidden pumps", by=cast.sam)
    with operation(by=cast.ada, door="bulk", what="opportunity.edit"):
        befores = list(Opportunity.objects.values(*Opportunity.columns()))
        Opportunity.change_rows([{**row, "brief": "x"} for row in befores], befores)
    both = last()
    claire, ada, eve = (text(as_(person).get("/journal/")) for person in (cast.claire, cast.ada, cast.eve))
    assert "Hidden pumps" not in claire
    assert "changed Sensors" in re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", claire))
    assert "2 opportunities" in ada
    assert "Hidden pumps" in ada
    assert "Sensors" not in eve
    assert f"no. {both.pk}" not in eve
    detail = text(as_(cast.claire).get(f"/journal/{both.pk}/"))
    assert "Sensors" in detail
    assert "Hidden pumps" not in detail
    assert as_(cast.eve).get(f"/journal/{both.pk}/").status_code == 404


def test_give_4_what_lies_in_the_trash_is_there_for_who_restores_and_who_deleted_it(cast, as_, opportunity):
    opportunity.brief = "Radio"
    opportunity.edit(by=cast.claire)
    edited = last()
    opportunity.trash(by=cast.claire)
    deleted = last()
    for person, sees in ((cast.claire, True), (cast.sup, True), (cast.ada, True), (cast.tom, False), (cast.mia, False)):
        assert ("Sensors" in text(as_(person).get("/journal/"))) is sees, person
        assert (as_(person).get(f"/journal/{deleted.pk}/").status_code == 200) is sees, person
    assert as_(cast.claire).get(f"/journal/{edited.pk}/").status_code == 404
    assert as_(cast.sup).get(f"/journal/{edited.pk}/").status_code == 200
    assert "Sensors" not in text(as_(cast.bo).get("/journal/"))
    assert as_(cast.claire).post(f"/journal/{deleted.pk}/undo/").status_code == 302
    assert "Sensors" in text(as_(cast.tom).get("/journal/"))


def test_give_4_who_reads_the_whole_journal_reads_nothing_that_hangs_on_what_is_hidden(cast, as_, opportunity):
    profile = cast.mia.profile
    profile.edit(by=cast.ada, abilities=[*profile.abilities, "journal"])
    hidden = make_opportunity("Hidden pumps", by=cast.sam)
    for record, said in ((opportunity, "Rang about sensors"), (hidden, "Rang about pumps")):
        Activity(text=said, type=ActivityType.objects.get(code="call"), opportunity=record).add(by=cast.sam)
    mia, ada = (text(as_(person).get("/journal/")) for person in (cast.mia, cast.ada))
    assert "Rang about sensors" in mia and "Rang about pumps" not in mia
    assert "Rang about pumps" in ada


def test_log_1_what_is_journalled_and_no_record_has_its_page_too(cast, as_):
    edit_house({"name": "Roca and daughters"}, by=cast.ada)
    group = add_group("Night shift", by=cast.ada)
    rename_group(group, "Day shift", by=cast.ada)
    for one, said in zip(Operation.objects.order_by("-pk"), ("Day shift", "Night shift", "Roca"), strict=False):
        answer = as_(cast.ada).get(f"/journal/{one.pk}/")
        assert answer.status_code == 200 and said in answer.content.decode()


def test_log_1_the_journal_is_filtered(cast, as_, opportunity):
    make_opportunity("Pumps", by=cast.tom)
    browser = as_(cast.ada)

    def found(query):
        page = text(browser.get(f"/journal/?{query}"))
        return ["Sensors" in page, "Pumps" in page]

    assert found(f"who={cast.tom.pk}") == [False, True]
    assert found("door=import") == [False, False]
    assert found("door=form") == [True, True]
    assert found("kind=account") == [False, False]
    assert found(f"kind=opportunity&record={opportunity.pk}") == [True, False]
    assert found("from=2999-01-01") == [False, False]
    assert found("to=2999-01-01") == [True, True]
    for bad in ("who=x", "door=x", "kind=x", "from=x", "to=99/99/2026", "before=x", "record=x", "from=9999-12-31"):
        assert browser.get(f"/journal/?{bad}").status_code == 200


def test_log_1_the_journal_goes_on_page_by_page(cast, as_):
    for at in range(65):
        make_account(f"Account {at:02}", by=cast.claire)
    browser, url, seen = as_(cast.claire), "/journal/", []
    while url:
        page = text(browser.get(url))
        seen += re.findall(r"Account \d\d(?=\s*<span)", page)
        more = re.search(r'href="(\?before=\d+)" rel="next"', page)
        url = more and f"/journal/{more[1]}"
    assert seen == [f"Account {at:02}" for at in reversed(range(65))]


def test_log_1_the_journal_takes_as_many_queries_for_many_operations_as_for_few(cast, as_, opportunity):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            as_(cast.claire).get("/journal/")
        return len(caught)

    few = queries()
    for at in range(20):
        make_opportunity(f"No {at}", by=cast.claire)
    assert queries() <= few


def test_log_1_the_records_of_a_large_operation_are_counted_only_so_far(cast, as_, monkeypatch):
    monkeypatch.setattr("crm.journal.MANY", 3)
    made = make_many(5, by=cast.claire)
    large = last()
    make_many(3, by=cast.claire)
    three = last()
    Opportunity.objects.get(pk=made[4]).share(to=cast.eve, by=cast.claire)
    page = text(as_(cast.claire).get("/journal/"))
    assert "created 3+ opportunities" in page and "3+ records" in page
    assert "created 3 opportunities" in page and "3 records" in page
    assert "created 5 opportunities" in text(as_(cast.claire).get(f"/journal/{large.pk}/"))
    assert "3 opportunities" in text(as_(cast.claire).get(f"/journal/{three.pk}/"))
    seen = text(as_(cast.eve).get("/journal/"))
    assert "created Deal 4" in seen
    assert "1 record<" in seen
    assert "3+ " not in seen


def test_log_1_who_sees_few_finds_theirs_in_a_large_operation_and_what_they_deleted(cast, as_, monkeypatch):
    monkeypatch.setattr("crm.journal.MANY", 3)
    made = make_many(5, by=cast.claire)
    Opportunity.objects.get(pk=made[1]).share(to=cast.eve, by=cast.claire)
    with operation(by=cast.claire, door="bulk", what="opportunities.delete"):
        for pk in made[1:]:
            Opportunity.objects.get(pk=pk).trash(by=cast.claire)
    assert "deleted 3+ opportunities" in text(as_(cast.claire).get("/journal/"))
    for kind in ("", "?kind=opportunities.opportunity"):
        assert "created Deal 0" in text(as_(cast.claire).get(f"/journal/{kind}"))
        assert "Deal" not in text(as_(cast.eve).get(f"/journal/{kind}"))
    for seen in (200, 0):  # looked up, and read
        monkeypatch.setattr("crm.journal.FEW", seen)
        assert "Deal" not in text(as_(cast.eve).get("/journal/"))
        assert "created Deal 0" in text(as_(cast.claire).get("/journal/"))


def test_log_1_changes_are_found_by_their_operations_never_by_their_kind(cast, as_, opportunity):
    """Most of the journal is of one kind; a planner that reads it by kind reads all of it."""
    with CaptureQueriesContext(connection) as found:
        as_(cast.claire).get("/journal/?kind=opportunities.opportunity")
    asked = [one["sql"] for one in found if 'FROM "records_change"' in one["sql"]]
    assert asked and all('+"records_change"."model_id" =' in one for one in asked)
    assert not any(' "records_change"."model_id" =' in one or '("records_change"."model_id" =' in one for one in asked)


def test_give_4_no_entry_names_a_hidden_record_that_one_had_to_do_with(cast, as_, opportunity):
    """A parent, a company that somebody left: beside the record itself the value is not theirs to see."""
    house, secret = make_account("House", by=cast.claire), make_account("Zyxwv", by=cast.sam)
    person = make_contact("Ana Roca", by=cast.claire, account=secret)
    house.parent, person.account = secret, house
    for record in (house, person):
        record.edit(by=cast.ada)
    pages = ["/journal/", f"/journal/{last().pk}/", f"/journal/{last().pk - 1}/"]
    pages += [f"{record.get_absolute_url()}history/" for record in (house, person)]
    said = [text(as_(cast.claire).get(page)) for page in pages]
    assert [page for page, one in zip(pages, said, strict=True) if "Zyxwv" in one] == []
    assert sum("not yours to see" in one for one in said) == 4
    assert sum("Zyxwv" in text(as_(cast.ada).get(page)) for page in pages) >= 4


def test_give_4_what_an_undo_kept_of_hidden_records_is_not_told(cast, as_, opportunity):
    hidden = make_opportunity("Hidden pumps", by=cast.sam)
    task = Task(title="Hidden call", opportunity=hidden).add(by=cast.sam)
    with operation(by=cast.ada, door="bulk", what="opportunity.edit"):
        befores = list(Opportunity.objects.values(*Opportunity.columns()))
        Opportunity.change_rows([{**row, "brief": "x"} for row in befores], befores)
        task.title = "Hidden visit"
        task.save()
    done = last()
    for record in (opportunity, hidden, task):
        record = type(record).objects.get(pk=record.pk)
        setattr(record, "title" if record == task else "brief", "Hidden since")
        with operation(by=cast.mia, door="form", what="test"):
            record.save()
    done.undo(by=cast.ada)
    claire, ada = (text(as_(person).get(f"/journal/{done.pk}/")) for person in (cast.claire, cast.ada))
    assert ada.count("changed since by Mia Ferhat") == 3 and "Hidden pumps" in ada and "Hidden since" in ada
    assert claire.count("changed since by Mia Ferhat") == 1 and "Hidden" not in claire
