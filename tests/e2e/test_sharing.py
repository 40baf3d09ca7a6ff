"""Sharing with a colleague in the dialog, and withdrawing it (GIVE-2)."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_record import create

pytestmark = pytest.mark.e2e


def test_give_2_choosing_a_colleague_adds_them_and_a_click_withdraws(ada):
    create(ada.go("/opportunities/"), "Shared in the dialog")
    dialog, share = ada.page.locator("dialog[open]"), ada.page.locator(".record__tools a[href$='/share/']")
    ada.click(share)
    expect(dialog.locator("#id_to")).to_be_focused()
    ada.page.keyboard.type("eve")
    dialog.locator(".pick-field__opt", has_text="Eve Maurin").wait_for()
    ada.press("ArrowDown", "Enter")
    expect(dialog.locator(".person")).to_contain_text("Eve Maurin")
    expect(dialog.locator("#id_to")).to_be_focused()
    ada.look()
    ada.follow(dialog.locator("[data-submit]"))
    expect(ada.page.locator("#aside")).to_contain_text("Eve Maurin")
    ada.click(share)
    ada.click(dialog.locator("[name=turn][value^=drop]"))
    ada.follow(dialog.locator("[data-submit]"))
    expect(ada.page.locator("#aside")).not_to_contain_text("Eve Maurin")
