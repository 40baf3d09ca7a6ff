"""The twelve daily tasks of the design: how many clicks and keys ours take, of those there are."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_record import IN_A_MONTH, create

pytestmark = pytest.mark.e2e


def test_task_1_open_a_record_by_name_takes_2(bo):
    here = create(bo.go("/opportunities/"), "Opened by its name")
    bo.go("/opportunities/")
    with bo.counting() as taken:
        bo.press("Control+k")
        bo.page.keyboard.type("opened by its n")
        expect(bo.page.locator("#palette-list [aria-selected=true]")).to_contain_text("Opened by its name")
        bo.press("Enter")
    expect(bo.page).to_have_url(here)
    assert taken == [2]


def test_task_2_create_with_the_5_needed_fields_takes_2(bo):
    bo.go("/opportunities/")
    with bo.counting() as taken:
        create(bo, "Made in two")
    assert taken == [2]


def test_task_3_move_one_stage_takes_1(bo):
    create(bo.go("/opportunities/"), "One stage on")
    with bo.counting() as taken:
        bo.press(">")
        expect(bo.page.locator(".stagebar__step").nth(1)).to_have_attribute("aria-current", "step")
    assert taken == [1]


def test_task_7_lose_with_a_reason_takes_3(bo):
    create(bo.go("/opportunities/"), "Lost in three")
    with bo.counting() as taken:
        bo.press("l")
        reason = bo.page.get_by_role("dialog").get_by_label(bo.say("Reason"))
        expect(reason).to_be_visible()
        bo.choose(reason, {"en": "Price", "fr": "Prix"}[bo.house.language])
        bo.press("Enter")
    expect(bo.page.locator(".record__title .badge--muted")).to_be_visible()
    assert taken == [3]


def test_task_9_update_200_dates_by_excel_takes_5(bo):
    """From the list: import, the file, read it, see what changes, run."""
    create(bo.go("/opportunities/"), "Dated by a file")
    number = re.search(r"/(\d+)/$", bo.page.url)[1]
    header = f"{bo.say('ID')},{bo.say('Expected close')}\n"
    bo.go("/opportunities/")
    with bo.counting() as taken:
        bo.follow(bo.page.locator(".page-head").get_by_role("link", name=bo.say("Import"), exact=True))
        bo.drop(bo.page.locator("[data-drop]"), "dates.csv", header + f"{number},{IN_A_MONTH}\n")
        bo.follow(bo.button("Read the file"))
        bo.arrives("/imports/*/columns/", "select[name=column-0]")
        bo.follow(bo.button("See the values"))
        bo.arrives("/imports/*/preview/", "form[action$='/run/']")
        bo.follow(bo.page.locator("form[action$='/run/'] [data-submit]"))
    bo.arrives("/imports/*/", ".tally--sum")
    assert taken == [5]


def test_task_11_copy_the_records_id_takes_2(bo):
    create(bo.go("/opportunities/"), "Known by its number")
    number = re.search(r"/(\d+)/$", bo.page.url)[1]
    with bo.counting() as taken:
        bo.follow(bo.page.locator(".tabs").get_by_role("link", name=bo.say("Lines")))
        bo.click(bo.page.get_by_role("button", name=bo.say("Copy the ID %(id)s", id=number)))
    bo.sees("Copied.")
    assert bo.page.evaluate("navigator.clipboard.readText()") == number
    assert taken == [2]


def test_task_5_log_a_call_and_plan_the_next_step_takes_3(bo):
    """One composer: the kind, the next step, Ctrl Enter; what is typed is not counted."""
    create(bo.go("/opportunities/"), "Called and planned")
    bo.go(f"{bo.page.url}activity/")
    with bo.counting() as taken:
        bo.click(bo.page.locator(".composer__kind").filter(has=bo.page.locator("[value=call]")))
        bo.page.locator(".composer__text").fill("Decides in December")
        bo.click(bo.page.locator(".composer__next summary"))
        bo.page.locator("[name=next_title]").fill("Call again")
        bo.press("Control+Enter")
        expect(bo.page.locator("#days")).to_contain_text("Decides in December")
    expect(bo.page.locator("#tasks-panel")).to_contain_text("Call again")
    assert taken == [3]


def test_task_6_end_todays_task_and_plan_the_next_takes_2(bo):
    create(bo.go("/opportunities/"), "Done and followed")
    number = re.search(r"/(\d+)/$", bo.page.url)[1]
    bo.go("/")
    bo.page.locator("[name=line]").fill(f"Send the quote today #{number}")
    bo.page.keyboard.press("Enter")
    row = bo.page.locator(".daytask", has_text="Send the quote")
    expect(row).to_be_visible()
    with bo.counting() as taken:
        bo.click(row.locator(".task__check"))
        bo.follow(bo.page.locator(".followup form button").first)
        expect(bo.page.locator(".toast").first).to_be_visible()
    assert taken == [2]


def test_task_10_what_needs_me_this_morning_takes_0(bo):
    bo.go("/")
    expect(bo.page.locator("#group-today, .empty").first).to_be_visible()
