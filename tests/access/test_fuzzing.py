"""Requests of every shape at random, as several people: never a 5xx, and what is refused changes nothing.

Addresses are those of the URL conf with ids that are there, hidden, absent or no ids at all; parameters are those that
the pages know with values that no page sends: NUL, huge numbers, half a surrogate pair, wrong types and encodings.
"""

import random
import re
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.watching import watched

METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
PEOPLE = ("anonymous", "gone", "claire", "eve", "mia", "bo", "ada", "sup")
NAMES = re.compile(r'name="([\w-]+)"')
MORE = (
    "q", "after", "before", "page", "sort", "status", "stage", "owner", "amount_min", "amount_max", "due_from", "due_to", "on",
    "totals", "columns", "group", "id", "sel", "action", "all", "query", "kind", "row", "show", "tab", "back", "next", "version",
    "to", "turn", "pipeline", "account", "contact", "tag", "tags", "record", "who", "door", "from", "past", "as_of", "month",
)  # fmt: skip
VALUES = (
    "", " ", "0", "-1", "1", "7", "999999999999999999", "9" * 40, "1e400", "-0", "1.5", "NaN", "Infinity", "\0", "a\0b", "\ufeff",
    "\u202e", "😀", "é" * 5_000, "x" * 20_000, "true", "null", "[]", "{}", '{"a":1}', "' OR 1=1 --", "<script>alert(1)</script>",
    "../../etc/passwd", "//evil.example/", "javascript:alert(1)", "2026-13-45", "0000-00-00", "9999-12-31", "10000-01-01",
    "31/12/2026", "12:61", "1,2,3", "own", "-due_on", "amount", "name", "%", "_", "\\", '"', "\r\nSet-Cookie: a=b", "٣", "१२",
    "²", "1_000", "１２", "+5", "1 000", "99999999999999999.99", "=1+1", "user-1", "user:1", "group:1", "day:1", "opportunity",
)  # fmt: skip
RAW = ("%00", "%ff%fe", "%ed%a0%80", "%", "%zz", "%c0%af", "%F4%90%80%80", "+", "&&&", "=", "%26%3D", "%0d%0a")
BODIES = (
    b"", b"{", b'{"a": 1}', b"\xff\xfe\x00", b"a=%ed%a0%80&b=%00", b"--x\r\n", b"x" * 70_000, b"row=new1&new1-name=%00", b"&" * 3_000,
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data",
    "multipart/form-data; boundary=x", "application/json", "text/plain; charset=nonsense", "", "image/png",
)  # fmt: skip
HEADERS = (
    {}, {}, {}, {"hx-request": "true"}, {"hx-request": "true", "hx-target": "x", "hx-trigger": "\xe9"},
    {"accept-language": "fr;q=nonsense,*;q=9"}, {"accept-language": "x" * 900}, {"referer": "https://evil.example/"},
    {"cookie": "django_language=../..; sessionid=\x00"}, {"accept": "application/json"}, {"range": "bytes=9-1"},
    {"if-none-match": "*"}, {"hx-current-url": "http://[::1"}, {"x-http-method-override": "DELETE"},
)  # fmt: skip


def addresses(patterns=None, prefix=""):
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        at = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, at)
        elif isinstance(entry, URLPattern):
            yield at


class Fuzzer:
    def __init__(self, world, seed):
        self.world, self.chance = world, random.Random(seed)
        self.addresses = sorted(set(addresses()))
        self.names = list(MORE)
        records = [facts.pk for states in world.records.values() for facts in states.values()]
        self.ids = [str(pk) for pk in (*records, *range(1, 9))] * 3 + [
            "0",
            "999999999",
            "9" * 18,
            "9" * 19,
            "-1",
            "x",
            "%00",
            "١",
        ]

    def address(self):
        pick = self.chance.choice
        known = {
            "slug:kind": ["opportunity", "account", "x"],
            "slug:name": ["amount", "due_on", "owner", "id", "version"],
        }

        def fill(found):
            return pick(known[found[1]]) if found[1] in known and self.chance.random() < 0.8 else pick(self.ids)

        route = re.sub(r"\(\?P<\w+>[^)]*\)", lambda found: pick(self.ids), pick(self.addresses))
        return "/" + re.sub(r"<([^>]+)>", fill, route)

    def value(self):
        return self.chance.choice(self.ids if self.chance.random() < 0.35 else VALUES)

    def given(self, most):
        return [(self.chance.choice(self.names), self.value()) for _number in range(self.chance.randint(0, most))]

    def query(self):
        pairs = [f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in self.given(3)]
        if self.chance.random() < 0.2:
            pairs.append(self.chance.choice(MORE) + "=" + self.chance.choice(RAW))
        return "&".join(pairs)

    def request(self):
        """One request, as what ``Client.generic`` takes, and a word to make it again."""
        method, url = self.chance.choice(METHODS), self.address()
        if query := self.query():
            url = f"{url}?{query}"[:60_000]
        data, kind = b"", "application/octet-stream"
        if method in ("POST", "PUT", "PATCH"):
            if self.chance.random() < 0.75:
                kind = TYPES[0]
                pairs = self.given(8)
                data = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()
            else:
                data, kind = self.chance.choice(BODIES), self.chance.choice(TYPES)
        return method, url, data, kind, self.chance.choice(HEADERS)

    def learn(self, body):
        """The fields of a page are what the next requests send."""
        for name in NAMES.findall(body)[:40]:
            if name not in self.names and len(self.names) < 400 and name != "csrfmiddlewaretoken":
                self.names.append(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("requests", "seed"), [(300, 1), *(pytest.param(1_000, seed, marks=pytest.mark.soak) for seed in range(2, 7))]
)
def test_no_request_at_random_is_a_fault_of_the_server_nor_changes_what_it_may_not(world, requests, seed):
    fuzzer, wrong, statuses = Fuzzer(world, seed), [], set()
    for _number in range(requests):
        who = fuzzer.chance.choice(PEOPLE)
        method, url, data, kind, headers = fuzzer.request()
        browser = world.browser(who)
        browser.raise_request_exception = False
        with watched() as watch:
            answer = browser.generic(method, url, data, kind, headers=headers)
            body = "" if answer.streaming else answer.content.decode(errors="replace")
        statuses.add(answer.status_code)
        made = f"{method} {url[:300]} as {who}, {kind}: {data[:300]!r}, {headers}"
        if answer.status_code >= 500 and not url.startswith("/readyz"):
            wrong.append(f"{answer.status_code} {made}: {answer.exc_info and answer.exc_info[1]!r}")
        if watch.moved and (answer.status_code >= 400 or method in ("HEAD", "OPTIONS")):
            wrong.append(f"{answer.status_code} {made}: wrote {watch.writes}")
        fuzzer.learn(body)
    assert not wrong, f"{len(wrong)} of {requests}:\n" + "\n".join(wrong[:20])
    assert {200, 302, 403, 404, 405} <= statuses
