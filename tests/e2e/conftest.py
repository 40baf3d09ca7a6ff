"""One CRM per language, one browser, and people who sign in once."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.maven import Maven, bring_in
from tests.e2e.served import Served
from tests.e2e.visitor import Visitor

ACCOUNTS = ("Northgate Optics", "Larkfield Energy")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The main job first: it counts all that is there, and the others add to it."""
    items.sort(key=lambda item: "e2e/" in item.nodeid and "test_main_job" not in item.nodeid)


@pytest.fixture(scope="session")
def chromium():
    """The machine's own Chromium; without one nothing here is proved, so nothing passes."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.fail(
            "No Chromium on this machine: install one (apt-get install chromium), or say where it is in CHROMIUM."
        )
    with sync_playwright() as play:
        expect.set_options(timeout=15_000)
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["en", "fr"])
def house(request, tmp_path_factory):
    served = Served(tmp_path_factory.mktemp(request.param), request.param)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def signed_in(chromium, house):
    """The cookies of somebody who has signed in: ``signed_in("bo")``."""
    states = {}

    def state(key):
        if key not in states:
            visitor = Visitor(chromium, house).sign_in(key)
            states[key] = visitor.context.storage_state()
            visitor.leave()
        return states[key]

    return state


@pytest.fixture
def visitor(chromium, house):
    """Somebody at the door."""
    found = Visitor(chromium, house)
    yield found
    found.leave()


@pytest.fixture(scope="session")
def accounts(chromium, house, signed_in):
    """Two accounts, made by hand."""
    visitor = Visitor(chromium, house, state=signed_in("bo"))
    for name in ACCOUNTS:
        visitor.go(f"/accounts/?q={name}")
        if not visitor.page.locator("[data-id]").count():
            visitor.go("/accounts/new/").page.locator("#id_name").fill(name)
            visitor.press("Control+Enter")
            expect(visitor.heading).to_have_text(name)
    visitor.leave()


def somebody(key):
    """A fixture: this person of the cast at a browser, signed in."""

    @pytest.fixture(name=key)
    def at_work(chromium, house, signed_in, accounts):
        found = Visitor(chromium, house, state=signed_in(key))
        yield found
        found.leave()

    return at_work


bo = somebody("bo")  # the back office: sees all, imports, exports, sets up
ada = somebody("ada")  # an administrator
sup = somebody("sup")  # a super administrator
tom = somebody("tom")  # a representative


@pytest.fixture(scope="session")
def maven(chromium, house, signed_in):
    """Both files of the Maven set brought in by Bo's clicks, once for each house."""
    found = Maven()
    visitor = Visitor(chromium, house, state=signed_in("bo")).go("/")
    found.receipts["accounts"] = bring_in(visitor, "Accounts", found.folder / "accounts.csv", looks=False)
    found.receipts["deals"] = bring_in(
        visitor, "Opportunities", found.folder / "sales_pipeline.csv", also=[("engage_date", "Expected close")]
    )
    visitor.leave()
    return found
