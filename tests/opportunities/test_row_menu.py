"""LIST-7: the menu of a row: open, edit, move, win, lose, cancel, delete; each key shown beside what it does."""

import re

from opportunities.models import Opportunity
from records.models import Operation
from tests.make import make_opportunity, stage

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
