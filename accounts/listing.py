"""A page of accounts or contacts in name order, at the same cost however many there are and however deep.

Whoever sees few has them looked up by id and sorted. Whoever sees many reads the index of names, asking for each
record whether it is theirs to see: one in hundreds is, so the page is soon full.
"""

from collections.abc import Callable
from typing import Any

from django.db import models

from accounts.models import Account, Contact
from attributes.sorting import places_in
from core.keyset import PAGE, TextKey
from core.sorting import Place, Sort
from records import gate
from records.models import OwnedQuerySet
from users.models import User

FEW = 1_000
Read = Callable[[OwnedQuerySet], models.QuerySet[Any]]


def seen(model: type[Account | Contact], user: User) -> OwnedQuerySet:
    """Those that this person sees, for a query that reads them in the order of an index, or only some."""
    return among(model, user, gate.visible_ids(model, user, FEW))


def among(model: type[Account | Contact], user: User, ids: set[int] | None) -> OwnedQuerySet:
    """The same, where it is known already whether they are few, and which."""
    if ids is not None:
        return model.objects.live().filter(pk__in=ids)
    return model.objects.visible_to(user, few=True)


def with_company(contacts: OwnedQuerySet, user: User) -> OwnedQuerySet:
    """These contacts, each with its account read and ``sees_account``: whether its name is this person's to read, too
    (GIVE-4)."""
    company = Account.objects.filter(pk=models.OuterRef("account")).visible_to(user, few=True)
    return contacts.select_related("account").annotate(sees_account=models.Exists(company))


class NameOrder:
    """The accounts or the contacts that a person sees, narrowed by a condition."""

    def __init__(self, model: type[Account | Contact], user: User, condition: models.Q | None = None) -> None:
        self.model, self.user = model, user
        self.condition = condition or models.Q()

    def page(self, after: TextKey | None, read: Read) -> tuple[list[Any], TextKey | None]:
        """The rows after a key as ``read`` has them, id and name key first; the key from which more follow, if any."""
        found = seen(self.model, self.user).filter(self.condition)
        if after is not None:
            found = found.filter(name_key__gte=after.sort).exclude(name_key=after.sort, pk__lte=after.pk)
        rows = list(read(found.order_by("name_key", "pk"))[: PAGE + 1])
        return rows[:PAGE], TextKey(rows[PAGE - 1][1], rows[PAGE - 1][0]) if len(rows) > PAGE else None


class OtherOrder(NameOrder):
    """The same, in another order on demand (OPP-13, LIST-3)."""

    def __init__(self, model: type[Account | Contact], user: User, condition: models.Q | None, sort: Sort) -> None:
        super().__init__(model, user, condition)
        self.sort = sort

    def sorted_page(self, after: Place | None, read: Read) -> tuple[list[Any], Place | None]:
        """The rows after a place as ``read`` has them, the id first; the place from which more follow, if any."""
        ids = gate.visible_ids(self.model, self.user, FEW)
        rows = among(self.model, self.user, ids).filter(self.condition)
        places = places_in(rows, self.sort, few=ids is not None).page(after, PAGE + 1)
        shown = [place.pk for place in places[:PAGE]]
        by_id = {row[0]: row for row in read(self.model.objects.filter(pk__in=shown))}
        return [by_id[pk] for pk in shown if pk in by_id], places[PAGE - 1] if len(places) > PAGE else None
