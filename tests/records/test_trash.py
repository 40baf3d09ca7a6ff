"""LIFE-3: the trash, the way back from it, and the end after 30 days."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account, Contact
from core.models import Job
from opportunities.models import Opportunity, OpportunityPeriod
from records.erasing import ERASED
from records.jobs import purge
from records.journal import operation
from records.models import Change, Operation
from tasks.models import Task
from tests.make import make_account, make_contact, make_opportunity
from tests.transfers import sheets
from users.models import Kind, Notice


@pytest.fixture
def opportunity(cast):
    account = make_account("Hexabio", by=cast.claire)
    return make_opportunity("Sensors", by=cast.claire, account=account, assignees=[cast.sam])


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock on: ``clock(days=30)``."""
    now = timezone.now()

    def later(**passed):
        monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(**passed))

    return later


@pytest.fixture(autouse=True)
def keep_the_connection(monkeypatch):
    """A worker drops stale connections between jobs; within a test's transaction, PostgreSQL's would be lost with it."""
    monkeypatch.setattr("records.jobs.close_old_connections", lambda: None)


def all_is_well():
    call_command("verify")


def of(record):
    return Change.objects.filter(record_id=record.pk, model__model=record._meta.model_name).order_by("pk")


def test_life_3_deleting_asks_first_and_get_never_deletes(cast, as_, opportunity):
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/delete/"
    asked = browser.get(url)
    assert asked.status_code == 200
    assert "Delete “Sensors”" in asked.content.decode()
    assert Opportunity.objects.live().filter(pk=opportunity.pk).exists()
    answer = browser.post(url)
    assert answer.status_code == 302
    assert answer["location"] == "/opportunities/"
    opportunity.refresh_from_db()
    assert opportunity.trashed_at is not None
    change = of(opportunity).last()
    assert (change.kind, change.operation.what, change.operation.by) == ("trashed", "opportunity.delete", cast.claire)
    assert browser.get(opportunity.get_absolute_url()).status_code == 404
    assert "Sensors" not in browser.get("/opportunities/").content.decode()
    all_is_well()


def test_life_3_who_may_not_change_it_may_not_delete_it(cast, as_, opportunity):
    url = f"/opportunities/{opportunity.pk}/delete/"
    assert as_(cast.tom).post(url).status_code == 403
    assert as_(cast.eve).post(url).status_code == 404
    opportunity.refresh_from_db()
    assert opportunity.trashed_at is None


def test_life_3_who_may_change_it_may_delete_it(cast, as_, opportunity):
    opportunity.share(to=cast.eve, edit=True, by=cast.claire)
    assert as_(cast.eve).post(f"/opportunities/{opportunity.pk}/delete/").status_code == 302
    again = make_opportunity(by=cast.claire)
    assert as_(cast.bo).post(f"/opportunities/{again.pk}/delete/").status_code == 302
    assert not Opportunity.objects.live().exists()


def test_life_3_an_account_with_opportunities_is_not_deleted(cast, as_, opportunity):
    url = f"/accounts/{opportunity.account_id}/delete/"
    assert "1 opportunity belongs to it" in as_(cast.claire).get(url).content.decode()
    assert as_(cast.claire).post(url).status_code == 409
    assert Account.objects.live().filter(pk=opportunity.account_id).exists()


def test_life_3_hidden_opportunities_keep_an_account_and_are_not_counted(cast, as_):
    account = make_account("Hexabio", by=cast.eve)
    make_opportunity("Sensors", by=cast.claire, account=account)
    told = as_(cast.eve).post(f"/accounts/{account.pk}/delete/")
    assert told.status_code == 409
    assert "that you do not see" in told.content.decode()
    assert Account.objects.live().filter(pk=account.pk).exists()


def test_life_3_a_contact_who_is_all_the_party_is_not_deleted(cast, as_):
    alone, with_company = make_contact("Odile Lecanu", by=cast.claire), make_contact("Ana Roca", by=cast.claire)
    make_opportunity("A", by=cast.claire, contact=alone)
    make_opportunity("B", by=cast.claire, contact=with_company, account=make_account(by=cast.claire))
    assert as_(cast.claire).post(f"/contacts/{alone.pk}/delete/").status_code == 409
    assert as_(cast.claire).post(f"/contacts/{with_company.pk}/delete/").status_code == 302
    assert set(Contact.objects.live()) == {alone}


