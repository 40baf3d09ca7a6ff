"""ALL-1: what each person sets for themselves."""

import pytest

from records.models import Operation
from tests.pages import fields, send

TABS = ("/preferences/", "/preferences/display/", "/preferences/sign-in/")


@pytest.mark.parametrize("url", TABS)
def test_all_1_everybody_has_preferences_and_strangers_have_none(cast, as_, client, url):
    for person in (cast.claire, cast.eve, cast.ada):
        assert as_(person).get(url).status_code == 200
    assert client.get(url).status_code == 302


def test_all_1_the_page_speaks_the_new_language_at_once(cast, as_):
    browser = as_(cast.claire)
    response = send(browser, "/preferences/display/", "preferences", language="fr", timezone="Asia/Tokyo")
    assert response.status_code == 302
    page = browser.get(response.url)
    assert page.headers["Content-Language"] == "fr" and '<html lang="fr"' in page.content.decode()
    cast.claire.refresh_from_db()
    assert (cast.claire.language, cast.claire.timezone) == ("fr", "Asia/Tokyo")
    operation = Operation.objects.last()
    assert (operation.by, operation.what) == (cast.claire, "user.preferences")
    assert send(browser, "/preferences/display/", "preferences", language="").status_code == 302
    assert browser.get("/preferences/display/").headers["Content-Language"] == "en"


def test_all_3_theme_density_and_shortcuts_are_kept(cast, as_):
    browser = as_(cast.claire)
    send(browser, "/preferences/display/", "preferences", theme="dark", density="compact", single_keys=None)
    page = browser.get("/opportunities/").content.decode()
    assert 'data-theme="dark"' in page and 'data-density="compact"' in page and "data-no-keys" in page


@pytest.mark.parametrize(
    ("field", "value"), [("language", "xx"), ("timezone", "Mars/Base"), ("theme", "pink"), ("density", "airy")]
)
def test_all_6_what_does_not_exist_is_refused_beside_its_field(cast, as_, field, value):
    response = send(as_(cast.claire), "/preferences/display/", "preferences", **{field: value})
    assert response.status_code == 422 and "Select a valid choice." in response.content.decode()


def test_all_6_a_name_is_kept_as_typed_with_what_is_missing(cast, as_):
    browser = as_(cast.claire)
    response = send(browser, "/preferences/", "preferences", first_name="Clara", last_name="")
    assert response.status_code == 422 and "Enter your last name." in response.content.decode()
    assert fields(response, "preferences")["first_name"] == ["Clara"]
    assert send(browser, "/preferences/", "preferences", first_name="Clara").status_code == 302
    cast.claire.refresh_from_db()
    assert str(cast.claire) == "Clara Dubois"


def test_give_3_preferences_give_no_rights(cast, as_):
    send(as_(cast.claire), "/preferences/", "preferences", profile=cast.sup.profile_id, email="x@demo.example")
    profile, email = cast.claire.profile_id, cast.claire.email
    cast.claire.refresh_from_db()
    assert (cast.claire.profile_id, cast.claire.email) == (profile, email)
