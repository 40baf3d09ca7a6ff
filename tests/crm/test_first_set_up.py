"""SET-3: a new installation works at once, set up by the command or by the first page."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "quiet-harbour-77"

FIRST_PAGE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from core.models import House
from pipelines.models import Stage
from users.models import User
browser = Client(headers={"accept-language": "fr", "host": "localhost"})
for path in ("/", "/opportunities/12/", "/nothing/", "/auth/login/", "/settings/"):
    answer = browser.get(path)
    assert (answer.status_code, answer.url) == (302, "/setup/"), path
assert browser.get("/healthz").status_code == 200
page = browser.get("/setup/").content.decode()
assert '<option value="fr" selected>' in page
given = {"house": "Maison Duval", "language": "fr", "currency": "CHF", "first_name": "Zoé", "last_name": "Duval",
         "email": "Zoe@Maison.example", "password": "%(password)s"}
wrong = {"house": "", "language": "xx", "currency": "?", "last_name": "", "email": "zoe", "password": "weak"}
for field, typed in wrong.items():
    answer = browser.post("/setup/", given | {field: typed})
    assert answer.status_code == 422 and f'href="#id_{field}"' in answer.content.decode(), field
    assert not User.objects.exists() and not House.objects.exists()
answer = browser.post("/setup/", given)
assert answer.status_code == 302, answer.content
assert browser.get("/opportunities/").status_code == 200
zoe = User.objects.get()
assert (zoe.email, zoe.profile.level, zoe.signs_in) == ("zoe@maison.example", "super_administrator", True)
house = House.objects.get()
assert (house.name, house.language, house.currency) == ("Maison Duval", "fr", "CHF")
assert Stage.objects.first().name == "À qualifier"
assert browser.get("/setup/").status_code == 404 and browser.post("/setup/", given).status_code == 404
assert Client(headers={"host": "localhost"}).get("/opportunities/").url.startswith("/auth/login/")
print("fine")
"""


@pytest.fixture
def run(tmp_path):
    def command(*arguments, code=None, **environment):
        settings = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "crm.settings", "DEMO": "0", "DEBUG": "1"}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        line = [sys.executable, *(["-c", code] if code else ["manage.py", *arguments])]
        return subprocess.run(
            line, cwd=ROOT, env=kept | settings | environment, capture_output=True, text=True, timeout=120
        )

    return command


def rows(folder, query):
    with sqlite3.connect(folder / "crm.sqlite3") as database:
        return database.execute(query).fetchall()


def test_set_3_the_command_makes_an_installation_that_works_and_is_harmless_twice(run, tmp_path):
    arguments = ("setup", "--email", "Zoe@maison.example", "--password", PASSWORD, "--language", "fr")
    for _time in range(2):
        done = run(*arguments, SECRET_KEY="given")
        assert (done.returncode, done.stderr) == (0, "")
    assert "there already" in done.stdout
    assert rows(tmp_path, "SELECT email, is_active, signs_in FROM users_user") == [("zoe@maison.example", 1, 1)]
    stages = rows(tmp_path, "SELECT name FROM pipelines_stage ORDER BY position")
    assert [name for (name,) in stages] == ["À qualifier", "Qualifiée", "Démonstration", "Proposition", "Négociation"]
    assert rows(tmp_path, "SELECT count(*) FROM pipelines_source")[0][0] == 7
    assert rows(tmp_path, "SELECT language FROM core_house") == [("fr",)]
    sign_in = f"""
import django
django.setup()
from django.test import Client
browser = Client(headers={{"host": "localhost"}})
answer = browser.post("/auth/login/", {{"login": "zoe@maison.example", "password": "{PASSWORD}"}})
assert answer.status_code == 302 and browser.get("/settings/").status_code == 200
"""
    assert run(code=sign_in, SECRET_KEY="given").returncode == 0


@pytest.mark.parametrize(
    ("email", "password", "language", "said"),
    [
        ("zoe", PASSWORD, "fr", "Enter a valid email address."),
        ("zoe@maison.example", "weak", "fr", "too short"),
        ("zoe@maison.example", "password123", "en", "too common"),
        ("zoe@maison.example", "zoe@maison", "en", "too similar"),
    ],
)
def test_set_3_bad_input_is_one_line_and_leaves_nothing(run, tmp_path, email, password, language, said):
    done = run("setup", "--email", email, "--password", password, "--language", language)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1 and said in done.stderr
    assert not (tmp_path / "crm.sqlite3").exists()


def test_set_3_the_first_page_asks_for_it_where_there_is_no_demo(run):
    done = run(code=FIRST_PAGE % {"password": PASSWORD})
    assert done.stdout.endswith("fine\n"), done.stderr


def test_set_3_once_there_is_somebody_there_is_no_first_page(cast, as_, client, settings):
    settings.DEMO = False
    assert client.get("/setup/").status_code == 404
    assert as_(cast.ada).get("/setup/").status_code == 404
    assert client.get("/opportunities/").url.startswith("/auth/login/")
