"""Moving an activity to another opportunity, or showing it there as well (ACT-2)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.apps import apps
from django.db import models

from activities.models import last_exchange
from core import sql
from records import journal
from records.journal import operation


class Linkable(models.Model):
    account: Any
    contact: Any

    class Meta:
        abstract = True

    def move_to(self: Any, opportunity: Any, *, by: Any, door: str = "form") -> None:
        """On this opportunity, and no more where it was."""
        with operation(by=by, door=door, what="activity.move"):
            self.opportunity, self.account, self.contact = opportunity, None, None
            self.save()

    def link_to(self: Any, opportunity: Any, *, by: Any, door: str = "form") -> None:
        """Shown on this opportunity as well. Harmless twice."""
        with operation(by=by, door=door, what="activity.link"):
            self.link_rows({self.pk: {*self.linked_ids(), opportunity.pk} - {self.opportunity_id}})

    def unlink_from(self: Any, opportunity: Any, *, by: Any, door: str = "form") -> None:
        with operation(by=by, door=door, what="activity.unlink"):
            self.link_rows({self.pk: self.linked_ids() - {opportunity.pk}})

    def linked_ids(self: Any) -> set[int]:
        return set(self.links.values_list("opportunity_id", flat=True))

    @classmethod
    def link_rows(cls: Any, wanted: Mapping[int, Collection[int]]) -> None:
        """Inside an operation: have each of these activities shown on exactly these other opportunities."""
        link: Any = apps.get_model("activities", "ActivityLink")
        before: dict[int, set[int]] = {pk: set() for pk in wanted}
        for pk, opportunity in link.objects.filter(activity__in=wanted).values_list("activity_id", "opportunity_id"):
            before[pk].add(opportunity)
        versions = dict(cls.objects.filter(pk__in=wanted).values_list("pk", "version"))
        changed = [pk for pk in versions if before[pk] != set(wanted[pk])]
        for pk in changed:
            link.objects.filter(activity=pk, opportunity__in=before[pk] - set(wanted[pk])).delete()
        new = [(pk, other) for pk in changed for other in sorted(set(wanted[pk]) - before[pk])]
        sql.insert_rows(link, ("activity_id", "opportunity_id"), new)
        sql.update_rows(cls, ("version",), [(versions[pk] + 1, pk) for pk in changed])
        writing = journal.current()
        for pk in changed:
            writing.changed(cls, pk, versions[pk] + 1, {"linked": [sorted(before[pk]), sorted(wanted[pk])]})
            last_exchange.refresh([pk], before[pk])
