"""LOG-2: operations of every door, random changes in between; what was untouched since returns exactly, the rest is
named; undoing twice is harmless; undoing the undo restores; ``verify`` finds nothing after all that.

Every day a few, in ``make soak`` each act, with several seeds.
"""

import pytest

from tests.undoing.acts import ACTS, PEOPLE
from tests.undoing.history import History, rolled_back
from tests.undoing.snapshot import Snapshot

pytestmark = pytest.mark.django_db
EVERY = sorted(ACTS)
SOAKED = [(act, seed) for seed in (1, 2, 3) for act in EVERY]


@pytest.mark.parametrize("act", EVERY[::7])
def test_log_2_what_nobody_touched_since_returns_exactly(world, act):
    play(world, act)


@pytest.mark.parametrize("act", EVERY[3::11])
def test_log_2_what_others_changed_meanwhile_is_kept_and_named(world, act):
    play(world, act, others=2)


@pytest.mark.soak
@pytest.mark.parametrize(("act", "seed"), [(act, 1) for act in EVERY])
def test_log_2_of_every_act_what_nobody_touched_since_returns_exactly(world, act, seed):
    play(world, act, seed)


@pytest.mark.soak
@pytest.mark.parametrize(("act", "seed"), SOAKED)
def test_log_2_of_every_act_what_others_changed_meanwhile_is_kept_and_named(world, act, seed):
    play(world, act, seed, others=seed + 1)


@pytest.mark.parametrize("act", sorted(PEOPLE))
def test_log_2_what_is_said_of_people_and_rights_is_not_taken_back_and_says_so(world, act):
    with rolled_back():
        history = History(world, 1, act)
        history.done = history.do()
        before = Snapshot.take()
        world.be("sup")
        for operation in history.done:
            question = world.browser.get(f"/journal/{operation.pk}/undo/").content.decode()
            assert "Nothing of it would return." in question
            answer = world.send(f"/journal/{operation.pk}/undo/")
            assert "Nothing could be taken back." in world.browser.get(answer["location"], follow=True).content.decode()
        assert Snapshot.take() == before


def play(world, act, seed=0, others=0):
    with rolled_back():
        History(world, seed, act, others).play()
