"""A small house with something on every page, and the address of every page of it."""

import datetime as dt

from django.contrib.auth.models import Group
from django.urls import URLPattern, get_resolver

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from pipelines.models import OriginType, Pipeline, Stage
from tests.make import make_account, make_contact, make_many
from users.models import Profile, Team, User

D = dt.date
WITHOUT_PAGE = (
    "auth/",
    "static/",
    "healthz",
    "readyz",
    "favicon",
    "robots",
    "setup/",
    "imports/<",
    "imports/exports/<",
)


def furnish(cast, count=20):
    """So many opportunities of Claire's, with accounts, contacts, closed and open ones; the last account and contact."""
    account = contact = None
    for at in range(count // 4):
        account = make_account(f"House {at:03d}", by=cast.claire)
        contact = make_contact(f"Anna Person{at:03d}", by=cast.claire, account=account)

    def varying(at):
        parties = {"account_id": account.pk, "contact_id": contact.pk} if at % 2 else {"account_id": account.pk}
        if at % 3 == 0:
            return parties | {"status": "won", "closed_on": D(2026, 2, 1 + at % 20), "due_on": D(2026, 2, 1)}
        return parties | {"due_on": D(2026, 3, 1 + at % 28)}

    make_many(count, by=cast.claire, varying=varying)
    return account, contact


def pages():
    """``{route: url}`` of each page: every address of the project that needs nothing or the id of something there."""
    first = {
        "opportunities": Opportunity.objects.order_by("pk").first(), "accounts": Account.objects.order_by("-pk").first(),
        "contacts": Contact.objects.order_by("-pk").first(), "people": User.objects.first(), "teams": Team.objects.first(),
        "groups": Group.objects.first(), "profiles": Profile.objects.first(), "pipelines": Pipeline.objects.first(),
        "origins": OriginType.objects.first(), "stage": Stage.objects.order_by("position").first(),
        "stage-effect": Pipeline.objects.first(),
    }  # fmt: skip
    found = {}
    for route in routes():
        if route.startswith(WITHOUT_PAGE):
            continue
        url = route
        if "<pk:pk>" in route:
            kind = next((part for part in reversed(route.split("<")[0].split("/")) if part in first), None)
            if kind is None or first[kind] is None:
                continue
            url = route.replace("<pk:pk>", str(first[kind].pk))
        if "<slug:by>" in url:
            url = url.replace("<slug:by>", "stage")
        if "<" not in url:
            found[route] = f"/{url}"
    return found


def routes(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)