def test_life_3_an_account_takes_its_contacts_along_and_brings_them_back(cast):
    account = make_account(by=cast.claire)
    mine = make_contact("Odile Lecanu", by=cast.claire, account=account)
    hers = make_contact("Ana Roca", by=cast.eve, account=account)
    earlier = make_contact("Yann Le Gall", by=cast.claire, account=account)
    earlier.trash(by=cast.claire)
    account.trash(by=cast.claire)
    assert set(Contact.objects.live()) == {hers}
    account.restore(by=cast.sup)
    assert set(Contact.objects.live()) == {hers, mine}
    all_is_well()


def test_life_3_a_super_administrator_restores_it_whole(cast, as_, opportunity):
    opportunity.share(to=cast.eve, by=cast.claire)
    opportunity.refresh_from_db()
    before = {name: getattr(opportunity, name) for name in Opportunity.tracked()}
    opportunity.trash(by=cast.claire)
    page = as_(cast.sup).get("/trash/").content.decode()
    assert "Sensors" in page
    assert "30 days" in page
    answer = as_(cast.sup).post(f"/trash/opportunity/{opportunity.pk}/restore/")
    assert answer["location"] == opportunity.get_absolute_url()
    again = Opportunity.objects.get(pk=opportunity.pk)
    assert {name: getattr(again, name) for name in Opportunity.tracked()} == before
    assert again.assigned_ids() == {cast.sam.pk}
    assert again.shares() == {f"user:{cast.eve.pk}": "view"}
    assert as_(cast.eve).get(again.get_absolute_url()).status_code == 200
    assert [change.kind for change in of(again)] == ["created", "changed", "trashed", "restored"]
    all_is_well()


def test_life_3_others_neither_see_the_trash_nor_restore(cast, as_, opportunity):
    opportunity.trash(by=cast.claire)
    for person in (cast.claire, cast.ada, cast.mia, cast.eve):
        assert as_(person).get("/trash/").status_code == 403
        assert as_(person).post(f"/trash/opportunity/{opportunity.pk}/restore/").status_code == 403
    opportunity.refresh_from_db()
    assert opportunity.trashed_at is not None


def test_life_3_a_reference_taken_meanwhile_gets_another(cast, as_, opportunity):
    opportunity.reference = "A-1"
    opportunity.edit(by=cast.claire)
    opportunity.trash(by=cast.claire)
    make_opportunity(by=cast.claire, reference="A-1")
    make_opportunity(by=cast.claire, reference="A-1-2")
    answer = as_(cast.sup).post(f"/trash/opportunity/{opportunity.pk}/restore/", follow=True)
    assert "“A-1” was taken meanwhile: it is “A-1-3” now." in answer.content.decode()
    opportunity.refresh_from_db()
    assert opportunity.reference == "A-1-3"
    assert of(opportunity).last().fields["reference"] == ["A-1", "A-1-3"]
    all_is_well()


def test_life_3_an_account_trashed_meanwhile_comes_back_along(cast, as_, opportunity):
    opportunity.trash(by=cast.claire)
    opportunity.account.trash(by=cast.claire)
    answer = as_(cast.sup).post(f"/trash/opportunity/{opportunity.pk}/restore/", follow=True)
    assert "“Hexabio” was in the trash too" in answer.content.decode()
    assert Account.objects.live().filter(pk=opportunity.account_id).exists()


def test_life_3_gone_after_exactly_30_days(cast, as_, opportunity, clock):
    contact = make_contact("Odile Lecanu", by=cast.claire, account=opportunity.account)
    opportunity.trash(by=cast.claire)
    opportunity.account.trash(by=cast.claire)
    clock(days=29, hours=23, minutes=59)
    purge()
    assert not Job.objects.exists()
    clock(days=30, minutes=1)
    assert as_(cast.sup).post(f"/trash/opportunity/{opportunity.pk}/restore/").status_code == 404
    purge()
    purge()
    job = Job.objects.get()
    job.run()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert not Opportunity.objects.filter(pk=opportunity.pk).exists()
    assert not Account.objects.exists()
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert not OpportunityPeriod.objects.filter(opportunity=opportunity.pk).exists()
    values = [value for change in of(opportunity) for pair in change.fields.values() for value in pair]
    assert set(values) == {ERASED}
    assert [change.kind for change in of(opportunity)] == ["created", "trashed"]
    all_is_well()


