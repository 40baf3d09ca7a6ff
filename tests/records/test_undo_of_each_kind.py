"""LOG-2: what hangs on records, and what a house sets up, is taken back as records are, with all that follows from it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import Account, ContactList
from activities.models import Activity, TimeEntry
from activities.models.kind import type_of
from core.dates import today
from opportunities.models import Opportunity, SavedView, Target
from opportunities.models.saved_view import first_view
from opportunities.models.target import MONTH
from pipelines.models import Currency, Pipeline, Rate, Stage
from pipelines.models.currency import rate_on
from records.models import Operation
from tests.make import make_account, make_opportunity, stage
from tests.transfers.sheets import run
from users.models.groups import add_group, rename_group

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def all_is_well(db):
    yield
    call_command("verify")


@pytest.fixture
def opportunity(cast):
    return make_opportunity("Sensors", by=cast.claire, due_on=today() + 30 * DAY)


def last():
    return Operation.objects.latest("pk")


def again(record):
    return type(record).objects.get(pk=record.pk)


def question(browser):
    """What undoing the last operation is said to do."""
    return browser.get(f"/journal/{last().pk}/undo/")


def undo(browser):
    """What is said after undoing the last operation."""
    answer = browser.post(f"/journal/{last().pk}/undo/")
    return browser.get(answer["location"], follow=True).content.decode()


def test_log_2_what_was_noted_is_taken_out_of_the_history_by_who_wrote_it(cast, opportunity):
    call = Activity(type=type_of("call"), text="Rang", opportunity=opportunity).add(by=cast.tom)
    assert again(opportunity).last_exchange_on == today()
    noted = last()
    assert noted.undo(by=cast.tom).counts["trashed"] == 1
    assert again(call).removed_at is not None
    assert again(opportunity).last_exchange_on is None
    last().undo(by=cast.tom)
    assert again(call).removed_at is None
    assert again(opportunity).last_exchange_on == today()


def test_log_2_a_call_moved_or_shown_elsewhere_takes_the_last_exchange_back_with_it(cast, opportunity):
    other = make_opportunity("Other", by=cast.claire)
    call = Activity(type=type_of("call"), text="Rang", opportunity=opportunity).add(by=cast.claire)
    for verb in ("move_to", "link_to"):
        before = again(opportunity).last_exchange_on
        getattr(again(call), verb)(other, by=cast.claire)
        assert again(other).last_exchange_on == today()
        last().undo(by=cast.claire)
        assert again(other).last_exchange_on is None
        assert again(opportunity).last_exchange_on == before == today()
        assert again(call).linked_ids() == set()


def test_log_2_a_last_exchange_that_came_with_the_opportunity_stays_without_another(cast):
    opportunity = make_opportunity(by=cast.claire, last_exchange_on=today() - 9 * DAY)
    Activity(type=type_of("comment"), text="No radio", opportunity=opportunity).add(by=cast.claire)
    last().undo(by=cast.claire)
    assert again(opportunity).last_exchange_on == today() - 9 * DAY


def test_log_2_an_event_at_a_typed_hour_is_what_the_journal_says(cast, as_, opportunity):
    url = f"{opportunity.get_absolute_url()}activity/"
    as_(cast.claire).post(url, {"kind": "event", "text": "Visit", "at": "2026-10-01T09:00"})
    assert last().undo(by=cast.claire).counts["trashed"] == 1


def test_log_2_hours_are_taken_back(cast, opportunity):
    entry = TimeEntry(opportunity=opportunity, user=cast.claire, minutes=30).add(by=cast.claire)
    assert last().undo(by=cast.claire).counts["trashed"] == 1
    assert again(entry).removed_at is not None


def test_log_2_a_date_pushed_back_by_mistake_does_not_count_as_pushed_back(cast, opportunity):
    opportunity.due_on += 7 * DAY
    opportunity.edit(by=cast.claire)
    assert again(opportunity).pushed_back == 1
    last().undo(by=cast.claire)
    assert (again(opportunity).pushed_back, again(opportunity).due_on) == (0, today() + 30 * DAY)
    last().undo(by=cast.claire)
    assert again(opportunity).pushed_back == 1


def test_log_2_a_date_brought_forward_returns_without_being_pushed_back(cast, opportunity):
    opportunity.due_on -= 7 * DAY
    opportunity.edit(by=cast.claire)
    last().undo(by=cast.claire)
    assert again(opportunity).pushed_back == 0


def test_log_2_targets_and_rates_that_were_set_are_there_no_more(cast):
    key = ("person", cast.claire.pk, dt.date(2026, 1, 1), MONTH)
    Target.set_all({key: Decimal(5000)}, by=cast.ada)
    assert last().undo(by=cast.ada).counts["trashed"] == 1
    assert Target.objects.get().amount is None
    last().undo(by=cast.ada)
    assert Target.objects.get().amount == 5000
    dollar = Currency(name="Dollar", code="USD").add(by=cast.ada)
    rate = Rate.put(dollar, dt.date(2026, 1, 1), Decimal("0.9"), by=cast.ada)
    last().undo(by=cast.ada)
    assert rate_on("USD", dt.date(2026, 2, 1)) is None
    last().undo(by=cast.ada)
    again(rate).withdraw(by=cast.ada)
    last().undo(by=cast.ada)
    assert rate_on("USD", dt.date(2026, 2, 1)) == Decimal("0.9")


def test_log_2_who_sees_a_list_or_a_view_returns(cast):
    group = Group.objects.create(name="Fairs")
    inner = ContactList(name="Inner", for_everybody=False).add(by=cast.ada)
    inner.edit(by=cast.ada, groups=[group.pk])
    last().undo(by=cast.ada)
    assert not inner.groups.exists()
    view = SavedView(owner=cast.claire, name="Mine").add(by=cast.claire)
    view.edit(by=cast.claire, groups=[group.pk], name="Ours")
    last().undo(by=cast.claire)
    assert (again(view).name, view.groups.exists()) == ("Mine", False)
    shared = SavedView(owner=cast.ada, name="All", for_everybody=True).add(by=cast.ada)
    again(view).open_first(by=cast.claire)
    again(shared).open_first(by=cast.claire)
    last().undo(by=cast.claire)
    assert first_view(cast.claire) == view


def test_log_2_what_is_said_before_is_what_happens(cast, as_, settings, tmp_path):
    """New accounts go although what was imported with them stands on them as long as nothing is written."""
    settings.MEDIA_ROOT = tmp_path
    rows = [["Name", "Account", "Stage", "Amount"], ["New", "Company", "Proposal", "5"]]
    run(rows, cast.bo, create=["account"])
    browser = as_(cast.bo)
    asked = question(browser)
    assert (asked.context["trashed"], asked.context["stay"]) == (2, 0)
    assert "2 put in the trash" in undo(browser)
    assert not Account.objects.live().exists() and not Opportunity.objects.live().exists()


def test_log_2_what_a_stage_asks_for_does_not_keep_an_undo_from_being_offered(cast, as_):
    stage("Negotiation").edit(by=cast.ada, asks=["brief"])
    opportunity = make_opportunity(by=cast.claire, stage=stage("Negotiation"), brief="Radio")
    opportunity.move_to(stage("Qualified"), by=cast.claire)
    moved = last()
    fresh = again(opportunity)
    fresh.brief = ""
    fresh.edit(by=cast.mia)
    page = as_(cast.claire).get(f"/journal/{moved.pk}/undo/")
    assert page.context["may"] and page.context["returned"] == 1
    as_(cast.claire).post(f"/journal/{moved.pk}/undo/")
    assert again(opportunity).stage == stage("Negotiation")


def test_log_2_a_second_undo_says_who_has_done_it(cast, as_, opportunity):
    opportunity.brief = "Radio"
    opportunity.edit(by=cast.claire)
    edit = last()
    edit.undo(by=cast.ada)
    count = Operation.objects.count()
    browser = as_(cast.claire)
    answer = browser.post(f"/journal/{edit.pk}/undo/")
    page = browser.get(answer["location"], follow=True).content.decode()
    assert "Ada Kermarec has undone it already" in page and f"by operation no. {last().pk}." in page
    assert Operation.objects.count() == count


def test_log_2_what_returns_along_with_another_record_is_counted(cast):
    opportunity = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    opportunity.win(by=cast.claire)
    assert last().undo(by=cast.claire).counts["returned"] == 2
    assert last().undo(by=cast.claire).counts["returned"] == 2
    assert Account.objects.get().kind == "client"


def test_log_1_the_journal_tells_of_groups_and_says_that_they_do_not_return(cast, as_):
    group = add_group("Fairs", by=cast.ada)
    rename_group(group, "Shows", by=cast.ada)
    browser = as_(cast.ada)
    assert "Shows" in browser.get(f"/journal/{last().pk}/").content.decode()
    assert "Nothing of it would return." in question(browser).content.decode()


def test_log_2_a_list_keeps_its_last_row_and_has_no_two_of_a_name(cast):
    pipeline = Pipeline(name="Fairs").add(by=cast.ada)
    first = Stage(pipeline=pipeline, name="Met", probability=15).add(by=cast.ada)
    made = last()
    undone = made.undo(by=cast.ada)
    assert "last stage of its pipeline" in undone.lines.get().text
    Stage(pipeline=pipeline, name="Seen", probability=20).add(by=cast.ada)
    again(first).edit(by=cast.ada, name="Greeted")
    renamed = last()
    Stage(pipeline=pipeline, name="MET", probability=40).add(by=cast.ada)
    assert "another one of this name" in renamed.undo(by=cast.ada).lines.get().text
    again(first).archive(by=cast.ada)
    archived = last()
    Stage(pipeline=pipeline, name="Greeted", probability=30).add(by=cast.ada)
    assert "another one of this name" in archived.undo(by=cast.ada).lines.get().text
    assert (again(first).name, again(first).archived_at is None) == ("Greeted", False)
