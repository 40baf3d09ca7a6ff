"""The list as it is asked for: its order on every page (LIST-1), filters (LIST-2), totals (LIST-5), rows, row menu (LIST-7)."""

import datetime as dt
import random
import re

import pytest
from django.contrib.auth.models import Group

from opportunities.models import Opportunity
from pipelines.models import Stage
from records.journal import operation
from tests.make import make_account, make_contact, make_many, make_opportunity, make_person, source, stage

D = dt.date


def ids(response):
    return [int(pk) for pk in re.findall(r'<tr role="row" data-id="(\d+)"', response.content.decode())]


def pages(browser, query=""):
    """The ids of each page, following the links to the next."""
    found, url = [], f"/opportunities/{query}"
    while url:
        response = browser.get(url)
        found.append(ids(response))
        following = re.search(r'<a [^>]*href="([^"]+)" rel="next"', response.content.decode())
        url = "/opportunities/" + following[1].replace("&amp;", "&") if following else ""
    return found


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def anything(at):
    """A deal of any status, date and probability: many equal dates, some without."""
    draw = random.Random(at)
    day = D(2026, 3, 1) + dt.timedelta(days=draw.randrange(12)) if draw.random() < 0.85 else None
    status = draw.choice(("open", "open", "won", "lost", "cancelled"))
    if status == "open":
        return {"due_on": day, "probability": draw.choice((1, 50, 99)), "probability_by_hand": True}
    return {"status": status, "closed_on": day, "due_on": D(2030, 1, draw.randrange(1, 28))}


def sorted_plainly(made):
    """LIST-1 by hand."""

    def place(row):
        upper = 1 <= row.probability <= 99
        day = row.due_on if upper else row.closed_on
        days = 0 if day is None else day.toordinal() if upper else -day.toordinal()
        return not upper, day is None, days, row.pk

    return [row.pk for row in sorted(made, key=place)]


# LIST-1


def test_list_1_every_page_holds_the_order_for_who_sees_all_and_who_sees_twenty(cast, as_):
    make_many(230, by=cast.sam, varying=anything)
    mine = make_many(20, by=cast.eve, varying=lambda at: anything(at + 1000))
    everything = Opportunity.objects.all()
    for person, seen in ((cast.ada, everything), (cast.eve, everything.filter(pk__in=mine))):
        found = pages(as_(person))
        assert [pk for page in found for pk in page] == sorted_plainly(seen)
        assert [len(page) for page in found] == ([50] * 5 if person == cast.ada else [20])


def test_list_1_ways_of_seeing_that_overlap_repeat_nothing(cast, as_):
    """Own, assigned, shared, by a group and by the team at once: each row once, over all pages."""
    make_many(70, by=cast.claire, varying=anything)
    group = Group.objects.create(name="Partners")
    cast.claire.groups.add(group)
    others = [
        make_opportunity(f"x{at}", by=cast.sam, due_on=D(2026, 3, 1 + at), assignees=[cast.claire]) for at in range(6)
    ]
    for deal in others:
        deal.share(to=cast.claire, by=cast.sam)
        deal.share(to=group, by=cast.sam)
    make_many(30, by=cast.tom, varying=anything)
    found = pages(as_(cast.claire))
    assert [pk for page in found for pk in page] == sorted_plainly(Opportunity.objects.all())


def test_list_1_a_new_row_before_the_next_page_neither_hides_nor_repeats_one(cast, as_):
    made = make_many(60, by=cast.claire, varying=lambda at: {"due_on": D(2026, 3, 1)})
    browser = as_(cast.claire)
    first = browser.get("/opportunities/")
    make_opportunity("earlier", by=cast.claire, due_on=D(2026, 2, 1), opened_on=D(2026, 1, 1))
    link = re.search(r'href="([^"]+)" rel="next"', first.content.decode())[1]
    assert ids(first) + ids(browser.get(f"/opportunities/{link}")) == made


@pytest.mark.parametrize(
    "after",
    ["", ".", "x", "1", "1.x", "1.99999999999999999999", "99999999999999999999.1", "-1.-1", "%00", "1.2.3", "é"],
)
def test_list_1_a_place_that_cannot_be_read_is_the_start(cast, as_, after):
    make_opportunity(by=cast.claire)
    response = as_(cast.claire).get(f"/opportunities/?after={after}")
    assert response.status_code == 200


def test_list_1_the_page_says_how_many_are_shown_and_remain(cast, as_):
    make_many(60, by=cast.claire)
    page = as_(cast.claire).get("/opportunities/?totals=1")
    assert "50 rows shown, 10 remain" in text(page)


# LIST-2


