"""OPP-13, LIST-3: the list is sorted by custom fields, and shows them and tags as chosen columns."""

import csv
import io
import re

import pytest

from attributes.models import Tag
from opportunities.models import Opportunity, SavedView
from tests.attributes.conftest import make_field, option
from tests.attributes.test_narrowing import deals, named
from tests.make import make_opportunity
from tests.transfers.sheets import Job
from transfers.models import Export

__all__ = ["deals"]
URL = "/opportunities/"
KINDS = "text link number money date yes_no list person".split()


@pytest.fixture(params=["few", "many"])
def reading(request, monkeypatch):
    """Both ways in which a list is read: of those who see little, and of those who see much."""
    if request.param == "many":
        monkeypatch.setattr("opportunities.sorting.FEW", 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["claire", "ada"])
def test_list_3_the_list_is_sorted_by_a_field_blanks_last(cast, as_, deals, reading, who, kind):
    order = ["Two", "One"]
    if kind == "person":
        order = sorted(("One", "Two"), key=lambda name: {"One": cast.tom, "Two": cast.mia}[name].name_key)
    browser, code = as_(getattr(cast, who)), deals[kind].input_name
    page = browser.get(URL, {"sort": code})
    assert named(page) == [*order, "Three"]
    assert f'chip__val">My {kind}<' in page.content.decode()
    assert named(browser.get(URL, {"sort": f"-{code}"})) == [*reversed(order), "Three"]


@pytest.mark.parametrize("kind", ["text", "number", "date", "list"])
@pytest.mark.parametrize("down", ["", "-"])
@pytest.mark.parametrize(("who", "seen"), [("ada", 23), ("claire", 20)])
def test_list_3_a_list_sorted_by_a_field_is_paged_without_loss(
    cast, as_, every_kind, monkeypatch, reading, who, seen, kind, down
):
    field, options = every_kind[kind], [option(every_kind["list"], name) for name in "ABC"]
    ranks = {}
    for at in range(23):
        rank = None if at % 5 == 0 else at % 3
        values = {"list": options, "number": ["-2.5", "3", "14"], "text": "abc"}
        values["date"] = ["2029-12-31", "2030-01-01", "2030-02-01"]
        custom = {} if rank is None else {field.key: values[kind][rank]}
        made = make_opportunity(f"Deal {at:02}", by=cast.claire if at < 20 else cast.sam, custom=custom)
        ranks[made.name] = (rank is None, (rank or 0) * (-1 if down else 1), made.pk * (-1 if down and custom else 1))
    Opportunity.objects.get(name="Deal 07").trash(by=cast.claire)
    monkeypatch.setattr("opportunities.views.listing.PAGE", 4)
    browser, url, found = as_(getattr(cast, who)), f"{URL}?sort={down}{field.input_name}", []
    for _page in range(9):
        page = browser.get(url)
        found += named(page)
        onward = re.search(r'href="([^"]*)"[^>]*rel="next"', page.content.decode())
        if onward is None:
            break
        url = URL + onward[1].replace("&amp;", "&")
    shown = [name for name in ranks if name != "Deal 07" and int(name[-2:]) < seen]
    assert found == sorted(shown, key=ranks.get)


def test_list_3_a_place_that_is_none_never_breaks_the_order(cast, as_, deals):
    browser = as_(cast.ada)
    for kind in KINDS:
        for after in ("x", "v.1", "vx.1", f"v{10**19}.1", f"v-{2**63}.1", "v5.1", "n.1", "n.0"):
            query = {"sort": deals[kind].input_name, "after": after}
            assert browser.get(URL, query).status_code == 200
    assert len(named(browser.get(URL, {"sort": "cf_999999"}))) == 3


def test_list_3_a_field_that_is_not_looked_up_sorts_nothing(cast, as_, deals):
    number = deals["number"]
    number.edit(by=cast.ada, filterable=False)
    query = {"sort": number.input_name, "columns": ["name", number.input_name]}
    page = as_(cast.claire).get(URL, query).content.decode()
    assert "My number" in page and "\u22122.5" in page
    assert 'chip__key">Sort' not in page
    assert re.search(r'<th role="columnheader"[^>]*>My number</th>', page)


def test_give_4_an_order_leads_to_nothing_that_one_does_not_see(cast, as_, deals, reading):
    for sign in ("", "-"):
        assert named(as_(cast.eve).get(URL, {"sort": f"{sign}{deals['number'].input_name}"})) == []


