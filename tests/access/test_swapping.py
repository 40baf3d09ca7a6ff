"""GIVE-4: an id typed into any parameter says nothing of what is hidden: a stranger's record, one of theirs in the
trash and one that never was are answered alike, word for word, and write the same.

The hidden ones have ids far from all others, so that no parameter can mean something that one sees.
"""

import re
import zlib

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Account, Contact
from activities.models import Activity, ActivityType
from opportunities.models import Opportunity
from tasks.models import Task
from tests.access.routes import ROUTES
from tests.access.watching import WRITES, watched
from tests.make import make_account, make_contact, make_opportunity
from tests.test_outsider import TOKENS

ABSENT = 999_999_999
NAMES = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([\w-]+)"')
NEVER = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}


def begin_at(model, number):
    """The next record of this kind gets this id."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, number])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number - 1])


@pytest.fixture(scope="module")
def hidden(world, django_db_blocker):
    """Ids of what Claire does not see, of each kind: Sam’s, and Sam’s in the trash."""
    with django_db_blocker.unblock():
        sam, found = world.cast.sam, []
        for at, (model, make) in enumerate(
            ((Opportunity, make_opportunity), (Account, make_account), (Contact, make_contact))
        ):
            begin_at(model, 7_000_001 + at * 1_000)
            strangers, trashed = make("Zyxwv secret", by=sam), make("Zyxwv trashed", by=sam)
            if model is Opportunity:
                of = strangers
            if model is Account:
                make_contact("Hers at theirs", by=world.cast.claire, account=strangers)
            trashed.trash(by=sam)
            found += [strangers.pk, trashed.pk]
        begin_at(Activity, 7_004_001)
        begin_at(Task, 7_005_001)
        call = ActivityType.objects.get(code="call")
        found.append(Activity(text="Zyxwv call", type=call, opportunity=of).add(by=sam).pk)
        found.append(Task(title="Zyxwv task", opportunity=of).add(by=sam).pk)
    return found


def plain(answer, pk):
    """An answer without what differs each time, and without the id itself."""
    body = b"" if answer.streaming else answer.content
    text = TOKENS.sub(b"", body).decode() + answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
    return re.sub(rf"{pk}|{pk:,}|{pk:_}".replace("_", "."), "N", text)


def ask(world, method, address, given, pk):
    with watched() as watch:
        browser = world.browser("claire")
        if method == "GET":
            answer = browser.get(address, given)
        else:
            answer = browser.post(address, given)
        wrote = sorted(f"{WRITES.match(sql)[1]} {WRITES.match(sql)['table']}" for sql in watch.writes)
        return answer.status_code, plain(answer, pk), wrote, watch.mails


def parameters(world, name):
    """Each parameter that a route may be sent: what is in its form or on its page, and what the matrix posts."""
    row = ROUTES[name][0]
    facts = world.records[row.about]["own"] if row.about else None
    address = reverse(name, kwargs=({"pk": facts.pk} if facts else {}) | row.pks(world, facts))
    for method in row.methods.split():
        if method not in ("GET", "POST"):
            continue
        given = row.data(world, facts, address) if method == "POST" else dict(re.findall(r"(\w+)=(\w+)", row.query))
        names = {key for key in given if not hasattr(given[key], "read")}
        if "GET" in row.methods:
            with watched():
                page = world.browser("claire").get(address)
            names |= set(NAMES.findall("" if page.streaming else page.content.decode()))
        for one in sorted(names - NEVER):
            yield method, address, given, one


@pytest.mark.django_db
@pytest.mark.parametrize("share", [20, pytest.param(1, marks=pytest.mark.soak)])
def test_give_4_an_id_in_any_parameter_is_answered_as_an_absent_one(world, hidden, share):
    wrong, count = [], 0
    for name in sorted(ROUTES):
        if ROUTES[name][0].anonymous or zlib.crc32(name.encode()) % share:
            continue
        for method, address, given, one in parameters(world, name):
            absent = ask(world, method, address, given | {one: str(ABSENT)}, ABSENT)
            if absent[0] >= 500:
                wrong.append(f"{method} {address} {one}={ABSENT}: {absent[0]}")
            empty = ask(world, method, address, given | {one: ""}, ABSENT)
            if empty[0] >= 500:
                wrong.append(f"{method} {address} {one}=: {empty[0]}")
            for pk in hidden:
                count += 1
                found = ask(world, method, address, given | {one: str(pk)}, pk)
                if found != absent:
                    differs = next((at for at in range(4) if found[at] != absent[at]), None)
                    told = (found[differs], absent[differs]) if differs != 1 else difference(found[1], absent[1])
                    wrong.append(f"{method} {address} {one}={pk}: {told}")
                if "Zyxwv" in found[1]:
                    wrong.append(f"{method} {address} {one}={pk}: names it")
    assert count > 300
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong[:30])


LISTS = [f"{kind}:{page}" for kind in ("opportunities", "accounts", "contacts") for page in ("index", "filters")]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*LISTS, "opportunities:board", "opportunities:summary"])
def test_give_4_a_list_narrowed_to_what_is_hidden_is_as_one_narrowed_to_nothing(world, hidden, name):
    """No page has these in a form: they come with a link."""
    for key in ("account", "contact", "id", "parent"):
        absent = ask(world, "GET", reverse(name), {key: str(ABSENT)}, ABSENT)
        for pk in hidden[:6:2]:
            found = ask(world, "GET", reverse(name), {key: str(pk)}, pk)
            assert found == absent, f"{key}={pk}: {difference(found[1], absent[1])}"


def difference(one, other):
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[max(at - 60, 0) : at + 80], other[max(at - 60, 0) : at + 80]