@pytest.fixture
def many(cast):
    """One opportunity that each filter below finds alone, among others."""
    account, contact = make_account("Hexabio", by=cast.claire), make_contact("Odile Lecanu", by=cast.claire)
    other = make_account("Zinc Ltd", by=cast.claire)
    wanted = make_opportunity(
        "Été à la mer", by=cast.claire, account=account, stage=stage("Proposal"), source=source("Referral"),
        amount=7777, due_on=D(2026, 5, 5), assignees=[cast.sam], reference="REF-77",
    )  # fmt: skip
    others = [
        make_opportunity("Plain", by=cast.tom, account=other, amount=5, due_on=D(2026, 9, 9)),
        make_opportunity(
            "Won one",
            by=cast.tom,
            contact=contact,
            amount=6,
            status="won",
            closed_on=D(2026, 4, 4),
            due_on=D(2026, 9, 9),
        ),
        make_opportunity(
            "Lost one", by=cast.tom, amount=None, status="lost", closed_on=D(2026, 4, 5), due_on=D(2026, 9, 9)
        ),
    ]
    return wanted, others


def test_list_2_each_filter_narrows_the_list(cast, as_, many):
    wanted, (_plain, won, lost) = many
    browser = as_(cast.claire)
    for query, found in {
        f"stage={wanted.stage_id}": [wanted],
        f"owner={cast.claire.pk}": [wanted],
        f"assignee={cast.sam.pk}": [wanted],
        f"account={wanted.account_id}": [wanted],
        f"contact={won.contact_id}": [won],
        f"source={wanted.source_id}": [wanted],
        "amount_min=7 000": [wanted],
        "amount_min=6&amount_max=6": [won],
        "amount_max=5,5": [_plain],
        "due_to=2026-05-05": [wanted],
        "due_from=01/05/2026&due_to=31/05/2026": [wanted],
        "status=won": [won],
        "status=lost&status=won": [lost, won],
        "incomplete=true": [lost],
        "q=ete mer": [wanted],
        "q=REF-77": [wanted],
        f"q={wanted.pk}": [wanted],
        "q=hexab": [wanted],
        "q=odile": [won],
        f"team={cast.sam.team_id}": [],
        f"team={cast.claire.team_id}&status=won": [won],
        f"status=open&stage={wanted.stage_id}&owner={cast.claire.pk}&q=mer": [wanted],
        f"stage={wanted.stage_id}&stage={won.stage_id}&status=open": [wanted, _plain],
        f"pipeline={wanted.pipeline_id}&status=lost": [lost],
        f"pipeline={wanted.pipeline_id + 99}": [],
    }.items():
        response = browser.get(f"/opportunities/?{query}")
        assert ids(response) == [deal.pk for deal in found], query
        if not found:
            assert "Clear the filters" in text(response), query


@pytest.mark.parametrize(
    "query",
    [
        "stage=x",
        "owner=999999999999999999999",
        "amount_min=lots",
        "due_from=never",
        "status=perhaps",
        "q=" + "x" * 201,
        "q=%00",
        "stage=1%27--",
        "account=-1",
        "incomplete=maybe",
        "q=%25_%22",
    ],
)
def test_list_2_a_filter_that_cannot_be_read_is_told_and_nothing_breaks(cast, as_, many, query):
    for path in ("/opportunities/", "/opportunities/summary/", "/opportunities/filters/"):
        assert as_(cast.claire).get(f"{path}?{query}").status_code == 200


def test_list_2_the_pages_of_a_filter_keep_it(cast, as_):
    make_many(60, by=cast.claire, varying=anything)
    make_many(60, by=cast.tom, varying=anything)
    found = pages(as_(cast.mia), f"?owner={cast.claire.pk}")
    assert [pk for page in found for pk in page] == sorted_plainly(Opportunity.objects.filter(owner=cast.claire))


# LIST-5


def test_list_5_totals_are_of_the_filter_and_of_what_one_sees(cast, as_):
    party = {"account": make_account(by=cast.claire)}
    make_opportunity(by=cast.claire, amount=1000, stage=stage("Proposal"), **party)
    make_opportunity(by=cast.claire, amount=500, status="won", closed_on=D(2026, 2, 2), **party)
    make_opportunity(by=cast.claire, amount=None, **party)
    make_opportunity(by=cast.sam, amount=90_000)
    summary = text(as_(cast.claire).get("/opportunities/summary/"))
    assert "Total of the filter, 3 opportunities" in summary and "1 of them incomplete" in summary
    assert "€1,500" in summary and "€1,100" in summary and "90,000" not in summary
    assert "€600" in text(as_(cast.claire).get("/opportunities/summary/?status=open"))
    assert "Total of the filter, 3 opportunities" in text(as_(cast.claire).get("/opportunities/?totals=1"))


