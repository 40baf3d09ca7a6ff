"""What a row of the access matrix says of a route: who may call it, by which methods, sending what.

    "opportunities:share": may("opportunity", "share", "GET POST"),

A rule is asked for a person and, where the route is about a record, for that record. It knows nothing of the gate: it
is the requirement written once more, in plain Python (tests/access/rule.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.access.rule import allowed, scope_of, visible

OPEN, IN, HIDDEN, REFUSED = "open", "in", "hidden", "refused"


@dataclass(frozen=True)
class Row:
    """``answer(person, record)`` says ``in``, ``hidden`` (404) or ``refused`` (403) for who is signed in.

    ``about`` names the kind of record in the address, whose every state is tried. ``pks`` gives the other numbers of
    the address from the world; ``data`` is what a POST sends (tests/access/sending.py); ``query`` follows the address.
    """

    answer: Callable[[Any, Any], str]
    methods: str = "GET"
    about: str = ""
    pks: Callable[[Any, Any], dict] = field(default=lambda world, record: {})
    data: Callable[[Any, Any, str], dict] = field(default=lambda world, record, address: {})
    query: str = ""
    post: str = ""  # the verb that a POST needs, where a GET needs less
    also: tuple[int, ...] = ()  # codes that mean *in* beside the usual ones
    anonymous: bool = False
    reads_only: bool = True  # False where a GET goes on with what was begun, and so writes
    leads_on: bool = False  # True where a POST of anybody's only answers, and writes nothing
    trash: bool = False  # True where what lies in the trash is shown to who restores it, or reads the whole journal
    reader: str = ""  # whose eyes it is read with, whoever asks: an address that is a secret of theirs
    csrf: bool = True  # False for what is called by other programs, with a token of their own

    def given(self, **values: Any) -> "Row":
        """The same row, with other values; ``pks`` may be plain, or a function of the world and the record."""
        if "pks" in values and not callable(values["pks"]):
            values["pks"] = lambda world, record, plain=values["pks"]: plain
        return replace(self, **values)


def anybody(methods: str = "GET") -> Row:
    """Without signing in, too."""
    return Row(lambda person, record: OPEN, methods, anonymous=True)


def signed_in(methods: str = "GET") -> Row:
    """Every active person; what it shows is filtered by the gate."""
    return Row(lambda person, record: IN, methods)


def able(*abilities: str, methods: str = "GET") -> Row:
    """Those whose profile has one of these rights without a scope."""
    return Row(lambda person, record: IN if set(abilities) & set(person.profile.abilities) else REFUSED, methods)


def grants(verb: str, *kinds: str, methods: str = "GET") -> Row:
    """Those whose profile grants the verb at all, on one of these kinds."""
    return Row(
        lambda person, record: IN if any(scope_of(person, kind, verb) != "none" for kind in kinds) else REFUSED, methods
    )


def may(kind: str, verb: str, methods: str = "GET") -> Row:
    """A route about one record: hidden from who may not see it, refused to who may see it without the verb."""

    def answer(person: Any, record: Any) -> str:
        if not visible(person, record):
            return HIDDEN
        return IN if allowed(person, verb, record) else REFUSED

    return Row(answer, methods, about=kind)


def journalled(kind: str, methods: str = "GET") -> Row:
    """The operation that made a record: seen by who sees the record, or reads the whole journal."""
    return Row(
        lambda person, record: IN if visible(person, record) or "journal" in person.profile.abilities else HIDDEN,
        methods,
        about=kind,
        trash=True,
    )


def taken_back(kind: str, methods: str = "GET") -> Row:
    """Taking Sup’s operation on a record back: by its author and by administrators."""

    def answer(person: Any, record: Any) -> str:
        if "journal" in person.profile.abilities:
            return IN
        return REFUSED if visible(person, record) else HIDDEN

    return Row(answer, methods, about=kind)


def only(name: str, methods: str = "GET") -> Row:
    """Something that is one person's own: hidden from everybody else."""
    return Row(lambda person, record: IN if person.first_name.lower() == name else HIDDEN, methods)


def nobody(methods: str = "GET") -> Row:
    """Hidden from everybody."""
    return Row(lambda person, record: HIDDEN, methods, anonymous=True)
