"""ALL-3: no page fails axe, reports to the policy, complains on the console or scrolls sideways on a phone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_record import create
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

PAGES = (
    "/opportunities/filters/", "/opportunities/?status=open&q=o", "/opportunities/?q=nothing-like-it",
    "/opportunities/board/", "{deal}", "{deal}lines/", "{deal}history/", "{deal}edit/", "{deal}lose/", "{deal}menu/",
    "/accounts/", "/accounts/filters/", "/accounts/columns/", "/accounts/new/", "{account}", "{account}contacts/", "{account}information/",
    "{account}history/", "{account}edit/", "{account}sites/add/", "{account}lists/put/",
    "/contacts/", "/contacts/columns/", "/contacts/new/", "/contacts/?q=nothing-like-it",
    "/", "/tasks/", "/tasks/calendar/", "/tasks/new/", "{deal}activity/", "{deal}time/", "{deal}custom/", "{deal}people/add/",
    "{deal}delete/", "{deal}tracks/add/", "{account}activity/", "{account}custom/", "/journal/",
    "/settings/task-categories/", "/settings/tracks/", "/settings/holidays/", "/settings/activity-types/", "/settings/tags/", "/settings/fields/opportunity/",
    "/settings/products/", "/settings/categories/", "/settings/currencies/",
    "/imports/", "/imports/exports/new/?kind=opportunity", "/search/?q=optics",
    "/preferences/", "/preferences/sign-in/", "/preferences/notifications/", "/preferences/calendar/", "/reports/activities/", "/reports/activities/list/", "/notifications/", "/auth/password/change/", "/auth/factor/app/on/", "/auth/factor/keys/", "/auth/factor/keys/add/",
    "/styleguide/",
    "/settings/", "/settings/house/", "/settings/pipelines/", "/settings/pipelines/new/", "/settings/pipelines/archived/",
    "/settings/sources/", "/settings/targets/", "/settings/lost-reasons/", "/settings/origins/", "/settings/lists/",
    "/settings/people/", "/settings/people/new/", "/settings/teams/", "/settings/groups/", "/settings/groups/new/",
    "/settings/profiles/",
)  # fmt: skip
FAILING = {"/nothing/here/": 404, "/opportunities/999999/": 404}


@pytest.fixture(scope="module")
def places(chromium, house, signed_in, accounts):
    """A deal and its account, to be put into the addresses."""
    visitor = Visitor(chromium, house, state=signed_in("bo")).go("/opportunities/")
    deal = create(visitor, "Looked at from all sides")
    account = visitor.page.locator(".crumbs a").last.get_attribute("href")
    visitor.leave()
    return {"deal": deal, "account": account}


@pytest.mark.parametrize("page", PAGES)
def test_all_3_a_page_bears_being_looked_at(ada, places, page):
    ada.go(page.format(**places))
    expect(ada.page.locator("main")).to_be_visible()
    ada.look()


@pytest.mark.parametrize(("page", "status"), FAILING.items())
def test_all_6_what_is_not_there_says_so(bo, page, status):
    with bo.expects(status):
        bo.go(page)
    bo.sees("This page does not exist")
    bo.look()


@pytest.mark.parametrize("page", ["/settings/", "/settings/people/"])
def test_give_3_a_missing_right_says_which_and_whom_to_ask(tom, page):
    with tom.expects(403):
        tom.go(page)
    expect(tom.page.locator("main")).to_contain_text("Ada Kermarec")
    tom.look()
