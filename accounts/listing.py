"""A page of accounts or contacts in name order, at the same cost however many there are and however deep.

Whoever sees few has them looked up by id and sorted. Whoever sees many reads the index of names, asking for each
record whether it is theirs to see: one in hundreds is, so the page is soon full.
"""

from collections.abc import Callable
from typing import Any

from django.db import models

from accounts.models import Account, Contact
from core.keyset import PAGE, TextKey
from records import gate
from records.models import OwnedQuerySet
from users.models import User

FEW = 1_000


def seen(model: type[Account | Contact], user: User) -> OwnedQuerySet:
    """Those that this person sees, for a query that reads them in the order of an index, or only some."""
    ids = gate.visible_ids(model, user, FEW)
    if ids is not None:
        return model.objects.live().filter(pk__in=ids)
    return model.objects.visible_to(user, few=True)


class NameOrder:
    """The accounts or the contacts that a person sees, narrowed by a condition."""

    def __init__(self, model: type[Account | Contact], user: User, condition: models.Q | None = None) -> None:
        self.model, self.user = model, user
        self.condition = condition or models.Q()

    def page(
        self, after: TextKey | None, read: Callable[[OwnedQuerySet], models.QuerySet[Any]]
    ) -> tuple[list[Any], bool]:
        """The rows after a key as ``read`` has them, and whether more follow."""
        found = seen(self.model, self.user).filter(self.condition)
        if after is not None:
            found = found.filter(name_key__gte=after.sort).exclude(name_key=after.sort, pk__lte=after.pk)
        rows = list(read(found.order_by("name_key", "pk"))[: PAGE + 1])
        return rows[:PAGE], len(rows) > PAGE
