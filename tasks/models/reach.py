"""Who sees which task: whoever sees the record it is on; one on no record, its people and those who lead them."""

from typing import Any, Self

from django.db import models

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from records import gate
from records.models import OwnedRecord, RecordQuerySet

PARENTS: dict[str, type[OwnedRecord]] = {"opportunity": Opportunity, "account": Account, "contact": Contact}


class TaskQuerySet(RecordQuerySet):
    def live(self) -> Self:
        """Not removed."""
        return self.filter(removed_at=None)

    def open(self) -> Self:
        return self.filter(removed_at=None, done_at=None)

    def visible_to(self, user: Any) -> Self:
        """Those on a record that this person sees; of those on none, one's own and, by the reach of one's profile,
        those of one's teams or of all."""
        return self.live().filter(_alone(user) | _on_a_record(user))

    def allowing(self, user: Any) -> Self:
        """Those that this person may change: assigned to them, made by them, or on a record that they may change."""
        return self.visible_to(user).filter(changeable_by(user))


def changeable_by(user: Any) -> models.Q:
    """The condition of being assigned to this person, made by them, or on a record that they may change."""
    mine = models.Q(assignee=user.pk) | models.Q(made_by=user.pk)
    for name, model in PARENTS.items():
        mine |= gate.changes_related(user, model, name)
    return mine


def _alone(user: Any) -> models.Q:
    mine = models.Q(assignee=user.pk) | models.Q(made_by=user.pk)
    scope = user.scope(Opportunity.gate_key(), "view")
    if scope == gate.Scope.ALL:
        mine = models.Q()
    elif scope == gate.Scope.TEAM:
        mine |= models.Q(assignee__team__in=user.memberships.teams)
    return mine & models.Q(**dict.fromkeys(PARENTS))


def _on_a_record(user: Any) -> models.Q:
    seen = models.Q(pk__in=[])
    for name, model in PARENTS.items():
        seen |= gate.sees_related(user, model, name)
    return seen
