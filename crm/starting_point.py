"""What a new installation starts with, in the language chosen (SET-3): profiles, a pipeline, usual lists."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from activities.models import ActivityType
from attributes.models import Tag
from core.models import House
from pipelines.models import (
    Category,
    LostReason,
    OriginType,
    PersonRole,
    Pipeline,
    SaleType,
    Source,
    Stage,
)
from records.journal import operation
from records.models import Door, SetUpRecord
from tasks.models import Holiday, TaskCategory, WorkingWeek
from users.models import Ability, Profile, User

RECORDS = ("view", "create", "change", "share", "delete", "export", "import")
VERBS = {
    "opportunity": (*RECORDS, "reassign", "close"),
    "account": (*RECORDS, "reassign"),
    "contact": (*RECORDS, "reassign"),
}

# Profile by code: level, name in English and French, default scope, scopes that differ, abilities.
PROFILES: dict[str, tuple[str, dict[str, str], dict[str, str], list[str]]] = {
    "representative": (
        Profile.Level.USER,
        {"en": "Representative", "fr": "Commercial"},
        {
            "view": "team",
            "create": "own",
            "change": "own",
            "share": "own",
            "close": "own",
            "delete": "own",
            "export": "team",
        },
        [],
    ),
    "associate": (
        Profile.Level.USER,
        {"en": "Associate", "fr": "Indépendant"},
        {
            "view": "own",
            "create": "own",
            "change": "own",
            "close": "own",
            "delete": "own",
            "export": "own",
            "import": "own",
        },
        [],
    ),
    "manager": (
        Profile.Level.USER,
        {"en": "Manager", "fr": "Manager"},
        dict.fromkeys(("view", "create", "change", "share", "reassign", "close", "delete", "export", "import"), "team"),
        [],
    ),
    "back_office": (
        Profile.Level.USER,
        {"en": "Back office", "fr": "Administration des ventes"},
        dict.fromkeys(("view", "create", "change", "share", "close", "delete", "export", "import"), "all"),
        [Ability.SET_UP],
    ),
    "administrator": (
        Profile.Level.ADMINISTRATOR,
        {"en": "Administrator", "fr": "Administrateur"},
        dict.fromkeys(VERBS["opportunity"], "all"),
        [Ability.SET_UP, Ability.PEOPLE, Ability.JOURNAL, Ability.BULK],
    ),
    "super_administrator": (
        Profile.Level.SUPER_ADMINISTRATOR,
        {"en": "Super administrator", "fr": "Super administrateur"},
        dict.fromkeys(VERBS["opportunity"], "all"),
        list(Ability),
    ),
}
PIPELINE = {
    "en": ("Direct sales", "Won", "Lost", "Cancelled"),
    "fr": ("Ventes directes", "Gagnée", "Perdue", "Annulée"),
}
STAGES = {
    "en": (("To qualify", 10), ("Qualified", 25), ("Demonstration", 40), ("Proposal", 60), ("Negotiation", 80)),
    "fr": (("À qualifier", 10), ("Qualifiée", 25), ("Démonstration", 40), ("Proposition", 60), ("Négociation", 80)),
}
ASLEEP_AFTER = (14, 21, 30, 30, 21)
LISTS: dict[type[SetUpRecord], dict[str, tuple[str, ...]]] = {
    Source: {
        "en": ("Website", "Trade show", "Referral", "Cold call", "Partner", "E-mail campaign", "Existing client"),
        "fr": (
            "Site web",
            "Salon",
            "Recommandation",
            "Prospection téléphonique",
            "Partenaire",
            "Campagne e-mail",
            "Client existant",
        ),
    },
    LostReason: {
        "en": ("Price", "Competitor", "No budget", "Project dropped", "No answer", "Timing"),
        "fr": ("Prix", "Concurrent", "Pas de budget", "Projet abandonné", "Sans réponse", "Calendrier"),
    },
    OriginType: {
        "en": ("Campaign", "Call", "Colleague", "Partner"),
        "fr": ("Campagne", "Appel", "Collaborateur", "Partenaire"),
    },
    Category: {
        "en": ("Equipment", "Services", "Subscriptions"),
        "fr": ("Équipement", "Prestations", "Abonnements"),
    },
    SaleType: {
        "en": ("Sale", "Service", "Subscription", "Rental"),
        "fr": ("Vente", "Prestation", "Abonnement", "Location"),
    },
    PersonRole: {
        "en": ("Decision maker", "Technical contact", "Buyer", "User", "Project manager", "Presales"),
        "fr": ("Décideur", "Contact technique", "Acheteur", "Utilisateur", "Chef de projet", "Avant-vente"),
    },
}
ACTIVITY_TYPES = {  # code, name, icon, whether it is an exchange with the client
    "en": (
        ("comment", "Comment", "comment", False),
        ("note", "Note", "edit", False),
        ("call", "Call", "phone", True),
        ("meeting", "Meeting", "people", True),
        ("event", "Event", "calendar", True),
    ),
    "fr": (
        ("comment", "Commentaire", "comment", False),
        ("note", "Note", "edit", False),
        ("call", "Appel", "phone", True),
        ("meeting", "Réunion", "people", True),
        ("event", "Événement", "calendar", True),
    ),
}
TASK_CATEGORIES = {
    "en": (("Call", "phone"), ("E-mail", "mail"), ("Meeting", "calendar"), ("To do", "task")),
    "fr": (("Appel", "phone"), ("E-mail", "mail"), ("Réunion", "calendar"), ("À faire", "task")),
}
HOLIDAYS = (  # those of France: days after Easter, or month and day; their names
    ((1, 1), {"en": "New Year’s Day", "fr": "Jour de l’an"}),
    (1, {"en": "Easter Monday", "fr": "Lundi de Pâques"}),
    ((5, 1), {"en": "Labour Day", "fr": "Fête du Travail"}),
    ((5, 8), {"en": "Victory Day", "fr": "Victoire 1945"}),
    (39, {"en": "Ascension Day", "fr": "Ascension"}),
    (50, {"en": "Whit Monday", "fr": "Lundi de Pentecôte"}),
    ((7, 14), {"en": "Bastille Day", "fr": "Fête nationale"}),
    ((8, 15), {"en": "Assumption Day", "fr": "Assomption"}),
    ((11, 1), {"en": "All Saints’ Day", "fr": "Toussaint"}),
    ((11, 11), {"en": "Armistice Day", "fr": "Armistice 1918"}),
    ((12, 25), {"en": "Christmas Day", "fr": "Noël"}),
)

TAGS = {
    "en": (("Strategic", "violet"), ("Urgent", "red"), ("Call for tenders", "blue"), ("Renewal", "green")),
    "fr": (("Stratégique", "violet"), ("Urgent", "red"), ("Appel d’offres", "blue"), ("Renouvellement", "green")),
}


def start(language: str, by: User | None = None) -> None:
    """Create what is missing of the usual set-up; harmless twice, and nothing that is there is touched."""
    if not House.objects.exists():
        House.objects.create(pk=1, language=language)
    with operation(by=by, door=Door.SET_UP, what="house.start"):
        profiles(language)
        if not Pipeline.objects.exists():
            pipeline(language)
        for model, names in LISTS.items():
            if not model.objects.exists():
                add_all(model, names[language], by)
        if not Tag.objects.exists():
            for name, colour in TAGS[language]:
                Tag(name=name, colour=colour).add(by=by)
        if not ActivityType.objects.exists():
            for code, name, icon, is_exchange in ACTIVITY_TYPES[language]:
                ActivityType(code=code, name=name, icon=icon, is_exchange=is_exchange).add(by=by)
        if not TaskCategory.objects.exists():
            for name, icon in TASK_CATEGORIES[language]:
                TaskCategory(name=name, icon=icon).add(by=by)
        if not Holiday.objects.exists():
            holidays(language, by)
        if not WorkingWeek.objects.exists():
            WorkingWeek().save()


def profiles(language: str) -> None:
    for position, (code, (level, names, scopes, abilities)) in enumerate(PROFILES.items(), 1):
        if not Profile.objects.filter(code=code).exists():
            rights = {kind: {verb: scopes[verb] for verb in verbs if verb in scopes} for kind, verbs in VERBS.items()}
            Profile.objects.create(
                code=code, level=level, name=names[language], rights=rights, abilities=abilities, position=position
            )


def pipeline(language: str, names: tuple[str, ...] = (), stages: Iterable[tuple[str, int]] = ()) -> Pipeline:
    name, won, lost, cancelled = names or PIPELINE[language]
    made = Pipeline(name=name, won_label=won, lost_label=lost, cancelled_label=cancelled).add(by=None)
    for at, (stage, probability) in enumerate(stages or STAGES[language]):
        asleep_after = ASLEEP_AFTER[min(at, len(ASLEEP_AFTER) - 1)]
        Stage(pipeline=made, name=stage, probability=probability, asleep_after=asleep_after).add(by=None)
    return made


def holidays(language: str, by: Any) -> None:
    """Those of France, which a house elsewhere changes or archives."""
    for when, names in HOLIDAYS:
        if isinstance(when, int):
            holiday = Holiday(name=names[language], rule_name=Holiday.Rule.EASTER, after_easter=when)
        else:
            holiday = Holiday(name=names[language], on=dt.date(2000, *when))
        holiday.add(by=by)


def add_all(model: type[SetUpRecord], names: Iterable[str], by: Any) -> None:
    for name in names:
        model(name=name).add(by=by)
