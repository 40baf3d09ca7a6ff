"""ALL-6: never a bare error page."""

import logging
import re
import sys

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from core.logs import WithoutSecrets
from crm.errors import server_error
from tests.make import make_opportunity


@pytest.mark.parametrize("path", ["/nothing/here/", "/opportunities/999999/", "/settings/people/999999/"])
def test_all_6_what_does_not_exist_has_a_page_with_a_way_out(cast, as_, path):
    response = as_(cast.ada).get(path)
    page = response.content.decode()
    assert response.status_code == 404
    assert "This page does not exist" in page and "Go to the opportunities" in page


def test_give_4_what_is_hidden_answers_exactly_as_what_is_absent(cast, as_):
    hidden, browser = make_opportunity(by=cast.claire), as_(cast.eve)

    def answer(path):
        response = browser.get(path)
        page = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", response.content.decode())
        return response.status_code, page.replace(path, "")

    assert answer(hidden.get_absolute_url()) == answer("/opportunities/999999/")


def test_all_6_strangers_get_the_page_too_without_the_shell(db, client):
    response = client.get("/nothing/here/")
    page = response.content.decode()
    assert response.status_code == 404 and "Go to the start" in page and "sidebar" not in page


def test_all_6_a_form_that_has_expired_says_so(cast):
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.force_login(cast.ada, backend="users.backends.People")
    response = browser.post("/settings/sources/", {})
    assert response.status_code == 403 and "This form has expired" in response.content.decode()


def test_all_6_a_mistake_of_ours_has_a_page_even_without_a_database(db):
    request = RequestFactory().get("/opportunities/")
    request.user = SimpleLazyObject(lambda: 1 / 0)
    response = server_error(request)
    assert response.status_code == 500 and "The CRM made a mistake" in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a b", "localhost:port"])
def test_all_5_another_host_is_refused_with_a_page_and_no_fault(client, host):
    answer = client.get("/auth/login/", headers={"host": host})
    assert answer.status_code == 400 and "This request cannot be read" in answer.content.decode()
    assert "evil" not in answer.content.decode()


def test_all_7_the_log_tells_no_secret_of_an_address(cast, client, capsys):
    """Of a feed whose owner is deactivated, of links in mails that hold no more: somebody may hold them again."""
    secret = "Zyxwv0123456789abcdef"
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(WithoutSecrets())
    logging.getLogger().addHandler(handler)
    try:
        for path in (
            f"calendar/{secret}.ics",
            f"notifications/stop/{secret}/",
        ):
            assert client.get(f"/{path}").status_code == 404
        client.get("/nothing/here/")
    finally:
        logging.getLogger().removeHandler(handler)
    said = capsys.readouterr().out
    assert said.count("/calendar/…") >= 1 and secret not in said and "/nothing/here/" in said
    assert "core.logs.WithoutSecrets" in str(settings.LOGGING)
