"""Colleagues as cells name them, and the people on an opportunity with their roles (OPP-10)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Contact
from core.folding import fold
from opportunities.models import Opportunity
from records import gate
from records.models import Door
from transfers.people import called, code, decoded, said_apart
from transfers.references.lists import Roles
from transfers.references.parties import Contacts
from transfers.references.reference import SEVERAL, SUGGESTIONS, Found, Reference, Suggestion, exact
from users.models import Ability, Profile, User


class Owners(Reference):
    """People by name, either way round, or e-mail address; deactivated ones are not found."""

    label = gettext_lazy("Owner")

    def find(self, texts: Collection[str]) -> Found:
        known: dict[str, Any] = {}
        for person in User.objects.active():
            names = {
                fold(str(person)),
                fold(f"{person.last_name} {person.first_name}"),
                fold(f"{person.last_name}, {person.first_name}"),
                fold(person.email or ""),
            } - {""}
            for name in names:
                known[name] = SEVERAL if known.get(name, person.pk) != person.pk else person.pk
        return {text: known[fold(text)] for text in texts if fold(text) in known}

    def candidates(self) -> Iterable[tuple[str, str]]:
        return [(str(person.pk), str(person)) for person in User.objects.active()]

    def may_create(self) -> bool:
        return self.user.can(Ability.PEOPLE) or self.user.can(Ability.SET_UP)

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """People who never sign in: a name in the list of owners, nothing more."""
        profile = Profile.objects.filter(code="representative").first() or Profile.objects.order_by("position").first()
        made = {}
        for text in texts:
            first, _space, last = text.rpartition(" ")
            person = User(first_name=first[:80], last_name=last[:80], profile=profile, signs_in=False)
            made[text] = person.add(by=self.user, door=Door.IMPORT).pk
        return made


class Colleagues(Owners):
    """People as values of a field: only those there are."""

    label = gettext_lazy("Person")
    never = gettext_lazy("Only people who are here can be named. Choose one, or add the person first.")

    def may_create(self) -> bool:
        return False


class Involved(Reference):
    """People on an opportunity: contacts that the importer sees, or colleagues, by name or e-mail address; behind it
    the role in brackets, or none. Each is found as the word of ``transfers.people``."""

    label = gettext_lazy("Person")
    never = gettext_lazy("Only people who are here can be named. Choose one, or add the person first.")

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.contacts, self.colleagues, self.roles = Contacts(user), Colleagues(user), Roles(user)
        self.by_role = {exact(role.name): role.pk for role in self.roles.rows()}
        self.alone = user.scope(Opportunity.gate_key(), "view") == gate.Scope.OWN

    def find(self, texts: Collection[str]) -> Found:
        apart = {text: said_apart(text, self.by_role) for text in texts}
        people = self._people({*texts, *(name for name, _role in apart.values())})
        found: Found = {}
        for text, (name, role) in apart.items():
            whole, person = people.get(text), people.get(name)
            if name != text and whole is not None:  # the brackets are of the name
                found[text] = (
                    SEVERAL if whole is SEVERAL or (person and exact(role) in self.by_role) else code(whole, None)
                )
            elif person is SEVERAL:
                found[text] = SEVERAL
            elif person is not None and (not role or exact(role) in self.by_role):
                found[text] = code(person, self.by_role.get(exact(role)))
        return found

    def chosen(self, decided: Mapping[str, Any]) -> Found:
        """Of a person chosen without a role, the role is the text’s."""
        found = {text: decoded(str(value)) for text, value in decided.items()}
        contacts = self.contacts.kept([pk for (kind, pk), _role in found.values() if kind == "contact"])
        colleagues = self._here()
        roles = {text: self.by_role.get(exact(said_apart(text, self.by_role)[1])) for text in found}
        return {
            text: code(person, role or roles[text])
            if person[1] in (contacts if person[0] == "contact" else colleagues)
            else None
            for text, (person, role) in found.items()
        }

    def candidates(self) -> Iterable[tuple[str, str]]:
        here = self._here()
        yield from ((f"contact-{pk}:", name) for pk, name in self.contacts.candidates())
        yield from ((f"user-{pk}:", name) for pk, name in self.colleagues.candidates() if int(pk) in here)

    def nearest_of(self, texts: Collection[str]) -> dict[str, list[Suggestion]]:
        """Of a known person in an unknown role, the nearest roles; else the people of nearly this name."""
        apart = {text: said_apart(text, self.by_role) for text in texts}
        people, here = self._people({name for name, _role in apart.values()}), self._here()
        lacking = [name for name, _role in apart.values() if people.get(name, SEVERAL) is SEVERAL]
        contacts, colleagues = self.contacts.nearest_of(lacking), self.colleagues.nearest_of(lacking)
        found: dict[str, list[Suggestion]] = {}
        for text, (name, role) in apart.items():
            person = people.get(name, SEVERAL)
            if person is SEVERAL:
                near = [Suggestion(f"contact-{one.value}:", one.label) for one in contacts[name]]
                near += [
                    Suggestion(f"user-{one.value}:", one.label) for one in colleagues[name] if int(one.value) in here
                ]
                found[text] = near[:SUGGESTIONS]
            else:
                roles = self.roles.nearest(role)
                found[text] = [Suggestion(code(person, int(one.value)), called(name, int(one.value))) for one in roles]
        return found

    def ambiguous(self, text: str) -> str:
        return _("“%(text)s” fits several people. Write the e-mail address instead of the name.") % {"text": text}

    def _people(self, names: Collection[str]) -> dict[str, Any]:
        """Who is called so, or has this main e-mail address: ``("contact", 12)``; ``SEVERAL`` where more than one."""
        contacts = self.contacts.find(names)
        addresses: dict[str, list[str]] = {}
        for name in names:
            if "@" in name:
                addresses.setdefault(name.lower(), []).append(name)
        held = self.contacts.seen().filter(main_email__in=list(addresses)) if addresses else Contact.objects.none()
        for pk, address in held.values_list("pk", "main_email"):
            for name in addresses[address]:
                contacts[name] = SEVERAL if contacts.get(name, pk) != pk else pk
        colleagues, here = self.colleagues.find(names), self._here()
        found: dict[str, Any] = {}
        for kind, ids in (("contact", contacts), ("user", colleagues)):
            for name, pk in ids.items():
                if kind == "contact" or pk is SEVERAL or pk in here:
                    found[name] = SEVERAL if pk is SEVERAL or name in found else (kind, pk)
        return found

    def _here(self) -> Collection[int]:
        """The colleagues whom one may put on an opportunity: oneself, where one sees no other’s."""
        return {self.user.pk} if self.alone else {person.pk for person in User.objects.active()}