def test_life_3_receipts_of_imports_name_no_more_what_is_gone(cast, as_, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = sheets.run([["Name", "City"], ["Zyxwv House", "Caen"]], cast.bo, kind="account")
    account = Account.objects.get(name="Zyxwv House")
    again = sheets.check(sheets.read([["ID", "Name", "City"], [account.pk, "Zyxwv Hall", "Lyon"]], cast.bo, "account"))
    assert "Zyxwv" in told(made, again)
    account.trash(by=cast.sup)
    clock(days=30, minutes=1)
    purge()
    Job.objects.latest("pk").run()
    assert not Account.objects.exists()
    assert "Zyxwv" not in told(made, again)
    assert again.lines.get().record_id == account.pk
    for one, page in ((made, ""), (again, "preview/")):
        answer = as_(cast.bo).get(f"/imports/{one.pk}/{page}")
        assert answer.status_code == 200 and "Zyxwv" not in answer.content.decode()


def told(*imports):
    """What the lines of these imports keep."""
    return str([list(one.lines.values_list("name", "details")) for one in imports])


def test_life_3_what_still_names_an_account_that_is_gone_names_nothing(cast, clock):
    account = make_account(by=cast.claire)
    hers = make_contact("Ana Roca", by=cast.eve, account=account)
    daughter = make_account("Daughter", by=cast.eve, parent=account)
    account.trash(by=cast.claire)
    late = make_opportunity("Sensors", by=cast.eve, account=account)
    clock(days=31)
    purge()
    Job.objects.get().run()
    for record, name in ((hers, "account_id"), (daughter, "parent_id"), (late, "account_id")):
        record.refresh_from_db()
        assert getattr(record, name) is None
        assert of(record).last().fields[name] == [account.pk, None]
        assert of(record).last().operation.by is None
    assert late.is_incomplete
    all_is_well()


def test_life_3_the_trash_shows_the_next_to_go_first_page_by_page(cast, as_, clock):
    for at in range(3):
        clock(days=-at)
        make_account(f"Account {at}", by=cast.claire).trash(by=cast.claire)
    clock()
    page = as_(cast.sup).get("/trash/").content.decode()
    assert page.index("Account 2") < page.index("Account 1") < page.index("Account 0")
    assert "28 days" in page
    only = as_(cast.sup).get("/trash/?kind=opportunity").content.decode()
    assert "Account 1" not in only
    found = as_(cast.sup).get("/trash/?q=account+1").content.decode()
    assert "Account 1" in found
    assert "Account 2" not in found


def test_give_3_the_refusal_of_the_trash_names_only_those_who_can_restore(cast, as_):
    for person in (cast.ada, cast.claire):
        page = as_(person).get("/trash/").content.decode()
        assert "Restore from the trash" in page and "Ask Sup Duval." in page


def test_life_3_thousands_are_trashed_and_restored_with_few_statements(cast, django_assert_max_num_queries):
    ids = [make_opportunity(f"No {at}", by=cast.claire).pk for at in range(40)]
    with django_assert_max_num_queries(20), operation(by=cast.ada, door="bulk", what="opportunity.delete"):
        Opportunity.trash_rows(ids, by=cast.ada)
    with django_assert_max_num_queries(30), operation(by=cast.ada, door="bulk", what="opportunity.restore"):
        Opportunity.restore_rows(ids, by=cast.sup)
    assert Opportunity.objects.live().count() == 40
    assert Operation.objects.filter(what__in=("opportunity.delete", "opportunity.restore")).count() == 2
    all_is_well()


def test_life_3_what_people_were_told_of_it_goes_with_it(cast, clock):
    account = make_account("Zyxwv", by=cast.claire)
    Task(title="Zyxwv call", account=account, assignee=cast.tom).add(by=cast.claire)
    Notice.post(cast.tom, Kind.SHARE, subject="Zyxwv", url="/", about=account)
    Notice.post(cast.tom, Kind.SHARE, subject="Other", url="/", about=make_account("Other", by=cast.claire))
    assert Notice.objects.filter(subject__contains="Zyxwv").count() == 2
    account.trash(by=cast.sup)
    clock(days=31)
    purge()
    Job.objects.latest("pk").run()
    assert [notice.subject for notice in Notice.objects.all()] == ["Other"]
