"""GIVE-4 on every surface: twelve people look everywhere; they find all that the rule lets them see, and nothing else.

The rule is told once more in plain Python (tests/access/rule.py); the crowd knows what it did to each record. The name
of the account and contact of an opportunity that one sees is shown with it, as GIVE-4 says, where opportunities are.
"""

import csv
import io
import logging
import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from attributes.models import Tag
from core.models import Job
from opportunities import in_passing
from opportunities.models import Bulk, Line
from tests.access.crowd import KIND, NAME, Crowd, code_of
from tests.access.rule import allowed, scope_of, visible
from tests.transfers import sheets

pytestmark = pytest.mark.django_db
FEW = {
    "accounts.listing.FEW": 1_000, "opportunities.sorting.FEW": 2_000, "opportunities.board.FEW": 2_000,
    "opportunities.past.LITTLE": 2_000,
}  # fmt: skip
PLURAL = {"opportunity": "opportunities", "account": "accounts", "contact": "contacts"}
SIZES = pytest.mark.parametrize(
    ("seed", "opportunities", "parties", "sample", "every"),
    [(1, 50, 20, 1, 3), *(pytest.param(seed, 300, 100, 12, 1, marks=pytest.mark.soak) for seed in (2, 3))],
)


class Eyes:
    """One person in front of the CRM, and what the rule says they see."""

    def __init__(self, crowd, person, sample):
        self.crowd, self.person, self.sample = crowd, person, sample
        self.browser = crowd.browser(person)
        self.seen = {kind: {one.name for one in some if visible(person, one)} for kind, some in crowd.records.items()}
        deals = [one for one in crowd.records["opportunity"] if one.name in self.seen["opportunity"]]
        self.deals = deals
        self.named = {party.name for one in deals for party in (one.account, one.contact) if party is not None}
        self.all_seen = set().union(*self.seen.values())
        self.wrong = []

    def get(self, url, **headers):
        answer = self.browser.get(url, headers=headers)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer, {found[0] for found in NAME.finditer(body.decode())}

    def walk(self, url):
        """The names on a page and on all that follow it."""
        found, at = set(), url
        for _page in range(40):
            answer, names = self.get(at)
            assert answer.status_code == 200, at
            found |= names
            onward = (answer.context or {}).get("next")
            if not onward:
                return found
            at = onward if onward.startswith("/") else url.partition("?")[0] + onward
        raise AssertionError(f"{url} does not end")

    def some(self, facts):
        facts = sorted(facts, key=lambda one: one.name)
        return self.crowd.chance.sample(facts, min(self.sample, len(facts)))

    def check(self, where, found, wanted=None, beside=()):
        """``wanted`` is what must be there exactly, of its kinds; else nothing but what one sees may be."""
        hidden = found - self.all_seen - set(beside)
        missing = (wanted or set()) - found
        if hidden:
            self.wrong.append(f"{self.person} on {where}: shows {sorted(hidden)[:5]}, {len(hidden)} in all")
        if missing:
            self.wrong.append(f"{self.person} on {where}: lacks {sorted(missing)[:5]}, {len(missing)} in all")

    def same(self, where, found, wanted):
        if found != wanted:
            self.wrong.append(f"{self.person} on {where}: {found}, but it is {wanted}")


def lists(eyes):
    eyes.check("the list", eyes.walk("/opportunities/"), eyes.seen["opportunity"], eyes.named)
    eyes.check("the list sorted", eyes.walk("/opportunities/?sort=-amount"), eyes.seen["opportunity"], eyes.named)
    past = eyes.walk(f"/opportunities/?on={timezone.localdate()}")
    eyes.check("the list of a day", past, eyes.seen["opportunity"], eyes.named)
    for kind in ("account", "contact"):
        eyes.check(f"{kind}s", eyes.walk(f"/{kind}s/"), eyes.seen[kind])
    for url in (
        "/",
        "/tasks/",
        "/reports/opportunities/",
        "/reports/opportunities/?q=Ann",
        "/search/?q=Ann",
        "/opportunities/filters/",
        "/accounts/filters/",
        "/contacts/filters/",
    ):
        eyes.check(url, eyes.get(url)[1], beside=eyes.named)


def totals(eyes):
    summary = eyes.browser.get("/opportunities/summary/").context["summary"]
    for status, half in (("open", summary.open), ("won", summary.closed)):
        deals = [one for one in eyes.deals if one.status == status]
        eyes.same(f"{status} count", half.count, len(deals))
        eyes.same(f"{status} total", amount_of(half.amount), sum(one.amount for one in deals))
    narrowed = eyes.browser.get("/opportunities/summary/?amount_min=5000").context["summary"]
    large = [one.amount for one in eyes.deals if one.amount >= 5_000]
    eyes.same("the count of a filter", narrowed.open.count + narrowed.closed.count, len(large))
    eyes.same("the total of a filter", amount_of(narrowed.open.amount) + amount_of(narrowed.closed.amount), sum(large))
    past = eyes.browser.get(f"/opportunities/?on={timezone.localdate()}").context["summary"]
    eyes.same("the count of a day", past.all.count, len(eyes.deals))
    eyes.same("the total of a day", amount_of(past.all.amount), sum(one.amount for one in eyes.deals))


