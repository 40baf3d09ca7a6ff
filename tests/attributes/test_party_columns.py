"""OPP-13, LIST-3: the lists of accounts and contacts are sorted by custom fields, and show them as chosen columns."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact
from tests.accounts.conftest import no_sql_in_templates
from tests.attributes.conftest import KINDS, make_field, option
from tests.attributes.test_narrowing import MAKERS, URLS, named
from tests.transfers.sheets import Job
from transfers.models import Export

__all__ = ["no_sql_in_templates"]
SORTING = [kind for kind in KINDS if kind not in ("long_text", "multiple_list")]


@pytest.fixture(params=[Account, Contact])
def model(request):
    return request.param


@pytest.fixture(params=["few", "many"])
def reading(request, monkeypatch):
    """Both ways in which a list is read: of those who see little, and of those who see much."""
    monkeypatch.setattr("accounts.listing.FEW", 1000 if request.param == "few" else 0)


@pytest.fixture
def fields(cast, model):
    """A field of each kind; two records with a value in each, and one without any."""
    values = {"list": ("A", "B", "C"), "multiple_list": ("Water", "Gas")}
    f = {kind: make_field(f"My {kind}", kind, of=model.attributed, values=values.get(kind, ())) for kind in KINDS}
    pairs = {
        "text": ("Isigny-sur-Mer", "Évry"), "link": ("https://hexabio.example", "mailto:a@b.example"),
        "number": ("14", "-2.5"), "money": ("12000.5", "300"), "date": ("2030-11-24", "2029-01-01"),
        "yes_no": (True, False), "list": (option(f["list"], "B"), option(f["list"], "A")),
        "person": (cast.tom.pk, cast.mia.pk), "long_text": ("<b>one</b>", "two"),
        "multiple_list": ([option(f["multiple_list"], "Water")], [option(f["multiple_list"], "Gas")]),
    }  # fmt: skip
    for at, name in enumerate(("One", "Two")):
        MAKERS[model](name, by=cast.claire, custom={f[kind].key: pair[at] for kind, pair in pairs.items()})
    MAKERS[model]("Apart", by=cast.claire)
    return f


@pytest.mark.parametrize("kind", SORTING)
@pytest.mark.parametrize("who", ["claire", "ada"])
def test_opp_13_the_lists_of_accounts_and_contacts_are_sorted_by_a_field(cast, as_, model, fields, reading, who, kind):
    order = ["Two", "One"]
    if kind == "person":
        order = sorted(("One", "Two"), key=lambda name: {"One": cast.tom, "Two": cast.mia}[name].name_key)
    browser, code = as_(getattr(cast, who)), fields[kind].input_name
    page = browser.get(URLS[model], {"sort": code})
    assert named(page) == [*order, "Apart"]
    assert f'chip__val">My {kind}<' in page.content.decode()
    assert named(browser.get(URLS[model], {"sort": f"-{code}"})) == [*reversed(order), "Apart"]
    assert named(browser.get(URLS[model])) == ["Apart", "One", "Two"]


@pytest.mark.parametrize("kind", ["text", "number", "list"])
@pytest.mark.parametrize("down", ["", "-"])
@pytest.mark.parametrize(("who", "seen"), [("ada", 23), ("claire", 20)])
def test_opp_13_a_list_sorted_by_a_field_is_paged_without_loss(
    cast, as_, model, monkeypatch, reading, who, seen, kind, down
):
    field = make_field("Rank", kind, of=model.attributed, values=("C", "A", "B") if kind == "list" else ())
    values = {"number": ["-2.5", "3", "14"], "text": "abc"}.get(kind)
    values = values or [option(field, name) for name in ("C", "A", "B")]
    ranks = {}
    for at in range(23):
        rank = None if at % 5 == 0 else at % 3
        custom = {} if rank is None else {field.key: values[rank]}
        made = MAKERS[model](f"Party {at:02}", by=cast.claire if at < 20 else cast.sam, custom=custom)
        ranks[at] = (rank is None, (rank or 0) * (-1 if down else 1), made.pk * (-1 if down and custom else 1))
        if at == 7:
            made.trash(by=cast.claire)
    monkeypatch.setattr("accounts.listing.PAGE", 4)
    browser, url, found = as_(getattr(cast, who)), f"{URLS[model]}?sort={down}{field.input_name}", []
    for _page in range(9):
        page = browser.get(url)
        found += [int(name[-2:]) for name in named(page)]
        onward = re.search(r'href="([^"]*)"[^>]*rel="next"', page.content.decode())
        if onward is None:
            break
        url = URLS[model] + onward[1].replace("&amp;", "&")
    assert found == sorted((at for at in ranks if at != 7 and at < seen), key=ranks.get)


def test_opp_13_an_order_goes_with_filters_and_both_with_the_search(cast, as_, model, fields, reading):
    number = fields["number"].input_name
    query = {"sort": f"-{number}", "columns": number, f"{number}_max": "20", "q": "o"}
    page = as_(cast.claire).get(URLS[model], query)
    assert named(page) == ["One"]
    page = as_(cast.claire).get(URLS[model], {**query, "q": ""}).content.decode()
    for name in ("sort", "columns"):
        assert f'<input type="hidden" name="{name}" value="{query[name]}">' in page
    form = as_(cast.claire).get(f"{URLS[model]}filters/", query).content.decode()
    for name in ("sort", "columns", "q"):
        assert f'<input type="hidden" name="{name}" value="{query[name]}">' in form
    assert re.search(rf'chip__x" href="\?columns={number}&amp;{number}_max=20', page)  # back to the order of names


def test_give_4_an_order_of_accounts_or_contacts_leads_to_nothing_hidden(cast, as_, model, fields, reading):
    for sign in ("", "-"):
        page = as_(cast.eve).get(URLS[model], {"sort": f"{sign}{fields['number'].input_name}"})
        assert page.status_code == 200 and named(page) == []


@pytest.mark.parametrize("after", ["x", "v.1", "vx.1", f"v{10**19}.1", f"v-{2**63}.1", "v5.1", "n.1", "n.0", "v%00.1"])
def test_all_6_a_place_that_is_none_never_breaks_a_list_sorted_by_a_field(cast, as_, model, fields, after):
    for kind in SORTING:
        page = as_(cast.ada).get(f"{URLS[model]}?sort={fields[kind].input_name}&after={after}")
        assert page.status_code == 200


def test_opp_13_what_sorts_nothing_leaves_the_order_of_names(cast, as_, model, fields):
    number, elsewhere = fields["number"], make_field("Of deals", "number")
    number.edit(by=cast.ada, filterable=False)
    for code in (number.input_name, elsewhere.input_name, fields["long_text"].input_name, "cf_999999", "name", "-"):
        page = as_(cast.claire).get(URLS[model], {"sort": code, "columns": code})
        assert named(page) == ["Apart", "One", "Two"]
        assert 'chip__key">Sort' not in page.content.decode()
        assert 'class="c-name" aria-sort="ascending"' in page.content.decode()
        assert f"sort={code}" not in page.content.decode().partition("<thead")[2].partition("</thead>")[0]


def test_opp_13_fields_are_columns_of_the_lists_of_accounts_and_contacts(cast, as_, model, fields):
    codes = [fields[kind].input_name for kind in ("number", "list", "link", "multiple_list", "long_text", "date")]
    browser = as_(cast.claire)
    page = browser.get(URLS[model], {"columns": codes}).content.decode()
    heads = re.findall(r'<th role="columnheader"[^>]*class="c-more[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert heads == ["My number", "My list", "My link", "My multiple_list", "My long_text", "My date"]
    assert "\u22122.5</td>" in page and ">B</td>" in page and ">Water</td>" in page
    assert "&lt;b&gt;one" in page and "<b>one" not in page
    assert 'class="list__over" href="https://hexabio.example"' in page
    assert f"sort={codes[0]}" in page and f"sort={codes[3]}" not in page and f"sort={codes[4]}" not in page
    sorted_page = browser.get(URLS[model], {"columns": codes[0], "sort": codes[0]}).content.decode()
    assert f'sort=-{codes[0]}"' in sorted_page and 'aria-sort="ascending"><a class="sort"' in sorted_page
    assert "sorted: My number</caption>" in sorted_page


def test_opp_13_the_columns_are_chosen_in_a_dialog_that_is_a_page_too(cast, as_, model, fields):
    code, other = fields["number"].input_name, fields["list"].input_name
    browser, url = as_(cast.claire), f"{URLS[model]}columns/"
    assert f'href="{url}?' in browser.get(URLS[model]).content.decode()
    page = browser.get(url, {"columns": code, "q": "on", "after": "x.1"}).content.decode()
    assert "<html" in page and f'action="{URLS[model]}"' in page
    assert f'value="{code}" checked' in page and f'value="{other}">' in page
    assert '<input type="hidden" name="q" value="on">' in page and 'name="after"' not in page
    part = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "checked" not in part
    for field in fields.values():
        field.archive(by=cast.ada)
    assert url not in browser.get(URLS[model]).content.decode()


def test_data_1_the_columns_chosen_are_exported_with_those_shown(cast, model, fields):
    query = f"columns={fields['number'].input_name}&columns=created_at&columns=nothing"
    export, buffer = Export(kind=model.attributed, format="csv", query=query, only_shown=True), io.BytesIO()
    export.job = Job(by=cast.ada)
    export.write(buffer)
    rows = list(csv.DictReader(io.StringIO(buffer.getvalue().decode("utf-8-sig"), newline="")))
    assert [row["My number"] for row in rows] == ["", "14", "-2.5"]
    assert list(rows[0])[-2:] == ["owner", "My number"]


def test_opp_13_neither_rows_nor_fields_cost_these_lists_more_queries(cast, as_, model, no_sql_in_templates, reading):
    made = [make_field(f"Field {number}", "number", of=model.attributed) for number in range(30)]
    query = {"columns": [field.input_name for field in made], "sort": made[0].input_name}
    browser, counts = as_(cast.claire), []
    browser.get(URLS[model], query)
    for _ in range(2):
        for number in range(10):
            MAKERS[model](f"Party {number}", by=cast.claire, custom={field.key: "1" for field in made})
        with CaptureQueriesContext(connection) as queries:
            assert "Party 1" in named(browser.get(URLS[model], query))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
