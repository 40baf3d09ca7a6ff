"""Pages against the plain page: both servers asked in turn, medians compared."""

import re
import statistics
import threading
import time

from bench.house import Browser, pss

ROUNDS = 41
PEOPLE = {"claire": "representative", "mia": "manager", "ada": "administrator", "eve": "newcomer with a dozen"}
DEEP = 1_000
FILTERS = (
    "status=open", "status=lost", "stage=3", "pipeline=2", "owner=4", "team=1", "account=17", "contact=23",
    "source=2", "assignee=5", "amount_min=200000", "due_from=2026-01-01&due_to=2026-01-31", "incomplete=true",
    "q=temperature", "q=zzzzqx", "q=hexabio", "q=OPP-2026-77",
)  # fmt: skip


def measure(house, say):
    with house.serve() as (port, _), house.serve("bench.plain:application") as (plain_port, _):
        browsers = {person: Browser(port).sign_in(person) for person in PEOPLE}
        plain = Browser(plain_port)
        plain.cookies = plain_cookies(house)
        floor = Floor(plain)
        for person, role in PEOPLE.items():
            ratio = floor.ratio(browsers[person], "/opportunities/")
            say(f"list, first page, {role}", ratio, 1.0)
        for person in ("claire", "ada"):
            deep = page_at(browsers[person], DEEP if house.size > 60_000 else house.size // 100)
            say(f"list, a deep page, {PEOPLE[person]}", floor.ratio(browsers[person], deep), 1.0)
        for person in ("claire", "ada"):
            for query in FILTERS:
                ratio = floor.ratio(browsers[person], f"/opportunities/?{query}", rounds=11)
                say(f"list, {query}, {PEOPLE[person]}", ratio, 2.0)
        for person in ("claire", "ada"):
            ratio = floor.ratio(browsers[person], "/opportunities/summary/?last=0.0", rounds=7)
            say(f"totals of everything, {PEOPLE[person]}", ratio, 2.0)
        for person in ("claire", "ada", "eve"):
            say(
                f"board, first 50 of each column, {PEOPLE[person]}",
                floor.ratio(browsers[person], "/opportunities/board/"),
                2.0,
            )
        first = re.search(rb'data-id="(\d+)"', browsers["claire"].get("/opportunities/"))[1].decode()
        say("record page", floor.ratio(browsers["claire"], f"/opportunities/{first}/"), 1.2)
        say("history of changes", floor.ratio(browsers["claire"], f"/opportunities/{first}/history/"), 1.2)
        account = re.search(rb'href="/accounts/(\d+)/"', browsers["ada"].get("/opportunities/"))[1].decode()
        say("account page", floor.ratio(browsers["ada"], f"/accounts/{account}/"), 1.2)
        say("search", floor.ratio(browsers["ada"], "/search/?q=hexabio", rounds=11), 2.0)
        say("the plain page itself, ms", floor.milliseconds(), None)


def throughput(house, say):
    """Requests a second on the list: two workers, sixteen clients."""
    with house.serve(workers=2, threads=3) as (port, process):
        people = [*PEOPLE][:3]
        browsers = [Browser(port).sign_in(people[at % 3]) for at in range(16)]
        stop, counts = time.monotonic() + 8, [0] * 16

        def work(at):
            while time.monotonic() < stop:
                browsers[at].get("/opportunities/")
                counts[at] += 1

        threads = [threading.Thread(target=work, args=(at,)) for at in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        say("requests per second on the list", sum(counts) / 8, 220, at_least=True)
        say("memory of web with 2 workers, MB", pss(process), 200)


class Floor:
    """The plain page, asked in turn with another; each ratio is of medians taken side by side."""

    def __init__(self, plain):
        self.plain = plain
        self.times = []

    def ratio(self, browser, path, rounds=ROUNDS):
        mine, floor = [], []
        browser.get(path)
        for _ in range(rounds):
            floor.append(_timed(self.plain, "/plain/"))
            mine.append(_timed(browser, path))
        self.times += floor
        return statistics.median(mine) / statistics.median(floor)

    def milliseconds(self):
        return statistics.median(self.times) * 1000


def _timed(browser, path):
    started = time.perf_counter()
    browser.get(path)
    return time.perf_counter() - started


def page_at(browser, number):
    """The address of a deep page, taken from the list itself by its own key."""
    path = "/opportunities/"
    for _ in range(3):
        found = re.search(rb'href="(\?[^"]*after=[^"]*)" rel="next"', browser.get(path))
        path = "/opportunities/" + found[1].decode().replace("&amp;", "&")
    for _ in range(number - 4):
        content = browser.get(path)
        found = re.search(rb'href="(\?[^"]*after=[^"]*)" rel="next"', content)
        if not found:
            break
        path = "/opportunities/" + found[1].decode().replace("&amp;", "&")
    return path


def plain_cookies(house):
    code = (
        "from django.contrib.auth import *; from users.models import User;"
        "from django.contrib.sessions.backends.db import SessionStore; s = SessionStore();"
        "u = User.objects.get(email='ada@demo.example'); s[SESSION_KEY] = str(u.pk);"
        "s[BACKEND_SESSION_KEY] = 'django.contrib.auth.backends.ModelBackend';"
        "s[HASH_SESSION_KEY] = u.get_session_auth_hash(); s.create(); print(s.session_key)"
    )
    answer = house.manage("shell", "-v0", "-c", code, capture_output=True, text=True)
    return {"sessionid": answer.stdout.strip().splitlines()[-1]}