def amount_of(converted):
    """In whole units of the house currency, the only one here."""
    return sum(converted.by_currency.values()) // 1_000


def board(eyes):
    page = eyes.browser.get("/opportunities/board/?totals=1")
    for column in page.context["columns"]:
        stage = column["head"].stage
        deals = [one for one in eyes.deals if one.status == "open" and one.stage == stage]
        found = {found[0] for found in NAME.finditer(column["cards"])}
        at = column["next"]
        while at:
            answer, names = eyes.get(f"/opportunities/board/stage/{stage.pk}/{at}")
            found, at = found | names, answer.context["next"]
        wanted = {one.name for one in deals}
        eyes.check(f"the column {stage}", found, wanted, eyes.named)
        eyes.same(f"the count of {stage}", column["head"].figures.count, len(deals))
        eyes.same(f"the total of {stage}", amount_of(column["head"].figures.amount), sum(one.amount for one in deals))
    eyes.check("the board", eyes.get("/opportunities/board/")[1], beside=eyes.named)


def search(eyes):
    for kind, some in eyes.crowd.records.items():
        for one in [*eyes.some(some), *eyes.some(of_hidden_houses(eyes, some))]:
            code = code_of(kind, int(one.name[3:]))
            found = eyes.get(f"/search/?q={code}")[1]
            beside = eyes.named if kind == "opportunity" else ()
            eyes.check(f"the search for {code}", found, {one.name} & eyes.all_seen, beside)
            if kind != "opportunity":
                answer, names = eyes.get(f"/{kind}s/pick/?q={one.name}", **{"hx-request": "true"})
                eyes.check(f"the {kind}s to pick", names, beside={one.name})  # it says back what was typed
                names = {found[0] for option in answer.context["options"] for found in NAME.finditer(str(option))}
                eyes.check(f"the {kind}s to pick", names, {one.name} & eyes.all_seen)


def of_hidden_houses(eyes, some):
    """Visible contacts of accounts that are not."""
    return [
        one
        for one in some
        if one.name in eyes.all_seen and getattr(one, "employer", None) and one.employer.name not in eyes.all_seen
    ]


def records(eyes):
    """Pages, sections, histories and Access panels; and the pages of what is hidden."""
    for kind, some in eyes.crowd.records.items():
        for one in eyes.some(one for one in some if one.name in eyes.all_seen):
            place = f"/{PLURAL[kind]}/{one.pk}/"
            beside = eyes.named
            for url in (place, f"{place}history/", f"{place}menu/", f"{place}activity/", f"{place}access/"):
                eyes.check(url, eyes.get(url)[1], {one.name} if url == place else None, beside)
            hidden = eyes.browser.get(f"{place}access/").context["hidden"]
            wanted = {person.pk for person in eyes.crowd.people if person.is_active and not visible(person, one)}
            eyes.same(f"{place}access/", {person.pk for person in hidden}, wanted)
            if kind == "account":
                deals = {deal.name for deal in eyes.deals if deal.account is one}
                eyes.check(
                    f"the deals of {one.name}", eyes.get(place)[1], deals if len(deals) < 6 else None, eyes.named
                )
                eyes.check(f"the contacts of {one.name}", eyes.get(f"{place}contacts/")[1])
        for one in eyes.some(one for one in some if one.name not in eyes.all_seen):
            place = f"/{PLURAL[kind]}/{one.pk}/"
            for url in (
                place,
                f"{place}history/",
                f"{place}access/",
                f"{place}edit/",
                f"{place}share/",
                f"{place}menu/",
            ):
                answer, names = eyes.get(url)
                eyes.same(url, answer.status_code, 404)
                eyes.check(url, names)


def journal(eyes):
    digs = {"journal", "restore"} & set(eyes.person.profile.abilities)
    gone = {one.name for some in eyes.crowd.records.values() for one in some if one.trashed} if digs else set()
    eyes.check("the journal", eyes.walk("/journal/"), beside=eyes.named | gone)
    for number in eyes.crowd.operations[:: 1 if eyes.sample > 1 else 4]:
        answer, _names = eyes.get(f"/journal/{number}/")
        if answer.status_code == 200:
            eyes.check(f"operation {number}", eyes.walk(f"/journal/{number}/"), beside=eyes.named | gone)
    eyes.check("notices", eyes.walk("/notifications/"))
    answer, names = eyes.get("/trash/")
    eyes.same("the trash", answer.status_code, 200 if "restore" in eyes.person.profile.abilities else 403)
    eyes.check("the trash", names, beside=gone)


