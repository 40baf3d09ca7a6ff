"""GIVE-5: who may do what on a record, through what, since when; and why somebody may not."""

import re

import pytest
from django.contrib.auth.models import Group

from records import gate
from tests.make import make_account, make_contact, make_opportunity
from users.access import Access
from users.models import User


@pytest.fixture
def shared(cast):
    """Sam's, assigned to Tom, shared with Eve to see and with a group of Bo's to edit."""
    group = Group.objects.create(name="Key accounts")
    cast.bo.groups.add(group)
    opportunity = make_opportunity(by=cast.sam, assignees=[cast.tom])
    opportunity.share(to=cast.eve, by=cast.sam)
    opportunity.share(to=group, edit=True, by=cast.ada)
    return type(opportunity).objects.get()


def page(as_, person, record, query=""):
    return as_(person).get(f"{record.get_absolute_url()}access/{query}")


def texts(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("make", [make_opportunity, make_account, make_contact])
def test_give_5_the_page_counts_and_names_just_those_whom_the_gate_lets(cast, as_, make):
    record = make(by=cast.sam)
    record.share(to=cast.claire, edit=True, by=cast.sam)
    access = Access(type(record).objects.get())
    for verb in access.verbs:
        may = {person for person in User.objects.active() if gate.may(person, verb, record)}
        assert {person for line in access.lines(verb) for person in line.people} == may
        assert {code: n for code, _name, n in access.counts()}[verb] == len(may)
    assert page(as_, cast.sam, record).status_code == 200


def test_give_5_each_is_told_through_what_by_whom_and_since_when(cast, as_, shared):
    told = texts(page(as_, cast.sam, shared))
    assert "Sam Okafor Owner" in told
    assert re.search(r"Tom Baker West .*? Assigned by Sam Okafor, since", told)
    assert re.search(r"Eve Martin Associate .*? Share, to see by Sam Okafor, since", told)
    assert re.search(r"Bo Costa .*? Share, to edit with the group Key accounts by Ada Kermarec, since", told)
    assert "Sees all by the profile Administrator" in told
    assert "Hidden everywhere, in lists, totals, search and exports, from: Claire Dubois, Mia Ferhat" in told


def test_give_5_whoever_may_share_asks_why_a_colleague_cannot(cast, as_, shared):
    shared.share(to=cast.claire, by=cast.sam)
    shared.withdraw(from_=cast.claire, by=cast.ada)
    told = texts(page(as_, cast.sam, shared, f"?who={cast.claire.pk}"))
    assert "Why Claire Dubois may not see this record" in told and "No: none of the six ways leads there." in told
    assert "Owner no, that is Sam Okafor" in told and "Assigned no, that is Tom Baker" in told
    assert "they are in the team West, the record is of East" in told
    assert re.search(r"a share was withdrawn on .*? by Ada Kermarec", told)
    assert "they are in no group" in told and "Representative: see, team" in told
    assert "To change their profile or their team: Ada Kermarec" in told
    told = texts(page(as_, cast.sam, shared, f"?who={cast.eve.pk}&verb=change"))
    assert "shared, but only to see" in told


def test_give_5_who_may_not_share_sees_who_has_access_but_asks_nothing(cast, as_, shared):
    told = texts(page(as_, cast.eve, shared, f"?who={cast.claire.pk}"))
    assert "Why Claire" not in told and "Ask your administrator: Ada Kermarec" in told
    assert page(as_, cast.claire, shared).status_code == 404


def test_give_5_the_answer_leads_to_the_dialog_with_the_person_put_in(cast, as_, shared):
    answer = as_(cast.sam).get(f"{shared.get_absolute_url()}share/?to=user:{cast.claire.pk}")
    assert "Withdraw from Claire Dubois" in answer.content.decode() and "on saving" in answer.content.decode()


def test_give_5_the_page_asks_as_much_for_few_people_as_for_many(cast, as_, shared, django_assert_max_num_queries):
    from tests.make import make_person

    for number in range(30):
        make_person(f"P{number} Extra", "representative", team=cast.sam.team)
    browser = as_(cast.sam)
    with django_assert_max_num_queries(24):
        browser.get(f"{shared.get_absolute_url()}access/")
