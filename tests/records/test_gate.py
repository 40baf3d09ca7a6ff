"""GIVE-3, GIVE-4, GIVE-5: one gate decides, and each way of asking it gives the same answer."""

import itertools
import random

import pytest
from django.contrib.auth.models import Group
from django.http import Http404
from django.utils import timezone

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from records import gate
from records.journal import operation
from tests.make import make_account, make_contact, make_opportunity
from users.models import User

KINDS = [Account, Contact, Opportunity]


@pytest.fixture
def group(cast):
    group = Group.objects.create(name="Key accounts")
    cast.eve.groups.add(group)
    return group


def records_of_all_sorts(cast, group):
    """Records of each kind with every owner, shared with people and with a group, to see and to edit."""
    dice = random.Random(7)
    owners = [cast.claire, cast.sam, cast.mia, cast.eve, cast.ada, None]
    made = []
    for make in (make_account, make_contact, make_opportunity):
        for number, owner in enumerate(owners * 3):
            record = make(f"Record {number}", by=cast.sup, owner=owner)
            if number >= len(owners):
                to = dice.choice([cast.claire, cast.eve, cast.sam, group])
                record.share(to=to, edit=dice.random() < 0.5, by=cast.sup)
            if make is make_opportunity and number >= 2 * len(owners):
                record.assign([dice.choice([cast.tom, cast.eve]).pk], by=cast.sup)
            made.append(type(record).objects.get(pk=record.pk))
    return made


def test_give_4_every_way_of_asking_gives_the_same_answer(cast, group):
    made = records_of_all_sorts(cast, group)
    answers = set()
    for person in User.objects.select_related("profile", "team"):
        for model in KINDS:
            mine = [record for record in made if type(record) is model]
            for verb in model.verbs:
                allowed = set(model.objects.allowing(person, verb).values_list("pk", flat=True))
                for record in mine:
                    expected = record.pk in allowed
                    explained = any(reason.held for reason in gate.explain(person, verb, record))
                    asked = (gate.may(person, verb, record), verb in gate.verbs_on(person, record), explained)
                    assert asked == (expected,) * 3, (person, verb, record, record.owner)
                    answers.add((verb, expected))
    assert answers >= set(itertools.product(("view", "change", "share", "delete"), (True, False)))


def test_give_4_the_index_is_the_truth_after_everything_that_moves_it(cast, group):
    made = records_of_all_sorts(cast, group)
    team = cast.sam.team
    cast.claire.edit(by=cast.sup, team=team)
    made[1].owner = cast.tom
    made[1].edit(by=cast.ada)
    shared = next(record for record in made if record.shares())
    for key in shared.shares():
        kind, _, pk = key.partition(":")
        to = User.objects.get(pk=pk) if kind == "user" else Group.objects.get(pk=pk)
        shared.withdraw(from_=to, by=cast.sup)
    for model in KINDS:
        assert model.access.differences() == (0, 0)


def test_give_4_ones_own_are_those_among_them_that_one_sees(cast, group):
    records_of_all_sorts(cast, group)
    seen = set()
    for person, sees in itertools.product(
        User.objects.select_related("profile", "team"), ("by profile", "by share", "")
    ):
        person.is_active = bool(sees)
        if sees == "by share":
            person.profile.rights = {}
        for model in KINDS:
            mine = set(model.objects.own_of(person).values_list("pk", flat=True))
            assert mine == set(model.objects.visible_to(person).filter(owner=person).values_list("pk", flat=True))
            seen.add((sees, bool(mine)))
    assert seen >= {("by profile", True), ("by share", True), ("by share", False), ("", False)}


def test_give_4_a_share_ends_with_its_withdrawal(cast):
    account = make_account(by=cast.sam)
    assert not gate.may(cast.claire, "view", account)
    account.share(to=cast.claire, by=cast.sam)
    assert gate.verbs_on(cast.claire, account) == {"view"}
    account.share(to=cast.claire, edit=True, by=cast.sam)
    assert gate.verbs_on(cast.claire, account) == {"view", "change", "delete"}
    account.withdraw(from_=cast.claire, by=cast.sam)
    assert gate.verbs_on(cast.claire, account) == set()


