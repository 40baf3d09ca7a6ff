"""The day of a busy person against the plain page: 5,000 tasks to do, and a record whose history has 10,000 entries.

    python -m bench.days

makes both in the house that the environment names, and prints the number of the record.
"""

import datetime as dt
import html
import os
import re
import subprocess
from urllib.parse import urljoin

from bench.house import PYTHON, Browser
from bench.pages import Floor, plain_cookies

TASKS, ENTRIES, PAGES = 5_000, 10_000, 30
BUSY = "claire"


def measure(house, say):
    out = subprocess.run(
        [PYTHON, "-m", "bench.days"], env=house.environment, check=True, capture_output=True, text=True
    )
    record = out.stdout.split()[-1]
    with house.serve() as (port, _), house.serve("bench.plain:application") as (plain_port, _):
        browser, plain = Browser(port).sign_in(BUSY), Browser(plain_port)
        plain.cookies = plain_cookies(house)
        floor = Floor(plain)
        say(f"my day, {TASKS:,} tasks", floor.ratio(browser, "/"), 1.5)
        say("my tasks, first page", floor.ratio(browser, "/tasks/"), 1.5)
        say("my tasks, a deep page", floor.ratio(browser, deep(browser, "/tasks/")), 1.5)
        feed = f"/opportunities/{record}/activity/"
        say(f"a history of {ENTRIES:,}, first page", floor.ratio(browser, feed), 1.5)
        say("the same, a deep page", floor.ratio(browser, deep(browser, feed)), 1.5)


def deep(browser, path):
    """The address many pages on, by the page's own links."""
    for _ in range(PAGES):
        found = re.search(rb'href="([^"]*)"[^>]*rel="next"', browser.get(path))
        path = urljoin(path, html.unescape(found[1].decode()))
    return path


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django

    django.setup()
    from django.utils import timezone

    from activities.models import Activity
    from activities.models.kind import activity_types
    from core.dates import today
    from opportunities.models import Opportunity
    from records.journal import operation
    from tasks.models import Task
    from users.models import User

    claire = User.objects.get(email=f"{BUSY}@demo.example")
    mine = list(
        Opportunity.objects.filter(owner=claire, status="open").order_by("pk").values_list("pk", flat=True)[:100]
    )
    blank = Task.blank_row() | {"assignee_id": claire.pk, "made_by_id": claire.pk, "remind_before": 15}
    tasks = [
        blank
        | {
            "title": f"Task {at}",
            "due_on": today() + dt.timedelta(days=at % 400 - 100),
            "due_time": dt.time(at % 24),
            "opportunity_id": mine[at % len(mine)] if at % 3 else None,
        }
        for at in range(TASKS)
    ]
    kinds = [pk for pk, kind in activity_types().items() if kind.code]
    noted = Activity.blank_row() | {"opportunity_id": mine[0], "made_by_id": claire.pk}
    entries = [
        noted
        | {
            "type_id": kinds[at % len(kinds)],
            "subject": "Call",
            "text": f"What was said, the {at}th time, to @Tom Nguyen",
            "at": timezone.now() - dt.timedelta(minutes=at),
        }
        for at in range(ENTRIES)
    ]
    with operation(by=claire, door="form", what="bench"):
        Task.create_rows(tasks)
    with operation(by=claire, door="form", what="bench"):
        Activity.create_rows(entries)
    print(mine[0])


if __name__ == "__main__":
    main()
