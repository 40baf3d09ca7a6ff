"""LOG-2: any operation can be taken back; what somebody changed since is kept, and named."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account, Contact, ContactList, Site
from core.models import Job
from opportunities.models import Opportunity, Status
from pipelines.models import Source
from records.gate import Refused
from records.journal import operation
from records.models import Change, Operation, Undo
from tasks.models import Task
from tests.make import lost_reason, make_account, make_contact, make_opportunity, source, stage


@pytest.fixture
def opportunity(cast):
    return make_opportunity("Sensors", by=cast.claire, account=make_account("Hexabio", by=cast.claire))


def last():
    return Operation.objects.latest("pk")


def values(record):
    """What a record is: every column that the journal keeps, and what hangs on it."""
    record = type(record).objects.get(pk=record.pk)
    found = {name: getattr(record, name) for name in record.tracked()}
    return found | {"shares": record.shares(), "assignees": record.assigned_ids()}


def all_is_well():
    call_command("verify")


def kept(undo):
    return [(line.name, line.why, line.by) for line in undo.lines.all()]


def test_log_2_an_edit_returns_exactly_and_the_undo_is_an_operation(cast, opportunity):
    before = values(opportunity)
    opportunity.amount, opportunity.brief, opportunity.due_on = Decimal("12.5"), "Radio", None
    opportunity.edit(by=cast.claire)
    edit = last()
    undo = edit.undo(by=cast.claire)
    assert values(opportunity) == before
    assert undo.counts == {"returned": 1, "trashed": 0, "restored": 0, "kept": 0}
    assert (last().what, last().by, last().undoes) == ("undo", cast.claire, edit)
    change = Change.objects.get(operation=last())
    assert change.fields["amount"] == ["12.5", "1000"]
    all_is_well()


def test_log_2_what_somebody_changed_since_is_kept_and_named(cast, opportunity):
    opportunity.amount, opportunity.brief = Decimal(5), "Radio"
    opportunity.edit(by=cast.claire)
    edit = last()
    theirs = Opportunity.objects.get(pk=opportunity.pk)
    theirs.amount = Decimal(7)
    theirs.edit(by=cast.mia)
    undo = edit.undo(by=cast.claire)
    now = Opportunity.objects.get(pk=opportunity.pk)
    assert (now.amount, now.brief) == (7, "")
    assert kept(undo) == [("amount", "changed", cast.mia)]
    assert undo.lines.get().at == Operation.objects.get(by=cast.mia, what="opportunity.edit").at
    all_is_well()


def test_log_2_undoing_twice_is_harmless_and_undoing_the_undo_restores(cast, opportunity):
    before = values(opportunity)
    opportunity.win(by=cast.claire)
    win, won = last(), values(opportunity)
    first = win.undo(by=cast.claire)
    assert win.undo(by=cast.claire) == first
    assert win.undo(by=cast.ada) == first
    assert values(opportunity) == before
    number = Operation.objects.count()
    first.operation.undo(by=cast.claire)
    assert values(opportunity) == won
    assert Operation.objects.count() == number + 1
    all_is_well()


@pytest.mark.parametrize("theirs", ["amount", "status"])
def test_log_2_bound_fields_return_or_stay_together(cast, opportunity, theirs):
    opportunity.lose(by=cast.claire, reason=lost_reason("Price"), note="Too dear")
    lose = last()
    again = Opportunity.objects.get(pk=opportunity.pk)
    if theirs == "status":
        again.reopen(by=cast.mia)
    else:
        again.amount = Decimal(3)
        again.edit(by=cast.mia)
    lose.undo(by=cast.claire)
    now = Opportunity.objects.get(pk=opportunity.pk)
    assert (now.status, now.probability, now.closed_on, now.lost_reason) == ("open", 10, None, None)
    all_is_well()


def test_log_2_a_bound_field_that_others_changed_holds_its_fellows(cast, opportunity):
    opportunity.production_from = dt.date(2026, 3, 1)
    opportunity.edit(by=cast.claire)
    edit = last()
    theirs = Opportunity.objects.get(pk=opportunity.pk)
    theirs.production_to = dt.date(2026, 4, 1)
    theirs.edit(by=cast.mia)
    undo = edit.undo(by=cast.claire)
    assert Opportunity.objects.get(pk=opportunity.pk).production_from == dt.date(2026, 3, 1)
    assert kept(undo) == [("production_from", "changed", cast.mia)]


def test_log_2_a_move_that_was_won_since_keeps_what_the_closing_wrote(cast, opportunity):
    opportunity.move_to(stage("Proposal"), by=cast.claire)
    move = last()
    Opportunity.objects.get(pk=opportunity.pk).win(by=cast.mia)
    undo = move.undo(by=cast.claire)
    now = Opportunity.objects.get(pk=opportunity.pk)
    assert (now.status, now.probability, now.stage.name) == ("won", 100, "To qualify")
    assert kept(undo) == [("probability", "changed", cast.mia)]
    all_is_well()


def test_log_2_what_was_created_goes_to_the_trash_unless_somebody_worked_on_it(cast):
    mine, worked_on = make_opportunity("A", by=cast.claire), make_opportunity("B", by=cast.claire)
    first, second = Operation.objects.order_by("-pk")[:2][::-1]
    theirs = Opportunity.objects.get(pk=worked_on.pk)
    theirs.brief = "Radio"
    theirs.edit(by=cast.mia)
    assert first.undo(by=cast.claire).counts["trashed"] == 1
    assert kept(second.undo(by=cast.claire)) == [("brief", "changed", cast.mia)]
    assert list(Opportunity.objects.live()) == [worked_on]
    Undo.objects.get(of=first).operation.undo(by=cast.claire)
    assert Opportunity.objects.live().filter(pk=mine.pk).exists()
    all_is_well()


def test_log_2_undoing_ones_own_deletion_is_the_only_restore_that_others_have(cast, opportunity):
    opportunity.trash(by=cast.claire)
    deletion = last()
    with pytest.raises(Refused):
        deletion.undo(by=cast.tom)
    assert kept(deletion.undo(by=cast.ada)) == [("", "refused", None)]
    assert not Opportunity.objects.live().exists()
    assert deletion.undo(by=cast.claire).counts["restored"] == 1
    assert Opportunity.objects.live().filter(pk=opportunity.pk).exists()
    opportunity.refresh_from_db()
    opportunity.trash(by=cast.claire)
    assert last().undo(by=cast.sup).counts["restored"] == 1
    all_is_well()


def test_log_2_people_shares_and_lists_return(cast, opportunity):
    account = opportunity.account
    vip = ContactList(name="VIP").add(by=cast.ada)
    opportunity.assign([cast.tom.pk], by=cast.claire)
    before = values(opportunity)
    Opportunity.objects.get(pk=opportunity.pk).assign([cast.sam.pk], by=cast.claire)
    assert Opportunity.objects.visible_to(cast.sam).exists()
    last().undo(by=cast.claire)
    assert values(opportunity) == before
    assert not Opportunity.objects.visible_to(cast.sam).exists()
    vip.put(account, by=cast.claire)
    last().undo(by=cast.claire)
    assert not ContactList.objects.holding(account).exists()
    all_is_well()


def test_log_2_each_record_is_asked_of_the_gate_again(cast, opportunity):
    opportunity.brief = "Radio"
    opportunity.edit(by=cast.claire)
    edit = last()
    given = Opportunity.objects.get(pk=opportunity.pk)
    given.owner = cast.sam
    given.edit(by=cast.ada)
    undo = edit.undo(by=cast.claire)
    assert kept(undo) == [("brief", "refused", None)]
    assert Opportunity.objects.get(pk=opportunity.pk).brief == "Radio"
    assert undo.operation is None
    assert edit.undo(by=cast.ada).counts["returned"] == 1


def test_log_2_a_closing_returns_only_with_the_right_to_close(cast, opportunity):
    opportunity.win(by=cast.claire)
    profile = cast.claire.profile
    profile.edit(by=cast.ada, rights={"opportunity": {"view": "team", "change": "own"}})
    cast.claire.refresh_from_db()
    win = Operation.objects.get(what="opportunity.won")
    undo = win.undo(by=cast.claire)
    assert {why for _name, why, _by in kept(undo)} == {"refused"}
    assert Opportunity.objects.get(pk=opportunity.pk).status == Status.WON


def test_log_2_only_its_author_and_administrators_within_30_days(cast, opportunity, monkeypatch):
    opportunity.brief = "Radio"
    opportunity.edit(by=cast.claire)
    edit = last()
    for other in (cast.tom, cast.mia, cast.bo):
        with pytest.raises(Refused):
            edit.undo(by=other)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(days=30))
    with pytest.raises(ValidationError):
        edit.undo(by=cast.claire)
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(days=29, hours=23))
    assert edit.undo(by=cast.ada).counts["returned"] == 1


def test_log_2_a_reference_that_another_took_stays(cast, opportunity):
    old = opportunity.reference
    opportunity.reference, opportunity.brief = "New", "Radio"
    opportunity.edit(by=cast.claire)
    edit = last()
    make_opportunity(by=cast.claire, reference=old)
    undo = edit.undo(by=cast.claire)
    assert kept(undo) == [("reference", "taken", None)]
    now = Opportunity.objects.get(pk=opportunity.pk)
    assert (now.reference, now.brief) == ("New", "")
    all_is_well()


def test_log_2_what_the_rules_refuse_stays(cast):
    above, below = make_account("Above", by=cast.claire), make_account("Below", by=cast.claire)
    below.parent = above
    below.edit(by=cast.claire)
    below.parent, below.city = None, "Nantes"
    below.edit(by=cast.claire)
    edit = last()
    above.parent = below
    above.edit(by=cast.claire)
    undo = edit.undo(by=cast.claire)
    assert [(name, why) for name, why, _by in kept(undo)] == [("parent_id", "unfit")]
    assert Account.objects.get(pk=below.pk).city == ""
    all_is_well()


def test_log_2_an_account_that_has_got_opportunities_is_not_taken_back(cast):
    account = make_account(by=cast.claire)
    made = last()
    make_opportunity(by=cast.mia, account=account)
    undo = made.undo(by=cast.claire)
    assert undo.counts["trashed"] == 0
    assert "1 opportunity belongs to it" in undo.lines.get().text
    assert Account.objects.live().exists()


def test_log_2_set_up_returns_too(cast):
    web = source("Website")
    web.edit(by=cast.ada, name="Web")
    last().undo(by=cast.ada)
    assert Source.objects.get(pk=web.pk).name == "Website"
    web.refresh_from_db()
    web.archive(by=cast.ada)
    last().undo(by=cast.ada)
    assert Source.objects.get(pk=web.pk).archived_at is None
    Source(name="Fair").add(by=cast.ada)
    last().undo(by=cast.ada)
    assert Source.objects.get(name="Fair").archived_at is not None
    all_is_well()


def test_log_2_large_ones_run_as_a_job_whose_worker_may_die(cast, monkeypatch):
    monkeypatch.setattr("records.models.undo.AT_ONCE", 3)
    monkeypatch.setattr("records.models.undo.CHUNK", 4)
    with operation(by=cast.bo, door="import", what="opportunity.import") as writing:
        account = Account(name="Hexabio", owner=cast.bo)
        account.save()
        for at in range(10):
            Opportunity(name=f"No {at}", owner=cast.claire, stage=stage("Proposal"), account=account).save()
    undo = writing.operation.undo(by=cast.bo)
    assert undo.is_running
    assert writing.operation.undo(by=cast.bo) == undo
    job = Job.objects.get()
    assert job.total == 11
    job.take()
    work = job.work
    job._step(work)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    Job.objects.get().run()
    undo.refresh_from_db()
    assert undo.counts == {"returned": 0, "trashed": 11, "restored": 0, "kept": 0}
    assert Operation.objects.filter(undoes=writing.operation).count() == 1
    assert not Opportunity.objects.live().exists()
    assert not Account.objects.live().exists()
    all_is_well()


def test_log_2_thousands_take_few_statements(cast, django_assert_max_num_queries):
    made = [make_opportunity(f"No {at}", by=cast.claire) for at in range(60)]
    with operation(by=cast.ada, door="bulk", what="opportunity.edit") as writing:
        befores = list(Opportunity.objects.values(*Opportunity.columns()))
        Opportunity.change_rows([{**row, "owner_id": cast.sam.pk, "brief": "x"} for row in befores], befores)
    with django_assert_max_num_queries(45):
        writing.operation.undo(by=cast.ada)
    assert {one.owner for one in Opportunity.objects.all()} == {cast.claire}
    assert len(made) == 60
    all_is_well()


def test_log_2_a_contact_moved_along_returns(cast):
    contact = make_contact(by=cast.claire)
    contact.account = make_account(by=cast.claire)
    contact.edit(by=cast.claire)
    last().undo(by=cast.claire)
    assert Contact.objects.get().account is None


def test_log_2_tasks_and_sites_return_too(cast, opportunity):
    task = Task(title="Call", opportunity=opportunity, assignee=cast.claire).add(by=cast.claire)
    made = last()
    task.edit(by=cast.claire, title="Write")
    last().undo(by=cast.claire)
    assert Task.objects.get().title == "Call"
    made.undo(by=cast.claire)
    assert Task.objects.get().removed_at is not None
    site = Site(account=opportunity.account, name="Rennes").add(by=cast.claire)
    last().undo(by=cast.claire)
    site.refresh_from_db()
    assert site.archived_at is not None
    assert opportunity.account.site_labels() == []
    all_is_well()
