"""The main job, by real clicks in both languages: two files in, the list out in the order of LIST-1."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.maven import figures

pytestmark = pytest.mark.e2e


def names(visitor):
    return [name.rsplit(" – ", 1)[-1] for name in visitor.page.locator(".list__name").all_inner_texts()]


def test_data_2_two_dropped_files_become_85_accounts_and_8800_opportunities(maven):
    assert maven.receipts["accounts"] == [85, 85, 0, 0, 0, 0]
    assert maven.receipts["deals"] == [8800, 8800, 0, 0, 0, 0]


def test_list_1_the_first_ten_are_the_oldest_open_ones_and_the_totals_are_those_of_all(maven, bo):
    bo.go("/").follow(bo.nav("Opportunities"))
    assert names(bo)[:10] == maven.first_ten
    foot = bo.page.locator("#list-total")
    expect(foot.locator(".c-amount")).to_have_text(re.compile(r"\d"))
    assert figures(foot.locator(".c-amount")) == [int(maven.given["total", "won_close_value"])]
    counted = re.sub(r"\D", "", foot.get_by_role("rowheader").inner_text().split(bo.say("opportunities"))[0])
    assert counted == maven.given["count", "all"]
    assert maven.given["count", "open"] in re.sub(r"[^\d]", "", bo.page.locator("#open-sum").inner_text())
    bo.look()


def test_list_1_pages_follow_one_another_without_a_gap_or_a_repeat(maven, bo):
    bo.go("/opportunities/")
    seen = bo.page.locator("[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    for _page in range(3):
        bo.follow(bo.link("Next rows"))
        seen += bo.page.locator("[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    assert len(seen) == len(set(seen)) == 200
    bo.follow(bo.link("Start"))
    assert names(bo)[:10] == maven.first_ten


def test_list_1_closed_ones_come_newest_first(maven, bo):
    bo.go("/opportunities/").follow(bo.page.locator("#views").get_by_role("link", name=bo.say("Closed")))
    assert names(bo)[:20] == maven.closed_first(20)


def test_data_3_the_same_file_again_changes_nothing(maven, bo):
    path = maven.folder / "sales_pipeline.csv"
    bo.go("/imports/new/?kind=opportunity").drop(bo.page.locator("[data-drop]"), path.name, path.read_text())
    bo.follow(bo.button("Read the file"))
    bo.arrives("/imports/*/columns/", "select[name=column-0]")
    named = bo.say("Second field for the column %(header)s", header="engage_date")
    bo.page.get_by_label(named, exact=True).evaluate("field => field.closest('details').open = true")
    bo.choose(bo.page.get_by_label(named, exact=True), bo.say("Expected close"))
    bo.click(bo.page.get_by_role("radio", name=bo.say("Import and update")))
    bo.follow(bo.button("See the values"))
    bo.arrives("/imports/*/preview/", "form[action$='/run/']")
    assert figures(bo.page.locator(".tally__n")) == [0, 0, 8800, 0, 0]


def test_data_1_what_is_filtered_is_exported_in_the_order_of_the_list(maven, bo):
    bo.go("/opportunities/?status=won")
    first = names(bo)[:10]
    bo.click(bo.link("Export"))
    bo.look()
    bo.click(bo.page.get_by_role("radio", name=bo.say("CSV")))
    bo.follow(bo.page.get_by_role("dialog").get_by_role("button", name=bo.say("Export")))
    bo.arrives("/imports/exports/*/", "a[href$='/file/']")
    bo.look()
    with bo.page.expect_download() as given:
        bo.page.locator("a[href$='/file/']").click()
    text = given.value.path().read_text(encoding="utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text), delimiter={"en": ",", "fr": ";"}[bo.house.language])
    at = header.index(bo.say("Reference"))
    assert len(rows) == int(maven.given["count", "won"])
    assert [row[at] for row in rows[:10]] == first
