"""SET-1, GIVE-3: people, and who may do what to whom."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from opportunities.models import Opportunity
from records.models import Change, Operation
from tests.make import make_opportunity, make_person
from tests.pages import fields, send
from users.models import Profile, Team, User

PEOPLE = "/settings/people/"
NEW = "/settings/people/new/"


def given(**changes):
    return {
        "first_name": "Nora",
        "last_name": "Lind",
        "email": "Nora.Lind@demo.example",
        "signs_in": "on",
        "profile": Profile.objects.get(code="representative").pk,
        "team": Team.objects.get(name="West").pk,
        "groups": [],
    } | changes


def page_of(person):
    return f"{PEOPLE}{person.pk}/"


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("sup", 200), ("bo", 403), ("mia", 403), ("claire", 403), ("eve", 403)]
)
def test_set_1_people_are_managed_by_those_with_the_right(cast, as_, who, status):
    browser, tom = as_(getattr(cast, who)), cast.tom
    team, group = Team.objects.first(), Group.objects.create(name="Key accounts")
    pages = [
        PEOPLE,
        NEW,
        page_of(tom),
        f"{page_of(tom)}menu/",
        "/settings/teams/",
        f"/settings/teams/{team.pk}/",
        "/settings/groups/",
        "/settings/groups/new/",
        f"/settings/groups/{group.pk}/",
        f"/settings/profiles/{tom.profile_id}/",
    ]
    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(pages, status)
    for verb in ("send-link", "reactivate", "deactivate"):
        assert browser.post(f"{page_of(tom)}{verb}/").status_code == (302 if status == 200 else 403)
        assert browser.get(f"{page_of(tom)}{verb}/").status_code == 405
    assert browser.post(NEW, given()).status_code == (302 if status == 200 else 403)


def test_set_1_a_person_is_added_and_chooses_a_password_by_mail(cast, as_):
    group = Group.objects.create(name="Key accounts")
    assert as_(cast.ada).post(NEW, given(groups=[group.pk])).status_code == 302
    nora = User.objects.get(email="nora.lind@demo.example")
    assert (str(nora), nora.team.name, list(nora.groups.all())) == ("Nora Lind", "West", [group])
    operation = Operation.objects.order_by("pk").last()
    assert (operation.by, operation.what) == (cast.ada, "user.add")
    assert operation.changes.get().fields["groups"] == [[], [group.pk]]
    (message,) = mail.outbox
    assert message.to == ["nora.lind@demo.example"] and message.subject == "Your access to CRM"
    assert "Ada Kermarec has opened an access for you" in message.body
    link = re.search(rf"{settings.SITE_URL}(/\S+)", message.body)[1]
    browser = Client(headers={"accept-language": "en"})
    form = browser.get(link, follow=True)
    assert form.status_code == 200 and b"This link is no longer valid" not in form.content
    chosen = {"password1": "quiet-harbour-77", "password2": "quiet-harbour-77"}
    browser.post(form.redirect_chain[-1][0], chosen)
    signed_in = browser.post("/auth/login/", {"login": "nora.lind@demo.example", "password": "quiet-harbour-77"})
    assert signed_in.status_code == 302 and "_auth_user_id" in browser.session
    again = Client(headers={"accept-language": "en"}).get(link, follow=True)  # a link is good once
    assert b"This link is no longer valid" in again.content


def test_set_1_somebody_who_never_signs_in_gets_no_mail(cast, as_):
    as_(cast.ada).post(NEW, given(email="", signs_in=""))
    nora = User.objects.get(last_name="Lind")
    assert not nora.signs_in and nora.email is None and not mail.outbox
    assert "never signs in" in as_(cast.ada).get(PEOPLE).content.decode()
    as_(cast.ada).post(f"{page_of(nora)}send-link/")
    assert not mail.outbox


def test_set_1_who_never_signs_in_cannot_sign_in(cast):
    make_person("Nora Lind", signs_in=False)
    browser = Client(headers={"accept-language": "en"})
    page = browser.post("/auth/login/", {"login": "nora@demo.example", "password": "try-the-crm-2026"}, follow=True)
    assert "Your access is closed" in page.content.decode() and "_auth_user_id" not in browser.session


def test_all_1_the_invitation_speaks_the_language_of_the_person(cast, as_):
    cast.tom.edit(by=cast.tom, language="fr")
    as_(cast.ada).post(f"{page_of(cast.tom)}send-link/")
    assert mail.outbox[0].to == [cast.tom.email]


def test_give_4_a_forgotten_password_mails_nobody_who_is_not_of_the_house(cast, client):
    client.post("/auth/password/reset/", {"email": "stranger@nowhere.example"})
    assert not mail.outbox
    client.post("/auth/password/reset/", {"email": cast.tom.email})
    assert mail.outbox[0].to == [cast.tom.email] and "A new password for CRM" in mail.outbox[0].subject


def test_all_5_the_link_to_a_new_password_leads_to_the_house_whatever_the_request_names(cast, client):
    client.post("/auth/password/reset/", {"email": cast.tom.email}, headers={"host": "localhost:6666"})
    assert f"{settings.SITE_URL}/auth/password/reset/key/" in mail.outbox[0].body and ":6666" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("last_name", "", "Enter the last name."),
        ("email", "nora", "Enter a valid email address."),
        ("email", "CLAIRE@demo.example", "Claire Dubois has this address."),
        ("email", "", "Whoever signs in needs an address."),
        ("profile", "", "Choose what this person may do."),
        ("profile", "999", "Select a valid choice."),
    ],
)
def test_all_6_bad_input_stays_beside_its_reason(cast, as_, field, typed, said):
    before = User.objects.count()
    response = as_(cast.ada).post(NEW, given(**{field: typed}))
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    assert fields(response, "person")["first_name"] == ["Nora"]
    assert fields(response, "person").get(field, [""]) == [typed] or field == "profile"
    assert User.objects.count() == before and not mail.outbox


def test_set_1_a_person_is_edited_and_a_new_team_moves_what_is_seen(cast, as_):
    opportunity = make_opportunity(by=cast.tom)
    assert Opportunity.objects.visible_to(cast.claire).filter(pk=opportunity.pk).exists()
    east = Team.objects.get(name="East")
    assert send(as_(cast.ada), page_of(cast.tom), "person", team=east.pk, first_name="Thomas").status_code == 302
    cast.tom.refresh_from_db()
    assert (str(cast.tom), cast.tom.team) == ("Thomas Baker", east)
    assert not Opportunity.objects.visible_to(cast.claire).filter(pk=opportunity.pk).exists()
    change = Change.objects.order_by("pk").last()
    assert change.operation.what == "user.edit" and set(change.fields) == {"first_name", "team_id"}


def test_rec_5_two_people_editing_one_person_see_both_values(cast, as_):
    mine = fields(as_(cast.ada).get(page_of(cast.tom)), "person")
    send(as_(cast.sup), page_of(cast.tom), "person", last_name="Bakery")
    response = as_(cast.ada).post(page_of(cast.tom), mine | {"last_name": "Bakewell"})
    assert response.status_code == 409
    assert "Sup Duval has saved “Bakery” here meanwhile." in response.content.decode()
    response = as_(cast.ada).post(page_of(cast.tom), mine | {"first_name": "Thomas"})
    assert response.status_code == 302
    cast.tom.refresh_from_db()
    assert str(cast.tom) == "Thomas Bakery"


def test_set_1_deactivated_people_are_out_at_once_and_named_with_what_they_own(cast, as_):
    make_opportunity(by=cast.tom)
    tom = as_(cast.tom)
    assert tom.get("/opportunities/").status_code == 200
    assert as_(cast.ada).post(f"{page_of(cast.tom)}deactivate/").status_code == 302
    assert tom.get("/opportunities/").status_code == 302
    page = as_(cast.ada).get(PEOPLE).content.decode()
    assert "1 opportunity</a>" in page and f"?owner={cast.tom.pk}" in page
    refused = Client().post("/auth/login/", {"login": cast.tom.email, "password": "try-the-crm-2026"}, follow=True)
    assert "Your access is closed" in refused.content.decode()
    as_(cast.ada).post(f"{page_of(cast.tom)}reactivate/")
    cast.tom.refresh_from_db()
    assert cast.tom.is_active
    assert [one.what for one in Operation.objects.order_by("-pk")[:2]] == ["user.reactivate", "user.deactivate"]


def test_set_1_nobody_deactivates_themselves(cast, as_):
    response = as_(cast.ada).post(f"{page_of(cast.ada)}deactivate/", follow=True)
    assert "Nobody deactivates themselves." in response.content.decode()
    cast.ada.refresh_from_db()
    assert cast.ada.is_active


def test_give_3_the_last_super_administrator_stays(cast, as_):
    browser = as_(cast.sup)
    lower = Profile.objects.get(code="administrator").pk
    response = send(browser, page_of(cast.sup), "person", profile=lower)
    assert response.status_code == 422
    assert "This is the last super administrator who can sign in." in response.content.decode()
    assert send(browser, page_of(cast.sup), "person", signs_in=None).status_code == 422
    with pytest.raises(ValidationError):
        cast.sup.deactivate(by=None)
    make_person("Second Super", "super_administrator")
    assert send(browser, page_of(cast.sup), "person", profile=lower).status_code == 302


def test_give_3_nobody_reaches_above_their_own_level(cast, as_):
    browser = as_(cast.ada)
    for path in ("", "menu/"):
        assert browser.get(f"{page_of(cast.sup)}{path}").status_code == 403
    for verb in ("deactivate", "reactivate", "send-link", "reset-factor"):
        assert browser.post(f"{page_of(cast.sup)}{verb}/").status_code == 403
    assert browser.post(page_of(cast.sup), {"email": "ada2@demo.example"}).status_code == 403
    assert f'href="{page_of(cast.sup)}"' not in browser.get(PEOPLE).content.decode()
    above = Profile.objects.get(code="super_administrator").pk
    assert f'<option value="{above}"' not in browser.get(NEW).content.decode()
    assert browser.post(NEW, given(profile=above)).status_code == 422
    assert send(browser, page_of(cast.ada), "person", profile=above).status_code == 422
    assert send(browser, page_of(cast.tom), "person", profile=above).status_code == 422
    assert as_(cast.sup).post(NEW, given(profile=above)).status_code == 302
    with pytest.raises(ValidationError):
        cast.sup.edit(by=cast.ada, email="ada2@demo.example")


def test_set_1_people_are_found_by_name_address_team_and_profile(cast, as_):
    browser = as_(cast.ada)

    def found(query):
        return sorted(re.findall(r'data-id="(\d+)"', browser.get(f"{PEOPLE}?{query}").content.decode()))

    make_person("Zoé Ångström", email="z@demo.example")
    zoe = str(User.objects.get(first_name="Zoé").pk)
    assert found("q=zoe+angstrom") == [zoe] and found("q=Z@demo") == [zoe]
    assert found(f"team={cast.sam.team_id}") == [str(cast.sam.pk)]
    assert found(f"profile={cast.mia.profile_id}") == [str(cast.mia.pk)]
    assert found("q=nobody+at+all") == [] and "Nobody active fits." in browser.get(f"{PEOPLE}?q=xyz").content.decode()
    assert browser.get(f"{PEOPLE}?team=x&profile=99999999999999999999&q=%00").status_code == 200


def test_give_4_open_opportunities_of_people_are_counted_as_the_reader_sees_them(cast, as_):
    make_opportunity(by=cast.tom)
    assert f"owner={cast.tom.pk}" in as_(cast.ada).get(f"/opportunities/uses/owner/?row={cast.tom.pk}").content.decode()
    assert ">0</span>" in as_(cast.eve).get(f"/opportunities/uses/owner/?row={cast.tom.pk}").content.decode()


def test_give_4_who_manages_people_counts_of_their_records_what_they_see_themselves(cast, as_):
    make_opportunity(by=cast.tom)
    make_opportunity(by=cast.sam)
    cast.mia.profile.edit(by=cast.sup, abilities=["people"])
    for person, told in ((cast.tom, True), (cast.sam, False)):
        person.deactivate(by=cast.sup)
        assert ("1 opportunity" in as_(cast.mia).get(page_of(person)).content.decode()) is told
    assert as_(cast.mia).get(PEOPLE).content.decode().count("1 opportunity</a>") == 1


def test_set_1_the_table_costs_the_same_with_many_people(cast, as_, django_assert_max_num_queries):
    browser = as_(cast.ada)
    browser.get(PEOPLE)
    for number in range(40):
        make_person(f"Person{number} Many", email=f"many{number}@demo.example")
    with django_assert_max_num_queries(14):
        assert browser.get(PEOPLE).content.count(b"data-menu") >= 40
