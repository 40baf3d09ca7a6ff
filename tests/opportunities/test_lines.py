"""OPP-12: lines, their totals, the amount that follows them; each change in the journal, each error beside its cell."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from opportunities.models import Line, Opportunity
from pipelines.models import Category, Product, SaleType, Subcategory
from records.journal import operation
from records.models import Change, Operation, StaleRecord
from tests.make import make_account, make_opportunity, stage
from tests.pages import fields, send


def line(label="Radio gateway", quantity=14, unit_price=890, unit_cost=600, position=1, **more):
    given = {"label": label, "quantity": Decimal(quantity), "unit_price": Decimal(unit_price), "position": position}
    return given | {"unit_cost": Decimal(unit_cost)} | more


@pytest.fixture
def deal(cast):
    made = make_opportunity(by=cast.claire, account=make_account(by=cast.claire), amount=1000, stage=stage("Proposal"))
    made.change_lines(
        added=[line(), line("Probe", 56, 145, 90, 2), line("Supervision", 1, 6360, 1800, 3, months=36)], by=cast.claire
    )
    return again(made)


def again(opportunity):
    return Opportunity.objects.get(pk=opportunity.pk)


def url(opportunity, more=""):
    return f"/opportunities/{opportunity.pk}/lines/{more}"


def last_change(opportunity):
    return Change.objects.filter(record_id=opportunity.pk, operation__what__startswith="opportunity").last()


def test_opp_12_the_amount_is_the_total_of_the_lines(cast, deal):
    assert deal.amount == Decimal(26940) and not deal.amount_by_hand
    assert [(row.amount, row.margin) for row in deal.lines.all()] == [(12460, 4060), (8120, 3080), (6360, 4560)]
    assert deal.periods.last().amount == Decimal(26940)


def test_opp_12_each_line_is_journalled_and_can_be_written_back(cast, deal):
    change = last_change(deal)
    keys = [f"line:{pk}" for pk in deal.lines.values_list("pk", flat=True)]
    assert [change.fields[key][0] for key in keys] == [None] * 3
    assert change.fields[keys[0]][1]["label"] == "Radio gateway" and change.fields["amount"] == ["1000", "26940"]
    first = deal.lines.first()
    deal.change_lines(removed=[first.pk], by=cast.claire)
    assert again(deal).amount == Decimal(14480)
    with operation(by=cast.claire, door="form", what="undo"):
        old = last_change(deal).fields[f"line:{first.pk}"][0]
        Opportunity.hanging("line:1").write(str(first.pk), {deal.pk: old})
    assert again(deal).amount == Decimal(26940) and Line.objects.get(pk=first.pk).label == "Radio gateway"


def test_opp_12_lines_are_added_on_the_tab(cast, as_, db):
    made = make_opportunity(by=cast.claire, amount=1000)
    typed = {"new1-label": "Training", "new1-quantity": "2", "new1-unit_price": "720,50", "new1-unit_cost": "300"}
    assert send(as_(cast.claire), url(made), "lines", **typed).status_code == 302
    only = made.lines.get()
    assert (only.label, only.quantity, only.unit_price, only.amount, only.margin) == (
        "Training",
        2,
        Decimal("720.5"),
        1441,
        841,
    )
    assert again(made).amount == 1441
    page = as_(cast.claire).get(url(made)).content.decode()
    assert page.index("Grand total before tax") < page.index(f"ID <code>{made.pk}</code>")
    assert "€1,441" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("quantity", "0", "Enter a quantity above 0."),
        ("quantity", "-3", "Enter a quantity above 0."),
        ("quantity", "", "Enter a quantity."),
        ("quantity", "many", "Enter a number"),
        ("quantity", "1.2345", "Enter at most three decimals."),
        ("label", "", "Choose a product, or label the line."),
        ("product", "Nothing we sell", "No product is called “Nothing we sell”."),
        ("unit_price", "", "Enter a unit price."),
        ("unit_price", "-1", "not negative"),
        ("unit_price", "999999999999", "more than 12 digits"),
        ("months", "0", "Enter a duration of 1 to 600 months."),
        ("months", "601", "Enter a duration of 1 to 600 months."),
        ("months", "long", "Enter a duration of 1 to 600 months."),
    ],
)
def test_opp_12_an_error_stands_beside_its_cell_and_the_other_lines_are_kept(cast, as_, deal, field, typed, said):
    first, second, _third = deal.lines.all()
    changes = {f"{first.pk}-{field}": typed, f"{second.pk}-label": "Double probe"}
    response = send(as_(cast.claire), url(deal), "lines", **changes)
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    assert fields(response, "lines")[f"{first.pk}-{field}"] == [typed]
    assert fields(response, "lines")[f"{second.pk}-label"] == ["Double probe"]
    assert again(deal).version == deal.version


def test_opp_12_lines_are_changed_ordered_and_removed_in_place(cast, as_, deal):
    browser = as_(cast.claire)
    rows = [str(row.pk) for row in deal.lines.all()]
    assert send(browser, url(deal), "lines", **{f"{rows[0]}-quantity": "10"}).status_code == 302
    assert again(deal).amount == Decimal(23380)
    assert set(last_change(deal).fields) == {f"line:{rows[0]}", "amount"}
    send(browser, url(deal), "lines", row=[rows[2], rows[0], rows[1]])
    assert [str(row.pk) for row in deal.lines.all()] == [rows[2], rows[0], rows[1]]
    send(browser, url(deal), "lines", up=rows[1])
    assert [str(row.pk) for row in deal.lines.all()] == [rows[2], rows[1], rows[0]]
    send(browser, url(deal), "lines", remove=rows[2])
    assert [str(row.pk) for row in deal.lines.all()] == [rows[1], rows[0]]
    history = browser.get(f"/opportunities/{deal.pk}/history/").content.decode()
    assert "× Supervision, 6,360, 36 months" in history


def test_opp_12_saving_what_is_there_changes_nothing(cast, as_, deal):
    before = Operation.objects.count()
    assert send(as_(cast.claire), url(deal), "lines").status_code == 302
    assert Operation.objects.count() == before and again(deal).version == deal.version


def test_opp_12_a_product_fills_in_what_the_line_leaves_blank(cast, as_):
    with operation(by=cast.ada, door="set_up", what="test"):
        category = Category(name="Equipment").add(by=cast.ada)
        part = Subcategory(name="Sensors", category=category).add(by=cast.ada)
        kind = SaleType.objects.get(name="Sale")
        Product(
            name="Gateway",
            code="PLW-200",
            subcategory=part,
            sale_type=kind,
            unit_price=Decimal(890),
            unit_cost=Decimal(614),
        ).add(by=cast.ada)
    made = make_opportunity(by=cast.claire)
    send(as_(cast.claire), url(made), "lines", **{"new1-product": "plw-200"})
    only = made.lines.get()
    assert (only.label, only.category, only.subcategory, only.sale_type) == ("Gateway", category, part, kind)
    assert (only.quantity, only.amount, only.margin) == (1, 890, 276)
    send(as_(cast.claire), url(made), "lines", **{f"{only.pk}-label": "Gateway, grey", f"{only.pk}-classed": ""})
    only.refresh_from_db()
    assert (only.label, only.category, only.product.name) == ("Gateway, grey", None, "Gateway")
    shown = as_(cast.claire).post(
        url(made, "preview/"), {"row": "new1", "new1-product": "Gateway", "new1-quantity": "2"}
    )
    page = shown.content.decode()
    assert 'id="sums-new1" hx-swap-oob="true"><b>€1,780</b>' in page.replace("\n", "")
    assert 'name="new1-label" value="Gateway"' in page and made.lines.count() == 1


def test_opp_12_an_amount_set_by_hand_stays_visibly_until_reset(cast, as_, deal):
    browser = as_(cast.claire)
    assert send(browser, f"/opportunities/{deal.pk}/edit/", "opportunity-form", amount="25 000").status_code == 302
    deal = again(deal)
    assert (deal.amount, deal.amount_by_hand) == (25000, True)
    assert "set by hand" in browser.get(url(deal)).content.decode()
    deal.change_lines(removed=[deal.lines.first().pk], by=cast.claire)
    assert again(deal).amount == 25000
    assert browser.post(url(deal, "follow/")).status_code == 302
    deal = again(deal)
    assert (deal.amount, deal.amount_by_hand) == (14480, False)


def test_opp_12_the_last_line_removed_leaves_the_amount(cast, deal):
    deal.change_lines(removed=[row.pk for row in deal.lines.all()], by=cast.claire)
    deal = again(deal)
    assert (deal.amount, deal.amount_by_hand, deal.lines.count()) == (26940, False, 0)


def test_opp_12_another_currency_rounds_the_lines_anew(cast, deal):
    first = deal.lines.first()
    deal.change_lines({first.pk: line(quantity="1.5", unit_price="10.01")}, by=cast.claire)
    assert Line.objects.get(pk=first.pk).amount == Decimal("15.02")
    deal = again(deal)
    deal.currency = "JPY"
    deal.edit(by=cast.claire)
    assert Line.objects.get(pk=first.pk).amount == Decimal(15)
    assert again(deal).amount == Decimal(14495)


def test_opp_12_lines_are_copied_with_their_amounts(cast, deal):
    other = make_opportunity("Copy", by=cast.claire)
    with operation(by=cast.claire, door="form", what="opportunity.duplicate"):
        Opportunity.copy_lines({other.pk: deal.pk})
    assert [row.label for row in other.lines.all()] == ["Radio gateway", "Probe", "Supervision"]
    assert again(other).amount == 26940 and deal.lines.count() == 3


def test_rec_5_two_people_edit_different_lines_and_both_are_kept(cast, as_, deal):
    browser = as_(cast.claire)
    first, second, _third = deal.lines.all()
    read = fields(browser.get(url(deal)), "lines")
    send(as_(cast.ada), url(deal), "lines", **{f"{second.pk}-quantity": "60"})
    assert browser.post(url(deal), read | {f"{first.pk}-quantity": "10"}).status_code == 302
    assert [row.quantity for row in deal.lines.all()] == [10, 60, 1]


def test_rec_5_two_people_edit_one_line_and_the_second_sees_both(cast, as_, deal):
    browser, first = as_(cast.claire), deal.lines.first()
    read = fields(browser.get(url(deal)), "lines")
    send(as_(cast.ada), url(deal), "lines", **{f"{first.pk}-quantity": "60"})
    response = browser.post(url(deal), read | {f"{first.pk}-quantity": "10"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Ada Kermarec has saved “1. 60 × Radio gateway, 890” here meanwhile." in page
    assert browser.post(url(deal), fields(response, "lines")).status_code == 302
    assert deal.lines.first().quantity == 10


def test_rec_5_what_is_typed_into_a_line_removed_meanwhile_is_kept(cast, as_, deal):
    browser = as_(cast.claire)
    first, second, _third = deal.lines.all()
    read = fields(browser.get(url(deal)), "lines")
    again(deal).change_lines(removed=[first.pk], by=cast.ada)
    response = browser.post(url(deal), read | {f"{first.pk}-quantity": "10", f"{second.pk}-quantity": "60"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Ada Kermarec has removed this line meanwhile. Save again to put it back with what you typed." in page
    kept = fields(response, "lines")
    assert kept["new1-label"] == ["Radio gateway"] and kept["new1-quantity"] == ["10"]
    assert browser.post(url(deal), kept).status_code == 302
    assert [(row.label, row.quantity) for row in deal.lines.all()] == [
        ("Radio gateway", 10), ("Probe", 60), ("Supervision", 1),
    ]  # fmt: skip


def test_rec_5_a_line_removed_meanwhile_and_left_alone_stays_away(cast, as_, deal):
    browser = as_(cast.claire)
    first, second, _third = deal.lines.all()
    read = fields(browser.get(url(deal)), "lines")
    again(deal).change_lines(removed=[first.pk], by=cast.ada)
    assert browser.post(url(deal), read | {f"{second.pk}-quantity": "60"}).status_code == 302
    assert [row.label for row in deal.lines.all()] == ["Probe", "Supervision"]


def test_rec_5_a_stale_version_is_refused(cast, deal):
    stale = again(deal)
    deal.change_lines(removed=[deal.lines.first().pk], by=cast.claire)
    with pytest.raises(StaleRecord):
        stale.change_lines(removed=[stale.lines.last().pk], by=cast.claire)


def test_give_4_lines_are_seen_and_changed_with_their_opportunity(cast, as_, deal):
    assert as_(cast.eve).get(url(deal)).status_code == 404
    assert as_(cast.eve).post(url(deal), {}).status_code == 404
    page = as_(cast.tom).get(url(deal)).content.decode()
    assert "Radio gateway" in page and 'id="lines"' not in page
    for more in ("", "preview/", "follow/"):
        assert as_(cast.tom).post(url(deal, more), {}).status_code == 403
    other = make_opportunity("Other", by=cast.claire)
    typed = {"row": [str(deal.lines.first().pk)], f"{deal.lines.first().pk}-label": "Stolen"}
    as_(cast.claire).post(url(other), typed)
    assert other.lines.count() == 0 and deal.lines.first().label == "Radio gateway"


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"unit_price": -1}, {"label": ""}, {"months": 601}, {"subcategory_id": True}]
)
def test_opp_12_the_database_refuses_what_must_never_be(cast, deal, wrong):
    if "subcategory_id" in wrong:
        part = Subcategory(name="Sensors", category=Category(name="A").add(by=cast.ada)).add(by=cast.ada)
        wrong = {"subcategory_id": part.pk, "category_id": Category(name="B").add(by=cast.ada).pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(pk=deal.lines.first().pk).update(**wrong)


def test_opp_12_the_tab_costs_the_same_with_many_lines(cast, as_, django_assert_num_queries):
    made, browser = make_opportunity(by=cast.claire), as_(cast.claire)
    made.change_lines(added=[line()], by=cast.claire)
    browser.get(url(made))
    with CaptureQueriesContext(connection) as with_one:
        browser.get(url(made))
    again(made).change_lines(added=[line(position=at) for at in range(1, 100)], by=cast.claire)
    with django_assert_num_queries(len(with_one)):
        assert browser.get(url(made)).content.count(b'class="grip"') == 100


def test_opp_12_the_months_of_production_are_shown(cast, as_, deal):
    deal.production_from = dt.date(2027, 1, 12)
    deal.edit(by=cast.claire)
    page = as_(cast.tom).get(url(deal)).content.decode()
    assert "<td>2027</td>" in page and "€22,700" in page  # 12,460 + 8,120 + 12 × 176.67
