"""ALL-5, issue 4: on every route, whatever it answers, the strict headers; and no way out to another site.

One request for each method of each route as somebody who may do it, one as nobody; each names another site wherever a
page could be told where to go next.
"""

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.models.house import see_mark
from tests.access.routes import ROUTES
from tests.crm.test_security import ALWAYS

pytestmark = pytest.mark.django_db
SITE = "evil.example"
NAMES = ("next", "back", "to", "url", "return", "redirect", "redirect_to", "continue")
ELSEWHERE = (f"https://{SITE}/", f"//{SITE}/", f"/\\{SITE}/", f"https:///{SITE}/", f"javascript:alert('{SITE}')")
LEADS = re.compile(rf"""(?:href|action|hx-get|hx-post|formaction|src)=["']?(?:https?:)?[/\\]*{SITE}""")
FRAMED = {"activities:mail_body"}


def requests(world):
    """Each method of each route, by the one who may do everything."""
    for at, (name, (row, *_more)) in enumerate(sorted(ROUTES.items())):
        facts = world.records[row.about]["own"] if row.about else None
        address = reverse(name, kwargs=({"pk": facts.pk} if facts else {}) | row.pks(world, facts))
        elsewhere = dict.fromkeys(NAMES, ELSEWHERE[at % len(ELSEWHERE)])
        query = "&".join(filter(None, [row.query, *(f"{key}={value}" for key, value in elsewhere.items())]))
        for method in row.methods.split():
            data = elsewhere | row.data(world, facts, address) if method == "POST" else None
            yield name, method, address, query, data


def lacking(response):
    """Which headers an answer lacks, or has too lax."""
    found = [name for name, begins in ALWAYS.items() if not response.headers.get(name, "").startswith(begins)]
    policy = response.headers.get("Content-Security-Policy", "")
    return found + [word for word in ("unsafe", "data:", "*") if word in policy]


def may_be_kept(name, response):
    """Whether a browser or a proxy may keep what was answered; what a calendar program read it asks about again."""
    kept = "private, no-cache" if name == "activities:calendar" and response.status_code == 200 else "private, no-store"
    return not response.headers["Cache-Control"].startswith(("max-age=0", "no-cache", kept))


def leads_away(response, body):
    """Whether it leads to the other site: at once, or by a link."""
    to = response.headers.get("Location", "") + response.headers.get("HX-Redirect", "")
    bare = re.sub(r"[?&#].*", "", to)
    return SITE in bare or "javascript:" in bare or bool(LEADS.search(body)) or bool(re.match(r"https?:|//|/\\", to))


@pytest.mark.parametrize("who", ["sup", "anonymous"])
def test_all_5_every_answer_of_every_route_is_strict_and_leads_nowhere_else(world, who):
    wrong, count = [], 0
    for name, method, address, query, data in requests(world):
        browser = Client(
            raise_request_exception=False, headers={"accept-language": "en", "referer": f"https://{SITE}/"}
        )
        for key, value in world.cookies[who].items():
            browser.cookies[key] = value
        with transaction.atomic():
            response = getattr(browser, method.lower())(f"{address}?{query}", data)
            body = "" if response.streaming else response.content.decode(errors="replace")
            transaction.set_rollback(True)
        see_mark("unknown")
        count += 1
        cell = f"{method} {name}: {response.status_code}"
        if (lacks := lacking(response)) and name not in FRAMED:
            wrong.append(f"{cell} lacks {lacks}")
        if may_be_kept(name, response):
            wrong.append(f"{cell} may be kept: {response.headers['Cache-Control']}")
        if leads_away(response, body):
            wrong.append(f"{cell} leads to {response.headers.get('Location', 'another site by a link')}")
        if response.status_code >= 500 and name != "readyz":
            wrong.append(cell)
    assert count > 200
    assert not wrong, "\n".join(wrong)
