"""What people do, each through its own door: a request, and where it takes one the job that it starts.

An act is a function of the world; it raises ``Nothing`` where there is nothing to do it to.
"""

from tests.undoing.acts import activities, bulk, giving, house, opportunities, parties, people, sheets, tasks, views

TAKEN_BACK = (opportunities, giving, bulk, parties, activities, tasks, views, house, sheets)


def _in(module):
    """Its public functions by name."""
    own = {name: act for name, act in vars(module).items() if getattr(act, "__module__", "") == module.__name__}
    return {name: act for name, act in own.items() if not name.startswith("_")}


ACTS = {name: act for module in TAKEN_BACK for name, act in _in(module).items()}
PEOPLE = _in(people)
