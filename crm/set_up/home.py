"""The home of the settings: what there is to set up, how much of it there is, and who may (SET-1; design 15a)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import ContactList
from activities.models import ActivityType
from attributes.models import CustomField, Tag
from core.folding import fold
from core.models import House
from core.sql import Unindexed
from pipelines.models import (
    Category,
    Currency,
    Establishment,
    Family,
    LostReason,
    Origin,
    OriginType,
    PersonRole,
    Pipeline,
    Product,
    SaleType,
    Sector,
    Source,
    Subcategory,
    Subfamily,
)
from records.models import Change, Operation, SetUpRecord
from tasks.models import Holiday, TaskCategory, Track
from users.middleware import SignedIn
from users.models import Ability, Profile, Team, User
from users.models.profile import SETTING_UP


@dataclass(frozen=True)
class Card:
    """One thing to set up: its name, where, what it holds, how many."""

    label: str
    url: str
    icon: str
    text: str
    count: int | None = None


@dataclass(frozen=True)
class Section:
    """A group of cards, and how many people may use it."""

    title: str
    people: int
    cards: list[Card]


@require_safe
def index(request: SignedIn) -> HttpResponse:
    if not any(request.user.can(ability) for ability in SETTING_UP):
        request.user.require_ability(Ability.SET_UP)
    words = fold(request.GET.get("q", "")[:200])
    columns = [[narrowed(section, words) for section in column if section.cards] for column in sections(request.user)]
    context = {
        "columns": [[section for section in column if section.cards] for column in columns],
        "q": request.GET.get("q", ""),
        "house": House.current(),
        "last": last_change(),
        "may": {ability: request.user.can(ability) for ability in (Ability.SET_UP, Ability.PEOPLE)},
    }
    return render(request, "crm/settings.html", context)


def sections(user: User) -> list[list[Section]]:
    """Three columns of what this person may set up."""
    held = holders()
    set_up, people, archive = (held[ability] if user.can(ability) else 0 for ability in SETTING_UP)
    return [
        [
            Section(_("Sales"), set_up, sales() if set_up else []),
            Section(_("Offer and classification"), set_up, offer() if set_up else []),
        ],
        [
            Section(_("Records"), set_up, records() if set_up else []),
            Section(_("Activity"), set_up, activity() if set_up else []),
            Section(_("House"), set_up, house() if set_up else []),
        ],
        [
            Section(_("People and rights"), people, people_and_rights() if people else []),
            Section(_("Data"), archive, data() if archive else []),
        ],
    ]


def sales() -> list[Card]:
    pipelines, sources, reasons = (Tally.of(model) for model in (Pipeline, Source, LostReason))
    types, origins, lists = Tally.of(OriginType), Tally.of(Origin), Tally.of(ContactList)
    several = ngettext("%(n)s origin in all", "%(n)s origins in all", origins.count) % {"n": origins.count}
    return [
        Card(_("Pipelines and stages"), reverse("pipelines:index"), "board", pipelines.names, pipelines.count),
        Card(_("Sources"), reverse("pipelines:sources"), "link", sources.text, sources.count),
        Card(_("Lost reasons"), reverse("pipelines:lost_reasons"), "lost", reasons.text, reasons.count),
        Card(_("Origins"), reverse("pipelines:origin_types"), "arrow", f"{types.names}; {several}", types.count),
        Card(_("Targets"), reverse("targets"), "forecast", _("what each team and person is to sign")),
        Card(_("Contact lists"), reverse("lists:index"), "list", lists.names, lists.count),
    ]


def records() -> list[Card]:
    tags, fields = Tally.of(Tag), Tally.of(CustomField)
    return [
        Card(_("Custom fields"), reverse("attributes:all_fields"), "sliders", fields.names, fields.count),
        Card(_("Tags"), reverse("attributes:tags"), "tag", tags.names, tags.count),
    ]


def activity() -> list[Card]:
    categories, types = Tally.of(TaskCategory), Tally.of(ActivityType)
    tracks, holidays = Tally.of(Track), Tally.of(Holiday)
    return [
        Card(_("Activity types"), reverse("activities:types"), "comment", types.text, types.count),
        Card(_("Task categories"), reverse("tasks:categories"), "task", categories.text, categories.count),
        Card(_("Tracks"), reverse("tasks:tracks"), "track", tracks.names, tracks.count),
        Card(_("Holidays and working days"), reverse("tasks:holidays"), "calendar", holidays.text, holidays.count),
    ]


def offer() -> list[Card]:
    categories, parts, families, subfamilies = (Tally.of(model) for model in (Category, Subcategory, Family, Subfamily))
    several = ngettext("%(n)s subcategory in all", "%(n)s subcategories in all", parts.count) % {"n": parts.count}
    in_all = ngettext("%(n)s sub-family in all", "%(n)s sub-families in all", subfamilies.count)
    plain: list[tuple[Any, str, str, type[SetUpRecord]]] = [
        (_("Products"), "products", "quote", Product),
        (_("Sale types"), "sale_types", "tag", SaleType),
        (_("Establishments"), "establishments", "account", Establishment),
        (_("Business sectors"), "sectors", "filter", Sector),
        (_("Roles"), "person_roles", "people", PersonRole),
    ]
    first, *rest = (
        Card(label, reverse(f"pipelines:{name}"), icon, tally.text, tally.count)
        for label, name, icon, model in plain
        for tally in (Tally.of(model),)
    )
    url, other = reverse("pipelines:categories"), reverse("pipelines:families")
    return [
        Card(_("Revenue categories"), url, "report", f"{categories.names}; {several}", categories.count),
        first,
        *rest[:3],
        Card(_("Families"), other, "merge", f"{families.names}; {in_all % {'n': subfamilies.count}}", families.count),
        *rest[3:],
    ]


def house() -> list[Card]:
    found = House.current()
    text = f"{found.name}, {found.get_language_display()}, {found.currency}, {found.timezone}"
    currencies = Tally.of(Currency)
    return [
        Card(_("Name, language, currency"), reverse("house"), "settings", text),
        Card(_("Currencies and rates"), reverse("pipelines:currencies"), "money", currencies.text, currencies.count),
        Card(_("Opportunity references"), f"{reverse('house')}#references", "number", found.reference_pattern),
    ]


def people_and_rights() -> list[Card]:
    active = User.objects.active().count()
    gone = User.objects.filter(is_active=False).count()
    off = ngettext("and %(n)s deactivated", "and %(n)s deactivated", gone) % {"n": gone} if gone else _("all active")
    teams, profiles = Tally.of(Team), Tally.of(Profile)
    return [
        Card(_("People"), reverse("users:people"), "person", off, active),
        Card(_("Teams"), reverse("users:teams"), "people", teams.names, teams.count),
        Card(_("Groups"), reverse("users:groups"), "people", _("to share across the teams"), Group.objects.count()),
        Card(
            _("Privilege profiles"),
            reverse("users:profiles"),
            "shield",
            _("what each may do, and how far"),
            profiles.count,
        ),
    ]


def data() -> list[Card]:
    text = _("one file that restores into an empty installation")
    return [Card(_("Export everything"), reverse("archives"), "archive", text)]


@dataclass(frozen=True)
class Tally:
    """What a managed list holds."""

    active: list[str]
    archived: int

    @classmethod
    def of(cls, model: type[SetUpRecord]) -> "Tally":
        rows = list(model.objects.values_list("name", "archived_at"))
        return cls([name for name, archived in rows if not archived], sum(1 for _name, archived in rows if archived))

    @property
    def count(self) -> int:
        return len(self.active)

    @property
    def names(self) -> str:
        """The first three names."""
        more = "…" if self.count > 3 else ""
        return ", ".join(self.active[:3]) + more if self.active else _("none yet")

    @property
    def text(self) -> str:
        if not self.archived:
            return self.names
        return ngettext("and %(n)s archived", "and %(n)s archived", self.archived) % {"n": self.archived}


def narrowed(section: Section, words: str) -> Section:
    """The cards that hold every word searched for."""
    cards = [
        card
        for card in section.cards
        if all(word in fold(f"{section.title} {card.label} {card.text}") for word in words.split())
    ]
    return Section(section.title, section.people, cards)


def holders() -> dict[Ability, int]:
    """How many people have each right."""
    people = list(User.objects.signing_in().select_related("profile"))
    return {ability: sum(person.can(ability) for person in people) for ability in SETTING_UP}


def last_change() -> Operation | None:
    """The last operation on what is set up."""
    kinds: Iterable[Any] = [model for model in apps.get_models() if issubclass(model, SetUpRecord)]
    types = ContentType.objects.get_for_models(*kinds, House, User).values()
    # By the index of kinds: that of operations would be read back through all that was done to records since.
    of_kinds = Change.objects.filter(model__in=[one.pk for one in types])
    newest = of_kinds.aggregate(newest=Max(Unindexed("operation")))["newest"]
    return Operation.objects.select_related("by").filter(pk=newest).first()
