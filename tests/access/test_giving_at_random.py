"""GIVE-1..5, LIFE-3, LOG-2: whatever is given, taken, deleted and taken back in whatever order, the gate agrees with
the rule after every step, for everybody and every verb; and ``verify`` finds nothing."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from records import gate
from records.models import Operation
from tests.access.rule import Facts, allowed, visible
from tests.make import make_account, make_contact, make_opportunity
from users.models import Team, User

PEOPLE = st.sampled_from(("claire", "tom", "sam", "eve", "bo", "mia"))
MODELS = {"opportunity": Opportunity, "account": Account, "contact": Contact}
RECORDS = st.integers(0, 4)
GROUPS = st.integers(0, 1)


@dataclass
class Given(Facts):
    """``shares`` are those of people and groups, which the journal keeps as one value."""

    shares: dict = field(default_factory=dict)

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name == "shares":
            self.shared = {pk: level for (of, pk), level in value.items() if of is User}
            self.shared_groups = {pk: level for (of, pk), level in value.items() if of is Group}


@dataclass
class Act:
    """One operation on a record: what it changed, from what to what."""

    at: int
    name: str
    before: Any
    after: Any
    operation: Operation
    is_undone: bool = False


class Giving(RuleBasedStateMachine):
    """``facts`` are what the machine itself did; it never asks the product for them."""

    def __init__(self):
        super().__init__()
        self.open = transaction.atomic()
        self.open.__enter__()
        self.groups = [Group.objects.create(name=f"Group {number}") for number in range(2)]
        self.acts, self.deletions = [], 0
        everybody = self.people()
        self.facts = []
        for make, kind, owner in (
            (make_opportunity, "opportunity", "claire"), (make_opportunity, "opportunity", "sam"),
            (make_opportunity, "opportunity", "eve"), (make_account, "account", "tom"), (make_contact, "contact", "mia"),
        ):  # fmt: skip
            facts = Given(kind, everybody[owner])
            facts.record = make(by=everybody["ada"], owner=everybody[owner])
            self.facts.append(facts)
        self.assign(2, {"sam"})
        self.join_and_leave("eve", {0})
        self.join_and_leave("claire", {1})
        for at, level in ((1, "view"), (3, "change"), (4, "change")):
            self.give(at, self.groups[at % 2], level)
            self.give(at, self.people()["eve"], "view")

    def teardown(self):
        try:
            call_command("verify")
        finally:
            transaction.set_rollback(True)
            self.open.__exit__(None, None, None)

    def people(self):
        found = User.objects.select_related("profile", "team").exclude(first_name="")
        return {person.first_name.lower(): person for person in found}

    def record(self, at):
        facts = self.facts[at]
        return MODELS[facts.kind].objects.get(pk=facts.pk)

    def live(self, at):
        return not self.facts[at].trashed

    def act(self, at, name, after, do):
        """Do it, and remember it where it changed something."""
        facts = self.facts[at]
        before, last = getattr(facts, name), Operation.objects.order_by("-pk").first()
        do(self.record(at), self.people()["ada"])
        setattr(facts, name, after)
        done = Operation.objects.filter(pk__gt=last.pk).order_by("pk").first()
        assert (done is None) == (before == after), f"{name} from {before} to {after}: {done}"
        if done is not None:
            self.acts.append(Act(at, name, before, after, done))

    def deletion(self):
        """Each is told from the others: only the last one of a record is taken back."""
        self.deletions += 1
        return self.deletions

    # What people do

    @rule(at=RECORDS, who=PEOPLE, edit=st.booleans())
    def share(self, at, who, edit):
        self.give(at, self.people()[who], "change" if edit else "view")

    @rule(at=RECORDS, group=GROUPS, edit=st.booleans())
    def share_with_a_group(self, at, group, edit):
        self.give(at, self.groups[group], "change" if edit else "view")

    @rule(at=RECORDS, who=PEOPLE)
    def withdraw(self, at, who):
        self.give(at, self.people()[who], "")

    @rule(at=RECORDS, group=GROUPS)
    def withdraw_from_a_group(self, at, group):
        self.give(at, self.groups[group], "")

    def give(self, at, to, level):
        def do(record, by):
            if level:
                record.share(to=to, edit=level == "change", by=by)
            else:
                record.withdraw(from_=to, by=by)

        if self.live(at):
            key = (type(to), to.pk)
            after = {one: held for one, held in self.facts[at].shares.items() if one != key} | (
                {key: level} if level else {}
            )
            self.act(at, "shares", after, do)

    @rule(at=RECORDS, who=st.none() | PEOPLE)
    def reassign(self, at, who):
        def own(record, by):
            record.owner = owner
            record.edit(by=by)

        if self.live(at):
            owner = self.people()[who] if who else None
            self.act(at, "owner", owner, own)

    @rule(at=st.integers(0, 2), who=st.sets(PEOPLE, max_size=2))
    def assign(self, at, who):
        if self.live(at):
            after = {self.people()[name].pk for name in who}
            self.act(at, "assigned", after, lambda record, by: record.assign(sorted(after), by=by))

    @rule(at=RECORDS)
    def trash(self, at):
        if self.live(at):
            self.act(at, "trashed", self.deletion(), lambda record, by: record.trash(by=by))

    @rule(at=RECORDS)
    def restore(self, at):
        if not self.live(at):
            self.act(at, "trashed", False, lambda record, by: record.restore(by=self.people()["sup"]))

    @rule(who=PEOPLE, groups=st.sets(GROUPS))
    def join_and_leave(self, who, groups):
        people = self.people()
        people[who].set_groups([self.groups[at] for at in groups], by=people["sup"])

    @rule(who=PEOPLE, team=st.sampled_from([None, "West", "East"]))
    def change_team(self, who, team):
        people = self.people()
        people[who].edit(by=people["sup"], team=Team.objects.get(name=team) if team else None)

    @rule(who=PEOPLE)
    def deactivate_or_reactivate(self, who):
        people = self.people()
        people[who].edit(by=people["sup"], is_active=not people[who].is_active)

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def undo(self, data):
        """By a super administrator: what is as the act left it returns, what somebody changed since stays."""
        act = data.draw(st.sampled_from(self.acts))
        facts = self.facts[act.at]
        last = Operation.objects.order_by("-pk").first()
        Operation.objects.get(pk=act.operation.pk).undo(by=self.people()["sup"])
        done = Operation.objects.filter(pk__gt=last.pk).order_by("pk").first()
        if act.is_undone or not self.is_as_left(act):
            assert done is None, f"undid {act}"
            return
        assert done is not None, f"did not undo {act}"
        act.is_undone = True
        after = self.deletion() if act.name == "trashed" and act.before else act.before
        setattr(facts, act.name, after)
        self.acts.append(Act(act.at, act.name, act.after, after, done))

    def is_as_left(self, act):
        facts = self.facts[act.at]
        return getattr(facts, act.name) == act.after and (act.name == "trashed" or not facts.trashed)

    # What must hold

    @invariant()
    def the_gate_agrees_with_the_rule(self):
        people = self.people()
        for facts in self.facts:
            facts.owner = facts.owner and people[facts.owner.first_name.lower()]
        for kind, model in MODELS.items():
            mine = [facts for facts in self.facts if facts.kind == kind]
            for name, person in people.items():
                for verb in set(model.verbs) - {"create", "import"}:
                    found = set(model.objects.allowing(person, verb).values_list("pk", flat=True))
                    wanted = {facts.pk for facts in mine if allowed(person, verb, facts)}
                    assert found == wanted, f"{name} may {verb} {kind}s {found}, but it is {wanted}"
                in_index, seen = gate.visible_ids(model, person, 99), {one.pk for one in mine if visible(person, one)}
                assert in_index in (None, seen), f"{name} has {kind}s {in_index} in the index, but sees {seen}"
                for facts in mine:
                    record = model.objects.get(pk=facts.pk)
                    may = gate.verbs_on(person, record, ["change", "share", "delete"])
                    wanted = {verb for verb in ("view", "change", "share", "delete") if allowed(person, verb, facts)}
                    assert may == wanted, f"{name} may {may} {kind} {facts.pk}, but it is {wanted}"


@pytest.mark.django_db
@pytest.mark.parametrize(("examples", "steps"), [(4, 15), pytest.param(200, 50, marks=pytest.mark.soak)])
def test_give_2_the_gate_agrees_with_the_rule_after_every_step(db, examples, steps):
    run_state_machine_as_test(
        Giving,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
