"""DATA-12 at the browser: everything exported by the worker, followed on the page, downloaded, deleted."""

import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_data_12_everything_is_exported_and_downloaded_from_the_settings(sup):
    sup.go("/settings/").look()
    sup.follow(sup.page.get_by_role("link", name=sup.say("Export everything")))
    sup.look()
    sup.follow(sup.page.get_by_role("button", name=sup.say("Export everything")))
    download = sup.page.get_by_role("button", name=sup.say("Download"))
    expect(download).to_be_visible(timeout=60_000)
    expect(sup.page.locator("progress")).to_have_count(0)
    sup.look()
    for _twice in range(2):
        with sup.page.expect_download() as given:
            download.click()
        with zipfile.ZipFile(given.value.path()) as archive:
            assert "contents.json" in archive.namelist()
    sup.follow(sup.page.get_by_role("button", name=sup.say("Delete")))
    expect(download).to_have_count(0)
    sup.look()
