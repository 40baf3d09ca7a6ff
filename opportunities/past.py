"""The list and its totals as they were at the end of a day (LOG-3), read from the periods.

What was then: pipeline, stage, status, probability, amount, due date, owner. What is today's: names, account, contact,
tags, and who may see it; what was deleted since is left out.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Sum
from django.db.models.lookups import In
from django.forms import Form
from django.http import QueryDict
from django.utils import timezone

from core import sql
from core.keyset import PAGE, Key
from opportunities.filters import Due, OpportunityFilter, narrowing, stages_and_statuses
from opportunities.listing import PIECE, Listed, Total, rows_of, whole
from opportunities.models import Opportunity, OpportunityAccess, OpportunityPeriod, Status
from pipelines.models import rate_on
from records import gate
from users.models import User

BOUNDS = {"amount_min": "amount__gte", "amount_max": "amount__lte", "due_from": "due_on__gte", "due_to": "due_on__lte"}
LITTLE = 2_000  # opportunities that are looked up one by one sooner than the list is read through
PAGES = 5, 100  # of what changed since, among which the first that one sees are looked for
MUCH = 50_000  # changes since: of more, the list is read through
OF_ROW = ("opportunity_id", "list_key", "status", "stage_id", "probability", "amount", "currency", "due_on", "owner_id")
OF_THEN = ("status", "stage", "pipeline", "probability", "owner", "team", "incomplete", "due", *BOUNDS)


class PastList:
    """The opportunities that a person sees today and that were there on a day, in the order of LIST-1 of then."""

    def __init__(self, user: User, day: dt.date, query: QueryDict) -> None:
        self.user, self.day = user, day
        self.filters = OpportunityFilter(query, queryset=Opportunity.objects.none()) if narrowing(query) else None
        todays = query.copy()
        for name in OF_THEN:
            todays.pop(name, None)
        narrowed = Q()
        if narrowing(todays):
            narrowed = OpportunityFilter(todays, queryset=Opportunity.objects.none()).conditions()
        end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
        of_then = self._of_then(self.filters.form) if self.filters else Q()
        self.seen = _Seen(user, narrowed)
        began = OpportunityPeriod.objects.filter(of_then, valid_from__lt=end).order_by()
        self.present = began.filter(valid_to=None)
        self.over = began.filter(valid_to__gte=end)
        self.over_since = OpportunityPeriod.objects.filter(valid_to__gte=end).order_by()

    def page(self, after: Key | None = None, size: int = PAGE) -> tuple[list[Listed], bool]:
        """Those that are so still and those that were changed since, each read in order and laid into one another."""
        present, over = _beyond(self.present, after), _beyond(self.over, after)
        rows = _rows(present.filter(self.seen.one_by_one(is_over=False)), size + 1) + self._over(over, size + 1)
        rows.sort(key=lambda row: (row[1], row[0]))
        return self._listed(rows[:size]), len(rows) > size

    def _over(self, over: Any, most: int) -> list[Any]:
        """What changed since: where that is not too much, all of it is sorted by its index alone, and whether one sees
        it is asked of the first; else it is read in the order of the list."""
        seen = self.seen.one_by_one(is_over=True)
        if self.seen.ids is not None or self.over_since[MUCH : MUCH + 1].exists():
            return _rows(over.filter(seen), most)
        for many in (most * pages for pages in PAGES):
            first = list(over.order_by(sql.Unindexed("list_key"), "opportunity_id").values_list("pk", flat=True)[:many])
            rows = _rows(over.filter(seen, pk__in=sql.among(first)), most) if first else []
            if len(rows) == most or len(first) < many:
                return rows
        return _rows(over.filter(seen), most)

    def totals(self, last: Key | None = None) -> list[Total]:
        """Count, amount and weighted amount of each half and currency, and how many rows follow the ``last`` key."""
        last = last or Key(0, 0)
        found: dict[tuple[bool, str], Total] = {}
        weighted: dict[tuple[bool, str], int] = defaultdict(int)
        present = self.present.filter(self.seen.all_present())
        over = self.over.filter(self.seen.one_by_one(is_over=True))
        for periods in (present, over):
            for row in _added_up(periods, last):
                status, currency, probability, count, high, low, lacking, beyond = row
                key = status != Status.OPEN, currency
                if key not in found:
                    found[key] = Total(not key[0], currency, rate_on(currency, self.day), 0, 0, 0, 0, 0)
                total, amount = found[key], whole(high, low)
                total.count += count
                total.amount += amount
                total.incomplete += lacking
                total.remaining += beyond
                weighted[key] += amount * probability
        for key, total in found.items():
            total.weighted = weighted[key] // 100
        return [found[key] for key in sorted(found)]

    def _of_then(self, form: Form) -> Q:
        """The filters on what the periods keep; one that cannot be read matches nothing, and the page says so."""
        if not form.is_valid():
            return Q(pk__in=[])
        given, condition = form.cleaned_data, Q()
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


class _Seen:
    """Which periods are of opportunities that the person sees today, narrowed by what is asked of today.

    Present periods are of live opportunities alone; those that are over may be of one in the trash.
    """

    def __init__(self, user: User, narrowed: Q) -> None:
        self.principals = gate.principals(user, Opportunity.gate_key())
        self.narrowed = narrowed
        self.ids: list[int] | None = None
        ids = gate.visible_ids(Opportunity, user, LITTLE)
        if ids is not None:
            found = Opportunity.objects.live().filter(narrowed, pk__in=ids).order_by()
            self.ids = list(found.values_list("pk", flat=True))

    def one_by_one(self, *, is_over: bool) -> Q:
        """Asked of each period by itself, until a page is full."""
        if self.ids is not None or self.principals is None:
            return self._of_all(is_over)
        ways = OpportunityAccess.seen_by(self.principals).filter(record=OuterRef("opportunity"))
        if not is_over:  # it stands in the access index at the same place
            ways = ways.filter(list_key=OuterRef("list_key"))
        return self._asked() & Q(Exists(ways))

    def all_present(self) -> Q:
        """Asked of so many that all one sees is read first."""
        if self.ids is not None or self.principals is None:
            return self._of_all(is_over=False)
        seen = OpportunityAccess.seen_by(self.principals).values("record_id")
        return self._asked() & Q(In(sql.Unindexed("opportunity"), seen))

    def _of_all(self, is_over: bool) -> Q:
        if self.ids is not None:
            return Q(opportunity__in=self.ids)
        trashed = Opportunity.objects.exclude(trashed_at=None).order_by().values("pk")
        return self._asked() & (~Q(opportunity__in=trashed) if is_over else Q())

    def _asked(self) -> Q:
        if not self.narrowed:
            return Q()
        return Q(Exists(Opportunity.objects.filter(self.narrowed, pk=OuterRef("opportunity"))))


def _beyond(periods: Any, after: Key | None) -> Any:
    if after is None:
        return periods
    return periods.filter(Q(list_key__gt=after.sort) | Q(list_key=after.sort, opportunity__gt=after.pk))


def _rows(periods: Any, most: int) -> list[Any]:
    return list(periods.order_by("list_key", "opportunity_id").values_list(*OF_ROW)[:most])


def _added_up(periods: Any, last: Key) -> Any:
    """Rows of status, currency, probability, count, amounts in two pieces, how many lack something, how many follow."""
    amount = ExpressionWrapper(F("amount") * 1, output_field=BigIntegerField())
    following = Q(list_key__gt=last.sort) | Q(list_key=last.sort, opportunity__gt=last.pk)
    return (
        periods.values_list("status", "currency", "probability")
        .annotate(
            n=Count("*"),
            high=Sum(amount / PIECE),
            low=Sum(amount % PIECE),
            lacking=Count("pk", filter=Q(amount=None) | Q(due_on=None)),
            following=Count("pk", filter=following),
        )
        .order_by()
    )
