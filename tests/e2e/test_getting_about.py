"""Signing in and out, the palette, the preferences: what everybody does every day (ALL-1..3, ALL-5)."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_record import create

pytestmark = pytest.mark.e2e


def test_all_5_one_signs_in_and_out_again(visitor):
    visitor.go("/opportunities/")
    expect(visitor.page).to_have_url(re.compile("/auth/login/"))
    visitor.look()
    with visitor.expects():
        visitor.sign_in("bo", password="not this one")
    visitor.sees("Wrong address or password.")
    visitor.look()
    visitor.sign_in("bo")
    visitor.click(visitor.page.locator(".userlink"))
    visitor.follow(visitor.page.locator("#user-menu").get_by_role("button", name=visitor.say("Sign out")))
    visitor.go("/opportunities/")
    expect(visitor.page).to_have_url(re.compile("/auth/login/"))


def test_all_2_the_palette_finds_a_record_by_its_name_without_accents(bo):
    here = create(bo.go("/opportunities/"), "Télérelève des quais")
    bo.go("/accounts/").press("Control+k")
    bo.page.keyboard.type("telereleve des q")
    expect(bo.page.locator("#palette-list [aria-selected=true]")).to_contain_text("Télérelève des quais")
    bo.look()
    bo.press("Enter")
    expect(bo.page).to_have_url(here)


def test_all_2_the_palette_goes_to_an_id(bo):
    here = create(bo.go("/opportunities/"), "By its number")
    number = here.rstrip("/").rsplit("/", 1)[-1]
    bo.go("/accounts/").press("Control+k")
    bo.page.keyboard.type(f"#{number}")
    expect(bo.page.locator("#palette-list [aria-selected=true]")).to_contain_text("By its number")
    bo.press("Enter")
    expect(bo.page).to_have_url(here)


def test_all_1_and_3_language_theme_and_density_are_ones_own(chromium, house, visitor):
    visitor.sign_in("sophie").go("/preferences/display/")
    visitor.look()
    other, title = {"en": ("Français", "Mes préférences"), "fr": ("English", "My preferences")}[house.language]
    page = visitor.page
    visitor.choose(page.locator("#id_language"), other)
    page.locator("#id_theme").select_option("dark")
    page.locator("#id_density").select_option("compact")
    page.locator("#id_density").focus()
    visitor.press("Control+Enter")
    expect(visitor.heading).to_have_text(title)
    shown = page.locator("html")
    expect(shown).to_have_attribute("data-theme", "dark")
    expect(shown).to_have_attribute("data-density", "compact")
    visitor.look()
    page.locator("#id_language").select_option("")
    page.locator("#id_theme").select_option("")
    page.locator("#id_density").select_option("")
    page.locator("#id_density").focus()
    visitor.press("Control+Enter")
    expect(visitor.heading).to_have_text(visitor.say("My preferences"))


def test_all_3_keys_lead_about_and_can_be_turned_off(visitor):
    visitor.sign_in("sophie").go("/opportunities/").press("g", "a")
    expect(visitor.page).to_have_url(re.compile("/accounts/$"))
    visitor.press("?")
    expect(visitor.page.locator("#shortcuts")).to_be_visible()
    visitor.look()
    visitor.press("Escape")
    visitor.go("/preferences/display/").click(visitor.page.locator("[name=single_keys]"))
    visitor.press("Control+Enter")
    visitor.sees("Preferences saved.")
    visitor.page.locator("h1").click()
    visitor.press("c")
    visitor.page.locator("[name=single_keys]").wait_for()
    expect(visitor.page).to_have_url(re.compile("/preferences/display/$"))
    visitor.click(visitor.page.locator("[name=single_keys]"))
    visitor.press("Control+Enter")
    visitor.sees("Preferences saved.")
