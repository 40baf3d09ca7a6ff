"""LIST-3: saved views, one's own or shared."""

import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opportunities.models import SavedView
from records.models import Change, Operation
from tests.make import make_opportunity
from tests.opportunities.test_orders import names

URL = "/opportunities/"
QUERY = "status=open&amount_min=500&sort=-amount&columns=amount&columns=name"


@pytest.fixture
def group(cast):
    made = Group.objects.create(name="Key accounts")
    for person in (cast.claire, cast.sam):
        person.groups.add(made)
    return made


def save(browser, name="Large ones", query=QUERY, audience="me", **given):
    return browser.post(f"{URL}views/new/", {"name": name, "query": query, "audience": audience, **given})


def tabs(browser, path=URL):
    text = browser.get(path).content.decode()
    return re.findall(r'class="tabs__tab"[^>]*>([^<]+)<', text)[6:]


def test_list_3_a_view_keeps_filters_order_and_columns(cast, as_):
    make_opportunity("small", by=cast.claire, amount=10)
    make_opportunity("large", by=cast.claire, amount=900)
    make_opportunity("largest", by=cast.claire, amount=2000)
    browser = as_(cast.claire)
    assert "amount_min=500" in browser.get(f"{URL}views/new/?{QUERY}").content.decode().replace("&amp;", "&")
    saved = save(browser)
    view = SavedView.objects.get()
    assert saved.status_code == 302 and saved.url == f"{URL}?view={view.pk}"
    page = browser.get(saved.url)
    assert names(page) == ["largest", "large"]
    text = page.content.decode()
    assert re.findall(r'<th role="columnheader"[^>]*>(?:<a[^>]*>)?([^<]+)', text) == ["Amount", "Opportunity"]
    assert re.search(r'aria-current="page">Large ones<', text)
    change = Change.objects.get(model=ContentType.objects.get_for_model(SavedView))
    assert change.operation.by == cast.claire and change.fields["query"] == [None, "status=open&amount_min=500"]


def test_list_3_a_filtered_page_of_a_view_spells_its_filters_out(cast, as_):
    for n in range(3):
        make_opportunity(f"deal {n}", by=cast.claire, amount=900)
    browser = as_(cast.claire)
    path = save(browser).url
    text = browser.get(path).content.decode().replace("&amp;", "&")
    pk = SavedView.objects.get().pk
    assert f'href="?view={pk}&status=open&sort=-amount&columns=amount&columns=name"' in text  # without its amount
    assert "Save the view" not in text
    changed = f"{URL}?view={pk}&status=open&sort=name"
    text = browser.get(changed).content.decode()
    assert "Save the view" in text and "Large ones" in text
    browser.post(f"{URL}views/{pk}/save/", {"query": f"view={pk}&status=open&sort=name&nonsense=1"})
    view = SavedView.objects.get()
    assert (view.query, view.sort, view.shown) == ("status=open", "name", [])
    assert Operation.objects.latest("id").what == "savedview.edit"


def test_list_3_a_view_is_ones_own_until_shared(cast, as_, group):
    make_opportunity("deal", by=cast.claire)
    make_opportunity("deal", by=cast.sam)
    claire = as_(cast.claire)
    save(claire, "Mine alone")
    save(claire, "For all", audience="everybody")
    save(claire, "For the group", audience="groups", groups=[group.pk])
    assert tabs(claire) == ["Mine alone", "For all", "For the group"]
    assert tabs(as_(cast.tom)) == ["For all"]
    assert tabs(as_(cast.sam)) == ["For all", "For the group"]
    own = SavedView.objects.get(name="Mine alone")
    for verb in ("edit", "save", "delete", "first"):
        assert as_(cast.tom).post(f"{URL}views/{own.pk}/{verb}/", {}).status_code == 404
    assert as_(cast.tom).get(f"{URL}?view={own.pk}").status_code == 200  # the list, as for a view that never was


