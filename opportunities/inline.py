"""One field of an opportunity, edited where it stands: the same form, narrowed to what is edited together."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opportunities.forms import OpportunityForm
from opportunities.models import Opportunity
from records.journal import operation
from records.models import Door
from users.models import User

# Fields that only make sense together are edited together.
TOGETHER = {
    "production": ("production_from", "production_to"),
    "origin": ("origin_type", "origin"),
    "lost_reason": ("lost_reason", "lost_note"),
}
TITLES = {"production": _("Production"), "origin": _("Origin"), "lost_reason": _("Lost reason")}
ELSEWHERE = frozenset({"version", "account", "pipeline", "stage", "status", "assignees"})
VERBS = {"closed_on": "close", "lost_reason": "close", "owner": "share"}


def fields_of(place: str) -> tuple[str, ...]:
    """The fields that are edited together under this name; none where nothing is."""
    if place in TOGETHER:
        return TOGETHER[place]
    single = place in OpportunityForm.base_fields and place not in ELSEWHERE
    return (place,) if single else ()


def title_of(place: str) -> Any:
    return TITLES.get(place) or OpportunityForm.base_fields[place].label


def verb_for(place: str) -> str:
    """What one must be allowed to do with the opportunity."""
    return VERBS.get(place, "change")


class InlineForm(OpportunityForm):
    """The opportunity's form with these fields only; all others stand as they are.

    What was wrong with the opportunity before, an import's missing date, does not stop another field from being edited.
    """

    noted: list[tuple[str | None, str]] | None = None

    def __init__(self, *args: Any, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.standing = {name: self._stands(name) for name in self.fields if name != "version"}
        for name in self.fields.keys() - {*names, "version"}:
            del self.fields[name]

    def _stands(self, name: str) -> Any:
        return list(self.initial.get(name, [])) if name == "assignees" else getattr(self.instance, name, None)

    def check(self, cleaned: dict[str, Any]) -> None:
        """Explain what is wrong now and was not before, beside the field that was edited."""
        wanted = {**self.standing, **cleaned}
        before = self._found({**self.standing})
        for name, error in self._found(wanted):
            if (name, error) not in before:
                self.add_error(name, error)
        cleaned.update({name: wanted[name] for name in cleaned.keys() & wanted.keys()})

    def _found(self, values: dict[str, Any]) -> list[tuple[str | None, str]]:
        """What the opportunity's form says of these values."""
        found: list[tuple[str | None, str]] = []
        self.noted = found
        super().check(values)
        self.noted = None
        return found

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a field that is not here is told beside the one that is."""
        if self.noted is not None:
            self.noted.append((field, str(getattr(error, "message", error))))
            return
        for name, errors in getattr(error, "error_dict", {field: error}).items():
            super().add_error(name if name in self.fields else next(iter(self.names), None), errors)

    def settle(self) -> None:
        if "probability" in self.fields:
            self._set_probability()

    def save_as(self, user: User) -> Opportunity:
        with operation(by=user, door=Door.INLINE, what="opportunity.edit"):
            self.save_parties()
            self.instance.edit(by=user, door=Door.INLINE)
        return self.instance

    def said(self, title: Any) -> str:
        return " ".join([gettext("%(field)s: saved.") % {"field": title}, *self.warnings()])
