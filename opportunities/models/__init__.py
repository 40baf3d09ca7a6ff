from opportunities.models.access import OpportunityAccess, OpportunityGroupGrant, OpportunityUserGrant
from opportunities.models.assigning import Assignment
from opportunities.models.lines import Line
from opportunities.models.opportunity import Opportunity, OpportunityQuerySet
from opportunities.models.people import Involvement

from opportunities.models.bulk import Bulk, BulkLine  # isort: skip
from opportunities.models.following import Following
from opportunities.models.periods import OpportunityPeriod
from opportunities.models.saved_view import SavedView
from opportunities.models.status import Status
from opportunities.models.target import Target

__all__ = [
    "Assignment",
    "Bulk",
    "BulkLine",
    "Following",
    "Involvement",
    "Line",
    "Opportunity",
    "OpportunityAccess",
    "OpportunityGroupGrant",
    "OpportunityPeriod",
    "OpportunityQuerySet",
    "OpportunityUserGrant",
    "SavedView",
    "Status",
    "Target",
]
