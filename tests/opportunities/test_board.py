"""LIST-6: the board."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from core import dates
from core.keyset import Key
from opportunities import in_passing
from opportunities.models import Opportunity
from pipelines.models import Currency, Pipeline, Rate, Stage
from records.journal import operation
from records.models import Operation
from tests.make import lost_reason, make_opportunity, make_person, stage

URL = "/opportunities/board/"
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def figures_in_passing(monkeypatch):
    """However slow the machine is at the moment, few figures come with the page."""
    monkeypatch.setattr("opportunities.in_passing.LONG_SECONDS", 60)
    in_passing._large.clear()


def ids(text, stage_name):
    """The cards of a column, in the order in which they stand."""
    column = re.search(rf'data-stage="{stage(stage_name).pk}">(.*?)</section>', text, re.DOTALL)[1]
    return [int(pk) for pk in re.findall(r'<li class="card[^>]*data-id="(\d+)"', column)]


def move(browser, opportunity, to, version=None, **headers):
    target = to if isinstance(to, str) else to.pk
    data = {"stage": target, "version": opportunity.version if version is None else version}
    return browser.post(f"{URL}{opportunity.pk}/move/", data, headers=headers or HTMX)


def test_list_6_a_column_per_stage_in_due_date_order_with_its_figures(cast, as_):
    late = make_opportunity("late", by=cast.claire, due_on=dt.date(2026, 1, 9), amount=3000)
    later = make_opportunity("later", by=cast.claire, due_on=dt.date(2999, 1, 1), amount=500)
    sooner = make_opportunity("sooner", by=cast.claire, due_on=dt.date(2998, 1, 1), amount=500)
    talks = make_opportunity("talks", by=cast.claire, stage=stage("Negotiation"), amount=1000)
    won = make_opportunity("won", by=cast.claire, status="won")
    text = as_(cast.claire).get(URL).content.decode()
    assert ids(text, "To qualify") == [late.pk, sooner.pk, later.pk]
    assert ids(text, "Negotiation") == [talks.pk]
    assert f'data-id="{won.pk}"' not in text
    assert "card card--late" in text
    head = re.search(rf'id="head-{late.stage_id}".*?</div>\s*</div>', text, re.DOTALL)[0]
    assert ">3</span>" in head and "€4,000" in head and "€400" in head
    assert "4 open · €5,000 · weighted €1,200" in text


def test_list_6_shows_one_pipeline_and_switches(cast, as_):
    with operation(by=cast.ada, door="set_up", what="test"):
        other = Pipeline.objects.create(name="Renewals", position=9)
        renew = Stage.objects.create(name="To renew", pipeline=other, probability=70, position=1)
    here, there = make_opportunity("here", by=cast.claire), make_opportunity("there", by=cast.claire, stage=renew)
    browser = as_(cast.claire)
    assert f'data-id="{there.pk}"' not in browser.get(URL).content.decode()
    text = browser.get(f"{URL}?pipeline={other.pk}").content.decode()
    assert f'data-id="{there.pk}"' in text and f'data-id="{here.pk}"' not in text
    for nonsense in ("pipeline=999999", "pipeline=x", "pipeline=" + "9" * 40, "stage=x", "after=1", "status=nothing"):
        assert browser.get(f"{URL}?{nonsense}").status_code == 200


def test_list_6_same_filters_as_the_list(cast, as_):
    mine = make_opportunity("mine", by=cast.claire, amount=100)
    dear = make_opportunity("dear", by=cast.claire, amount=9000)
    browser = as_(cast.claire)
    assert ids(browser.get(f"{URL}?amount_min=1000").content.decode(), "To qualify") == [dear.pk]
    assert ids(browser.get(f"{URL}?q=mine").content.decode(), "To qualify") == [mine.pk]
    page = browser.get(f"{URL}?amount_min=1000").content.decode()
    assert "Amount from" in page and f"{URL}" in browser.get("/opportunities/filters/?for=board").content.decode()


@pytest.mark.parametrize("few", [0, 2000])
def test_list_6_shows_what_one_may_see_and_no_more(cast, as_, monkeypatch, few):
    monkeypatch.setattr("opportunities.board.FEW", few)
    own = make_opportunity("own", by=cast.claire)
    team = make_opportunity("team", by=cast.tom)
    hidden = make_opportunity("hidden", by=cast.sam)
    shared = make_opportunity("shared", by=cast.sam, assignees=[cast.claire, cast.tom])
    text = as_(cast.claire).get(URL).content.decode()
    assert ids(text, "To qualify") == [own.pk, team.pk, shared.pk]
    assert f'data-id="{hidden.pk}"' not in text and "3 open" in text
    assert as_(cast.claire).get(f"{URL}{hidden.pk}/menu/").status_code == 404
    assert move(as_(cast.claire), hidden, stage("Proposal")).status_code == 404


@pytest.mark.parametrize("few", [0, 2000])
@pytest.mark.parametrize("reader", ["claire", "ada"])
def test_list_6_large_columns_load_the_next_ones(cast, as_, monkeypatch, few, reader):
    monkeypatch.setattr("opportunities.board.FEW", few)
    made = [make_opportunity(f"deal {n}", by=cast.claire) for n in range(53)]
    browser = as_(getattr(cast, reader))
    page = browser.get(URL).content.decode()
    assert ids(page, "To qualify") == [one.pk for one in made[:50]]
    last = made[49]
    after = str(Key(last.list_key, last.pk))
    rest = browser.get(f"{URL}stage/{last.stage_id}/?after={after}").content.decode()
    assert re.findall(r'<li class="card[^>]*data-id="(\d+)"', rest) == [str(one.pk) for one in made[50:]]
    assert "column__more" not in rest
    plain = re.search(r'href="(/opportunities/\?[^"]*)" hx-get', page)[1].replace("&amp;", "&")
    listed = browser.get(plain).content.decode()
    assert re.findall(r'<tr role="row" data-id="(\d+)"', listed) == [str(one.pk) for one in made[50:]]
    assert browser.get(f"{URL}stage/{last.stage_id}/?after=x").status_code == 404
    assert browser.get(f"{URL}stage/999999/?after={after}").status_code == 404


def test_list_6_a_move_is_one_post_through_the_board(cast, as_):
    deal = make_opportunity("deal", by=cast.claire)
    answer = move(as_(cast.claire), deal, stage("Proposal"))
    text = answer.content.decode()
    deal = Opportunity.objects.get(pk=deal.pk)
    assert (deal.stage.name, deal.probability) == ("Proposal", 60)
    assert Operation.objects.latest("id").door == "board"
    assert f'id="card-{deal.pk}"' in text and f'data-stage="{deal.stage_id}"' in text
    for name in ("To qualify", "Proposal"):
        assert f'id="head-{stage(name).pk}" hx-swap-oob="true"' in text
    assert f'data-version="{deal.version}"' in text


def test_list_6_without_script_a_move_returns_to_the_board(cast, as_):
    deal = make_opportunity("deal", by=cast.claire)
    browser, back = as_(cast.claire), "/opportunities/board/?owner=3"
    menu = browser.get(f"{URL}{deal.pk}/menu/?back={back}").content.decode()
    assert f'action="{URL}{deal.pk}/move/"' in menu and f'value="{stage("Proposal").pk}"' in menu
    answer = browser.post(f"{URL}{deal.pk}/move/", {"stage": stage("Proposal").pk, "back": back})
    assert answer.status_code == 302 and answer.url == back
    assert Opportunity.objects.get(pk=deal.pk).stage.name == "Proposal"
    evil = browser.post(f"{URL}{deal.pk}/move/", {"stage": stage("Proposal").pk, "back": "https://evil.example/"})
    assert evil.url == URL


def test_list_6_closing_zones_win_cancel_and_ask_why_lost(cast, as_):
    one, two, three = (make_opportunity(name, by=cast.claire) for name in ("one", "two", "three"))
    browser = as_(cast.claire)
    answer = move(browser, one, "won").content.decode()
    assert f'id="card-{one.pk}"' not in answer and 'id="board-zones" hx-swap-oob="true"' in answer
    move(browser, two, "cancelled")
    asked = browser.get(f"{URL}{three.pk}/lose/", headers=HTMX).content.decode()
    assert "Price" in asked
    unanswered = browser.post(f"{URL}{three.pk}/lose/", {}, headers=HTMX)
    assert unanswered.status_code == 422 and unanswered["HX-Retarget"] == "#dialog"
    browser.post(f"{URL}{three.pk}/lose/", {"reason": lost_reason("Price").pk, "note": "dear"}, headers=HTMX)
    states = {o.name: o.status for o in Opportunity.objects.all()}
    assert states == {"one": "won", "two": "cancelled", "three": "lost"}
    assert Opportunity.objects.get(pk=three.pk).lost_reason == lost_reason("Price")
    assert set(Operation.objects.order_by("-id")[:3].values_list("door", flat=True)) == {"board"}
    assert "Won in" in browser.get(URL).content.decode()


def test_list_6_a_refused_move_gives_the_card_back_and_says_why(cast, as_):
    sees = make_person("Vera Look", "associate")
    deal = make_opportunity("deal", by=cast.claire)
    deal.share(to=sees, by=cast.claire)
    answer = move(as_(sees), deal, stage("Proposal"))
    text = answer.content.decode()
    assert answer.status_code == 403 and "data-refused" in text and "Claire Dubois" in text
    assert f'data-stage="{deal.stage_id}"' in text and f'href="/opportunities/{deal.pk}/"' in text
    assert Opportunity.objects.get(pk=deal.pk).stage_id == deal.stage_id
    assert "Claire Dubois" in as_(sees).get(f"{URL}{deal.pk}/menu/").content.decode()


def test_list_6_a_move_that_cannot_be_is_409_with_the_reason(cast, as_):
    with operation(by=cast.ada, door="set_up", what="test"):
        other = Pipeline.objects.create(name="Renewals", position=9)
        foreign = Stage.objects.create(name="To renew", pipeline=other, probability=70, position=1)
    deal = make_opportunity("deal", by=cast.claire)
    closed = make_opportunity("closed", by=cast.claire, status="won")
    browser = as_(cast.claire)
    for wanted in (foreign, "", "x", "9" * 40):
        answer = move(browser, deal, wanted)
        assert answer.status_code == 409 and "not one of its pipeline" in answer.content.decode()
    answer = move(browser, closed, stage("Proposal"))
    assert answer.status_code == 409 and "Reopen" in answer.content.decode()
    assert Opportunity.objects.get(pk=deal.pk).version == deal.version


def test_list_6_rec_5_two_people_dragging_at_once(cast, as_):
    deal = make_opportunity("deal", by=cast.claire)
    read = deal.version
    assert move(as_(cast.tom), deal, stage("Proposal"), read).status_code == 403  # another’s, in the team: seen only
    assert move(as_(cast.mia), deal, stage("Proposal"), read).status_code == 200
    answer = move(as_(cast.claire), deal, stage("Qualified"), read)
    text = answer.content.decode()
    assert answer.status_code == 409 and "Mia Ferhat has put it in “Proposal” meanwhile." in text
    assert f'data-stage="{stage("Proposal").pk}"' in text
    now = Opportunity.objects.get(pk=deal.pk)
    assert now.stage.name == "Proposal"
    assert move(as_(cast.claire), now, stage("Qualified")).status_code == 200  # having seen it


def test_list_6_rec_5_a_move_merges_with_another_field_changed_meanwhile(cast, as_):
    deal = make_opportunity("deal", by=cast.claire)
    read = deal.version
    theirs = Opportunity.objects.get(pk=deal.pk)
    theirs.name = "Renamed"
    theirs.edit(by=cast.mia)
    assert move(as_(cast.claire), deal, stage("Proposal"), read).status_code == 200
    now = Opportunity.objects.get(pk=deal.pk)
    assert (now.name, now.stage.name) == ("Renamed", "Proposal")


def test_list_6_figures_come_after_the_cards_where_they_are_many(cast, as_, monkeypatch):
    monkeypatch.setattr("opportunities.views.board.CHEAP", 1)
    for amount in (1000, 2000):
        make_opportunity("deal", by=cast.claire, amount=amount)
    browser = as_(cast.claire)
    page = browser.get(URL).content.decode()
    assert "€3,000" not in page and f'hx-get="{URL}sums/' in page
    sums = browser.get(f"{URL}sums/").content.decode()
    assert "€3,000" in sums and sums.count("hx-swap-oob") == len(Stage.objects.all()) + 3
    assert "€3,000" in browser.get(f"{URL}?totals=1").content.decode()


def test_opp_14_figures_are_in_the_house_currency_each_part_told(cast, as_):
    dollar = Currency(code="USD", name="US dollar").add(by=cast.ada)
    make_opportunity("deal", by=cast.claire, amount=1000)
    deal = make_opportunity("deal", by=cast.claire, amount=200, currency="USD")
    browser = as_(cast.claire)
    page = browser.get(URL).content.decode()
    assert ">€1,000 + $200</span>" in page and "no rate for USD" in page and 'data-amount=""' in page
    Rate.put(dollar, dates.today() - dt.timedelta(days=9), Decimal("0.9"), by=cast.ada)
    page = browser.get(URL).content.decode()
    assert 'title="€1,000 + $200">€1,180</span>' in page and "€1,180 (€1,000 + $200) · weighted €118" in page
    assert 'data-amount="180000"' in page and 'data-amount="1180000" data-currency="EUR"' in page
    deal.win(by=cast.claire, on=dates.today())
    Rate.put(dollar, dates.today(), Decimal("0.5"), by=cast.ada)
    assert 'title="$200">€180</span>' in browser.get(URL).content.decode()


def test_opp_14_the_largest_amounts_are_added_up_on_the_board(cast, as_):
    for n in range(110):
        make_opportunity(f"deal {n}", by=cast.claire, amount=999_999_999_999, stage=stage("Negotiation"))
    assert "€109,999,999,999,890" in as_(cast.claire).get(URL).content.decode()


def test_list_6_queries_do_not_grow_with_cards(cast, as_, django_assert_max_num_queries):
    browser = as_(cast.claire)
    browser.get(URL)
    for n in range(30):
        make_opportunity(f"deal {n}", by=cast.claire)
    with django_assert_max_num_queries(9):
        browser.get(URL)
