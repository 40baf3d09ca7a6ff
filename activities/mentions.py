"""Colleagues named in a text by ``@``: they are told, if they see what it is on (ACT-8)."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities.models import Activity
from core.folding import fold
from core.models.house import per_set_up
from records import gate
from users.models import Kind, Notice, User

_WORD = re.compile(r"(?<!\w)@(?=\w)")


def mentioned(text: str) -> list[User]:
    """The people named: by their full name, or by a first name that only one has."""
    places = [found.end() for found in _WORD.finditer(text)]
    if not places:
        return []
    people = _people()
    found: dict[int, User] = {}
    for place in places:
        rest = fold(text[place : place + 170])
        named = [person for name, _first, person in people if _begins(rest, name)]
        named = named or [person for _name, first, person in people if first and _begins(rest, first)]
        if len(named) == 1:
            found[named[0].pk] = named[0]
    return list(found.values())


def tell(activity: Activity, by: User) -> list[User]:
    """A notice to each of the mentioned who sees the record; those who do not are returned, and told nothing."""
    blind = []
    for person in mentioned(f"{activity.subject}\n{activity.text}"):
        if person.pk == by.pk:
            continue
        if not gate.may(person, "view", activity.parent):
            blind.append(person)
            continue
        with person.spoken_to():
            subject = _("%(who)s mentions you: %(record)s") % {"who": by, "record": activity.parent}
        Notice.post(
            person,
            Kind.MENTION,
            subject=subject,
            text=activity.text,
            url=activity.get_absolute_url(),
            about=activity,
        )
    return blind


def marked(text: str, people: Iterable[str]) -> SafeString:
    """The text as it was written, escaped, the names of mentioned people in bold."""
    html: str = escape(text)
    for name in people:
        shown = escape(f"@{name}")
        html = html.replace(shown, f"<b>{shown}</b>")
    return SafeString(html.replace("\n", "<br>"))


@per_set_up
def _people() -> list[tuple[str, str, User]]:
    """Everybody who may be named, with the names to look for: read once per change of the people."""
    return [(fold(str(person)), fold(person.first_name), person) for person in User.objects.signing_in()]


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()
