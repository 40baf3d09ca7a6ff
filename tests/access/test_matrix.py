"""The access matrix (GIVE-3, GIVE-4): every route of the URL conf × method × the cast × every state of the record.

A refused cell must leave the database, the mail outbox and the queue as they were; a page that is only read writes
nothing for anybody. What is posted is what does something where one may (tests/access/sending.py).

``make test`` asks a part of the cells, the same ones each time, and ``make soak`` all of them.
"""

import re
import zlib

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.routes import ROUTES
from tests.access.rows import HIDDEN, IN, OPEN, REFUSED
from tests.access.rule import allowed, visible
from tests.access.watching import watched
from tests.access.world import STATES

METHODS = ("GET", "POST", "PUT")
ABSENT = 999_999_999
SERVED = {200, 204, 302, 303, 409, 422}
ACCEPTED = {OPEN: (IN, HIDDEN, REFUSED, "to sign in"), "no method": ("no method", HIDDEN, REFUSED)}
# Who sees all, or nothing, is told the same in most states: one's own, the trashed and the closed stand for them.
ALIKE = dict.fromkeys(("anonymous", "gone", "ada", "sup"), STATES[1:-2]) | {"bo": (*STATES[1:4], *STATES[6:-2])}
DAILY = {(who, "") for who in ("anonymous", "claire", "tom", "bo", "sup")} | {
    ("claire", "own"), ("claire", "stranger"), ("claire", "shared_to_see"), ("bo", "shared_to_edit"), ("eve", "withdrawn"),
    ("sup", "own"), ("sup", "closed"),
}  # fmt: skip
POSTING = sorted(name for name, rows in ROUTES.items() if "POST" in rows[0].methods)


def cells(name, world):
    """Each cell of a route: its row, who, method, the record it is about (or none), its address, the answer due."""
    for row in ROUTES[name]:
        states = world.records[row.about] if row.about else {"": None}
        for state, facts in states.items():
            numbers = row.pks(world, facts)
            address = reverse(name, kwargs=({"pk": facts.pk} if facts else {}) | numbers)
            for who in world.cookies:
                if state in ALIKE.get(who, ()):
                    continue
                for method in METHODS:
                    served = method in row.methods.split()
                    if served or state in ("", "own"):
                        yield row, who, method, facts, address, expected(row, world, who, facts, served, method)
        if row.about:
            address = reverse(name, kwargs=row.pks(world, next(iter(states.values()))) | {"pk": ABSENT})
            for who in ("claire", "sup"):
                yield row, who, row.methods.split()[0], None, address, HIDDEN


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


def leaks(world, who, body, *, trash):
    """Names of records that this person may not see, in an answer to them; ``trash`` names what lies there to some."""
    person = getattr(world.cast, who, None)
    if person is None or "Quartz " not in body:
        return []
    digs = trash and {"journal", "restore"} & set(person.profile.abilities)
    every = (one for states in world.records.values() for one in states.values() if not (one.trashed and digs))
    return [one.name for one in every if re.search(rf"{one.name}\b(?! )", body) and not visible(person, one)]


def is_asked_daily(name, world, who, method, facts):
    """Whether a cell is of the part that ``make test`` asks: what some may and some may not, and a share of the rest."""
    state = world.state_of(facts) if facts else ""
    if method != "PUT" and (who, state) in DAILY:
        return True
    return zlib.crc32(f"{name} {who} {method} {state}".encode()) % 16 == 0


@pytest.mark.django_db
@pytest.mark.parametrize("daily", [True, pytest.param(False, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_the_access_matrix(name, daily, world):
    wrong, count, done = [], 0, set()
    for row, who, method, facts, address, wanted in cells(name, world):
        if daily and not is_asked_daily(name, world, who, method, facts):
            continue
        count += 1
        url = f"{address}?{row.query}" if row.query else address
        data = row.data(world, facts, url) if method == "POST" else None
        with watched() as watch:
            response = getattr(world.browser(who), method.lower())(url, data)
            body = "" if response.streaming else response.content.decode(errors="replace")
        said = told(response, row)
        cell = f"{method} {address} as {who}" + (f", {facts.name}" if facts else "")
        if said not in ACCEPTED.get(wanted, (wanted,)):
            wrong.append(f"{cell}: {said} ({response.status_code}), but it is {wanted}")
        if watch.moved and (said != IN or (method == "GET" and row.reads_only)):
            wrong.append(f"{cell}: {said}, and yet wrote {watch.writes}, {watch.mails} mails, {watch.queued} queued")
        if watch.moved and said == IN:
            done.add((row.about, method))
        wrong += [
            f"{cell}: names the hidden {hidden}" for hidden in leaks(world, row.reader or who, body, trash=row.trash)
        ]
    assert count, f"{name} was never called"
    assert not wrong, f"{len(wrong)} of {count} cells:\n" + "\n".join(wrong[:20])
    idle = [row.about for row in ROUTES[name] if "POST" in row.methods and not row.leads_on]
    idle = [about for about in idle if (about, "POST") not in done]
    assert not idle, f"no POST to {name} {idle} did anything: say in tests/access/sending.py what it sends"


@pytest.mark.django_db
def test_the_matrix_has_at_least_3000_cells(world):
    every = [(name, world, *cell[1:4]) for name in ROUTES for cell in cells(name, world)]
    daily = [cell for cell in every if is_asked_daily(*cell)]
    assert len(daily) >= 3_000, f"{len(daily)} of {len(every)}"
    assert {cell[0] for cell in daily} == ROUTES.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name in POSTING if ROUTES[name][0].csrf))
def test_every_writing_route_refuses_a_form_of_another_site(name, world):
    row = ROUTES[name][0]
    facts = world.records[row.about]["own"] if row.about else None
    browser = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)
    address = reverse(name, kwargs=({"pk": facts.pk} if facts else {}) | row.pks(world, facts))
    with watched():
        browser.force_login(world.cast.sup, backend="users.backends.People")
        with watched() as watch:
            response = browser.post(address, row.data(world, facts, address))
    assert response.status_code == 403 and "This form has expired" in response.content.decode()
    assert not watch.moved
