"""The people on an opportunity as one cell says them: ``Odile Lecanu (Buyer); Tom Baker`` (OPP-10, DATA-1)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from accounts.models import Contact
from opportunities.models.people import People
from pipelines.models import PersonRole
from users.models import User

INVOLVED = "involved"  # contacts, colleagues and their roles, which the journal keeps apart, taken together
Person = tuple[str, int]


def code(person: Person, role: int | None) -> str:
    """A person and the role, if any, as one word of a plan: ``contact-12:3``."""
    return f"{person[0]}-{person[1]}:{role or ''}"


def codes_of(people: People) -> list[str]:
    return sorted(code(person, role) for person, role in people.items())


def decoded(word: str) -> tuple[Person, int | None]:
    person, _colon, role = word.partition(":")
    kind, _dash, pk = person.partition("-")
    return (kind, int(pk)), int(role) if role else None


def people_from(words: Iterable[str]) -> People:
    return dict(map(decoded, words))


def joined(fields: Mapping[str, Any]) -> list[str]:
    """What the journal keeps apart, taken together."""
    roles = fields["roles"] or {}
    contacts: list[Person] = [("contact", pk) for pk in fields["people"] or ()]
    colleagues: list[Person] = [("user", pk) for pk in fields["colleagues"] or ()]
    return codes_of({person: roles.get(f"{person[0]}-{person[1]}") for person in contacts + colleagues})


def called(name: str, role: int | None) -> str:
    """As a cell names a person: the name, and the role in brackets."""
    return f"{name} ({PersonRole.remembered()[role]})" if role in PersonRole.remembered() else name


def said_apart(text: str, roles: Collection[str]) -> tuple[str, str]:
    """The name and the role that a text of a cell says; ``roles`` are those there are, as they are compared."""
    if not text.endswith(")"):
        return text, ""
    apart = [(text[:at].strip(), text[at + 1 : -1].strip()) for at, sign in enumerate(text) if at and sign == "("]
    known = [one for one in apart if " ".join(one[1].split()).casefold() in roles]
    return [*known, *reversed(apart), (text, "")][0]


def names_of(people: Iterable[Person]) -> dict[Person, str]:
    """What these are called; who sees the opportunity sees who is on it."""
    wanted = set(people)
    found: dict[Person, str] = {}
    for kind, model in (("contact", Contact), ("user", User)):
        ids = [pk for one, pk in wanted if one == kind]
        rows: Any = model._default_manager.filter(pk__in=ids).only("first_name", "last_name") if ids else ()
        found |= {(kind, row.pk): str(row) for row in rows}
    return found


def told(words: Iterable[str]) -> str:
    """A value of the plan, in words."""
    people = people_from(words)
    names = names_of(people)
    return "; ".join(called(names[person], role) for person, role in people.items() if person in names)
