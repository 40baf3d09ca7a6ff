"""Fifty custom fields, twenty of them filled in on each opportunity: the list against the plain page (OPP-13)."""

import datetime as dt
import json
import random

from bench.house import Browser
from bench.pages import PEOPLE, Floor, plain_cookies

FIELDS, FILLED = 50, 20  # of each opportunity's fields
KINDS = "text number money date yes_no list multiple_list link person long_text".split()


def measure(house, say):
    house.manage("shell", "-v0", "-c", "from bench.fields import fill; fill()")
    house._analyze()
    with house.serve() as (port, _), house.serve("bench.plain:application") as (plain_port, _):
        browsers = {person: Browser(port).sign_in(person) for person in ("claire", "ada")}
        plain = Browser(plain_port)
        plain.cookies = plain_cookies(house)
        floor = Floor(plain)
        names = field_names(house)
        for person, browser in browsers.items():
            role = PEOPLE[person]
            say(f"list with 50 fields, {role}", floor.ratio(browser, "/opportunities/", rounds=21), 1.0)
            for query in queries(names):
                say(f"{query}, {role}", floor.ratio(browser, f"/opportunities/?{query}", rounds=11), 2.0)
        say("the plain page itself, ms", floor.milliseconds(), None)


def queries(names):
    """One query for each way in which a list is narrowed by a field."""
    first = {kind: found[0] for kind, found in names.items()}
    return [
        f"{first['text']}=text+77",
        f"{first['text']}=text",
        f"{first['link']}=site4321",
        f"{first['number']}_min=99900",
        f"{first['number']}_min=100&{first['number']}_max=99000",
        f"{first['money']}_min=50000",
        f"{first['date']}_from=2026-01-01&{first['date']}_to=2026-01-31",
        f"{first['yes_no']}=1",
        f"{first['list']}=" + names["option"][0],
        f"{first['multiple_list']}=" + names["option of several"][0],
        f"{first['person']}=4",
        f"{first['list']}={names['option'][0]}&{first['yes_no']}=0&{first['number']}_min=50000",
    ]


def field_names(house):
    """What a URL calls the fields, by kind; and a value of the first list of either kind."""
    code = (
        "from attributes.models import *; import json;"
        "fields = CustomField.objects.filter(of='opportunity', name__startswith='Bench').order_by('pk');"
        "found = {};"
        "[found.setdefault(field.kind, []).append(field.input_name) for field in fields];"
        "first = lambda kind: [str(FieldOption.objects.filter(field=fields.filter(kind=kind)[0])[0].pk)];"
        "print(json.dumps({**found, 'option': first('list'), 'option of several': first('multiple_list')}))"
    )
    said = house.manage("shell", "-v0", "-c", code, capture_output=True, text=True).stdout
    return json.loads(said.strip().splitlines()[-1])


def fill():
    """Set up the fields and fill them in on every opportunity; done once."""
    from attributes.models import CustomField, FieldOption
    from opportunities.models import Opportunity
    from records.journal import operation
    from users.models import User

    if CustomField.objects.filter(name__startswith="Bench").exists():
        return
    draw, people = random.Random(1), list(User.objects.values_list("pk", flat=True))
    fields, options = [], {}
    for number in range(FIELDS):
        kind = KINDS[number % len(KINDS)]
        field = CustomField(name=f"Bench {number} {kind}", kind=kind, of="opportunity").add(by=None)
        fields.append(field)
        if "list" in kind:
            options[field.pk] = [FieldOption(field=field, name=f"Value {at}").add(by=None).pk for at in range(8)]
    day = dt.date(2020, 1, 1)
    draws = {
        "text": lambda field: f"Text {draw.randrange(5_000)}",
        "number": lambda field: str(draw.randrange(100_000)),
        "money": lambda field: str(draw.randrange(100_000)),
        "date": lambda field: (day + dt.timedelta(days=draw.randrange(3_650))).isoformat(),
        "yes_no": lambda field: draw.random() < 0.5,
        "list": lambda field: draw.choice(options[field.pk]),
        "multiple_list": lambda field: sorted(draw.sample(options[field.pk], 2)),
        "link": lambda field: f"https://site{draw.randrange(10_000)}.example",
        "person": lambda field: draw.choice(people),
        "long_text": lambda field: "Words and more words. " * 5,
    }
    last = 0
    while ids := list(Opportunity.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:5_000]):
        last = ids[-1]
        with operation(by=None, door="import", what="bench.fields"):
            drawn = {pk: draw.sample(fields, FILLED) for pk in ids}
            Opportunity.set_custom_rows(
                {pk: {field.key: draws[field.kind](field) for field in some} for pk, some in drawn.items()}
            )
