"""From cells to a plan: what each row of a file would do, and then doing it (DATA-3, DATA-7).

The dry run and the run ask the same planner; the run asks it again for each chunk, inside the transaction that writes.
"""

from transfers.planning.accounts import AccountPlanner
from transfers.planning.contacts import ContactPlanner
from transfers.planning.lines import LinePlanner
from transfers.planning.opportunities import OpportunityPlanner
from transfers.planning.planned import Outcome, Planned, Problem
from transfers.planning.planner import Planner
from transfers.planning.settings import Settings

PLANNERS: dict[str, type[Planner]] = {
    "opportunity": OpportunityPlanner,
    "account": AccountPlanner,
    "contact": ContactPlanner,
    "line": LinePlanner,
}

__all__ = ["PLANNERS", "Outcome", "Planned", "Planner", "Problem", "Settings"]
