"""The filters in force, as chips above the list: each named, each with a cross that removes it."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from attributes.filters import told
from core import dates, money
from core.filters import Chip
from core.models import House
from core.templatetags.components import language
from opportunities.filters import OpportunityFilter
from opportunities.models import Status
from pipelines.models import Category, Source, all_pipelines, all_stages
from users.models import Team, User


def chips(filters: OpportunityFilter, query: QueryDict, user: User) -> list[Chip]:
    """One chip for each filter in force; a filter that cannot be read is shown as it was typed."""
    return [
        Chip.of(name, filters.filters[name].label, _value(name, filters, user), query)
        for name in (filters.filters if filters else ())
        if name not in ("q", "tags") and any(query.getlist(name))
    ]


def _value(name: str, filters: OpportunityFilter, user: User) -> str:
    if (said := filters.custom_told(name, user)) is not None:
        return said
    given = getattr(filters.form, "cleaned_data", {}).get(name)
    if given in (None, "", []):
        return ""
    if name.startswith("amount"):
        return money.format_money(given, House.current().currency, language())
    if name.startswith("due"):
        return dates.short_date(given, language(), dates.today().year)
    if name == "incomplete":
        return _("yes") if given else _("no")
    if name == "status":
        return ", ".join(str(Status(code).label) for code in given)
    if name == "tag":
        return told(filters.form.cleaned_data)
    names = _names(name, given, user)
    return ", ".join(names.get(pk, f"#{pk}") for pk in given)


def _names(name: str, ids: list[int], user: User) -> dict[int, str]:
    """The names of what the ids stand for; accounts and contacts only as far as one may see them (GIVE-4)."""
    if name == "stage":
        return {pk: stage.name for pk, stage in all_stages().items()}
    if name == "pipeline":
        return {pk: pipeline.name for pk, pipeline in all_pipelines().items()}
    if name in ("owner", "assignee"):
        return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}
    if name == "team":
        return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))
    if name == "category":
        return {pk: category.name for pk, category in Category.remembered().items()}
    if name == "source":
        return dict(Source.objects.filter(pk__in=ids).values_list("pk", "name"))
    if name == "id":
        return {}
    model: Any = {"account": Account, "contact": Contact}[name]
    return {record.pk: str(record) for record in model.objects.visible_to(user).filter(pk__in=ids)}
