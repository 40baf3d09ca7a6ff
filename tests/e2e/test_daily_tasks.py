"""The twelve daily tasks of the design: how many clicks and keys ours take, of those there are."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_record import IN_A_MONTH, create

IN_TWO_MONTHS = (dt.date.today() + dt.timedelta(days=60)).isoformat()
MAKE = """async ([names, day]) => {
    const form = document.querySelector("#opportunity-form");
    for (const name of names) {
        const typed = new FormData(form);
        for (const [key, value] of [["name", name], ["amount", "1000"], ["due_on", day]]) typed.set(key, value);
        await fetch(form.action, {method: "POST", body: typed});
    }
}"""

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


def test_task_4_change_the_due_date_on_the_record_takes_2(bo):
    create(bo.go("/opportunities/"), "Later than thought")
    with bo.counting() as taken:
        bo.click(bo.page.locator("#edit-head-due_on"))
        bo.page.locator("#inline-head-due_on input[type=date]").fill(IN_TWO_MONTHS)
        bo.press("Enter")
        expect(bo.page.locator("#edit-head-due_on time")).to_have_attribute("datetime", IN_TWO_MONTHS)
    assert taken == [2]


def test_task_8_close_12_in_bulk_as_won_takes_4_at_most(ada):
    """From the list, narrowed to the twelve: all of the page, close, as won, which is offered first."""
    ada.go("/opportunities/new/").page.locator("#id_account").fill("Northgate Optics")
    ada.page.evaluate(MAKE, [[f"One of the twelve {at}" for at in range(12)], IN_A_MONTH])
    ada.go("/opportunities/?status=open&q=one+of+the+twelve")
    expect(ada.page.locator(".list tbody tr[data-id]")).to_have_count(12)
    with ada.counting() as taken:
        ada.click(ada.page.locator(".list thead input[type=checkbox]"))
        ada.click(ada.page.locator(".bulkbar button[value=close]"))
        dialog = ada.page.get_by_role("dialog")
        expect(dialog.locator("[name=status][value=won]")).to_be_checked()
        ada.follow(dialog.locator("[data-submit]"))
    expect(ada.page.locator(".toast").first).to_contain_text("12")
    expect(ada.page.locator(".list tbody tr[data-id]")).to_have_count(0)
    assert taken[0] <= 4


def test_task_12_reassign_to_another_account_and_contact_takes_4(ada):
    """The editor, *Reassign*; a person's name picks the account and the contact; confirmed, saved."""
    name = f"Odile Anquetil {ada.house.language}"
    ada.go("/accounts/?q=Larkfield").follow(ada.page.locator("[data-id] a.list__name").first)
    account = re.search(r"/accounts/(\d+)/", ada.page.url)[1]
    ada.go(f"/contacts/new/?account={account}")
    ada.page.locator("#id_first_name").fill(name.split()[0])
    ada.page.locator("#id_last_name").fill(name.split(" ", 1)[1])
    ada.press("Control+Enter")
    create(ada.go("/opportunities/"), "Given to another")
    with ada.counting() as taken:
        ada.press("e")
        ada.page.wait_for_url("**/edit/**")
        ada.click(ada.page.locator("a[href$='/reassign/']").first)
        ada.page.locator("#reassign-q").fill(name)
        expect(ada.page.locator("[name=to_contact]:checked")).not_to_have_value("0")
        ada.press("Enter")
        expect(ada.page.locator("[name=to_account][type=hidden]")).to_have_value(account)
        ada.press("Control+Enter")
        ada.page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    expect(ada.page.locator(".record__title, .record__sub, main").first).to_contain_text("Larkfield Energy")
    assert taken == [4]


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
