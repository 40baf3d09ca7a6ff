"""An opportunity from its creation to its end, by hand and by keys (NEW-1, REC-1, LIFE-1, LIFE-2)."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

IN_A_MONTH = (dt.date.today() + dt.timedelta(days=30)).isoformat()


def create(visitor, name, *, account="Northgate Optics"):
    """With the five things it needs, from wherever one is: ``C``, the fields, ``Ctrl Enter``."""
    page = visitor.page
    visitor.press("c")
    page.wait_for_url("**/opportunities/new/**")
    page.locator("#id_account").fill(account)
    page.locator("#id_name").fill(name)
    page.locator("#id_amount").fill({"en": "12,000.50", "fr": "12 000,50"}[visitor.house.language])
    page.locator("#id_due_on").fill(IN_A_MONTH)
    visitor.press("Control+Enter")
    page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    visitor.settle()
    expect(visitor.heading).to_have_text(name)
    return page.url


def test_new_1_an_opportunity_is_made_by_keys_with_the_five_things_it_needs(bo):
    create(bo.go("/opportunities/"), "Boiler room, by keys")
    bo.sees("Opportunity created.")
    expect(bo.page.locator(".facts")).to_contain_text({"en": "€12,000.50", "fr": "12 000,50 €"}[bo.house.language])
    expect(bo.page.get_by_role("link", name="Northgate Optics").first).to_be_visible()
    bo.look()


def test_all_6_what_is_missing_is_named_beside_its_field_and_what_was_typed_stays(bo):
    bo.go("/opportunities/new/")
    bo.page.locator("#id_name").fill("Half of it")
    with bo.expects(422):
        bo.press("Control+Enter")
    for field, said in (
        ("amount", "Enter an amount, even a rough one."),
        ("due_on", "Enter a date, even a rough one."),
    ):
        expect(bo.page.locator(f"#id_{field}-error")).to_have_text(bo.say(said))
    expect(bo.page.locator("#id_name")).to_have_value("Half of it")
    expect(bo.page.locator(".error-summary")).to_be_focused()
    bo.look()


def test_rec_1_a_click_on_the_stage_bar_and_a_key_move_it(bo):
    create(bo.go("/opportunities/"), "Moves along")
    steps = bo.page.locator(".stagebar__step")
    bo.click(steps.nth(2))
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")
    bo.press(">")
    expect(steps.nth(3)).to_have_attribute("aria-current", "step")
    bo.press("<")
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")
    bo.page.reload()
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")


def test_life_1_and_2_it_is_won_reopened_lost_with_a_reason_and_reopened_where_it_was(bo):
    create(bo.go("/opportunities/"), "Won and lost")
    bo.click(bo.page.locator(".stagebar__step").nth(3))
    bo.press("w")
    expect(bo.page.locator(".badge--won")).to_be_visible()
    bo.look()
    bo.follow(bo.page.locator(".stagebar__ends").get_by_role("button", name=bo.say("Reopen")))
    expect(bo.page.locator(".stagebar__step").nth(3)).to_have_attribute("aria-current", "step")
    bo.press("l")
    dialog = bo.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    bo.look()
    bo.choose(dialog.get_by_label(bo.say("Reason")), {"en": "Competitor", "fr": "Concurrent"}[bo.house.language])
    bo.press("Enter")
    expect(bo.page.locator(".record__title .badge--muted")).to_be_visible()
    expect(bo.page.locator("main")).to_contain_text({"en": "Competitor", "fr": "Concurrent"}[bo.house.language])
    bo.follow(bo.page.locator(".stagebar__ends").get_by_role("button", name=bo.say("Reopen")))
    expect(bo.page.locator(".stagebar__step").nth(3)).to_have_attribute("aria-current", "step")


def test_life_1_losing_asks_for_the_reason(bo):
    create(bo.go("/opportunities/"), "No reason given")
    bo.press("l")
    dialog = bo.page.get_by_role("dialog")
    with bo.expects(422):
        bo.click(dialog.get_by_role("button", name=bo.say("Close as lost")))
        expect(dialog).to_contain_text(bo.say("Choose the reason of the loss."))
    expect(bo.page.locator(".record__title .badge")).to_have_count(0)


def test_log_1_the_history_tells_what_was_done(bo):
    create(bo.go("/opportunities/"), "Told in its history")
    bo.click(bo.page.locator(".stagebar__step").nth(1))
    bo.follow(bo.page.locator(".tabs").get_by_role("link", name=bo.say("History of changes")))
    entries = bo.page.locator(".op")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text(bo.say("moved it along"))
    entries.first.locator("summary").click()
    bo.look()


def test_new_1_the_plus_on_an_account_fills_the_account_in_and_leads_back(bo):
    create(bo.go("/opportunities/"), "Seen from its account", account="Larkfield Energy")
    bo.follow(bo.page.locator(".crumbs").get_by_role("link", name="Larkfield Energy"))
    bo.look()
    plus = bo.say("New opportunity with %(party)s", party="Larkfield Energy")
    bo.follow(bo.page.get_by_role("link", name=plus).first)
    expect(bo.page.locator("#id_account")).to_have_value("Larkfield Energy")
    bo.page.locator("#id_name").fill("From its account")
    bo.page.locator("#id_amount").fill("300")
    bo.page.locator("#id_due_on").fill(IN_A_MONTH)
    bo.follow(bo.button("Save and close"))
    expect(bo.heading).to_have_text("Larkfield Energy")
    for name in ("Seen from its account", "From its account"):
        expect(bo.page.get_by_role("link", name=name, exact=True)).to_be_visible()


SET_UP = """async (categories) => {
    const read = async (url) => new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const add = async (url, names) => {
        const typed = new FormData((await read(url)).querySelector("#set-up"));
        names.forEach((name, at) => {
            typed.append("row", `new${at + 5}`);
            typed.append(`new${at + 5}-name`, name);
        });
        await fetch(url, {method: "POST", body: typed});
    };
    await add(location.href, Object.keys(categories));
    for (const tab of (await read(location.href)).querySelectorAll(".tabs a")) {
        const parts = categories[tab.textContent.trim()];
        if (parts) await add(tab.getAttribute("href"), parts);
    }
}"""


def test_opp_8_a_list_of_parts_narrows_to_its_whole_as_one_chooses(bo):
    bo.go("/settings/categories/")
    bo.page.evaluate(SET_UP, {"Boilers": ["Probe", "Gateway"], "Surveys": ["Survey", "Care"]})
    bo.go("/opportunities/new/")
    category, part = bo.page.locator("#id_category"), bo.page.locator("#id_subcategory")
    groups = part.locator("optgroup")
    names = groups.evaluate_all("(all) => all.map((one) => one.label)")
    assert names == ["Boilers", "Surveys"]
    bo.choose(category, names[1])
    expect(groups).to_have_count(1)
    expect(groups.first).to_have_attribute("label", names[1])
    bo.choose(part, groups.first.locator("option").first.inner_text())
    bo.choose(category, names[0])
    expect(part).to_have_value("")
    expect(groups.first).to_have_attribute("label", names[0])
    category.select_option("")
    expect(groups).to_have_count(len(names))
