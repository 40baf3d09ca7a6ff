"""The filters of the list, board and export: repeated GET names that combine (LIST-2)."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account, Contact
from attributes.custom_filters import AttributeFilters, custom_names
from attributes.filters import TagFilters
from core import dates, money, spans
from core.filters import (
    LARGEST_ID,
    Among,
    AmountBound,
    DateBound,
    Declared,
    DeclaredFilters,
    Options,
    When,
    YesNo,
)
from core.forms import WholeNumberField
from core.templatetags.components import language
from opportunities.models import Assignment, Opportunity, Status
from opportunities.models.opportunity import PUSHED_TOO_OFTEN, asleep
from opportunities.models.ordering import CLOSED_HALF, DATELESS
from pipelines.models import Category, Source, all_pipelines, all_stages
from records import gate, search
from records.pointing import pointed_at
from users.models import Team, User

OPEN_HALF = models.Q(list_key__lt=CLOSED_HALF)


class StatusFilter(Declared, django_filters.MultipleChoiceFilter):
    def condition(self, value: Any) -> models.Q:
        return models.Q(status__in=value) & half(value)

    def told(self, value: Any, user: Any) -> str:
        return ", ".join(str(Status(code).label) for code in value)

    def options(self, user: Any) -> Options:
        return [(code, str(label)) for code, label in Status.choices]


class StagesField(forms.MultipleChoiceField):
    """Ids of stages, and the labels of pipelines for won, lost and cancelled, which are accepted wherever a stage is
    named (OPP-5): they become the status that they mean."""

    def validate(self, value: Any) -> None:
        pass

    def to_python(self, value: Any) -> list[int | str]:  # type: ignore[override]
        return [self._read(text.strip()) for text in super().to_python(value) if text.strip()]

    def _read(self, text: str) -> int | str:
        if text.isascii() and text.isdecimal():
            return min(int(text), LARGEST_ID)
        for pipeline in all_pipelines().values():
            if status := pipeline.closing_status(text):
                return status
        raise ValidationError(_("There is no stage “%(name)s”."), code="invalid", params={"name": text})


def stages_and_statuses(value: Any) -> tuple[list[int], list[str]]:
    """What a filter by stage names, taken apart: stages, and statuses told by their labels."""
    return [item for item in value if isinstance(item, int)], [item for item in value if isinstance(item, str)]


class StageFilter(Declared):
    field_class = StagesField

    def condition(self, value: Any) -> models.Q:
        stages, closed = stages_and_statuses(value)
        found = models.Q(stage__in=stages) if stages else models.Q(pk__in=[])
        return found | StatusFilter().condition(closed) if closed else found

    def told(self, value: Any, user: Any) -> str:
        stages = all_stages()
        names: dict[Any, Any] = {pk: stage.name for pk, stage in stages.items()} | dict(Status.choices)
        return ", ".join(str(names.get(item, f"#{item}")) for item in value)

    def options(self, user: Any) -> Options:
        return [(stage.pk, f"{stage.name} ({stage.pipeline.name})") for stage in all_stages().values()]


class ProbabilityField(forms.MultipleChoiceField):
    def validate(self, value: Any) -> None:
        pass

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        found = [text.strip().rstrip("%").strip() for text in super().to_python(value)]
        if any(text and not (text.isascii() and text.isdecimal() and int(text) <= 100) for text in found):
            raise ValidationError(_("Enter a probability between 0 and 100."), code="invalid")
        return [int(text) for text in found if text]


class ProbabilityFilter(Declared):
    """By the label of a given probability: 100 % are the sales, and only these (F071)."""

    field_class = ProbabilityField

    def condition(self, value: Any) -> models.Q:
        closed = [percent for percent in value if percent in (0, 100)]
        where = ~OPEN_HALF if len(closed) == len(value) else models.Q() if closed else OPEN_HALF
        return models.Q(probability__in=value) & where

    def told(self, value: Any, user: Any) -> str:
        labels = dict(self.options(user))
        return ", ".join(labels.get(percent) or money.format_percent(percent, language()) for percent in value)

    def options(self, user: Any) -> Options:
        """Each probability that the set-up knows, with what it is called there: from won down to lost."""
        names: dict[int, dict[str, None]] = {100: {}, 0: {}}
        for pipeline in all_pipelines().values():
            names[100][pipeline.won_label] = names[0][pipeline.lost_label] = names[0][pipeline.cancelled_label] = None
        for stage in all_stages().values():
            names.setdefault(stage.probability, {})[stage.name] = None
        return [
            (percent, f"{money.format_percent(percent, language())} · {', '.join(names[percent])}")
            for percent in sorted(names, reverse=True)
        ]


class CareFilter(Declared, django_filters.MultipleChoiceFilter):
    """What needs looking after (LIST-8): open ones, of one of several kinds."""

    KINDS = {
        "idle": _("No next step"),
        "overdue": _("Overdue"),
        "no_amount": _("No amount"),
        "asleep": _("Asleep"),
        "pushed": _("Pushed back three times"),
    }

    def condition(self, value: Any) -> models.Q:
        found = models.Q(pk__in=[])
        for code in value:
            found |= care_condition(code)
        return OPEN_HALF & found

    def told(self, value: Any, user: Any) -> str:
        return ", ".join(str(self.KINDS[code]) for code in value)

    def options(self, user: Any) -> Options:
        return list(self.KINDS.items())


def care_condition(code: str) -> models.Q:
    """What needs looking after, of open opportunities."""
    if code == "idle":
        return models.Q(next_task_id=None)
    if code == "overdue":
        return models.Q(list_key__lt=dates.today().toordinal())
    if code == "no_amount":
        return models.Q(amount=None)
    return asleep() if code == "asleep" else models.Q(pushed_back__gte=PUSHED_TOO_OFTEN)


class QuietFilter(Declared):
    """Open, and without an exchange with the client for so many days (LIST-8)."""

    field_class = WholeNumberField
    OFFERED = (14, 30, 60, 90, 180)

    def condition(self, value: Any) -> models.Q:
        since = dates.today() - dt.timedelta(days=value)
        last = models.Q(last_exchange_on__lt=since) | models.Q(last_exchange_on=None, opened_on__lt=since)
        return OPEN_HALF & last

    def told(self, value: Any, user: Any) -> str:
        return ngettext("%(n)s day", "%(n)s days", value) % {"n": value}

    def options(self, user: Any) -> Options:
        return [(days, self.told(days, user)) for days in self.OFFERED]


class IdFilter(Among):
    """These opportunities, and no others: what was ticked."""

    column = "pk"

    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return {}


class PipelineFilter(Among):
    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return {pk: pipeline.name for pk, pipeline in all_pipelines().items()}

    def options(self, user: Any) -> Options:
        return list(self.names((), user).items())


class SourceFilter(Among):
    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return {pk: source.name for pk, source in Source.remembered().items()}

    def options(self, user: Any) -> Options:
        return [(pk, source.name) for pk, source in Source.remembered().items() if not source.archived_at]


class CategoryFilter(Among):
    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return {pk: category.name for pk, category in Category.remembered().items()}

    def options(self, user: Any) -> Options:
        return [(pk, category.name) for pk, category in Category.remembered().items() if not category.archived_at]


class PersonFilter(Among):
    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}

    def options(self, user: Any) -> Options:
        """Colleagues, where the reader may see more than their own."""
        people = User.objects.active()
        if user.scope(Opportunity.gate_key(), "view") in (gate.Scope.OWN, gate.Scope.NONE):
            people = people.filter(pk=user.pk)
        return [(person.pk, str(person)) for person in people]


class AssigneeFilter(PersonFilter):
    def condition(self, value: Any) -> models.Q:
        return pointed_at(Assignment.objects.filter(user__in=value))


class TeamFilter(Among):
    def condition(self, value: Any) -> models.Q:
        return models.Q(owner__in=list(User.objects.filter(team__in=value).values_list("pk", flat=True)))

    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))

    def options(self, user: Any) -> Options:
        return list(Team.objects.active().values_list("pk", "name"))


class PartyFilter(Among):
    """Accounts and contacts: by their pages and by search, never by a list of all; named only to whoever may see them
    (GIVE-4)."""

    model: type[Account | Contact]

    def names(self, ids: Collection[int], user: Any) -> dict[int, str]:
        return {record.pk: str(record) for record in self.model.objects.visible_to(user, few=True).filter(pk__in=ids)}


class AccountFilter(PartyFilter):
    model = Account


class ContactFilter(PartyFilter):
    model = Contact


class Due(When):
    """The expected close; while open it is the place in the list."""

    words = {"overdue": _("overdue"), spans.NONE: _("none")}

    def word(self, code: str) -> models.Q:
        if code == "overdue":
            return models.Q(list_key__lt=dates.today().toordinal())
        return models.Q(due_on=None) & (~OPEN_HALF | models.Q(list_key=DATELESS))

    @classmethod
    def plain(cls, codes: list[str]) -> models.Q:
        """Periods and *none* as a condition on a due date alone, wherever it is kept."""
        return When("due_on").condition(codes) if codes else models.Q(pk__in=[])

    def within(self, first: dt.date, last: dt.date) -> models.Q:
        place = models.Q(list_key__gte=first.toordinal(), list_key__lte=last.toordinal())
        return super().within(first, last) & (~OPEN_HALF | place)


class Closed(When):
    """The closing date: a range of the list."""

    def word(self, code: str) -> models.Q:
        return models.Q(list_key__gte=CLOSED_HALF + DATELESS)

    def within(self, first: dt.date, last: dt.date) -> models.Q:
        newest = CLOSED_HALF + DATELESS
        return models.Q(list_key__gte=newest - last.toordinal(), list_key__lte=newest - first.toordinal())


class DueBound(DateBound):
    def condition(self, value: Any) -> models.Q:
        place = models.Q(**{f"list_key__{self.lookup}": value.toordinal()})
        return super().condition(value) & (~OPEN_HALF | place)


class ClosedBound(DateBound):
    """From the closing date on, or up to it: the closed half goes from newest to oldest."""

    def condition(self, value: Any) -> models.Q:
        place = CLOSED_HALF + DATELESS - value.toordinal()
        first, last = (CLOSED_HALF, place) if self.lookup == "gte" else (place, CLOSED_HALF + DATELESS - 1)
        return models.Q(list_key__gte=first, list_key__lte=last)


class TextFilter(Declared, django_filters.CharFilter):
    def condition(self, value: Any) -> models.Q:
        return search.condition(Opportunity, value)


class OpportunityFilter(AttributeFilters, TagFilters, DeclaredFilters):
    """What a list is narrowed by. ``conditions`` is all of it as one ``Q``, for whichever query reads the list."""

    id = IdFilter(label=_("ID"))
    status = StatusFilter(choices=Status, label=_("Status"))
    probability = ProbabilityFilter(label=_("Probability"))
    pipeline = PipelineFilter(label=_("Pipeline"))
    stage = StageFilter(label=_("Stage"))
    owner = PersonFilter(label=_("Owner"))
    assignee = AssigneeFilter(label=_("Assigned to"))
    team = TeamFilter(label=_("Team"))
    account = AccountFilter(label=_("Account"))
    contact = ContactFilter(label=_("Contact"))
    source = SourceFilter(label=_("Source"))
    category = CategoryFilter(label=_("Category"))
    due = Due("due_on", label=_("Expected close"))
    closed = Closed("closed_on", label=_("Closed on"))
    opened = When("opened_on", label=_("Opened on"))
    amount_min = AmountBound("amount", "gte", label=_("Amount from"), of=_("Amount"))
    amount_max = AmountBound("amount", "lte", label=_("Amount to"), of=_("Amount"))
    due_from = DueBound("due_on", "gte", label=_("Expected close from"))
    due_to = DueBound("due_on", "lte", label=_("Expected close to"))
    closed_from = ClosedBound("closed_on", "gte", label=_("Closed from"))
    closed_to = ClosedBound("closed_on", "lte", label=_("Closed to"))
    opened_from = DateBound("opened_on", "gte", label=_("Opened from"))
    opened_to = DateBound("opened_on", "lte", label=_("Opened to"))
    care = CareFilter(choices=list(CareFilter.KINDS.items()), label=_("To look after"))
    quiet = QuietFilter(label=_("Untouched for"), min_value=0, max_value=36_500)
    incomplete = YesNo("is_incomplete", label=_("Incomplete"))
    q = TextFilter(label=_("Text"), max_length=200)

    class Meta:
        model = Opportunity
        fields: list[str] = []

    def conditions(self) -> models.Q:
        """Those of the house's own fields among them."""
        found = super().conditions()
        return found & self.custom_condition() if self.form.is_valid() else found


def half(statuses: list[str]) -> models.Q:
    """What a status says about the place in the list: only one half of it needs to be looked through."""
    if Status.OPEN not in statuses:
        return models.Q(list_key__gte=CLOSED_HALF)
    return OPEN_HALF if set(statuses) == {Status.OPEN} else models.Q()


NAMES = tuple(OpportunityFilter.base_filters)


def narrowing(query: Iterable[str]) -> list[str]:
    """The names of a URL that narrow the list, those of custom fields after the others."""
    given = list(query)
    return [*(name for name in NAMES if name in given), *custom_names(given)]
