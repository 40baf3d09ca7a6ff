"""The main job, by clicks: the Maven set's accounts and deals are dropped into the import wizard."""

import csv
import datetime as dt
import re

from playwright.sync_api import expect

from tests.shared import data


class Maven:
    """The files, what is known of them from outside, and their order as LIST-1 has it."""

    def __init__(self):
        self.folder = data("sales", "maven-crm")
        with (self.folder / "sales_pipeline.csv").open(newline="") as file:
            self.deals = list(csv.DictReader(file))
        self.given = {}
        with (self.folder / "expected_given.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                self.given[row["metric"], row["key"]] = row["value"]
        self.receipts = {}

    @property
    def first_ten(self):
        return [self.given["list_order_first", str(place)] for place in range(1, 11)]

    def closed_first(self, count):
        """The references of the deals closed last; those of a day in the order of the file."""
        closed = [row for row in self.deals if row["close_date"]]
        closed.sort(key=lambda row: -dt.date.fromisoformat(row["close_date"]).toordinal())
        return [row["opportunity_id"] for row in closed[:count]]


def bring_in(visitor, kind, path, *, also=(), looks=True):
    """From the list of imports to the receipt. ``also``: second fields, by column. Returns the receipt's figures."""
    page, look = visitor.page, visitor.look if looks else lambda: None
    visitor.follow(visitor.nav("Imports"))
    visitor.follow(page.locator(".page-head").get_by_role("link", name=visitor.say("Import a file")))
    visitor.click(page.get_by_role("radio", name=visitor.say(kind), exact=True))
    visitor.drop(page.locator("[data-drop]"), path.name, path.read_text())
    expect(page.locator("[data-file-name]")).to_have_text(path.name)
    look()
    visitor.follow(visitor.button("Read the file"))
    visitor.arrives("/imports/*/columns/", "select[name=column-0]")
    look()
    for column, field in also:
        named = visitor.say("Second field for the column %(header)s", header=column)
        chosen = page.get_by_label(named, exact=True)
        page.locator("details").filter(has=chosen).locator("summary").click()
        visitor.choose(chosen, visitor.say(field))
    visitor.follow(visitor.button("See the values"))
    if page.url.endswith("/values/"):
        visitor.follow(visitor.button("Create what may be created"))
        expect(page.get_by_text(visitor.say("To decide"), exact=True)).to_have_count(0)
        look()
        visitor.follow(visitor.button("See the preview"))
    visitor.arrives("/imports/*/preview/", "form[action$='/run/']")
    assert figures(page.locator(".tally__n"))[1] == rows_of(path)
    look()
    visitor.follow(page.locator("form[action$='/run/'] [data-submit]"))
    visitor.arrives("/imports/*/", ".tally--sum")
    look()
    return figures(page.locator(".tally__n"))


def rows_of(path):
    with path.open(newline="") as file:
        return sum(1 for _row in csv.DictReader(file))


def figures(found):
    """Whole numbers, however the reader's language groups them."""
    return [int(re.sub(r"\D", "", text)) for text in found.all_inner_texts()]
