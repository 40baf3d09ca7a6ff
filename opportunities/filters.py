"""The filters of the list, board and export: repeated GET names that combine (LIST-2)."""

from collections.abc import Iterable

import django_filters
from django.db import models
from django.utils.translation import gettext_lazy as _

from attributes.custom_filters import AttributeFilters, custom_names
from attributes.filters import TagFilters, tag_condition
from core.filters import IdsFilter
from core.forms import AmountField, DateField
from opportunities.models import Assignment, Opportunity, OpportunityQuerySet, Status
from opportunities.models.ordering import CLOSED_HALF
from records import search
from users.models import User


class AmountFilter(django_filters.Filter):
    field_class = AmountField


class DateFilter(django_filters.Filter):
    field_class = DateField


class OpportunityFilter(AttributeFilters, TagFilters):
    """What a list is narrowed by. ``conditions`` is all of it as one ``Q``, for whichever query reads the list."""

    id = IdsFilter(label=_("ID"))
    status = django_filters.MultipleChoiceFilter(choices=Status, label=_("Status"))
    stage = IdsFilter(label=_("Stage"))
    pipeline = IdsFilter(label=_("Pipeline"))
    owner = IdsFilter(label=_("Owner"))
    assignee = IdsFilter(label=_("Assigned to"))
    team = IdsFilter(label=_("Team"))
    account = IdsFilter(label=_("Account"))
    contact = IdsFilter(label=_("Contact"))
    source = IdsFilter(label=_("Source"))
    category = IdsFilter(label=_("Category"))
    amount_min = AmountFilter(label=_("Amount from"))
    amount_max = AmountFilter(label=_("Amount to"))
    due_from = DateFilter(label=_("Expected close from"))
    due_to = DateFilter(label=_("Expected close to"))
    incomplete = django_filters.BooleanFilter(label=_("Incomplete"))
    q = django_filters.CharFilter(label=_("Text"), max_length=200)

    class Meta:
        model = Opportunity
        fields: list[str] = []

    def conditions(self) -> models.Q:
        """All filters as one condition; one that cannot be read matches nothing, and the page says so."""
        if not self.form.is_valid():
            return models.Q(pk__in=[])
        given = self.form.cleaned_data
        condition = self.custom_condition()
        for name in ("stage", "pipeline", "owner", "account", "contact", "source", "category"):
            if given[name]:
                condition &= models.Q(**{f"{name}__in": given[name]})
        if given["id"]:
            condition &= models.Q(pk__in=given["id"])
        if given["status"]:
            condition &= models.Q(status__in=given["status"]) & _half(given["status"])
        condition &= tag_condition(Opportunity, given)
        if given["team"]:
            members = User.objects.filter(team__in=given["team"]).values_list("pk", flat=True)
            condition &= models.Q(owner__in=list(members))
        if given["assignee"]:
            assigned = Assignment.objects.filter(user__in=given["assignee"]).values("record_id")
            condition &= models.Q(pk__in=assigned)
        for name, lookup in BOUNDS.items():
            if given[name] is not None:
                condition &= models.Q(**{lookup: given[name]})
        if given["incomplete"] is not None:
            condition &= models.Q(is_incomplete=given["incomplete"])
        if given["q"]:
            condition &= search.condition(Opportunity, given["q"])
        return condition

    def filter_queryset(self, queryset: OpportunityQuerySet) -> OpportunityQuerySet:
        return queryset.filter(self.conditions())


def _half(statuses: list[str]) -> models.Q:
    """What a status says about the place in the list: only one half of it needs to be looked through."""
    if Status.OPEN not in statuses:
        return models.Q(list_key__gte=CLOSED_HALF)
    return models.Q(list_key__lt=CLOSED_HALF) if set(statuses) == {Status.OPEN} else models.Q()


BOUNDS = {"amount_min": "amount__gte", "amount_max": "amount__lte", "due_from": "due_on__gte", "due_to": "due_on__lte"}
NAMES = tuple(OpportunityFilter.base_filters)


def narrowing(query: Iterable[str]) -> list[str]:
    """The names of a URL that narrow the list, those of custom fields after the others."""
    given = list(query)
    return [*(name for name in NAMES if name in given), *custom_names(given)]
