"""Two installations, set up once: SQLite with the folder of messages, PostgreSQL with Redis."""

import os

import pytest

from tests.__main__ import postgresql, redis
from tests.services.installation import Installation, copy_of, create, drop


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Installations that are set up and have the demo's people, by the name of their database."""
    made = {}

    def build(name):
        if name not in made:
            made[name] = Installation(tmp_path_factory.mktemp(name) / "built", *services(name))
            if made[name].database:
                create(made[name].database)
            made[name].manage("seed_demo", "--opportunities", "0")
        return made[name]

    yield build
    for installation in made.values():
        if installation.database:
            drop(installation.database)


def services(name):
    if name == "sqlite":
        return ("", "")
    if not postgresql():
        pytest.skip("PostgreSQL does not answer (TEST_DATABASE_URL)")
    if not redis():
        pytest.skip("PostgreSQL answers, but Redis does not (TEST_REDIS_URL)")
    return postgresql().rpartition("/")[0] + f"/crm_services_{os.getpid()}", redis()


@pytest.fixture
def house(request, built, tmp_path):
    """A fresh installation; ``request.param`` is ``sqlite`` or ``postgresql``."""
    installation = copy_of(built(request.param), tmp_path / "house")
    yield installation
    installation.stop()
    if installation.database:
        drop(installation.database)
