"""The sites of an account (ACC-1)."""

import pytest

from accounts.models import Account, Site
from records.models import Change, Operation
from tests.make import make_account, make_opportunity

RENNES = {"name": "Rennes", "street": "3, rue du Puits", "postcode": "35000", "city": "Rennes"}


def make_site(account, name="Rennes", *, by, **given):
    return Site(account=account, name=name, **given).add(by=by)


@pytest.fixture
def account(cast):
    return make_account(by=cast.claire)


def test_acc_1_a_site_is_added_and_told(cast, as_, account):
    browser = as_(cast.claire)
    response = browser.post(f"/accounts/{account.pk}/sites/add/", RENNES)
    assert response.url == f"/accounts/{account.pk}/information/"
    page = browser.get(response.url).content.decode()
    assert "3, rue du Puits, 35000 Rennes" in page
    operation = Operation.objects.order_by("-pk").first()
    assert (operation.what, operation.by) == ("site.add", cast.claire)
    assert {change.model.model for change in operation.changes.all()} == {"site", "account"}
    history = browser.get(f"/accounts/{account.pk}/history/").content.decode()
    assert "Rennes (3, rue du Puits, 35000 Rennes)" in history


def test_a_site_is_edited(cast, as_, account):
    site = make_site(account, by=cast.claire)
    url = f"/accounts/{account.pk}/sites/{site.pk}/edit/"
    assert as_(cast.claire).post(url, RENNES | {"city": "Vitré"}).status_code == 302
    site.refresh_from_db()
    assert site.city == "Vitré"
    change = Change.objects.filter(model__model="account").order_by("-pk").first()
    assert change.fields["sites"] == [["Rennes"], ["Rennes (3, rue du Puits, 35000 Vitré)"]]


def test_a_removed_site_stays_on_the_opportunities_that_name_it(cast, as_, account):
    site = make_site(account, by=cast.claire)
    opportunity = make_opportunity(by=cast.claire, account=account, site=site)
    browser, url = as_(cast.claire), f"/accounts/{account.pk}/sites/{site.pk}/remove/"
    response = browser.post(url)
    assert "Opportunities that name it keep it." in browser.get(response.url).content.decode()
    opportunity.refresh_from_db()
    assert opportunity.site == site
    assert list(Account.objects.get().sites.active()) == []
    assert browser.post(url).status_code == 404
    site.refresh_from_db()
    before = Change.objects.count()
    site.remove(by=cast.claire)
    assert Change.objects.count() == before


def test_a_removed_site_is_not_offered_to_opportunities(cast, as_, account):
    kept, gone = make_site(account, "Kept", by=cast.claire), make_site(account, "Gone", by=cast.claire)
    opportunity = make_opportunity(by=cast.claire, account=account)
    naming = make_opportunity("Naming it", by=cast.claire, account=account, site=gone)
    gone.remove(by=cast.claire)

    def offered(opportunity):
        form = as_(cast.claire).get(f"/opportunities/{opportunity.pk}/edit/").context["form"]
        return list(form.fields["site"].queryset)

    assert offered(opportunity) == [kept]
    assert offered(naming) == [gone, kept]


@pytest.mark.parametrize("name", ["", "  ", "rénnes", "x" * 121])
def test_all_6_a_site_without_a_name_of_its_own_is_refused(cast, as_, account, name):
    make_site(account, by=cast.claire)
    response = as_(cast.claire).post(f"/accounts/{account.pk}/sites/add/", RENNES | {"name": name, "city": "As typed"})
    assert response.status_code == 422
    assert b'id="id_name-error"' in response.content
    assert b"As typed" in response.content
    assert account.sites.count() == 1


def test_who_may_not_change_the_account_changes_no_site(cast, as_, account):
    site = make_site(account, by=cast.claire)
    base = f"/accounts/{account.pk}/sites"
    for url in (f"{base}/add/", f"{base}/{site.pk}/edit/", f"{base}/{site.pk}/remove/"):
        assert as_(cast.tom).post(url, RENNES).status_code == 403
        assert as_(cast.eve).post(url, RENNES).status_code == 404
    assert list(account.sites.active()) == [site]


def test_a_site_of_another_account_is_not_there(cast, as_, account):
    site = make_site(make_account("Other", by=cast.claire), by=cast.claire)
    for verb in ("edit", "remove"):
        assert as_(cast.claire).post(f"/accounts/{account.pk}/sites/{site.pk}/{verb}/", RENNES).status_code == 404


def test_the_form_of_a_site_is_a_dialog_and_a_page(cast, as_, account, no_sql_in_templates):
    url = f"/accounts/{account.pk}/sites/add/"
    assert b"<html" in as_(cast.claire).get(url).content
    assert b"<html" not in as_(cast.claire).get(url, headers={"HX-Request": "true"}).content
