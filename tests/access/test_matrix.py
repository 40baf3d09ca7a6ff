"""The access matrix (GIVE-3, GIVE-4): every route of the URL conf × method × the cast × every state of the record.

A refused cell must leave the database,
the mail outbox and the queue as they were; a page that is only read writes nothing for anybody.
"""

import re
from contextlib import contextmanager

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.models.house import see_mark
from tests.access.routes import ROUTES
from tests.access.rows import HIDDEN, IN, OPEN, REFUSED
from tests.access.rule import allowed, saw, visible
from tests.access.world import STATES, World

pytestmark = [pytest.mark.django_db, pytest.mark.soak]
METHODS = ("GET", "POST", "PUT")
ABSENT = 999_999_999
SERVED = {200, 204, 302, 303, 409, 422}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\s+(INTO\s+|FROM\s+)?[\"']?(?P<table>\w+)", re.IGNORECASE)
ACCEPTED = {OPEN: (IN, HIDDEN, REFUSED, "to sign in"), "no method": ("no method", HIDDEN, REFUSED)}
# Who sees all, or nothing, is told the same in most states: one's own, the trashed and the closed stand for them.
ALIKE = dict.fromkeys(("anonymous", "gone", "ada", "sup"), STATES[1:-2]) | {"bo": (*STATES[1:4], *STATES[6:-2])}
NOT_BUSINESS = {"django_session"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once; every cell rolls back what it wrote."""
    from django.conf import settings

    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield World()
            transaction.set_rollback(True)
        see_mark("unknown")
    settings.MEDIA_ROOT = before


class Watch:
    """Notes what a request writes, mails, and sends to the queue once committed."""

    def __init__(self):
        self.writes = []

    def __call__(self, execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found["table"] not in NOT_BUSINESS:
            self.writes.append(sql[:120])
        return execute(sql, params, many, context)


@contextmanager
def watched():
    watch, before, queued = Watch(), len(mail.outbox), len(connection.run_on_commit)
    with transaction.atomic(), connection.execute_wrapper(watch):
        yield watch
        watch.mails = len(mail.outbox) - before
        watch.queued = len(connection.run_on_commit) - queued
        transaction.set_rollback(True)
    see_mark("unknown")
    del mail.outbox[before:]


def cells(name, world):
    """Each cell of a route: who, method, the record it is about (or none), its address, what it must answer."""
    row = ROUTES[name]
    states = world.records[row.about] if row.about else {"": None}
    for state, facts in states.items():
        numbers = row.pks(world, facts)
        address = reverse(name, kwargs=({"pk": facts.pk} if facts else {}) | numbers)
        for who in world.cookies:
            if state in ALIKE.get(who, ()):
                continue
            for method in METHODS:
                served = method in row.methods.split()
                if not served and state not in ("", "own"):
                    continue
                yield who, method, facts, address, expected(row, world, who, facts, served, method)
    if row.about:
        address = reverse(name, kwargs=row.pks(world, next(iter(states.values()))) | {"pk": ABSENT})
        for who in ("claire", "sup"):
            yield who, row.methods.split()[0], None, address, HIDDEN


def expected(row, world, who, facts, served, method):
    if row.anonymous:
        return row.answer(None, facts) if served else "no method"
    if who in ("anonymous", "gone"):
        return "to sign in"
    if not served:
        return "no method"
    person = getattr(world.cast, who)
    if row.post and method == "POST" and visible(person, facts):
        return IN if allowed(person, row.post, facts) else REFUSED
    return row.answer(person, facts)


def told(response, row):
    """What an answer says, in the words of the matrix."""
    if response.status_code == 302 and response.url.startswith("/auth/login/"):
        return "to sign in"
    words = {404: HIDDEN, 403: REFUSED, 405: "no method"}
    return words.get(response.status_code) or (
        IN if response.status_code in {*SERVED, *row.also} else str(response.status_code)
    )


def leaks(world, who, body, sees=visible):
    """Names of records that this person may not see, in an answer to them."""
    person = getattr(world.cast, who, None)
    if person is None or "Quartz " not in body:
        return []
    every = (one for states in world.records.values() for one in states.values())
    return [one.name for one in every if re.search(rf"{one.name}\b(?! )", body) and not sees(person, one)]


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_the_access_matrix(name, world):
    row = ROUTES[name]
    wrong, count = [], 0
    for who, method, facts, address, wanted in cells(name, world):
        count += 1
        with watched() as watch:
            data = row.data(world, facts) if method == "POST" else None
            address_asked = f"{address}?{row.query}" if row.query else address
            response = getattr(world.browser(who), method.lower())(address_asked, data)
            body = "" if response.streaming else response.content.decode(errors="replace")
        said = told(response, row)
        cell = f"{method} {address} as {who}" + (f", {facts.name}" if facts else "")
        if said not in ACCEPTED.get(wanted, (wanted,)):
            wrong.append(f"{cell}: {said} ({response.status_code}), but it is {wanted}")
        moved = watch.writes or watch.mails or watch.queued
        if moved and (said != IN or (method == "GET" and row.reads_only)):
            wrong.append(f"{cell}: {said}, and yet wrote {watch.writes}, {watch.mails} mails, {watch.queued} queued")
        wrong += [
            f"{cell}: names the hidden {hidden}" for hidden in leaks(world, who, body, saw if row.trash else visible)
        ]
    assert count, f"{name} was never called"
    assert not wrong, f"{len(wrong)} of {count} cells:\n" + "\n".join(wrong[:20])


def test_the_matrix_has_at_least_3000_cells(world):
    count = sum(1 for name in ROUTES for _cell in cells(name, world))
    assert count >= 3_000


@pytest.mark.parametrize("name", sorted(name for name, row in ROUTES.items() if "POST" in row.methods and row.csrf))
def test_every_writing_route_refuses_a_form_of_another_site(name, world):
    row = ROUTES[name]
    facts = world.records[row.about]["own"] if row.about else None
    browser = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)
    with watched():
        browser.force_login(world.cast.sup, backend="users.backends.People")
        address = reverse(name, kwargs=({"pk": facts.pk} if facts else {}) | row.pks(world, facts))
        with watched() as watch:
            response = browser.post(address, row.data(world, facts))
    assert response.status_code == 403 and "This form has expired" in response.content.decode()
    assert not watch.writes and not watch.mails and not watch.queued