def test_list_3_fields_and_tags_are_columns_of_the_list(cast, as_, deals):
    tag = Tag(name="Hot").add(by=cast.ada)
    Opportunity.objects.get(name="One").retag(add=[tag.pk], by=cast.claire)
    codes = [deals[kind].input_name for kind in ("number", "list", "link", "multiple_list", "long_text", "date")]
    browser = as_(cast.claire)
    page = browser.get(URL, {"columns": ["name", *codes, "tags"]}).content.decode()
    assert "\u22122.5" in page and ">B</td>" in page and "Water, Gas" in page
    assert ">Hot</span></td>" in page
    assert 'class="list__over" href="https://hexabio.example"' in page
    assert f"sort={codes[0]}" in page and f"sort={codes[3]}" not in page and f"sort={codes[4]}" not in page
    picks = browser.get(f"{URL}columns/", {"columns": codes[0]}).content.decode()
    assert f'value="{codes[0]}" checked' in picks and f'value="{codes[1]}"' in picks and 'value="tags"' in picks


def test_list_3_what_a_field_holds_is_escaped(cast, as_, every_kind):
    custom = {every_kind[kind].key: "<b>x</b>" for kind in ("text", "long_text")}
    make_opportunity("Deal", by=cast.claire, custom=custom)
    codes = [every_kind[kind].input_name for kind in ("text", "long_text")]
    page = as_(cast.claire).get(URL, {"columns": codes}).content.decode()
    assert "<b>x" not in page and page.count("&lt;b&gt;x") == 2


def test_list_3_a_saved_view_keeps_a_field_as_column_and_order(cast, as_, deals):
    browser, code = as_(cast.claire), deals["number"].input_name
    query = f"columns=name&columns={code}&columns=tags&sort=-{code}"
    saved = browser.post(f"{URL}views/new/", {"name": "By number", "query": query, "audience": "me"})
    view = SavedView.objects.get()
    assert (view.shown, view.sort) == (["name", code, "tags"], f"-{code}")
    page = browser.get(saved.url)
    assert named(page) == ["One", "Two", "Three"]
    heads = re.findall(r'<th role="columnheader"[^>]*>(?:<a[^>]*>)?([^<]+)', page.content.decode())
    assert heads == ["Opportunity", "My number", "Tags"]
    deals["number"].archive(by=cast.ada)  # what is no more is left out of the view
    page = browser.get(saved.url)
    assert len(named(page)) == 3 and "My number" not in page.content.decode().partition("</thead>")[0]


def test_data_1_the_columns_shown_are_exported_as_the_list_chooses_them(cast, deals):
    tag = Tag(name="Hot").add(by=cast.ada)
    Opportunity.objects.get(name="One").retag(add=[tag.pk], by=cast.claire)
    number, listed = deals["number"].input_name, deals["list"].input_name
    query = f"columns={number}&columns=name&columns=due&columns={listed}&columns=tags&columns=weighted"
    rows = exported(cast.ada, query)
    assert list(rows[0]) == ["id", "My number", "name", "due_on", "My list", "tags"]
    assert {(row["name"], row["My number"], row["My list"], row["tags"]) for row in rows} == {
        ("One", "14", "B", "Hot"),
        ("Two", "-2.5", "A", ""),
        ("Three", "", "", ""),
    }
    usual = "id due_on name account stage status probability amount currency owner".split()
    assert list(exported(cast.ada, "")[0]) == usual


def exported(by, query):
    export, buffer = Export(kind="opportunity", format="csv", query=query, only_shown=True), io.BytesIO()
    export.job = Job(by=by)
    export.write(buffer)
    return list(csv.DictReader(io.StringIO(buffer.getvalue().decode("utf-8-sig"), newline="")))


def test_opp_13_fifty_fields_cost_the_list_no_more_queries(cast, as_, django_assert_max_num_queries):
    made = [make_field(f"Field {number}", "number") for number in range(50)]
    custom = {field.key: "1" for field in made}
    for number in range(10):
        make_opportunity(f"Deal {number}", by=cast.claire, custom=custom)
    query = {"columns": [field.input_name for field in made], "sort": made[0].input_name}
    browser = as_(cast.ada)
    browser.get(URL, query)
    with django_assert_max_num_queries(14):
        assert len(named(browser.get(URL, query))) == 10
