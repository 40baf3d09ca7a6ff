"""ARCHITECTURE 3, 5: many records are found by their unique texts, or by ids, with one statement and an index."""

import pytest
from django.db import connection

from accounts.models import Account
from core import sql
from core.models import Job
from opportunities.models import Opportunity
from records.journal import operation
from tests.make import make_account, make_opportunity

TEXTS = ["R1", "R2", "=R3", "l'une", "", "absent"]


def test_opp_3_records_are_found_by_their_references_outside_the_trash(cast):
    one, two, gone, none = (make_opportunity(reference=text) for text in ("R1", "l'une", "=R3", "R4"))
    gone.trash(by=cast.ada)
    assert set(Opportunity.objects.identified_by(TEXTS)) == {one, two}
    assert none not in Opportunity.objects.identified_by(TEXTS)


def test_acc_1_a_blank_code_identifies_nothing(cast):
    make_account(code="")
    coded = make_account(code="R2")
    assert list(Account.objects.identified_by(TEXTS)) == [coded]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole")
def test_opp_3_references_are_looked_up_in_their_index(cast):
    plan = Opportunity.objects.identified_by(TEXTS).order_by().explain()
    assert "a_reference_is_unique_outside_the_trash" in plan and "SCAN opportunities_opportunity" not in plan


def test_among_takes_texts_ids_and_nothing(cast):
    made = [make_opportunity(reference=f"R{at}") for at in range(3)]
    ids = [one.pk for one in made]
    assert set(Opportunity.objects.filter(pk__in=sql.among(ids[:2]))) == set(made[:2])
    assert set(Opportunity.objects.filter(reference__in=sql.among(["R2", "x"]))) == {made[2]}
    assert not Opportunity.objects.filter(pk__in=sql.among([])).exists()
    assert not Opportunity.objects.filter(reference__in=sql.among(set())).exists()


def test_an_operation_of_a_job_takes_no_savepoint(cast, django_assert_num_queries):
    """Its step fails as a whole."""
    job = Job.objects.create(kind="transfers.Import", by=cast.bo)
    with django_assert_num_queries(0), operation(by=cast.bo, door="import", what="nothing", job=job):
        pass
