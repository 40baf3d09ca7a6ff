"""OPP-13, LIST-2: lists are narrowed by custom fields."""

import datetime as dt
import io

import pytest

from accounts.models import Account, Contact
from attributes.models import FieldOption
from core import spans
from core.dates import today
from opportunities.models import Opportunity
from tests.attributes.conftest import make_field, option
from tests.make import make_account, make_contact, make_opportunity
from tests.transfers.sheets import Job
from transfers.models import Export

MAKERS = {Opportunity: make_opportunity, Account: make_account, Contact: make_contact}
URLS = {Opportunity: "/opportunities/", Account: "/accounts/", Contact: "/contacts/"}


def named(page):
    return [line.partition("</a>")[0].rpartition(">")[2] for line in page.content.decode().split("list__name")[1:]]


@pytest.fixture(params=[False, True], ids=["few", "many"])
def many(request, monkeypatch):
    """Both ways in which rows that point to records are looked up."""
    if request.param:
        monkeypatch.setattr("records.pointing.FEW", 0)


@pytest.fixture
def deals(cast, every_kind):
    """Two opportunities with a value in each field, and one without any."""
    f, people = every_kind, (cast.tom.pk, cast.mia.pk)
    pairs = {
        "text": ("Isigny-sur-Mer", "Évry"), "link": ("https://hexabio.example", "mailto:a@b.example"),
        "number": ("14", "-2.5"), "money": ("12000.5", "300"), "date": ("2030-11-24", "2029-01-01"),
        "yes_no": (True, False), "list": (option(f["list"], "B"), option(f["list"], "A")), "person": people,
        "multiple_list": ([option(f["multiple_list"], "Water"), option(f["multiple_list"], "Gas")], [option(f["multiple_list"], "Heat")]),
    }  # fmt: skip
    for at, name in enumerate(("One", "Two")):
        make_opportunity(name, by=cast.claire, custom={f[kind].key: pair[at] for kind, pair in pairs.items()})
    make_opportunity("Three", by=cast.claire)
    return f


FILTERS = [
    ("text", "", "SIGNY", ["One"]),
    ("text", "", "evry", ["Two"]),
    ("link", "", "hexabio", ["One"]),
    ("number", "_min", "-2,5", ["One", "Two"]),
    ("number", "_max", "0", ["Two"]),
    ("money", "_min", "12 000 €", ["One"]),
    ("date", "_from", "2030-01-01", ["One"]),
    ("date", "_to", "31/12/2029", ["Two"]),
    ("yes_no", "", "1", ["One"]),
    ("yes_no", "", "0", ["Two"]),
]


@pytest.mark.parametrize(("kind", "end", "value", "shown"), FILTERS)
@pytest.mark.parametrize("who", ["claire", "tom", "ada"])
def test_list_2_lists_are_narrowed_by_each_kind_of_field(cast, as_, deals, many, who, kind, end, value, shown):
    page = as_(getattr(cast, who)).get("/opportunities/", {f"{deals[kind].input_name}{end}": value})
    assert sorted(named(page)) == sorted(shown)
    assert f'class="chip__key">My {kind}' in page.content.decode()


WHEN = [
    ("this_month", ["Soon"]),
    ("today", ["Soon"]),
    ("overdue", ["Long ago"]),
    ("last_year", ["Long ago"]),
    ("none", ["Never"]),
    (["none", "last_year"], ["Long ago", "Never"]),
    (["today", "overdue"], ["Long ago", "Soon"]),
    ("next_30", ["Soon"]),
    ("next_90", ["In time", "Soon"]),
]


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize(("value", "shown"), WHEN)
@pytest.mark.parametrize("who", ["claire", "ada"])
def test_list_2_dates_of_the_house_are_told_relative_to_today(cast, as_, many, model, value, shown, who):
    field = make_field("Site visit", "date", of=model.attributed)
    day = today()
    days = {
        "Soon": day,
        "In time": day + dt.timedelta(days=80),
        "Long ago": spans.span("last_year", day)[0],
    }
    for name in ("Soon", "In time", "Long ago", "Never"):
        MAKERS[model](name, by=cast.claire, custom={field.key: days[name].isoformat()} if name in days else {})
    page = as_(getattr(cast, who)).get(URLS[model], {field.input_name: value})
    assert sorted(named(page)) == sorted(shown)
    assert 'class="chip__key">Site visit' in page.content.decode()


