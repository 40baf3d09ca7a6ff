"""ALL-5: a second factor, passkeys, and signing in with the house's own provider."""

import json
import re
import time
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from users.models import User

PASSWORD = "try-the-crm-2026"
APP_ON, APP_OFF, ASK = "/auth/factor/app/on/", "/auth/factor/app/off/", "/auth/factor/ask/"


def browser_of(language="en"):
    return Client(headers={"accept-language": language})


def signs_in(person, browser=None):
    browser = browser or browser_of()
    return browser, browser.post("/auth/login/", {"login": person.email, "password": PASSWORD})


def confirm(browser, to):
    """Give the password once more, as the page asks; returns the page asked for at first."""
    asked = browser.get(to)
    assert asked.status_code == 302 and asked.url.startswith("/auth/confirm/"), "asks for the password first"
    assert browser.get(asked.url).status_code == 200
    assert browser.post(asked.url, {"password": "wrong", "next": to}).status_code == 200
    assert browser.get(to).status_code == 302
    assert browser.post(asked.url, {"password": PASSWORD, "next": to}).url == to
    return browser.get(to)


def code_of(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(person):
    """Somebody with an app: their browser, and the secret that the app keeps."""
    browser, _answer = signs_in(person)
    page = confirm(browser, APP_ON)
    secret = page.context["form"].secret
    answer = browser.post(APP_ON, {"code": code_of(secret, -1)})
    assert answer.status_code == 302 and answer.url == "/auth/factor/codes/"
    cache.clear()
    return browser, secret


def is_in(browser):
    return browser.get("/opportunities/").status_code == 200


def test_all_5_an_app_is_enrolled_by_a_qr_code_within_the_page_and_a_first_code(cast):
    browser, _answer = signs_in(cast.claire)
    page = confirm(browser, APP_ON)
    text = page.content.decode()
    assert "<svg" in text and "data:image" not in text and "style=" not in text and "<?xml" not in text
    secret = page.context["form"].secret
    assert secret in text
    wrong = browser.post(APP_ON, {"code": "000000"})
    assert wrong.status_code == 200 and "Incorrect code" in wrong.content.decode()
    assert not Authenticator.objects.exists()
    browser.post(APP_ON, {"code": code_of(secret)})
    assert set(Authenticator.objects.values_list("user__first_name", "type")) == {
        ("Claire", "totp"), ("Claire", "recovery_codes"),
    }  # fmt: skip
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True))), "kept encrypted"
    shown = browser.get("/preferences/sign-in/").content.decode()
    assert "10 left" in shown and APP_OFF in shown


def test_all_5_a_password_alone_does_not_sign_in_who_has_an_app(cast):
    _browser, secret = enrol(cast.claire)
    browser, answer = signs_in(cast.claire)
    assert answer.url.startswith(ASK) and not is_in(browser)
    assert browser.get(ASK).status_code == 200
    assert browser.post(ASK, {"code": "000000"}).status_code == 200 and not is_in(browser)
    assert browser.post(ASK, {"code": code_of(secret)}).status_code == 302 and is_in(browser)


def test_all_5_a_code_is_good_once(cast):
    _browser, secret = enrol(cast.claire)
    code = code_of(secret)
    first, second = (signs_in(cast.claire)[0] for _number in range(2))
    first.post(ASK, {"code": code})
    second.post(ASK, {"code": code})
    assert is_in(first) and not is_in(second)


def test_all_5_wrong_codes_are_throttled_and_then_the_right_one_helps_no_more(cast):
    _browser, secret = enrol(cast.claire)
    browser, _answer = signs_in(cast.claire)
    for _try in range(5):
        browser.post(ASK, {"code": "000000"})
    late = browser.post(ASK, {"code": code_of(secret)})
    assert "Try again in 15 minutes" in late.content.decode() and not is_in(browser)


