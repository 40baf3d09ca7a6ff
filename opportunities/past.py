"""The list and its totals as they were at the end of a day (LOG-3), read from the periods.

What was then: pipeline, stage, status, probability, amount, due date, owner. What is today's: names, account, contact,
tags, and who may see it; what was deleted since is left out.
"""

import dataclasses
import datetime as dt
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Case, Count, ExpressionWrapper, F, Func, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from core.keyset import PAGE, Key
from opportunities.filters import Due, OpportunityFilter, stages_and_statuses
from opportunities.listing import Listed, Total, rows_of
from opportunities.models import Opportunity, OpportunityPeriod, Status
from opportunities.models.ordering import CLOSED_HALF, DATELESS
from pipelines.models import rate_on
from users.models import User

BOUNDS = {"amount_min": "amount__gte", "amount_max": "amount__lte", "due_from": "due_on__gte", "due_to": "due_on__lte"}
OF_THEN = ("status", "stage", "pipeline", "probability", "owner", "team", "incomplete", "due", *BOUNDS)


class Ordinal(Func):
    """The number of a day, as Python counts them."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(julianday(%(expressions)s) - 1721424.5 AS INTEGER)")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="((%(expressions)s)::date - DATE '0001-01-01' + 1)")


class PastList:
    """The opportunities that a person sees today and that were there on a day, in the order of LIST-1 of then."""

    def __init__(self, user: User, day: dt.date, query: QueryDict) -> None:
        self.user, self.day = user, day
        self.filters = OpportunityFilter(query, queryset=Opportunity.objects.none())
        todays = query.copy()
        for name in OF_THEN:
            todays.pop(name, None)
        narrowed = OpportunityFilter(todays, queryset=Opportunity.objects.none()).conditions()
        seen = Opportunity.objects.visible_to(user).filter(narrowed).order_by().values("pk")
        end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
        there = OpportunityPeriod.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=end), self._of_then(), valid_from__lt=end, opportunity__in=seen
        )
        self.periods = there.annotate(key=self._key()).order_by()

    def page(self, after: Key | None = None, size: int = PAGE) -> tuple[list[Listed], bool]:
        found = self.periods
        if after is not None:
            found = found.filter(Q(key__gt=after.sort) | Q(key=after.sort, opportunity__gt=after.pk))
        names = (
            "opportunity_id",
            "key",
            "status",
            "stage_id",
            "probability",
            "amount",
            "currency",
            "due_on",
            "owner_id",
        )
        rows = list(found.order_by("key", "opportunity_id").values_list(*names)[: size + 1])
        return self._listed(rows[:size]), len(rows) > size

    def totals(self, last: Key | None = None) -> list[Total]:
        """Count, amount and weighted amount of each half and currency, and how many rows follow the ``last`` key."""
        last = last or Key(0, 0)
        beyond = Q(key__gt=last.sort) | Q(key=last.sort, opportunity__gt=last.pk)
        units = ExpressionWrapper(F("amount") * 1, output_field=BigIntegerField())
        weighted = ExpressionWrapper(F("amount") * F("probability"), output_field=BigIntegerField())
        incomplete = Q(amount=None) | Q(due_on=None)
        rows = (
            self.periods.annotate(closed=Case(When(key__gte=CLOSED_HALF, then=1), default=0))
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

    def _key(self) -> Any:
        """The place in the list of then; a closing day that is not known any more is the day the period began."""
        known = Case(When(opportunity__closed_on__lte=self.day, then=F("opportunity__closed_on")))
        closed = Coalesce(Ordinal(known), Ordinal(F("valid_from")))
        return Case(
            When(status=Status.OPEN, then=Coalesce(Ordinal(F("due_on")), Value(DATELESS))),
            default=Value(CLOSED_HALF + DATELESS) - closed,
            output_field=models.IntegerField(),
        )

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