def test_list_2_a_period_that_is_none_is_refused_and_any_stays_in_the_form(cast, as_):
    field = make_field("Site visit", "date")
    make_opportunity("Soon", by=cast.claire, custom={field.key: today().isoformat()})
    browser = as_(cast.claire)
    assert named(browser.get("/opportunities/", {field.input_name: "some day"})) == []
    form = browser.get("/opportunities/filters/", {field.input_name: "last_45"}).content.decode()
    assert f'name="{field.input_name}" value="last_45" checked>' in form
    assert f'name="{field.input_name}" value="this_month"><span>this month</span>' in form


def test_list_2_several_values_combine_by_or_and_several_fields_by_and(cast, as_, deals, many):
    browser = as_(cast.claire)
    listed, several = deals["list"], deals["multiple_list"]
    a, b, water, heat = (option(listed, "A"), option(listed, "B"), option(several, "Water"), option(several, "Heat"))
    assert sorted(named(browser.get("/opportunities/", {listed.input_name: [a, b]}))) == ["One", "Two"]
    assert named(browser.get("/opportunities/", {listed.input_name: [a, b], several.input_name: water})) == ["One"]
    assert named(browser.get("/opportunities/", {listed.input_name: a, several.input_name: water})) == []
    page = browser.get("/opportunities/", {several.input_name: [water, heat]})
    assert sorted(named(page)) == ["One", "Two"] and "Water or Heat" in page.content.decode()
    number = deals["number"].input_name
    assert named(browser.get("/opportunities/", {f"{number}_min": "-3", f"{number}_max": "0"})) == ["Two"]
    person = deals["person"]
    page = browser.get("/opportunities/", {person.input_name: cast.tom.pk})
    assert named(page) == ["One"] and "Tom Baker" in page.content.decode()


def test_list_2_what_cannot_be_read_matches_nothing_and_says_so(cast, as_, deals):
    page = as_(cast.claire).get("/opportunities/", {f"{deals['number'].input_name}_min": "much"})
    assert named(page) == [] and "Enter a number" in page.content.decode()
    page = as_(cast.claire).get("/opportunities/", {"cf_999999": "x"})
    assert len(named(page)) == 3  # a field that is gone narrows nothing


def test_list_2_the_form_of_filters_offers_each_field_and_keeps_what_is_in_force(cast, as_, deals):
    listed, number = deals["list"], deals["number"]
    FieldOption.objects.get(pk=option(listed, "C")).archive(by=cast.ada)
    query = {listed.input_name: option(listed, "B"), f"{number.input_name}_min": "3"}
    page = as_(cast.claire).get("/opportunities/filters/", query).content.decode()
    for kind, field in deals.items():
        assert (f'name="{field.input_name}' in page) == (kind != "long_text")
    assert f'value="{option(listed, "B")}" checked><span>B' in page and "<span>C</span>" not in page
    assert f'name="{number.input_name}_min" type="text" value="3"' in page


@pytest.mark.parametrize("model", [Account, Contact])
def test_acc_1_lists_of_accounts_and_contacts_are_narrowed_by_their_fields(cast, as_, model, many):
    field = make_field("Terms", "list", of=model.attributed, values=["30 days", "60 days"])
    number = make_field("Sites", "number", of=model.attributed)
    MAKERS[model]("Odile Lecanu", by=cast.claire, custom={field.key: option(field, "60 days"), number.key: "3"})
    MAKERS[model]("Romain Bazin", by=cast.claire)
    browser, url = as_(cast.claire), URLS[model]
    page = browser.get(url, {field.input_name: option(field, "60 days"), f"{number.input_name}_min": "2"})
    assert named(page) == ["Odile Lecanu"]
    assert 'chip__val">60 days' in page.content.decode()
    assert named(browser.get(url, {field.input_name: option(field, "30 days")})) == []
    assert f'name="{number.input_name}_min"' in browser.get(f"{url}filters/").content.decode()
    export = Export(kind=model.attributed, format="csv", query=f"{field.input_name}={option(field, '60 days')}")
    export.job = Job(by=cast.ada)
    assert b"Lecanu" in exported(export) and b"Bazin" not in exported(export)


def exported(export):
    buffer = io.BytesIO()
    export.write(buffer)
    return buffer.getvalue()


def test_give_4_a_field_leads_to_nothing_that_one_does_not_see(cast, as_, deals):
    assert named(as_(cast.eve).get("/opportunities/", {deals["yes_no"].input_name: "1"})) == []