def test_list_5_two_currencies_are_never_added_up(cast, as_):
    make_opportunity(by=cast.claire, amount=1000)
    make_opportunity(by=cast.claire, amount=30, currency="USD")
    summary = text(as_(cast.claire).get("/opportunities/summary/"))
    assert "€1,000 + $30" in summary


def test_list_5_closed_ones_have_their_own_list(cast, as_):
    won = make_opportunity(by=cast.claire, status="won", closed_on=D(2026, 2, 2))
    make_opportunity(by=cast.claire)
    page = as_(cast.claire).get("/opportunities/").content.decode()
    closed = re.search(r'href="(\?[^"]*status=won[^"]*)"', page)[1]
    assert ids(as_(cast.claire).get(f"/opportunities/{closed}")) == [won.pk]


# Rows, and their menu


def test_list_1_a_row_says_all_that_one_looks_for(cast, as_):
    deal = make_opportunity(
        "<b>Sensors & co</b>",
        by=cast.claire,
        account=make_account("Hexabio", by=cast.claire),
        amount="12000.5",
        due_on=D(2026, 3, 2),
    )
    row = re.search(
        r"<tr role=\"row\" data-id.*?</tr>", as_(cast.claire).get("/opportunities/").content.decode(), re.S
    )[0]
    assert f'data-id="{deal.pk}"' in row and f'href="/opportunities/{deal.pk}/"' in row
    assert "&lt;b&gt;Sensors &amp; co&lt;/b&gt;" in row and "<b>" not in row
    for word in (
        "Hexabio",
        "To qualify",
        "10%",
        "€12,000.50",
        "€1,200.05",
        "Claire Dubois",
        'datetime="2026-03-02"',
        "late",
    ):
        assert word in row, word


def test_opp_2_without_an_account_it_stands_under_unnamed_company(cast, as_):
    make_opportunity(by=cast.claire, contact=make_contact(by=cast.claire))
    assert "Unnamed company" in text(as_(cast.claire).get("/opportunities/"))
    cast.claire.edit(by=cast.claire, language="fr")
    assert "Société sans nom" in text(as_(cast.claire).get("/opportunities/"))


def test_give_4_the_account_of_a_seen_opportunity_is_named_and_not_linked(cast, as_):
    hidden = make_account("Hexabio", by=cast.sam)
    make_opportunity(by=cast.sam, account=hidden, assignees=[cast.eve])
    page = as_(cast.eve).get("/opportunities/").content.decode()
    assert "Hexabio" in page and f"/accounts/{hidden.pk}/" not in page


def test_list_7_the_row_menu_holds_what_one_may_do(cast, as_):
    deal = make_opportunity(by=cast.claire)
    url = f"/opportunities/{deal.pk}/"
    mine = as_(cast.claire).get(f"{url}menu/").content.decode()
    for verb in ("edit/", "history/", "win/?back=", "lose/?back=", "cancel/?back="):
        assert f'"{url}{verb}' in mine, verb
    assert f'"{url}reopen/"' not in mine
    toms = as_(cast.tom).get(f"{url}menu/").content.decode()
    assert f'"{url}edit/"' not in toms and f'"{url}win/' not in toms
    assert as_(cast.eve).get(f"{url}menu/").status_code == 404
    deal.win(by=cast.claire)
    assert f'"{url}reopen/"' in as_(cast.claire).get(f"{url}menu/").content.decode()


def test_an_empty_list_offers_the_first_steps(cast, as_):
    page = as_(cast.ada).get("/opportunities/").content.decode()
    assert "/opportunities/new/" in page and "/imports/new/" in page


def test_opp_5_a_probability_set_by_hand_is_marked_so(cast, as_):
    make_opportunity(by=cast.claire, probability=33, probability_by_hand=True)
    assert "33%*" in as_(cast.claire).get("/opportunities/").content.decode()


def test_give_4_someone_who_left_sees_nothing(cast, as_):
    gone = make_person("Paul Simon", team=cast.claire.team)
    make_opportunity(by=gone)
    browser = as_(gone)
    gone.edit(by=cast.ada, is_active=False)
    assert browser.get("/opportunities/").status_code in (302, 403)


def test_list_1_a_stage_renamed_is_renamed_in_the_list(cast, as_):
    make_opportunity(by=cast.claire)
    browser = as_(cast.claire)
    assert "To qualify" in text(browser.get("/opportunities/"))
    with operation(by=cast.ada, door="set_up", what="test"):
        first = Stage.objects.get(name="To qualify")
        first.name = "Fresh"
        first.save()
    assert "Fresh" in text(browser.get("/opportunities/"))
