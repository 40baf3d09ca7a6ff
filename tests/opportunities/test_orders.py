"""LIST-3: other columns and other orders of the list, on demand."""

import datetime as dt
import re

import pytest

from opportunities import in_passing
from tests.make import make_account, make_opportunity, make_person, stage

D = dt.date
URL = "/opportunities/"


@pytest.fixture(autouse=True)
def in_time(monkeypatch):
    monkeypatch.setattr("opportunities.in_passing.LONG_SECONDS", 60)
    in_passing._large.clear()


@pytest.fixture(params=["few", "many", "all"])
def reader(request, cast, monkeypatch):
    """Who sees few, who sees more than that, who sees all: three ways of reading."""
    monkeypatch.setattr("opportunities.sorting.FEW", 0 if request.param == "many" else 2000)
    return cast.ada if request.param == "all" else cast.claire


def names(response):
    return re.findall(r'class="list__name"[^>]*>([^<]*)<', response.content.decode())


def walk(browser, query, size, monkeypatch):
    """All pages of a list by its own links."""
    monkeypatch.setattr("opportunities.views.listing.PAGE", size)
    found, path = [], f"{URL}?{query}"
    while path:
        response = browser.get(path)
        found += names(response)
        onward = re.search(r'href="(\?[^"]*)" rel="next"', response.content.decode())
        path = URL + onward[1].replace("&amp;", "&") if onward else ""
    return found


@pytest.fixture
def deals(cast):
    zed, ann = make_account("Zed", by=cast.claire), make_account("Élan", by=cast.claire)
    make = lambda name, **given: make_opportunity(name, by=cast.claire, **given)  # noqa: E731
    make("b", amount=300, account=zed, opened_on=D(2026, 3, 1), stage=stage("Proposal"))
    make("É", amount=100, account=ann, opened_on=D(2026, 1, 1))
    make("a", amount=None, account=None, opened_on=D(2026, 2, 1))
    make("c", amount=300, account=ann, opened_on=D(2026, 4, 1), status="won", closed_on=D(2026, 6, 1))
    make("d", amount=None, account=zed, opened_on=D(2026, 5, 1), status="lost", closed_on=D(2026, 7, 1))


@pytest.mark.parametrize("size", [2])
@pytest.mark.parametrize(
    "sort,wanted",
    [
        ("amount", "É b c a d"),
        ("-amount", "c b É a d"),
        ("name", "a b c d É"),
        ("-name", "É d c b a"),
        ("account", "É c b d a"),
        ("-account", "d b c É a"),
        ("probability", "d É a b c"),
        ("opened", "É a b c d"),
        ("-closed", "d c b É a"),
        ("-changed", "d c a É b"),
    ],
)
def test_list_3_sorts_page_by_page_with_blanks_last(deals, reader, as_, monkeypatch, sort, wanted, size):
    if sort == "-changed":
        wanted = "d c a É b"
    assert walk(as_(reader), f"sort={sort}", size, monkeypatch) == wanted.split()


def test_list_3_sorted_by_owner(cast, as_):
    for name, owner in (("one", cast.tom), ("two", cast.claire), ("three", None)):
        make_opportunity(name, by=cast.ada, owner=owner)
    assert names(as_(cast.ada).get(f"{URL}?sort=owner")) == ["two", "one", "three"]


def test_list_3_another_order_drops_the_groups_and_says_so_in_a_chip(deals, cast, as_):
    browser = as_(cast.claire)
    text = browser.get(f"{URL}?sort=-amount&status=open").content.decode()
    assert 'class="list__group"' not in text
    assert re.search(r'chip__key">Sort</span><span class="chip__val">Amount<', text)
    assert 'class="chip__x" href="?status=open"' in text
    assert 'aria-sort="descending"><a class="sort" href="?status=open&amp;sort=amount">' in text
    plain = browser.get(f"{URL}?status=open").content.decode()
    assert 'class="list__group"' in plain and 'href="?status=open&amp;sort=-amount"' in plain


def test_list_3_a_sorted_list_shows_only_what_one_may_see(cast, as_, reader):
    make_opportunity("hidden", by=cast.sam, amount=9)
    make_opportunity("mine", by=cast.claire, amount=8)
    outsider = make_person("Olga Out", "associate")
    assert "hidden" not in names(as_(cast.claire).get(f"{URL}?sort=amount"))
    assert names(as_(outsider).get(f"{URL}?sort=amount")) == []


def test_list_3_chosen_columns_in_their_order(deals, cast, as_):
    text = (
        as_(cast.claire).get(f"{URL}?columns=opened&columns=name&columns=reference&columns=nonsense").content.decode()
    )
    heads = re.findall(r'<th role="columnheader"[^>]*>(?:<a[^>]*>)?([^<]+)', text)
    assert heads == ["Opened on", "Opportunity", "Reference"]
    assert "OPP-2026-" in text
    first = re.search(r'<tr role="row" data-id.*?</tr>', text, re.DOTALL)[0]
    assert first.count("<td") == 5


def test_list_3_every_column_can_be_shown(deals, cast, as_):
    from opportunities.columns import COLUMNS

    query = "&".join(f"columns={code}" for code in COLUMNS)
    for sort in ("", "amount"):
        assert len(names(as_(cast.claire).get(f"{URL}?{query}&sort={sort}"))) == 5
    for code in COLUMNS:
        assert as_(cast.claire).get(f"{URL}?columns={code}&totals=1").status_code == 200
        assert as_(cast.claire).get(f"{URL}summary/?columns={code}").status_code == 200


def test_list_3_unknown_orders_and_places_never_break_the_list(deals, cast, as_):
    browser = as_(cast.claire)
    for sort in ("x", "-", "-x", "amount,name", "amount", "name", "changed", "opened", "probability"):
        for after in (
            "",
            "x",
            "v.1",
            "vx.1",
            "n.1",
            "vNaN.1",
            "v1e999.1",
            "v2026-01-01.1",
            "v" + "9" * 30 + ".1",
            "v1.x",
        ):
            assert browser.get(URL, {"sort": sort, "after": after}).status_code == 200, (sort, after)


def test_list_3_queries_do_not_grow_with_rows_or_columns(cast, as_, django_assert_max_num_queries):
    for n in range(30):
        make_opportunity(f"deal {n}", by=cast.claire)
    browser = as_(cast.claire)
    browser.get(URL)
    with django_assert_max_num_queries(10):
        browser.get(f"{URL}?sort=amount&columns=name&columns=source&columns=opened&columns=lost_reason")
