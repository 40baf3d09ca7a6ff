"""The page of who may do what on a record (GIVE-5; design 17a): the same for every kind of record."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from records import gate
from users.access import Access
from users.middleware import SignedIn
from users.models import Ability, User
from users.models.managing import helpers


def answer(request: SignedIn, record: Any, folder: str) -> HttpResponse:
    """Who sees it, shown to whoever sees it; why somebody may not, to whoever may share it."""
    may = gate.verbs_on(request.user, record)
    access = Access(record)
    verb = request.GET.get("may", "view")
    verb = verb if verb in access.verbs else "view"
    context = {
        "record": record,
        "kind": record._meta.verbose_name,
        "list_name": record._meta.verbose_name_plural,
        "list_url": reverse(f"{folder}:index"),
        "share_url": reverse(f"{folder}:share", args=[record.pk]),
        "history_url": reverse(f"{folder}:history", args=[record.pk]),
        "may": may,
        "verb": verb,
        "counts": access.counts(),
        "verbs": [gate.VERB_NAMES[verb] for verb in access.verbs],
        "lines": [
            (line, zip(line.may, map(gate.VERB_NAMES.get, access.verbs), strict=True)) for line in access.lines(verb)
        ],
        "seeing": access.counts()[0][2],
        "everybody": len(access.people),
        "hidden": access.hidden_from(),
        "ask": helpers(User.objects.signing_in()),
        "gives_shares": gate.allows(request.user, type(record), "share"),
        "sets_rights": request.user.can(Ability.PEOPLE),
    }
    if "share" in may:
        context |= question(request, access)
    return render(request, "sharing/access.html", context)


def question(request: SignedIn, access: Access) -> dict[str, Any]:
    """The person asked about, else the first from whom it is hidden."""
    wanted = request.GET.get("who", "")
    asked = next((person for person in access.people if str(person.pk) == wanted), None)
    asked = asked or next(iter(access.hidden_from()), None) or access.people[0]
    verb = request.GET.get("verb", "view")
    return {"people": access.people, "answer": access.why(asked, verb if verb in access.verbs else "view")}