def test_all_5_a_recovery_code_signs_in_once(cast):
    browser, _secret = enrol(cast.claire)
    codes = browser.get("/auth/factor/codes/").context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in browser.get("/auth/factor/codes/download/").content.decode()
    first, second = (signs_in(cast.claire)[0] for _number in range(2))
    first.post(ASK, {"code": codes[0]})
    second.post(ASK, {"code": codes[0]})
    assert is_in(first) and not is_in(second)
    assert "9 left" in first.get("/preferences/sign-in/").content.decode()


def test_all_5_switching_it_off_asks_for_the_password_again(cast):
    _browser, secret = enrol(cast.claire)
    browser, _answer = signs_in(cast.claire)
    browser.post(ASK, {"code": code_of(secret)})
    assert browser.get(APP_OFF).url.startswith("/auth/confirm/")
    asked = browser.post(APP_OFF)
    assert asked.url.startswith("/auth/confirm/")
    browser.post(asked.url, {"password": "wrong", "next": APP_OFF})
    assert Authenticator.objects.count() == 2
    assert browser.post(asked.url, {"password": PASSWORD, "next": APP_OFF}).url == "/auth/factor/"
    assert not Authenticator.objects.exists()
    assert is_in(signs_in(cast.claire)[0])


def test_all_5_nobody_sees_or_ends_the_factor_of_another(cast):
    enrol(cast.claire)
    key = Authenticator.objects.create(user=cast.claire, type="webauthn", data={"name": "Blue key", "credential": {}})
    tom, _answer = signs_in(cast.tom)
    confirm(tom, APP_ON)
    assert tom.get("/auth/factor/codes/").status_code == 404
    assert tom.get("/auth/factor/codes/download/").status_code == 404
    assert tom.post(APP_OFF).status_code == 404
    assert "Blue key" not in tom.get("/auth/factor/keys/").content.decode()
    for what in ("edit", "remove"):
        assert tom.get(f"/auth/factor/keys/{key.pk}/{what}/").status_code == 404
        assert tom.post(f"/auth/factor/keys/{key.pk}/{what}/", {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.filter(user=cast.claire).count() == 3


def test_all_5_passkeys_are_listed_renamed_and_removed_by_their_owner(cast):
    claire, _answer = signs_in(cast.claire)
    add = confirm(claire, "/auth/factor/keys/add/").content.decode()
    assert 'src="/static/mfa/js/webauthn.js"' in add and "creation_options" in add
    broken = claire.post("/auth/factor/keys/add/", {"name": "x", "credential": "{}"})
    assert broken.status_code == 200 and not Authenticator.objects.exists()
    key = Authenticator.objects.create(user=cast.claire, type="webauthn", data={"name": "Blue key", "credential": {}})
    assert "Blue key" in claire.get("/auth/factor/keys/").content.decode()
    assert claire.get(f"/auth/factor/keys/{key.pk}/edit/").status_code == 200
    claire.post(f"/auth/factor/keys/{key.pk}/edit/", {"name": "Red key"})
    assert "Red key" in claire.get("/auth/factor/keys/").content.decode()
    assert "Red key" in claire.get(f"/auth/factor/keys/{key.pk}/remove/").content.decode()
    claire.post(f"/auth/factor/keys/{key.pk}/remove/")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_5_the_sign_in_page_offers_a_passkey_and_runs_no_inline_script(cast, language):
    text = browser_of(language).get("/auth/login/").content.decode()
    assert 'id="use-key"' in text and "allauth.webauthn.forms.loginForm" in text
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "application/json" in attributes
    options = browser_of().get("/auth/factor/keys/login/", headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]


# --- Single sign-on -------------------------------------------------------------------------------------------------

SINGLE = "/auth/single/house/"


@pytest.fixture
def provider(settings):
    settings.OIDC_NAME, settings.SINGLE_SIGN_ON = "Hexa ID", True
    settings.FORM_ACTIONS = ["https://id.hexa.example"]
    app = {
        "provider_id": "house", "name": "Hexa ID", "client_id": "crm", "secret": "s",
        "settings": {"server_url": "https://id.hexa.example/", "oauth_pkce_enabled": True},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    config = {
        f"{name}_endpoint": f"https://id.hexa.example/{name}" for name in ("authorization", "token", "userinfo")
    } | {"issuer": "https://id.hexa.example", "jwks_uri": "https://id.hexa.example/keys"}
    adapter = "allauth.socialaccount.providers.openid_connect.views.OpenIDConnectOAuth2Adapter"
    with patch(f"{adapter}.openid_config", config):
        yield adapter


def comes_back(adapter, browser=None, process="", **said):
    """Through the provider, which says this of somebody."""
    browser = browser or browser_of()
    away = browser.post(f"{SINGLE}?{process}")
    assert away.status_code == 302 and away.url.startswith("https://id.hexa.example/authorization?")
    assert "code_challenge=" in away.url
    state = re.search(r"state=(\w+)", away.url)[1]
    with (
        patch(f"{adapter}.get_access_token_data", return_value={"access_token": "t"}),
        patch(f"{adapter}._fetch_user_info", return_value={"sub": "77", **said}),
    ):
        return browser, browser.get(f"{SINGLE}back/?code=c&state={state}")


def test_all_5_without_a_provider_there_is_no_button_and_no_way(client, db):
    page = client.get("/auth/login/")
    assert SINGLE not in page.content.decode() and "form-action 'self';" in page.headers["Content-Security-Policy"]
    assert client.post(SINGLE).status_code == client.get(f"{SINGLE}back/").status_code == 404


def test_all_5_with_a_provider_the_sign_in_page_has_its_button_and_may_send_its_form(client, db, provider):
    page = client.get("/auth/login/")
    assert "Sign in with Hexa ID" in page.content.decode()
    assert "form-action 'self' https://id.hexa.example;" in page.headers["Content-Security-Policy"]


def test_all_5_the_provider_signs_in_who_is_there_and_leaves_the_password_alone(cast, provider):
    browser, answer = comes_back(provider, email=cast.claire.email.upper(), email_verified=True)
    assert answer.status_code == 302 and is_in(browser)
    assert browser.get("/").context["user"] == cast.claire
    assert is_in(signs_in(cast.claire)[0])


def test_all_5_the_provider_does_not_stand_in_for_the_second_factor(cast, provider):
    enrol(cast.claire)
    browser, answer = comes_back(provider, email=cast.claire.email, email_verified=True)
    assert answer.url.startswith(ASK) and not is_in(browser)


@pytest.mark.parametrize(
    "said",
    [
        {"email": "stranger@hexa.example", "email_verified": True},
        {"email": "claire@demo.example", "email_verified": False},
        {"email": "claire@demo.example", "email_verified": "false"},
        {"email": "claire@demo.example"},
        {},
    ],
)
def test_all_5_a_stranger_and_an_unverified_address_sign_nobody_in_and_make_nobody(cast, provider, said):
    before = User.objects.count()
    browser, answer = comes_back(provider, **said)
    assert answer.status_code == 403 and not is_in(browser)
    assert User.objects.count() == before


def test_all_5_who_was_deactivated_is_not_let_in_by_the_provider(cast, provider):
    cast.claire.deactivate(by=cast.ada)
    browser, answer = comes_back(provider, email=cast.claire.email, email_verified=True)
    assert answer.status_code == 403 and not is_in(browser)


def test_all_5_nobody_ties_an_account_of_the_provider_to_another_person(cast, provider):
    tom, _answer = signs_in(cast.tom)
    comes_back(provider, tom, "process=connect", email=cast.claire.email, email_verified=True)
    from allauth.socialaccount.models import SocialAccount

    assert not SocialAccount.objects.exists()
    assert tom.get("/").context["user"] == cast.claire


def test_all_5_an_answer_that_nobody_asked_for_says_so(client, db, provider):
    answer = client.get(f"{SINGLE}back/?code=c&state=made-up")
    assert answer.status_code == 401 and "did not sign you in" in answer.content.decode()
