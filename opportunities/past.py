"""The list and its totals as they were at the end of a day (LOG-3), read from the periods.

What was then: pipeline, stage, status, probability, amount, due date, owner. What is today's: names, account, contact,
tags, and who may see it; what was deleted since is left out.
"""

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Sum, When
from django.http import QueryDict
from django.utils import timezone

from core.keyset import PAGE, Key
from opportunities.filters import Due, OpportunityFilter, stages_and_statuses
from opportunities.listing import Listed, Total, rows_of
from opportunities.models import Opportunity, OpportunityPeriod, Status
from opportunities.models.ordering import CLOSED_HALF
from pipelines.models import rate_on
from records import gate
from users.models import User

BOUNDS = {"amount_min": "amount__gte", "amount_max": "amount__lte", "due_from": "due_on__gte", "due_to": "due_on__lte"}
LITTLE = 2_000  # opportunities, or changes since, that are looked up one by one sooner than the list is read through
OF_THEN = ("status", "stage", "pipeline", "probability", "owner", "team", "incomplete", "due", *BOUNDS)


class PastList:
    """The opportunities that a person sees today and that were there on a day, in the order of LIST-1 of then."""

    def __init__(self, user: User, day: dt.date, query: QueryDict) -> None:
        self.user, self.day = user, day
        self.filters = OpportunityFilter(query, queryset=Opportunity.objects.none())
        todays = query.copy()
        for name in OF_THEN:
            todays.pop(name, None)
        narrowed = OpportunityFilter(todays, queryset=Opportunity.objects.none()).conditions()
        end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
        began = OpportunityPeriod.objects.filter(self._of_then(), self._seen(narrowed), valid_from__lt=end).order_by()
        self.present = began.filter(valid_to=None)
        self.over = began.filter(valid_to__gte=end)
        self.over_since = OpportunityPeriod.objects.filter(valid_to__gte=end).order_by()
        self.periods = began.filter(Q(valid_to=None) | Q(valid_to__gte=end))

    def page(self, after: Key | None = None, size: int = PAGE) -> tuple[list[Listed], bool]:
        """Those that are so still and those that were changed since, each read in order and laid into one another."""
        rows = [row for found in (self.present, self._over_soon()) for row in self._rows(found, after, size + 1)]
        rows.sort(key=lambda row: (row[1], row[0]))
        return self._listed(rows[:size]), len(rows) > size

    def _over_soon(self) -> Any:
        """What changed since: found by its end where that is little, else in the order of the list."""
        ids = list(self.over_since.values_list("pk", flat=True)[: LITTLE + 1])
        return self.over if len(ids) > LITTLE else self.over.filter(pk__in=ids)

    def _rows(self, found: Any, after: Key | None, most: int) -> list[Any]:
        if after is not None:
            found = found.filter(Q(list_key__gt=after.sort) | Q(list_key=after.sort, opportunity__gt=after.pk))
        names = (
            "opportunity_id",
            "list_key",
            "status",
            "stage_id",
            "probability",
            "amount",
            "currency",
            "due_on",
            "owner_id",
        )
        return list(found.order_by("list_key", "opportunity_id").values_list(*names)[:most])

    def totals(self, last: Key | None = None) -> list[Total]:
        """Count, amount and weighted amount of each half and currency, and how many rows follow the ``last`` key."""
        last = last or Key(0, 0)
        beyond = Q(list_key__gt=last.sort) | Q(list_key=last.sort, opportunity__gt=last.pk)
        units = ExpressionWrapper(F("amount") * 1, output_field=BigIntegerField())
        weighted = ExpressionWrapper(F("amount") * F("probability"), output_field=BigIntegerField())
        incomplete = Q(amount=None) | Q(due_on=None)
        rows = (
            self.periods.annotate(closed=Case(When(list_key__gte=CLOSED_HALF, then=1), default=0))
            .values_list("closed", "currency")
            .annotate(
                n=Count("pk"),
                sum=Sum(units),
                weighted=Sum(weighted),
                lacking=Count("pk", filter=incomplete),
                beyond=Count("pk", filter=beyond),
            )
            .order_by("closed", "currency")
        )
        return [
            Total(
                is_open=not closed,
                currency=currency,
                rate=rate_on(currency, self.day),
                count=n,
                amount=int(amount or 0),
                weighted=int(heavy or 0) // 100,
                incomplete=lacking,
                remaining=rest,
            )
            for closed, currency, n, amount, heavy, lacking, rest in rows
        ]

    def _of_then(self) -> Q:
        """The filters on what the periods keep; one that cannot be read matches nothing, and the page says so."""
        if not self.filters.form.is_valid():
            return Q(pk__in=[])
        given, condition = self.filters.form.cleaned_data, Q()
        for name in ("status", "pipeline", "owner", "probability"):
            if given[name]:
                condition &= Q(**{f"{name}__in": given[name]})
        if given["stage"]:
            stages, closed = stages_and_statuses(given["stage"])
            condition &= Q(stage__in=stages) | Q(status__in=closed)
        if given["due"]:
            due = Q(due_on__lt=self.day, status=Status.OPEN) if "overdue" in given["due"] else Q(pk__in=[])
            condition &= due | Due.plain([code for code in given["due"] if code != "overdue"])
        if given["team"]:
            condition &= Q(owner__team__in=given["team"])
        for name, lookup in BOUNDS.items():
            if given[name] is not None:
                condition &= Q(**{lookup: given[name]})
        if given["incomplete"] is not None:
            lacks = Q(amount=None) | Q(due_on=None)
            condition &= lacks if given["incomplete"] else ~lacks
        return condition

    def _seen(self, narrowed: Q) -> Q:
        """Of what the person sees today: asked row by row in the order of the list, until a page is full; where it is
        little, read first."""
        ids = gate.visible_ids(Opportunity, self.user, LITTLE)
        found = Opportunity.objects.filter(narrowed).order_by()
        if ids is not None:
            return Q(opportunity__in=list(found.live().filter(pk__in=ids).values_list("pk", flat=True)))
        return Q(Exists(found.visible_to(self.user, few=True).filter(pk=OuterRef("opportunity"))))

    def _listed(self, rows: list[Any]) -> list[Listed]:
        today = {one.pk: one for one in rows_of([row[0] for row in rows], self.user)}
        people = {person.pk: person for person in User.objects.filter(pk__in={row[8] for row in rows} - {None})}
        found = []
        for pk, key, status, stage, probability, amount, currency, due_on, owner in rows:
            person = people.get(owner)
            found.append(
                dataclasses.replace(
                    today[pk],
                    list_key=key,
                    status=status,
                    stage_id=stage,
                    probability=probability,
                    by_hand=False,
                    amount=None if amount is None else int(amount * 1000),
                    currency=currency,
                    due_on=due_on,
                    opened_on=self.day,
                    last_exchange_on=None,
                    is_incomplete=amount is None or due_on is None,
                    next_on=None,
                    next_label="",
                    next_icon="",
                    owner_id=owner,
                    owner_first=person.first_name if person else None,
                    owner_last=person.last_name if person else None,
                )
            )
        return found
