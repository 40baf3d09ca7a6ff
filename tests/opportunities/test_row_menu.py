"""LIST-7: the menu of a row: open, edit, move, win, lose, cancel, delete; each key shown beside what it does."""

import re

import pytest

from opportunities.models import Opportunity
from records.models import Operation
from tests.make import lost_reason, make_opportunity, stage

HTMX = {"hx-request": "true"}
LIST = "/opportunities/?status=open"


def menu(browser, opportunity):
    return browser.get(f"/opportunities/{opportunity.pk}/menu/?back={LIST}", headers=HTMX).content.decode()


def test_list_7_the_menu_has_all_that_one_may_do(cast, as_):
    deal = make_opportunity("deal", by=cast.claire, stage=stage("Demonstration"))
    text = menu(as_(cast.claire), deal)
    here = f"/opportunities/{deal.pk}/"
    for part in (f'href="{here}"', f"{here}edit/", f"{here}duplicate/", "Move to", f"{here}win/", f"{here}delete/"):
        assert part in text
    keys = dict(re.findall(r'value="(\w+)"[^>]*data-row-key="([^"]+)"', text))
    assert keys == {str(stage("Qualified").pk): "&lt;", str(stage("Proposal").pk): "&gt;"}
    assert [f'data-row-key="{key}"' in text for key in "EDWL"] == [True] * 4
    assert "Reopen" not in text
    seen_only = menu(as_(cast.tom), deal)
    assert "Move to" not in seen_only and "It belongs to Claire Dubois" in seen_only


def test_list_7_a_closed_one_can_be_reopened_and_not_moved(cast, as_):
    text = menu(as_(cast.claire), make_opportunity("deal", by=cast.claire, status="won"))
    assert "Reopen" in text and "Move to" not in text


def test_list_7_a_move_from_a_row_shows_the_list_again(cast, as_):
    deal = make_opportunity("moved", by=cast.claire)
    data = {"stage": stage("Proposal").pk, "version": deal.version, "from": "list", "back": LIST}
    answer = as_(cast.claire).post(f"/opportunities/board/{deal.pk}/move/", data, headers=HTMX)
    assert answer.status_code == 302 and answer.url == LIST
    assert Operation.objects.latest("id").door == "form"
    assert Opportunity.objects.get(pk=deal.pk).stage.name == "Proposal"


def test_list_7_a_refused_move_from_a_row_says_why(cast, as_):
    deal = make_opportunity("deal", by=cast.claire)
    data = {"stage": stage("Proposal").pk, "version": deal.version, "from": "list", "back": LIST}
    answer = as_(cast.tom).post(f"/opportunities/board/{deal.pk}/move/", data, headers=HTMX, follow=True)
    assert "It belongs to Claire Dubois" in answer.content.decode()
    assert Opportunity.objects.get(pk=deal.pk).stage_id == deal.stage_id


@pytest.mark.parametrize(("verb", "status"), [("win", "won"), ("lose", "lost"), ("cancel", "cancelled")])
def test_list_7_closing_from_a_row_comes_back_to_the_list_with_its_filter(cast, as_, verb, status):
    deal, browser = make_opportunity("deal", by=cast.claire), as_(cast.claire)
    url = f"/opportunities/{deal.pk}/{verb}/"
    asked = f"{url}?back=%2Fopportunities%2F%3Fstatus%3Dopen"
    assert asked in menu(browser, deal)
    dialog = browser.get(asked, headers=HTMX).content.decode()
    assert f'name="back" value="{LIST}"' in dialog
    reason = {"reason": lost_reason("Price").pk} if verb == "lose" else {}
    answer = browser.post(url, {"back": LIST, **reason}, headers=HTMX)
    assert answer.status_code == 302 and answer.url == LIST
    page = browser.get(answer.url).content.decode()
    assert "deal: " in page and f'<a href="/opportunities/{deal.pk}/">And then?</a>' in page
    assert f"/journal/{Operation.objects.latest('pk').pk}/undo/" in page
    assert Opportunity.objects.get(pk=deal.pk).status == status


def test_list_7_reopening_from_a_row_comes_back_too(cast, as_):
    deal, browser = make_opportunity("deal", by=cast.claire, status="won"), as_(cast.claire)
    closed = "/opportunities/?status=won"
    assert browser.post(f"/opportunities/{deal.pk}/reopen/", {"back": closed}).url == closed
    assert Opportunity.objects.get(pk=deal.pk).is_open


def test_list_7_closing_on_the_page_of_the_record_stays_there(cast, as_):
    deal, browser = make_opportunity("deal", by=cast.claire), as_(cast.claire)
    here = f"/opportunities/{deal.pk}/"
    assert browser.post(f"{here}win/", {}, headers={"referer": f"http://testserver{here}"}).url == here
    assert browser.post(f"{here}reopen/", {}).url == here
    assert browser.post(f"{here}win/", {"back": "https://elsewhere.example/"}).url == here


def test_list_7_a_name_with_markup_is_told_as_text(cast, as_):
    deal, browser = make_opportunity("<b>deal</b>", by=cast.claire), as_(cast.claire)
    page = browser.post(f"/opportunities/{deal.pk}/win/", {"back": LIST}, follow=True).content.decode()
    assert "&lt;b&gt;deal&lt;/b&gt;: " in page
