"""ALL-5: changes of how one signs in are journalled and told; a lost second factor is reset by an administrator."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from records.models import Change, Operation
from tests.users.test_factors import APP_OFF, ASK, PASSWORD, browser_of, code_of, enrol, is_in, signs_in
from users import mailing
from users.models import Kind, Notice, User

NEW_PASSWORD = "a-quite-other-one-9"


def told(person):
    """The subjects of their notices, each mailed to them and to nobody else."""
    mailing.post()
    subjects = list(Notice.objects.filter(user=person, kind="sign_in").order_by("pk").values_list("subject", flat=True))
    assert [one.subject for one in mail.outbox if one.to == [person.email]][-len(subjects) :] == subjects
    return subjects


def journalled(person):
    changes = Change.objects.filter(model__model="user", record_id=person.pk, operation__what__startswith="user.")
    found = changes.exclude(operation__what="user.add").order_by("pk")
    return [(change.operation.what, change.operation.by, change.fields.get("second_factor")) for change in found]


def test_all_5_each_change_of_the_second_factor_is_journalled_and_told(cast):
    browser, _secret = enrol(cast.claire)
    assert told(cast.claire) == ["An authenticator app was switched on"]
    browser.post("/auth/factor/codes/new/")
    key = Authenticator.objects.create(user=cast.claire, type="webauthn", data={"name": "Blue key", "credential": {}})
    browser.post(f"/auth/factor/keys/{key.pk}/remove/")
    browser.post(APP_OFF)
    assert told(cast.claire) == [
        "An authenticator app was switched on",
        "New recovery codes were made; the old ones hold no more",
        "A passkey was removed",
        "The authenticator app was switched off",
    ]
    text = mail.outbox[-1].body
    assert "from 127.0.0.1" in text and "If it was not you" in text and "/preferences/sign-in/" in text
    assert journalled(cast.claire) == [
        ("user.factor_on", cast.claire, [None, "app"]),
        ("user.factor_on", cast.claire, [None, "codes"]),
        ("user.factor_off", cast.claire, ["key", None]),
        ("user.factor_off", cast.claire, ["app", None]),
    ]


def test_log_1_a_second_factor_that_cannot_be_journalled_is_not_changed(cast, monkeypatch):
    """One transaction: on and off, with the entry and the notice, or not at all."""

    def refuse(*args, **kwargs):
        raise RuntimeError

    def try_to(do):
        with monkeypatch.context() as broken, pytest.raises(RuntimeError):
            broken.setattr("users.changed_keys._tell", refuse)
            do()

    try_to(lambda: enrol(cast.claire))
    assert not Authenticator.objects.exists() and journalled(cast.claire) == []
    browser, _secret = enrol(cast.claire)
    held, entries = set(Authenticator.objects.values_list("pk", flat=True)), journalled(cast.claire)
    for url in ("/auth/factor/codes/new/", APP_OFF):
        try_to(lambda url=url: browser.post(url))
    assert set(Authenticator.objects.values_list("pk", flat=True)) == held and journalled(cast.claire) == entries


def test_all_5_a_new_password_is_journalled_and_told_and_ends_the_other_sessions(cast):
    here, other = signs_in(cast.claire)[0], signs_in(cast.claire)[0]
    answer = here.post(
        "/auth/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert answer.status_code == 302 and is_in(here) and not is_in(other)
    assert told(cast.claire) == ["Your password was changed"]
    assert [(what, by) for what, by, _pair in journalled(cast.claire)] == [("user.password", cast.claire)]
    kept = str(list(Change.objects.values_list("fields", flat=True)))
    assert NEW_PASSWORD not in kept and "md5$" not in kept


def test_all_5_nobody_switches_these_notices_off(cast, as_):
    page = as_(cast.claire).get("/preferences/notifications/").content.decode()
    assert "mail-mention" in page and "mail-sign_in" not in page
    cast.claire.edit(by=cast.claire, notice_ways={"sign_in": {"app": False, "mail": "never"}})
    Notice.post(User.objects.get(pk=cast.claire.pk), Kind.SIGN_IN, subject="A passkey was added", url="/")
    assert told(cast.claire) == ["A passkey was added"]
    assert "List-Unsubscribe" not in mail.outbox[-1].extra_headers and "Stop these mails" not in mail.outbox[-1].body


def test_all_5_a_password_chosen_by_mail_is_told_too(cast):
    browser = browser_of()
    browser.post("/auth/password/reset/", {"email": cast.claire.email})
    link = re.search(r"http\S+(/auth/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    page = browser.get(link, follow=True)
    browser.post(page.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert told(cast.claire) == ["Your password was changed"]
    assert browser.get(link).status_code == 200, "the link is good once"
    assert browser_of().post("/auth/login/", {"login": cast.claire.email, "password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize("password", ["short-1", "password123", "1234567890", "claire.dubois"])
def test_all_5_weak_passwords_are_refused_beside_the_field(cast, password):
    browser, _answer = signs_in(cast.claire)
    answer = browser.post(
        "/auth/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert answer.status_code == 200 and 'id="id_password1-error"' in answer.content.decode()
    assert is_in(signs_in(cast.claire)[0]) and not Notice.objects.exists()


def test_all_5_failed_tries_are_counted_and_then_the_right_password_helps_no_more(cast):
    browser = browser_of()
    for left in (4, 3, 2, 1, 0):
        page = browser.post("/auth/login/", {"login": cast.claire.email.upper(), "password": "wrong"}).content.decode()
        assert f"{left} {'try' if left == 1 else 'tries'} left" in page
    late = signs_in(cast.claire, Client(headers={"accept-language": "en"}))[1]
    assert late.status_code == 200 and "Try again in 15 minutes" in late.content.decode()
    assert is_in(signs_in(cast.tom)[0])


def test_all_5_a_lost_second_factor_is_reset_by_an_administrator_journalled_and_told(cast, as_):
    theirs, _secret = enrol(cast.claire)
    Authenticator.objects.create(user=cast.claire, type="webauthn", data={"name": "Blue key", "credential": {}})
    page = as_(cast.ada).get(f"/settings/people/{cast.claire.pk}/").content.decode()
    assert "authenticator app, passkey" in page and "/reset-factor/" in page
    answer = as_(cast.ada).post(f"/settings/people/{cast.claire.pk}/reset-factor/", follow=True)
    assert "Claire Dubois signs in with the password alone again." in answer.content.decode()
    assert "/reset-factor/" not in answer.content.decode()
    assert not Authenticator.objects.exists() and not UserSession.objects.filter(user=cast.claire).exists()
    assert not is_in(theirs)
    browser, _answer = signs_in(cast.claire)
    assert is_in(browser)
    assert told(cast.claire)[-1] == "Your second factor was reset"
    assert "By Ada Kermarec." in mail.outbox[-1].body
    assert journalled(cast.claire)[-1] == ("user.factor_reset", cast.ada, [["app", "key"], None])
    reset = Operation.objects.latest("pk")
    shown = as_(cast.ada).get(f"/journal/{reset.pk}/").content.decode()
    assert "reset the second factor of" in shown and "authenticator app, passkey" in shown
    as_(cast.ada).post(f"/journal/{reset.pk}/undo/")
    assert not Authenticator.objects.exists(), "a lost one does not come back"
    number = Operation.objects.count()
    as_(cast.ada).post(f"/settings/people/{cast.claire.pk}/reset-factor/")
    assert Operation.objects.count() == number, "harmless twice"


def test_all_5_nobody_resets_their_own_or_that_of_somebody_above(cast, as_):
    for person in (cast.ada, cast.sup):
        Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    own = as_(cast.ada).post(f"/settings/people/{cast.ada.pk}/reset-factor/", follow=True).content.decode()
    assert "Change your own second factor in your preferences." in own and "/reset-factor/" not in own
    assert as_(cast.ada).post(f"/settings/people/{cast.sup.pk}/reset-factor/").status_code == 403
    assert as_(cast.claire).post(f"/settings/people/{cast.sup.pk}/reset-factor/").status_code == 403
    assert Authenticator.objects.count() == 2


def test_all_5_the_second_factor_is_asked_after_a_wrong_password_too(cast):
    """A wrong password says nothing of whether there is a second factor."""
    _browser, secret = enrol(cast.claire)
    browser = browser_of()
    answer = browser.post("/auth/login/", {"login": cast.claire.email, "password": "wrong"})
    assert answer.status_code == 200 and ASK not in answer.content.decode()
    assert browser.post(ASK, {"code": code_of(secret)}).status_code == 302 and not is_in(browser)
