"""OPP-10, REC-3: contacts and colleagues on an opportunity, each with a role."""

import pytest

from opportunities.models import Involvement, Opportunity
from pipelines.models import PersonRole
from records.journal import operation
from records.models import Change
from tests.make import make_account, make_contact, make_opportunity


@pytest.fixture
def deal(cast):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire))


def add(browser, deal, **given):
    return browser.post(f"/opportunities/{deal.pk}/people/add/", given)


def on(deal):
    return {str(one.person): str(one.role or "") for one in Involvement.objects.filter(record=deal)}


def last(deal):
    return Change.objects.filter(record_id=deal.pk).last().fields


def role(name):
    return PersonRole.objects.get(name=name)


def test_opp_10_contacts_and_colleagues_are_put_on_it_with_a_role(cast, as_, deal):
    browser, odile = as_(cast.claire), make_contact(by=cast.claire)
    assert add(browser, deal, contact=odile.pk, role=role("Buyer").pk).status_code == 302
    assert last(deal) == {"people": [[], [odile.pk]], "roles": [{}, {f"contact-{odile.pk}": role("Buyer").pk}]}
    assert add(browser, deal, colleague=cast.tom.pk).status_code == 302
    assert last(deal) == {"colleagues": [[], [cast.tom.pk]]}
    assert on(deal) == {"Odile Lecanu": "Buyer", "Tom Baker": ""}
    page = browser.get(f"/opportunities/{deal.pk}/").content.decode()
    assert "Odile Lecanu" in page and "Buyer" in page and "Tom Baker" in page
    history = browser.get(f"/opportunities/{deal.pk}/history/").content.decode()
    assert "Odile Lecanu" in history and "Buyer" in history


def test_opp_10_the_same_person_twice_is_one_row(cast, as_, deal):
    odile = make_contact(by=cast.claire)
    for name in ("Buyer", "User"):
        add(as_(cast.claire), deal, contact=odile.pk, role=role(name).pk)
    assert on(deal) == {"Odile Lecanu": "User"}


def test_opp_10_who_is_taken_off_stays_in_the_house(cast, as_, deal):
    odile = make_contact(by=cast.claire)
    add(as_(cast.claire), deal, contact=odile.pk)
    for _time in range(2):
        answer = as_(cast.claire).post(f"/opportunities/{deal.pk}/people/remove/", {"person": f"contact-{odile.pk}"})
        assert answer.status_code == 302
    odile.refresh_from_db()
    assert on(deal) == {} and last(deal) == {"people": [[odile.pk], []]}
    assert as_(cast.claire).post(f"/opportunities/{deal.pk}/people/remove/", {"person": "x"}).status_code == 404


def test_opp_10_a_deactivated_colleague_is_not_offered_and_refused(cast, as_, deal):
    cast.sam.is_active = False
    with operation(by=cast.ada, door="set_up", what="test"):
        cast.sam.save()
    url = f"/opportunities/{deal.pk}/people/add/"
    assert "Sam Okafor</option>" not in as_(cast.claire).get(url).content.decode()
    assert add(as_(cast.claire), deal, colleague=cast.sam.pk).status_code == 422
    edit = f"/opportunities/{deal.pk}/edit/"
    assert "Sam Okafor</option>" not in as_(cast.ada).get(edit).content.decode()
    for name in ("owner", "assignees"):
        given = {"name": "X", "amount": "1", name: str(cast.sam.pk)}
        page = as_(cast.ada).post(edit, given).content.decode()
        assert f'id="id_{name}-error"' in page
    assert on(deal) == {}


def test_give_4_only_whom_one_sees_can_be_put_on_it(cast, as_, deal):
    hidden = make_contact("Pia Novak", by=cast.sam)
    for number in (hidden.pk, 999_999):
        response = add(as_(cast.claire), deal, contact=number)
        assert response.status_code == 422
        page = response.content.decode()
        assert f"Contact “{number}” not found." in page and "Pia" not in page
    assert add(as_(cast.claire), deal).status_code == 422
    assert (
        add(as_(cast.claire), deal, contact=make_contact(by=cast.claire).pk, colleague=cast.tom.pk).status_code == 422
    )
    assert add(as_(cast.tom), deal, colleague=cast.tom.pk).status_code == 403
    assert add(as_(cast.eve), deal, colleague=cast.eve.pk).status_code == 404


def test_log_2_people_and_roles_are_written_back(cast, deal):
    odile = make_contact(by=cast.claire)
    deal.involve(odile, role=role("Buyer"), by=cast.claire)
    deal.release(odile, by=cast.claire)
    fields = last(deal)
    with operation(by=cast.claire, door="form", what="undo"):
        for name in sorted(fields):
            Opportunity.hanging(name).write("", {deal.pk: fields[name][0]})
    assert on(deal) == {"Odile Lecanu": "Buyer"}


def test_rec_3_the_page_costs_the_same_with_many_people(cast, as_, deal, django_assert_max_num_queries):
    browser = as_(cast.claire)
    deal.involve(make_contact(by=cast.claire), by=cast.claire)
    browser.get(f"/opportunities/{deal.pk}/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        browser.get(f"/opportunities/{deal.pk}/")
    for number in range(10):
        deal.involve(make_contact(f"Person Number{number}", by=cast.claire), by=cast.claire)
    with django_assert_max_num_queries(len(one)):
        browser.get(f"/opportunities/{deal.pk}/")


def test_give_4_only_to_whom_one_sees_does_a_name_lead(cast, as_, deal):
    own, hidden = make_contact("Ana Roca", by=cast.claire), make_contact("Ivo Bast", by=cast.sam)
    for person in (own, hidden):
        deal.involve(person, by=cast.sup)
    page = as_(cast.claire).get(deal.get_absolute_url()).content.decode()
    assert "Ivo Bast" in page and own.get_absolute_url() in page and hidden.get_absolute_url() not in page
