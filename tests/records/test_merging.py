"""REC-5: two people at once on one form; here, choices of several records."""

import pytest

from opportunities.models import Opportunity
from tests.make import make_account, make_opportunity


@pytest.fixture
def opportunity(cast):
    return make_opportunity(by=cast.ada, account=make_account(by=cast.ada), assignees=[cast.tom])


def form_of(opportunity, **changes):
    """What the form of this opportunity posts, with some fields changed."""
    return {
        "account": opportunity.account_id,
        "name": opportunity.name,
        "stage": opportunity.stage_id,
        "status": "open",
        "amount": "1000",
        "due_on": opportunity.due_on.isoformat(),
        "opened_on": opportunity.opened_on.isoformat(),
        "reference": opportunity.reference,
        "owner": opportunity.owner_id,
        "assignees": [*opportunity.assigned_ids()],
        "version": opportunity.version,
    } | changes


def test_rec_5_people_assigned_meanwhile_stay(cast, as_, opportunity):
    data = form_of(opportunity, name="Renamed")
    Opportunity.objects.get().assign([cast.tom.pk, cast.sam.pk], by=cast.mia)
    assert as_(cast.ada).post(f"/opportunities/{opportunity.pk}/edit/", data).status_code == 302
    opportunity.refresh_from_db()
    assert opportunity.name == "Renamed"
    assert opportunity.assigned_ids() == {cast.tom.pk, cast.sam.pk}


def test_rec_5_both_choices_are_told_where_both_chose(cast, as_, opportunity):
    data = form_of(opportunity, assignees=[cast.eve.pk])
    Opportunity.objects.get().assign([cast.sam.pk], by=cast.mia)
    clash = as_(cast.ada).post(f"/opportunities/{opportunity.pk}/edit/", data)
    assert clash.status_code == 409
    page = clash.content.decode()
    assert "Mia Ferhat saved this" in page
    assert '<span class="choose__val">Sam Okafor</span>' in page
    assert '<span class="choose__val">Eve Martin</span>' in page
    assert opportunity.assigned_ids() == {cast.sam.pk}
