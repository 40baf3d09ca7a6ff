"""ACT-6 and NEW-4 in a browser: dates shown while one chooses, ticked in the panel, moved along by one click."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.e2e.test_record import create
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

STEPS = (
    ("Visit the site", "10", "working:end"),
    ("Hand over the offer", "5", "day:end"),
    ("Chase", "1", "day:previous"),
)
FAR = dt.date.today() + dt.timedelta(days=120)


@pytest.fixture(scope="module", autouse=True)
def track(chromium, house, signed_in):
    """Set up by hand, a task after the other."""
    visitor = Visitor(chromium, house, state=signed_in("ada")).go("/settings/tracks/")
    page = visitor.page
    page.locator('[name="new1-name"]').fill("By hand")
    with page.expect_navigation():
        visitor.press("Control+Enter")
    visitor.follow(page.locator(".tabs__tab").nth(1))
    url = page.url
    for name, days, counted in STEPS:
        visitor.go(f"{url}?add=1")
        page.locator('[name="new1-name"]').fill(name)
        page.locator('[name="new1-days"]').fill(days)
        page.locator('[name="new1-counted"]').select_option(counted)
        with page.expect_navigation():
            visitor.press("Control+Enter")
    expect(page.locator("ol.minilist li")).to_have_count(len(STEPS))
    visitor.look()
    visitor.leave()


def test_act_6_a_track_is_added_ticked_and_moved_along_without_leaving_the_page(bo):
    create(bo.go("/opportunities/"), "Tracked by hand")
    page = bo.page
    panel, dialog = page.locator("#tracks-panel"), page.locator("#dialog")
    bo.click(panel.locator('a[href$="tracks/add/"]'))
    expect(dialog.locator("#track-preview tbody tr")).to_have_count(len(STEPS))
    before = dialog.locator("#track-preview").inner_text()
    dialog.locator("#id_end_on").fill(FAR.isoformat())
    dialog.locator("#id_end_on").blur()
    bo.settle()
    expect(dialog.locator("#track-preview")).not_to_have_text(before)
    expect(dialog.locator("#track-preview .mark--late")).to_have_count(0)
    bo.follow(dialog.locator("[data-submit]"))
    expect(panel.locator("li.task")).to_have_count(len(STEPS))
    bo.click(panel.locator(".task__check").first)
    expect(panel.locator(".track__bar .is-done")).to_have_count(1)
    bo.look()


def test_act_6_a_new_expected_close_asks_at_once_where_it_was_changed(bo):
    create(bo.go("/opportunities/"), "Moved by hand")
    page = bo.page
    bo.go(f"{page.url}tracks/add/")
    expect(page.locator("#track-preview tbody tr")).to_have_count(len(STEPS))
    bo.follow(page.locator("#add-track [data-submit]"))
    bo.click(page.locator('#record-head [href*="field/due_on"]'))
    page.locator('#record-head [name="due_on"]').fill(FAR.isoformat())
    bo.press("Enter")
    expect(page.locator("#along")).to_be_visible()
    bo.follow(page.locator("#along .btn--primary"))
    expect(page.locator("#along")).to_have_count(0)
    expect(page.locator("#tracks-panel li.task")).to_have_count(len(STEPS))


def test_new_4_the_dates_of_a_track_are_shown_in_the_form_of_a_new_opportunity(bo):
    bo.go("/opportunities/new/")
    page = bo.page
    page.locator("#id_due_on").fill(FAR.isoformat())
    page.locator("#id_track").select_option(index=1)
    bo.settle()
    expect(page.locator("#track-preview tbody tr")).to_have_count(len(STEPS))
    page.locator("#id_track").select_option(index=0)
    bo.settle()
    expect(page.locator("#track-preview tbody tr")).to_have_count(0)
    bo.look()
