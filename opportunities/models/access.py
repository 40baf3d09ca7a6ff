"""Who sees which opportunity: the grants, and the index that the list is read from."""

from django.db import models

from opportunities.models.opportunity import Opportunity
from records.models import Access, GroupGrant, UserGrant


class OpportunityAccess(Access):
    """Rows in the list's own order: a page is a range of the primary key."""

    carried = ("list_key",)

    pk = models.CompositePrimaryKey("principal", "list_key", "record")
    list_key = models.IntegerField()
    record = models.ForeignKey(Opportunity, models.CASCADE, related_name="+")


class OpportunityUserGrant(UserGrant):
    content_object = models.ForeignKey(Opportunity, models.CASCADE, related_name="user_grants")


class OpportunityGroupGrant(GroupGrant):
    content_object = models.ForeignKey(Opportunity, models.CASCADE, related_name="group_grants")


Opportunity.access = OpportunityAccess
