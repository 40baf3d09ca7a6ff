"""ALL-5, issue 4: strict headers on every answer; sessions one sees and ends; who is deactivated is out."""

import os
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opportunities.models import Opportunity
from tests.make import make_opportunity
from tests.transfers.sheets import run
from transfers.models import Import

PASSWORD = "try-the-crm-2026"
ALWAYS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}


def signed_in(person, agent="Mozilla/5.0 Firefox/140.0"):
    browser = Client(headers={"accept-language": "en", "user-agent": agent})
    answer = browser.post("/auth/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/opportunities/", 200),
        ("/static/css/app.css", 200),
        ("/static/absent.css", 404),
        ("/absent/", 404),
        ("/opportunities/new", 301),
        ("/settings/profiles/", 302),
        ("/opportunities/999999/reopen/", 405),
        ("/healthz", 200),
    ],
)
def test_all_5_every_answer_has_the_strict_headers(cast, as_, path, status):
    response = as_(cast.ada).get(path)
    assert response.status_code == status
    for name, begins in ALWAYS.items():
        assert response.headers.get(name, "").startswith(begins), name
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "data:" not in policy and "*" not in policy


def test_all_5_refusals_and_forms_of_other_sites_have_them_too(cast, as_):
    opportunity = make_opportunity(by=cast.tom)
    strange = Client(enforce_csrf_checks=True)
    strange.force_login(cast.tom, backend="users.backends.People")
    for response in (
        as_(cast.claire).get(f"{opportunity.get_absolute_url()}edit/"),
        strange.post(f"{opportunity.get_absolute_url()}win/"),
    ):
        assert response.status_code == 403
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_all_5_one_sees_ones_sessions_and_ends_another(cast):
    here, there = signed_in(cast.claire), signed_in(cast.claire, "Mozilla/5.0 Chrome/140.0")
    text = here.get("/preferences/sign-in/").content.decode()
    assert "Firefox" in text and "Chrome" in text and text.count("This session") == 2
    from allauth.usersessions.models import UserSession

    other = UserSession.objects.exclude(session_key=here.session.session_key).get()
    assert signed_in(cast.tom).post(f"/preferences/sessions/{other.pk}/end/").status_code == 404
    assert there.get("/opportunities/").status_code == 200
    assert here.post(f"/preferences/sessions/{other.pk}/end/").status_code == 302
    assert there.get("/opportunities/").status_code == 302
    assert here.get("/opportunities/").status_code == 200


def test_all_5_all_other_sessions_are_ended_at_once(cast):
    here, *others = (signed_in(cast.claire) for _number in range(3))
    here.post("/preferences/sessions/end-others/")
    assert [other.get("/opportunities/").status_code for other in others] == [302, 302]
    assert here.get("/opportunities/").status_code == 200


def test_give_3_who_is_deactivated_is_out_at_the_next_request_and_their_jobs_change_nothing(
    cast, as_, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    opportunity = make_opportunity(by=cast.bo)
    browser = as_(cast.bo)
    assert browser.get("/opportunities/").status_code == 200
    cast.bo.deactivate(by=cast.ada)
    assert browser.get("/opportunities/").status_code == 302
    assert browser.post(f"{opportunity.get_absolute_url()}win/").status_code == 302
    run([["ID", "Call name"], [opportunity.pk, "Z"]], cast.bo, duplicates="update")
    found = Opportunity.objects.get()
    assert (found.status, found.call_name) == ("open", "")


def test_all_5_a_next_address_elsewhere_is_not_followed(cast):
    browser = Client()
    answer = browser.post("/auth/login/?next=https://evil.example/", {"login": cast.claire.email, "password": PASSWORD})
    assert answer.status_code == 302 and "evil.example" not in answer.url
    assert "evil" not in browser.post("/preferences/theme/", {"next": "//evil.example/"}).url


def test_all_5_more_than_the_house_takes_is_not_even_begun_and_says_so(cast, as_, settings):
    settings.UPLOAD_MOST, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024, 1000
    browser = as_(cast.bo)
    for size, status in ((1024 * 1024 + 2000, 400), (1024 * 1024 + 1, 422)):
        file = SimpleUploadedFile("a.csv", b"x" * size)
        answer = browser.post("/imports/new/", {"kind": "opportunity", "file": file})
        assert answer.status_code == status
        assert "The file is larger than 1 megabyte." in answer.content.decode()
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not Import.objects.exists()


def test_all_5_the_name_of_a_file_leads_nowhere(cast, as_, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    for name in ("../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "a\nb.csv", ".htaccess", "x" * 300 + ".csv"):
        file = SimpleUploadedFile("a.csv", b"Name\nA\n", content_type="text/html")
        file._name = name
        assert as_(cast.bo).post("/imports/new/", {"kind": "opportunity", "file": file}).status_code in (302, 422)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written and all(path.is_relative_to(tmp_path / "files/imports") for path in written)
    for made in Import.objects.all():
        assert "/" not in made.name and "\n" not in made.name
        given = as_(cast.bo).get(f"/imports/{made.pk}/file/")
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert given.headers["X-Content-Type-Options"] == "nosniff"


def test_all_5_a_deployment_over_https_passes_its_check(tmp_path):
    environment = {**os.environ, "HTTPS": "1", "DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
