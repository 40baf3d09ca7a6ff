"""Rows ticked on one page of the list are still ticked on the next, and after sorting (BULK-1; design, *Bulk*)."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def ticked(visitor):
    return visitor.page.locator("[data-sel-count]")


def test_bulk_1_ticks_survive_paging_and_sorting_until_something_was_done(maven, bo):
    bo.go("/opportunities/")
    for at in (0, 1):
        bo.click(bo.page.locator(".row-check").nth(at))
    name = bo.page.locator(".list__name").first.inner_text()
    bo.follow(bo.link("Next rows"))
    expect(ticked(bo)).to_have_text("2")
    bo.click(bo.page.locator(".row-check").nth(3))
    expect(ticked(bo)).to_have_text("3")
    bo.follow(bo.page.get_by_role("columnheader").get_by_role("link", name=bo.say("Amount")).first)
    expect(ticked(bo)).to_have_text("3")
    bo.follow(bo.page.locator("#views").get_by_role("link").first)
    expect(bo.page.locator(".row-check:checked")).to_have_count(2)
    bo.click(bo.page.locator("[name=action][value=due]"))
    dialog = bo.page.get_by_role("dialog")
    expect(dialog).to_contain_text(name)
    expect(dialog.get_by_role("heading").first).to_contain_text("3")
    bo.page.locator("[name=days]").fill("1")
    bo.follow(dialog.locator("[data-submit]"))
    expect(bo.page.locator(".row-check:checked")).to_have_count(0)
    expect(bo.page.locator(".bulkbar")).to_be_hidden()
    bo.click(bo.page.locator(".row-check").first)
    bo.go("/opportunities/?status=open")
    expect(bo.page.locator(".row-check:checked")).to_have_count(0)
