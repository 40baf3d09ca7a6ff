"""What surrounds every page: navigation, the *Add* menu, who reads."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from core.templatetags.components import language
from opportunities.models import Opportunity
from records import gate
from users.models import Ability
from users.models.profile import SETTING_UP


@dataclass(frozen=True)
class Entry:
    """A place to go: its name, its URL, its icon; ``path`` is what every page below it starts with."""

    label: Any
    path: str
    icon: str
    keys: str = ""


@lru_cache
def places() -> dict[str, Entry]:
    return {
        "day": Entry(_("My day"), reverse("home"), "today", "J"),
        "tasks": Entry(_("Tasks"), reverse("tasks:index"), "task", "T"),
        "opportunities": Entry(_("Opportunities"), reverse("opportunities:index"), "opportunity", "O"),
        "accounts": Entry(_("Accounts"), reverse("accounts:index"), "account", "A"),
        "contacts": Entry(_("Contacts"), reverse("contacts:index"), "person", "N"),
        "reports": Entry(_("Reports"), reverse("reports:index"), "report"),
        "imports": Entry(_("Imports"), reverse("transfers:index"), "import", "I"),
        "journal": Entry(_("Journal"), reverse("journal"), "journal"),
        "trash": Entry(_("Trash"), reverse("trash"), "trash"),
        "settings": Entry(_("Settings"), reverse("settings"), "settings"),
    }


@lru_cache
def additions() -> tuple[tuple[type, Entry], ...]:
    """What the global *Add* button makes (NEW-1)."""
    return (
        (Opportunity, Entry(_("Opportunity"), reverse("opportunities:new"), "opportunity", "C")),
        (Account, Entry(_("Account"), reverse("accounts:new"), "account")),
        (Contact, Entry(_("Contact"), reverse("contacts:new"), "person")),
    )


class Shell:
    """Computed only as far as a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = request.user

    @cached_property
    def language(self) -> str:
        return language()

    @cached_property
    def single_sign_on(self) -> str:
        """The name of what the house signs in with, if it does."""
        return settings.OIDC_NAME if settings.SINGLE_SIGN_ON else ""

    @cached_property
    def nav(self) -> list[tuple[Entry, bool]]:
        names = ["day", "opportunities", "accounts", "contacts", "tasks", "reports"]
        if any(gate.allows(self.user, model, "import") for model in (Opportunity, Account, Contact)):
            names.append("imports")
        return [self._here(places()[name]) for name in names]

    @cached_property
    def foot(self) -> list[tuple[Entry, bool]]:
        names = ["journal", "trash"] if self.user.can(Ability.RESTORE) else ["journal"]
        if any(self.user.can(ability) for ability in SETTING_UP):
            names.append("settings")
        return [self._here(places()[name]) for name in names]

    @cached_property
    def at_notices(self) -> bool:
        return self.request.path.startswith(reverse("users:notices"))

    @cached_property
    def add(self) -> list[Entry]:
        made = [entry for model, entry in additions() if gate.allows(self.user, model, "create")]
        return [*made, Entry(_("Task"), reverse("tasks:new"), "task", "T")]

    @cached_property
    def shortcuts(self) -> list[tuple[str, str]]:
        """Places that the keys after G lead to, beside those of the navigation."""
        return [("P", reverse("opportunities:board"))]

    def _here(self, entry: Entry) -> tuple[Entry, bool]:
        at = self.request.path
        return entry, at == entry.path if entry.path == "/" else at.startswith(entry.path)


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request), "user": request.user}
