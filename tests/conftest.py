"""The standing cast, made once; every test starts from it and is rolled back."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from core.models.house import see_mark
from crm import starting_point
from crm.translations import compile_messages
from records.journal import operation
from tests import migrated
from tests.make import make_person
from users.models import Team


def pytest_configure():
    compile_messages()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Begin from the migrated database of the last run, where there is one."""
    kept = None
    if connection.vendor == "sqlite":
        kept = migrated.remember(connection.creation._get_test_db_name())
    yield
    if kept:
        kept.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            migrated.keep()
        make_cast()


def make_cast():
    starting_point.start("en")
    with operation(by=None, door="set_up", what="test"):
        west, east = Team.objects.create(name="West"), Team.objects.create(name="East")
    make_person("Claire Dubois", "representative", team=west)
    make_person("Tom Baker", "representative", team=west)
    make_person("Sam Okafor", "representative", team=east)
    make_person("Eve Martin", "associate")
    make_person("Bo Costa", "back_office")
    make_person("Ada Kermarec", "administrator")
    make_person("Sup Duval", "super_administrator")
    mia = make_person("Mia Ferhat", "manager", team=west)
    west.edit(by=mia, manager=mia)


@pytest.fixture(autouse=True)
def forget_set_up():
    """What a test set up is rolled back with it, and what it tried too often; no process may keep it in memory."""
    see_mark("unknown")
    cache.clear()


@pytest.fixture
def cast(db):
    """People by first name, as they are in the database: ``cast.claire``."""
    from users.models import User

    people = User.objects.select_related("profile", "team").exclude(first_name="")
    return SimpleNamespace(**{person.first_name.lower(): person for person in people})


@pytest.fixture
def as_(client):
    """A signed-in client: ``as_(cast.claire).get("/")``."""

    def sign_in(person):
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(person, backend="users.backends.People")
        return browser

    return sign_in