def test_list_3_seeing_a_view_never_shows_more_records(cast, as_):
    make_opportunity("claire’s", by=cast.claire, amount=900)
    make_opportunity("sam’s", by=cast.sam, amount=900)
    path = save(as_(cast.claire), audience="everybody").url
    assert names(as_(cast.claire).get(path)) == ["claire’s"]
    assert names(as_(cast.sam).get(path)) == ["sam’s"]


def test_list_3_a_shared_view_is_changed_by_its_owner_and_those_who_set_up(cast, as_):
    save(as_(cast.claire), "For all", audience="everybody")
    view = SavedView.objects.get()
    refused = as_(cast.tom).post(f"{URL}views/{view.pk}/delete/")
    assert refused.status_code == 403 and "Claire Dubois" in refused.content.decode()
    assert as_(cast.ada).post(f"{URL}views/{view.pk}/edit/", {"name": "For us", "audience": "me"}).status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.for_everybody) == ("For us", False)
    assert as_(cast.ada).post(f"{URL}views/{view.pk}/delete/").status_code == 404  # not shared any more
    as_(cast.claire).post(f"{URL}views/{view.pk}/delete/")
    assert tabs(as_(cast.claire)) == [] and SavedView.objects.get().archived_at is not None


def test_list_3_groups_are_taken_off_and_journalled(cast, as_, group):
    browser = as_(cast.claire)
    save(browser, audience="groups", groups=[group.pk])
    view = SavedView.objects.get()
    browser.post(f"{URL}views/{view.pk}/edit/", {"name": view.name, "audience": "me"})
    assert tabs(as_(cast.sam)) == []
    assert Change.objects.latest("id").fields == {"groups": [[group.pk], []]}


@pytest.mark.parametrize(
    "given,told",
    [
        ({"name": " "}, "Give the view a name."),
        ({"name": "large  ONES"}, "You have a view of this name."),
        ({"audience": "groups"}, "Choose at least one group."),
        ({"audience": "groups", "groups": [999]}, "999"),
    ],
)
def test_list_3_a_view_that_cannot_be_saved_says_why(cast, as_, given, told):
    browser = as_(cast.claire)
    save(browser, "Large ones")
    answer = save(browser, **{"name": "Other", **given})
    assert answer.status_code == 422 and told in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_list_3_one_shares_only_with_ones_own_groups(cast, as_):
    foreign = Group.objects.create(name="Board")
    assert save(as_(cast.claire), audience="groups", groups=[foreign.pk]).status_code == 422


def test_list_3_the_list_opens_with_the_default_view(cast, as_):
    browser = as_(cast.claire)
    save(browser, "One")
    save(browser, "Two")
    one, two = SavedView.objects.order_by("pk")
    make_opportunity("deal", by=cast.claire)
    assert tabs(browser) == ["One", "Two"]
    browser.post(f"{URL}views/{one.pk}/first/")
    browser.post(f"{URL}views/{two.pk}/first/")
    assert tabs(browser) == ["Two", "One"]
    assert 'aria-current="page">Two<' in browser.get(f"{URL}?view=first").content.decode()
    assert names(browser.get(URL)) == ["deal"]  # the bare list stays the whole list
    browser.post(f"{URL}views/{two.pk}/first/", {"first": "no"})
    assert tabs(browser) == ["One", "Two"]


def test_list_3_columns_are_chosen_in_a_form(cast, as_):
    make_opportunity("deal", by=cast.claire)
    text = as_(cast.claire).get(f"{URL}columns/?status=open&columns=amount&columns=name").content.decode()
    ticked = re.findall(r'name="columns" value="(\w+)" checked', text)
    assert ticked == ["amount", "name"] and 'name="status" value="open"' in text and 'class="grip"' in text


def test_list_3_views_cost_no_query(cast, as_):
    make_opportunity("deal", by=cast.claire)
    browser = as_(cast.claire)
    browser.get(URL)
    with CaptureQueriesContext(connection) as without:
        browser.get(URL)
    for n in range(5):
        save(browser, f"View {n}", audience="everybody")
    browser.get(URL)
    with CaptureQueriesContext(connection) as with_views:
        browser.get(URL)
    assert len(with_views) <= len(without)
