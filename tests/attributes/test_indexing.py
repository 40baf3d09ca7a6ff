"""OPP-13: a field that lists are to be narrowed by has its values read for them, by a job where they are many."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from attributes.models import CustomField, Indexing
from attributes.models.field import filterable_fields
from core.models import Job
from opportunities.models import Opportunity
from opportunities.models.opportunity import OpportunityValue
from records.models import Operation
from tests.attributes.conftest import make_field
from tests.make import make_many

MANY = 1_200


@pytest.fixture
def field(cast):
    made = make_field("Site", filterable=False)
    make_many(MANY, by=cast.claire, varying=lambda at: {"custom": {made.key: f"Hall {at}"}})
    return made


def turn(field, on, by):
    CustomField.objects.get(pk=field.pk).edit(by=by, filterable=on)


def listed(browser, field, text):
    return browser.get("/opportunities/", {field.input_name: text}).content.decode().count("data-id=")


def test_opp_13_many_values_are_read_by_a_job_and_narrow_only_once_all_are(cast, as_, field):
    browser = as_(cast.claire)
    turn(field, True, cast.ada)
    job = Job.objects.get()
    assert (job.by, job.total) == (cast.ada, MANY)
    assert field.pk not in [one.pk for one in filterable_fields("opportunity")]
    assert field.input_name not in browser.get("/opportunities/filters/").content.decode()
    job.take()
    assert job._step(job.work)
    assert OpportunityValue.objects.count() == 1_000
    filled = as_(cast.ada).get("/settings/fields/opportunity/filled/").content.decode()
    assert "83% read for the lists" in filled
    call_command("verify")
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    Job.objects.get().run()
    assert OpportunityValue.objects.count() == MANY
    assert listed(browser, field, "hall 119") == 11
    call_command("verify")


def test_opp_13_what_is_saved_meanwhile_is_there_once_whoever_dies(cast, field, monkeypatch):
    turn(field, True, cast.ada)
    first, last = Opportunity.objects.order_by("pk").first(), Opportunity.objects.order_by("pk").last()
    for deal in (first, last):
        deal.custom = {field.key: "Elsewhere"}
        deal.edit(by=cast.claire)
    commit, deaths = Indexing.commit, iter([True, False, True, False])

    def die_sometimes(self, chunk):
        found = commit(self, chunk)
        if next(deaths):
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Indexing, "commit", die_sometimes)
    for _ in range(3):
        try:
            Job.objects.get().run()
        except KeyboardInterrupt:
            Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert Job.objects.get().state == Job.State.DONE
    assert OpportunityValue.objects.count() == MANY
    assert OpportunityValue.objects.filter(text="elsewhere").count() == 2
    call_command("verify")


def test_opp_13_turned_off_meanwhile_nothing_is_left_and_turned_on_by_an_undo_all_is_there(cast, as_, field):
    turn(field, True, cast.ada)
    job = Job.objects.get()
    job.take()
    assert job._step(job.work)
    turn(field, False, cast.ada)
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    Job.objects.get().run()
    assert not OpportunityValue.objects.exists()
    from_off = field_operations().last()
    from_off.undo(by=cast.ada)
    while job := Job.objects.filter(state=Job.State.WAITING).first():
        job.run()
    assert OpportunityValue.objects.count() == MANY
    assert listed(as_(cast.claire), field, "hall 119") == 11


def field_operations():
    return Operation.objects.filter(what="customfield.edit").order_by("pk")


def test_opp_13_few_values_are_read_at_once(cast, as_):
    field = make_field("Site", filterable=False)
    make_many(3, by=cast.claire, varying=lambda at: {"custom": {field.key: f"Hall {at}"}})
    turn(field, True, cast.ada)
    assert not Job.objects.exists()
    assert listed(as_(cast.claire), field, "hall 2") == 1
