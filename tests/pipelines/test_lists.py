"""SET-1: sources, lost reasons, origin types and origins, set up in place."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import sql
from pipelines.models import (
    Category,
    Establishment,
    Family,
    LostReason,
    Origin,
    OriginType,
    PersonRole,
    Product,
    SaleType,
    Sector,
    Source,
    Subcategory,
)
from records.models import Operation
from tests.make import make_opportunity, source
from tests.pages import fields, send

LISTS = {
    "/settings/sources/": Source,
    "/settings/lost-reasons/": LostReason,
    "/settings/origins/": OriginType,
    "/settings/categories/": Category,
    "/settings/sale-types/": SaleType,
    "/settings/roles/": PersonRole,
}
FIRST_ROWS = {
    "/settings/establishments/": Establishment,
    "/settings/sectors/": Sector,
    "/settings/families/": Family,
    "/settings/products/": Product,
}


def add(browser, url, name):
    page = browser.post(url, {**fields(browser.get(url)), "add": "1"})
    return browser.post(url, fields(page) | {f"{fields(page)['row'][-1]}-name": name})


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("bo", 200), ("claire", 403), ("eve", 403)])
def test_set_1_lists_are_set_up_by_those_with_the_right(cast, as_, url, who, status):
    browser = as_(getattr(cast, who))
    assert browser.get(url).status_code == status
    assert browser.post(url, fields(as_(cast.ada).get(url))).status_code == (302 if status == 200 else 403)


@pytest.mark.parametrize(("url", "model"), LISTS.items())
def test_set_1_rows_are_added_renamed_ordered_archived_and_taken_back(cast, as_, url, model):
    browser = as_(cast.ada)
    before = list(model.objects.all())
    assert add(browser, url, "Word of mouth").status_code == 302
    added = model.objects.get(name="Word of mouth")
    assert list(model.objects.active()) == [*before, added]
    rows = [str(row.pk) for row in [added, *before]]
    send(browser, url, row=rows, **{f"{before[0].pk}-name": "First of all"})
    assert [row.name for row in model.objects.active()][:2] == ["Word of mouth", "First of all"]
    assert Operation.objects.order_by("pk").last().what == f"{model._meta.model_name}.set_up"
    send(browser, url, archive=rows[0])
    assert "Word of mouth" not in [row.name for row in model.objects.active()]
    assert "Take back" in browser.get(url).content.decode()
    send(browser, url, unarchive=rows[0])
    assert next(row.name for row in model.objects.active()) == "Word of mouth"


@pytest.mark.parametrize(("url", "model"), LISTS.items())
def test_all_6_a_name_taken_or_missing_is_refused_beside_its_field(cast, as_, url, model):
    first, second = model.objects.all()[:2]
    response = send(as_(cast.ada), url, **{f"{first.pk}-name": second.name.upper(), f"{second.pk}-name": second.name})
    assert response.status_code == 422
    assert "The list has another one of this name." in response.content.decode()
    assert fields(response)[f"{first.pk}-name"] == [second.name.upper()]
    response = send(as_(cast.ada), url, **{f"{first.pk}-name": "x" * 81})
    assert response.status_code == 422 and "at most 80 characters" in response.content.decode()
    response = send(as_(cast.ada), url, **{f"{first.pk}-name": " "})
    assert response.status_code == 422 and "Give it a name." in response.content.decode()


def test_set_1_a_list_that_is_empty_offers_its_first_row(cast, as_):
    kind = OriginType.objects.first()
    url = f"/settings/origins/{kind.pk}/"
    page = as_(cast.ada).get(url)
    assert fields(page)["row"] == ["new1"]
    assert as_(cast.ada).post(url, fields(page) | {"new1-name": "Spring letter"}).status_code == 302
    assert Origin.objects.get(name="Spring letter").type == kind


@pytest.mark.parametrize(("url", "model"), FIRST_ROWS.items())
def test_set_1_a_list_of_the_house_s_own_begins_with_its_first_row(cast, as_, url, model):
    browser = as_(cast.ada)
    assert as_(cast.claire).get(url).status_code == 403
    assert send(browser, url, **{"new1-name": "First"}).status_code == 302
    assert str(model.objects.get()) == "First"


def test_set_1_origins_of_two_types_may_share_a_name(cast, as_):
    browser = as_(cast.ada)
    for kind in OriginType.objects.all()[:2]:
        url = f"/settings/origins/{kind.pk}/"
        assert browser.post(url, fields(browser.get(url)) | {"new1-name": "Spring"}).status_code == 302
    assert Origin.objects.filter(name="Spring").count() == 2


def test_set_1_what_is_archived_is_not_offered_and_stays_where_it_is(cast, as_):
    website = source("Website")
    mine = make_opportunity(by=cast.claire, source=website)
    send(as_(cast.ada), "/settings/sources/", archive=str(website.pk))
    mine.refresh_from_db()
    assert mine.source == website
    option = "Website</option>"
    assert option not in as_(cast.claire).get("/opportunities/new/").content.decode()
    assert option in as_(cast.claire).get(f"/opportunities/{mine.pk}/edit/").content.decode()
    counted = as_(cast.ada).get(f"/opportunities/uses/source/?row={website.pk}").content.decode()
    assert f'href="/opportunities/?source={website.pk}">1</a>' in counted


def test_set_1_pages_cost_the_same_with_many_rows(cast, as_, django_assert_max_num_queries):
    browser = as_(cast.ada)
    for number in range(60):
        Source(name=f"Source {number}").add(by=cast.ada)
    with django_assert_max_num_queries(6):
        assert browser.get("/settings/sources/").content.count(b'class="grip"') >= 60


def test_set_1_products_are_set_up_in_place(cast, as_):
    browser, url = as_(cast.ada), "/settings/products/"
    category = Category.objects.get(name="Equipment")
    part = Subcategory(name="Sensors", category=category).add(by=cast.ada)
    other = Subcategory(name="Training", category=Category.objects.get(name="Services")).add(by=cast.ada)
    typed = {"new1-name": "Probe", "new1-code": "P-1", "new1-classed": f"{category.pk}.{part.pk}"}
    typed |= {"new1-unit_price": "145,50", "new1-unit_cost": "90"}
    assert send(browser, url, **typed).status_code == 302
    probe = Product.objects.get()
    assert (probe.category, probe.subcategory, probe.unit_price, probe.unit_cost) == (
        category,
        part,
        Decimal("145.5"),
        90,
    )
    key = str(probe.pk)
    wrong = {f"{key}-classed": f"{category.pk}.{other.pk}", f"{key}-unit_price": "a lot"}
    response = send(browser, url, **wrong)
    page = response.content.decode()
    assert response.status_code == 422 and "Select a valid choice" in page and "Enter a number" in page
    page = browser.post(url, {**fields(browser.get(url)), "add": "1"})
    typed = fields(page) | {"new1-name": "Second", "new1-code": "p-1"}
    assert "Another product has this code." in browser.post(url, typed).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("UPDATE pipelines_product SET subcategory_id = %s", [other.pk])


def test_set_1_subcategories_have_a_tab_for_each_category(cast, as_):
    category = Category.objects.first()
    url = f"/settings/categories/{category.pk}/"
    assert url in as_(cast.ada).get("/settings/categories/").content.decode()
    assert as_(cast.ada).post(url, fields(as_(cast.ada).get(url)) | {"new1-name": "Sensors"}).status_code == 302
    assert Subcategory.objects.get(name="Sensors").category == category


def test_set_1_pages_of_products_cost_the_same_with_many_rows(cast, as_, django_assert_max_num_queries):
    for number in range(40):
        Product(name=f"Product {number}", sale_type=SaleType.objects.first()).add(by=cast.ada)
    browser = as_(cast.ada)
    with django_assert_max_num_queries(9):
        assert browser.get("/settings/products/").content.count(b'class="grip"') == 40
