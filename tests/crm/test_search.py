"""ALL-2: any record by name, reference, ID, e-mail, telephone, accents or not; only what one sees."""

import pytest

from tests.make import make_account, make_contact, make_opportunity


@pytest.fixture
def house(cast):
    account = make_account("Coopérative laitière du Bessin", by=cast.claire, code="C00042", phones=["02 40 00 00 12"])
    contact = make_contact("Hélène Queffélec", by=cast.claire, account=account, emails=["h.queffelec@hexabio.example"])
    return make_opportunity(
        "Capteurs de température", by=cast.claire, reference="OPP-7", account=account, contact=contact
    )


def texts(browser, q):
    return browser.get("/search/", {"q": q}, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "q,found",
    [
        ("temperature", "Capteurs de"),
        ("CAPTEURS DE", "Capteurs"),
        ("OPP-7", "Capteurs"),
        ("ca", "Capteurs"),
        ("cooperative bessin", "laitière du"),
        ("du bessin", "laitière"),
        ("C00042", "laitière"),
        ("02 40 00 00 12", "laitière"),
        ("0240000012", "laitière"),
        ("queffelec helene", "Queffélec"),
        ("h.queffelec@hexabio", "Queffélec"),
    ],
)
def test_all_2_finds_by_any_part_without_accents(house, cast, as_, q, found):
    answer = texts(as_(cast.tom), q).replace("<mark>", "").replace("</mark>", "")
    assert found in answer


def test_all_2_an_id_is_found_and_a_number_sign_goes_there(house, cast, as_):
    assert f"/opportunities/{house.pk}/" in texts(as_(cast.tom), str(house.pk))
    assert as_(cast.tom).get("/search/", {"q": f"#{house.pk}"}).url == f"/opportunities/{house.pk}/"


@pytest.mark.parametrize("q", ["temperature", "OPP-7", "bessin", "queffelec", "h.queffelec@hexabio", "0240000012"])
def test_give_4_search_shows_nothing_hidden(house, cast, as_, q):
    shown = texts(as_(cast.eve), q)
    assert "Nothing found" in shown
    assert "/opportunities/" + str(house.pk) not in shown
    assert as_(cast.eve).get("/search/", {"q": f"#{house.pk}"}).status_code == 200


def test_all_2_an_account_renamed_is_found_on_its_opportunities_by_the_new_name(house, cast, as_):
    account = house.account
    account.name = "Laiterie Kerbrat"
    account.edit(by=cast.claire)
    listed = as_(cast.tom).get("/opportunities/", {"q": "kerbrat"}).content.decode()
    assert "Capteurs de température" in listed
    assert "Capteurs" not in as_(cast.tom).get("/opportunities/", {"q": "cooperative"}).content.decode()


@pytest.mark.parametrize("q", ['"', "'", "%", "_", "*", "NEAR(", "é" * 300, "<script>", "🎈", "9" * 40, "#", "# 1"])
def test_all_6_any_text_can_be_searched(house, cast, as_, q):
    assert as_(cast.tom).get("/search/", {"q": q}).status_code == 200
    assert as_(cast.tom).get("/opportunities/", {"q": q}).status_code == 200


@pytest.mark.parametrize(
    "url", ["/search/?q=a%00b", "/opportunities/?stage=%00", "/accounts/?q=%00", "/settings/people/?q=%00"]
)
def test_all_6_a_nul_in_the_address_is_dropped(cast, as_, url):
    assert as_(cast.ada).get(url).status_code == 200
