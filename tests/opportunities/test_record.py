"""The record's page: its head, its tabs, its ID (OPP-1, REC-1, REC-2, REC-4, LOG-1)."""

import datetime as dt
import re

import pytest

from tests.make import make_account, make_contact, make_opportunity, stage

D = dt.date


@pytest.fixture
def deal(cast):
    account = make_account("Hexabio", by=cast.claire)
    return make_opportunity(
        "Sensors", by=cast.claire, account=account, contact=make_contact(by=cast.claire, account=account),
        stage=stage("Proposal"), amount=12_000, due_on=D(2026, 3, 2), brief="First\nsecond <script>alert(1)</script>",
    )  # fmt: skip


def url(deal, tab=""):
    return f"/opportunities/{deal.pk}/{tab}"


def test_rec_1_the_head_says_how_it_stands(cast, as_, deal):
    page = as_(cast.claire).get(url(deal)).content.decode()
    for word in (
        "<h1>Sensors</h1>",
        "€12,000",
        "€7,200",
        "Hexabio",
        "Odile Lecanu",
        "Claire Dubois",
        'aria-current="step"',
    ):
        assert word in page, word
    assert re.findall(r'name="stage" value="(\d+)" aria-current', page) == [str(deal.stage_id)]


def test_opp_1_the_id_stands_just_below_the_grand_total_and_is_found_by_the_search(cast, as_, deal):
    browser = as_(cast.claire)
    for tab in ("", "lines/"):
        page = browser.get(url(deal, tab)).content.decode()
        below = page.split("totals__grand")[-1]
        assert f"ID <code>{deal.pk}</code>" in below
    assert f"/opportunities/{deal.pk}/" in browser.get(f"/search/?q={deal.pk}").content.decode()


def test_f039_the_brief_is_kept_verbatim_and_escaped(cast, as_, deal):
    page = as_(cast.claire).get(url(deal)).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_log_1_the_history_says_who_when_what_and_both_values(cast, as_, deal):
    deal.amount = 15_000
    deal.edit(by=cast.claire)
    deal.move_to(stage("Negotiation"), by=cast.mia)
    content = as_(cast.claire).get(url(deal, "history/")).content.decode()
    page = re.sub(r"<[^>]+>", " ", content[content.index('class="ops') :])
    for word in ("Claire Dubois", "Mia Ferhat", "€12,000", "€15,000", "Proposal", "Negotiation"):
        assert word in page, word
    assert page.index("Mia Ferhat") < page.index("€15,000")


def test_give_4_the_history_names_no_account_that_one_may_not_see(cast, as_, deal):
    hidden = make_account("Very Hidden", by=cast.sam)
    deal.account, deal.contact = hidden, None
    deal.edit(by=cast.ada)
    deal.account = make_account("Open One", by=cast.claire)
    deal.edit(by=cast.ada)
    page = as_(cast.claire).get(url(deal, "history/")).content.decode()
    assert "Open One" in page


@pytest.mark.parametrize("tab", ["", "lines/", "history/", "menu/", "edit/"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_rec_2_each_tab_opens_in_both_languages(cast, as_, deal, tab, language):
    cast.claire.edit(by=cast.claire, language=language)
    response = as_(cast.claire).get(url(deal, tab))
    assert response.status_code == 200 and f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("tab", ["", "lines/", "history/", "menu/", "edit/", "lose/"])
def test_give_4_hidden_answers_word_for_word_as_absent(cast, as_, deal, tab):
    browser = as_(cast.eve)
    hidden, absent = browser.get(url(deal, tab)), browser.get(f"/opportunities/987654/{tab}")
    assert hidden.status_code == absent.status_code == 404
    tokens = rb'csrfmiddlewaretoken" value="[^"]*|X-CSRFToken": "[^"]*'
    body, other = (re.sub(tokens, b"", answer.content) for answer in (hidden, absent))
    assert body.replace(str(deal.pk).encode(), b"N") == other.replace(b"987654", b"N").replace(
        str(deal.pk).encode(), b"N"
    )


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "1e3", "-1", "%00"])
def test_an_id_that_is_none_is_not_found(cast, as_, pk):
    assert as_(cast.claire).get(f"/opportunities/{pk}/").status_code == 404


def test_opp_4_late_and_incomplete_are_marked(cast, as_, deal):
    assert "late" in as_(cast.claire).get(url(deal)).content.decode()
    rough = make_opportunity(by=cast.claire, amount=None, due_on=None)
    page = as_(cast.claire).get(url(rough)).content.decode()
    assert "Incomplete" in page
