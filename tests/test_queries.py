"""How many queries each page takes: the same with 20 rows and with 200, and no more than ``tests/queries.json`` says.

``QUERIES=write`` writes the file anew: for a page that is new, that takes fewer, or more for a reason the commit says.
"""

import json
import os
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from opportunities import in_passing
from tests.everywhere import furnish, pages

STORED = Path(__file__).with_name("queries.json")
PEOPLE = ("ada", "claire")


def counted(cast, as_):
    """``{person: {route: queries}}`` of every page that answers."""
    found = {}
    for person in PEOPLE:
        browser = as_(getattr(cast, person))
        found[person] = {}
        for route, url in pages().items():
            in_passing._large.clear()
            browser.get(url)  # what is kept in memory is read once
            with CaptureQueriesContext(
                connection,
            ) as queries:
                status = browser.get(url).status_code
            if status == 200:
                found[person][route] = len(queries)
    return found


def test_no_page_takes_more_queries_than_it_did_nor_more_with_more_rows(cast, as_, monkeypatch):
    monkeypatch.setattr(in_passing, "LONG_SECONDS", 60)
    furnish(cast, 20)
    few = counted(cast, as_)
    furnish(cast, 180)
    many = counted(cast, as_)
    assert {
        person: {route: (n, many[person][route]) for route, n in few[person].items() if many[person][route] > n}
        for person in PEOPLE
    } == {person: {} for person in PEOPLE}
    if os.environ.get("QUERIES") == "write":
        STORED.write_text(json.dumps(many, indent=1, sort_keys=True) + "\n")
    stored = json.loads(STORED.read_text())
    risen = {
        f"{person} {route}": (stored[person][route], n)
        for person in PEOPLE
        for route, n in many[person].items()
        if n > stored[person].get(route, n)
    }
    assert not risen