def test_give_3_who_is_deactivated_may_nothing(cast):
    account = make_account(by=cast.claire)
    cast.claire.is_active = False
    assert gate.verbs_on(cast.claire, account) == set()
    assert not Account.objects.visible_to(cast.claire).exists()


def test_give_4_what_lies_in_the_trash_is_seen_by_nobody(cast):
    account = make_account(by=cast.claire)
    with operation(by=cast.ada, door="form", what="account.delete"):
        account.trashed_at = timezone.now()
        account.save()
    for person in User.objects.select_related("profile"):
        assert gate.verbs_on(person, account) == set()
        assert not Account.objects.visible_to(person).exists()
        assert not any(reason.held for reason in gate.explain(person, "view", account))


def test_give_3_a_verb_nobody_declared_is_an_error(cast):
    with pytest.raises(gate.UnknownVerb):
        Account.objects.allowing(cast.sup, "close")
    with pytest.raises(gate.UnknownVerb):
        gate.may(cast.sup, "fly", make_account(by=cast.sup))


def test_give_3_a_refusal_says_which_right_and_whom_to_ask(cast):
    account = make_account(by=cast.sam)
    account.share(to=cast.claire, by=cast.sam)
    with pytest.raises(gate.Refused, match="It belongs to Sam Okafor, who can share it with you"):
        gate.require(cast.claire, "change", account)
    with pytest.raises(gate.Refused, match="Your profile does not let you import accounts"):
        gate.require_kind(cast.claire, "import", Account)


def test_give_3_a_refusal_names_the_owner_only_where_a_share_would_help(cast):
    deal = make_opportunity(by=cast.sam)
    deal.share(to=cast.mia, edit=True, by=cast.sam)
    with pytest.raises(gate.Refused, match="It belongs to Sam Okafor, and your profile does not reach that far"):
        gate.require(cast.mia, "reassign", deal)
    hers = make_account("Hers", by=cast.eve)
    hers.share(to=cast.claire, by=cast.ada)
    with pytest.raises(gate.Refused, match="An administrator can help"):
        gate.require(cast.claire, "change", hers)


def test_give_5_explain_names_owner_team_share_and_group(cast, group):
    opportunity = make_opportunity(by=cast.sam, assignees=[cast.tom])
    opportunity.share(to=group, edit=True, by=cast.sam)
    opportunity = Opportunity.objects.get()

    def ways(person, verb):
        return {reason.way: reason.text for reason in gate.explain(person, verb, opportunity) if reason.held}

    assert ways(cast.sam, "view").keys() == {"owner", "team"}
    assert ways(cast.tom, "change").keys() == {"assigned"}
    assert ways(cast.eve, "change").keys() == {"group"}
    assert ways(cast.ada, "delete").keys() == {"profile"}
    assert ways(cast.claire, "view") == {}


def test_give_4_a_record_read_by_its_number_is_seen_or_absent_as_by_any_other_way(cast, group):
    made = records_of_all_sorts(cast, group)
    away = make_account(by=cast.claire)
    with operation(by=cast.ada, door="form", what="account.delete"):
        away.trashed_at = timezone.now()
        away.save()
    answers = set()
    for person in User.objects.select_related("profile", "team"):
        for record in [*made, away]:
            model = type(record)
            read = list(model.objects.filter(pk=record.pk).select_related("owner"))
            try:
                found = gate.seen_or_404(person, read)
            except Http404:
                found = None
            assert (found is not None) == model.objects.visible_to(person).filter(pk=record.pk).exists()
            if found is not None:
                asked = [gate.verbs_on(person, found), gate.verbs_on(person, found)]
                assert asked == [gate.verbs_on(person, record)] * 2
            answers.add(found is not None)
    assert answers == {True, False}
    with pytest.raises(Http404):
        gate.seen_or_404(cast.sup, [])
    read = list(Account.objects.filter(pk=made[0].pk))
    gate.seen_or_404(cast.claire, read)
    assert gate.verbs_on(cast.eve, read[0]) == gate.verbs_on(cast.eve, made[0])
