"""SET-1: the home of the settings, and the house."""

import re

import pytest

from core.models import House
from pipelines.models import Source
from records.models import Change, Operation
from tests.make import make_opportunity
from tests.pages import fields, send


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("sup", 200), ("bo", 200), ("mia", 403), ("claire", 403), ("eve", 403)]
)
def test_set_1_the_settings_open_to_those_with_a_right(cast, as_, who, status):
    assert as_(getattr(cast, who)).get("/settings/").status_code == status
    assert as_(getattr(cast, who)).get("/settings/house/").status_code == status


def test_give_3_a_refusal_names_the_right_and_whom_to_ask(cast, as_):
    page = as_(cast.claire).get("/settings/").content.decode()
    assert "Set up pipelines, sources and lists" in page and "Ask Ada Kermarec, Sup Duval." in page
    assert 'href="/settings/"' not in page


def test_give_3_one_sees_the_cards_that_one_may_use(cast, as_):
    page = as_(cast.bo).get("/settings/").content.decode()
    assert "Pipelines and stages" in page and "/settings/people/" not in page
    page = as_(cast.ada).get("/settings/").content.decode()
    assert "Pipelines and stages" in page and "/settings/people/" in page


def test_set_1_every_card_leads_to_a_page_and_counts_what_is_there(cast, as_):
    browser = as_(cast.ada)
    source = Source.objects.first()
    source.archive(by=cast.ada)
    page = browser.get("/settings/").content.decode().split('id="cards"')[1].split("</main>")[0]
    urls = re.findall(r'href="(/settings/[^"#]*)', page)
    assert len(urls) >= 10
    assert {browser.get(url, follow=True).status_code for url in urls} == {200}
    assert "and 1 archived" in page and f"<b>{Source.objects.active().count()}</b>" in page
    assert "by you" in browser.get("/settings/").content.decode()


def test_set_1_a_setting_is_found_by_a_word(cast, as_):
    cards = as_(cast.ada).get("/settings/?q=lost+reas").content.decode().split('id="cards"')[1].split("</main>")[0]
    assert "/settings/lost-reasons/" in cards and "/settings/sources/" not in cards
    assert "No setting fits." in as_(cast.ada).get("/settings/?q=xyz").content.decode()


def test_set_1_the_house_is_changed_and_journalled(cast, as_):
    browser = as_(cast.ada)
    mark = House.objects.get().mark
    changes = {"name": "Maison Duval", "currency": "CHF", "reference_pattern": "D-{number}/{year}"}
    assert send(browser, "/settings/house/", "house", **changes).status_code == 302
    house = House.objects.get()
    assert (house.name, house.currency) == ("Maison Duval", "CHF") and house.mark != mark
    operation = Operation.objects.last()
    assert (operation.by, operation.door, operation.what) == (cast.ada, "set_up", "house.edit")
    assert operation.changes.get().fields == {
        "name": ["CRM", "Maison Duval"],
        "currency": ["EUR", "CHF"],
        "reference_pattern": ["OPP-{year}-{number}", "D-{number}/{year}"],
    }
    made = make_opportunity(by=cast.claire)
    assert made.reference == f"D-{made.pk}/2026" and made.currency == "CHF"
    send(browser, "/settings/house/", "house")
    assert Change.objects.filter(model__model="house").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Name the house."),
        ("reference_pattern", "", "Enter a pattern"),
        ("reference_pattern", "OPP-{year}", "The pattern needs {number}"),
        ("reference_pattern", "{number}-{month}", "“{month}” is not known here."),
        ("reference_pattern", "{number}-{year", "“{year” is not known here."),
        ("reference_pattern", "{number}" + "x" * 40, "Enter at most 40 characters."),
        ("currency", "XXX", "Select a valid choice."),
        ("language", "de", "Select a valid choice."),
        ("timezone", "Mars/Base", "Select a valid choice."),
    ],
)
def test_all_6_bad_input_stays_beside_its_reason(cast, as_, field, typed, said):
    response = send(as_(cast.ada), "/settings/house/", "house", **{field: typed})
    page = response.content.decode()
    assert response.status_code == 422 and said in page and f'href="#id_{field}"' in page
    if field in ("name", "reference_pattern"):
        assert fields(response, "house")[field] == [typed]
    assert not Change.objects.filter(model__model="house").exists()


def test_rec_5_two_people_changing_the_house_see_both_values(cast, as_):
    mine = fields(as_(cast.ada).get("/settings/house/"), "house")
    send(as_(cast.bo), "/settings/house/", "house", name="Theirs", timezone="Asia/Tokyo")
    response = as_(cast.ada).post("/settings/house/", mine | {"name": "Mine"})
    assert response.status_code == 409 and "Bo Costa has saved “Theirs” here meanwhile." in response.content.decode()
    assert as_(cast.ada).post("/settings/house/", fields(response, "house")).status_code == 302
    assert (House.objects.get().name, House.objects.get().timezone) == ("Mine", "Asia/Tokyo")