def files(eyes, folder):
    """Exports hold what one may export; imports by ID and reference find what one sees. Lines too: those of what one
    sees."""
    for kind, plural, key in (*((*pair, "id") for pair in PLURAL.items()), ("opportunity", "lines", "opportunity_id")):
        if scope_of(eyes.person, kind, "export") == "none":
            continue
        out = folder / "out.csv"
        call_command("export_file", plural, str(out), "--as", eyes.person.email, stdout=io.StringIO())
        text = out.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        wanted = {one.pk for one in eyes.crowd.records[kind] if allowed(eyes.person, "export", one)}
        eyes.same(f"the export of {plural}", {int(row[key]) for row in rows} ^ wanted, set())
        found = {found[0] for found in NAME.finditer(text)}
        eyes.check(f"the export of {plural}", found, beside=eyes.named if kind == "opportunity" else ())
    if scope_of(eyes.person, "opportunity", "import") == "none":
        return
    deals = eyes.crowd.records["opportunity"]
    line_of = dict(Line.objects.values_list("opportunity", "pk"))
    for kind, header, column, value in (
        ("opportunity", "ID", "Call name", lambda one: one.pk),
        ("opportunity", "Reference", "Call name", lambda one: code_of("opportunity", int(one.name[3:]))),
        ("line", "ID", "Label", lambda one: line_of[one.pk]),
        ("line", "Opportunity ID", "Label", lambda one: one.pk),
        ("line", "Reference", "Label", lambda one: code_of("opportunity", int(one.name[3:]))),
    ):
        rows = [[header, column, "Position"], *([value(one), "Z", 1] for one in deals)]
        made = sheets.check(sheets.read(rows, eyes.person, kind), duplicates="update")
        done = {line.number for line in made.lines.filter(outcome="updated")}
        wanted = {at for at, one in enumerate(deals, 2) if allowed(eyes.person, "change", one)}
        eyes.same(f"the import of {kind} by {header}", done ^ wanted, set())
        if kind == "line" or header == "ID":
            said = {at: str(details) for at, details in made.lines.values_list("number", "details")}
            hidden = {
                re.sub(r"\d+", "N", said[at])
                for at, one in enumerate(deals, 2)
                if at in said and not visible(eyes.person, one)
            }
            eyes.same("what an import says of what is hidden", len(hidden) <= 1, True)


def bulk(eyes):
    tag = Tag.objects.first()
    eyes.browser.post("/opportunities/bulk/", {"action": "tags", "all": "1", "query": ""})
    made = Bulk.objects.filter(by=eyes.person).last()
    eyes.same("what is chosen for many", {*(made.ids if made else [])} ^ {one.pk for one in eyes.deals}, set())
    by_hand = {"action": "tags", "sel": [one.pk for one in eyes.crowd.records["opportunity"]]}
    eyes.browser.post("/opportunities/bulk/", by_hand)
    made = Bulk.objects.filter(by=eyes.person).last()
    eyes.same("what is ticked for many", {*(made.ids if made else [])} ^ {one.pk for one in eyes.deals}, set())
    if made is None:
        return
    eyes.check("the question of many", eyes.get(made.get_absolute_url())[1], beside=eyes.named)
    eyes.browser.post(made.get_absolute_url(), {"mode": "add", "tags": tag.pk})
    for job in Job.objects.due().filter(by=eyes.person):  # as the worker does with many
        job.run()
    done = {one.pk for one in eyes.crowd.records["opportunity"] if tag.pk in one.record.tag_ids()}
    eyes.same(
        "what was done to many", done ^ {one.pk for one in eyes.deals if allowed(eyes.person, "change", one)}, set()
    )
    eyes.check("the receipt of many", eyes.get(made.get_absolute_url())[1], beside=eyes.named)


@SIZES
def test_give_4_twelve_people_find_on_every_surface_what_the_rule_lets_them(
    cast, settings, tmp_path, monkeypatch, seed, opportunities, parties, sample, every
):
    monkeypatch.setattr(in_passing, "LONG_SECONDS", 60)
    settings.MEDIA_ROOT = tmp_path
    logging.disable(logging.CRITICAL)
    crowd = Crowd(cast, seed, opportunities, parties)
    assert len(crowd.people) == 12
    wrong = []
    for at, person in enumerate(crowd.people[::every]):
        in_passing._large.clear()
        for name, few in FEW.items():  # who sees few is answered another way than who sees much
            monkeypatch.setattr(name, few * (at % 2))
        eyes = Eyes(crowd, person, sample)
        for surface in (lists, totals, board, search, records, journal):
            surface(eyes)
        files(eyes, tmp_path)
        with transaction.atomic():
            bulk(eyes)
            transaction.set_rollback(True)
        wrong += eyes.wrong
    logging.disable(logging.NOTSET)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


def test_the_crowd_sees_very_different_things(cast):
    crowd = Crowd(cast, 1, 60, 25)
    deals = crowd.records["opportunity"]
    counts = {person.first_name: sum(visible(person, one) for one in deals) for person in crowd.people}
    assert len(set(counts.values())) >= 6, counts
    assert {KIND[name[1:3]] for name in crowd.by_name} == set(PLURAL)
