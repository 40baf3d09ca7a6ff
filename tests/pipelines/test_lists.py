"""SET-1: sources, lost reasons, origin types and origins, set up in place."""

import pytest

from pipelines.models import LostReason, Origin, OriginType, Source
from records.models import Operation
from tests.make import make_opportunity, source
from tests.pages import fields, send

LISTS = {
    "/settings/sources/": Source,
    "/settings/lost-reasons/": LostReason,
    "/settings/origins/": OriginType,
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
