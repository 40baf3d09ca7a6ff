"""OPP-8, OPP-11: classification and payment terms, at every door."""

import csv
import io

import pytest
from django.db import IntegrityError, transaction

from core import sql
from opportunities.models import Opportunity
from pipelines.models import Category, Establishment, Family, Sector, Subcategory, Subfamily
from records.models import Change
from tests.make import make_account, make_opportunity
from tests.pages import send
from tests.transfers.sheets import counts, refusals, run
from tests.transfers.test_exporting import exported

FORM = "opportunity-form"


@pytest.fixture
def classes(cast):
    services = Category.objects.get(name="Services")
    metrology = Family(name="Metrology").add(by=cast.ada)
    return {
        "category": Category.objects.get(name="Equipment"),
        "subcategory": Subcategory(name="Sensors", category=Category.objects.get(name="Equipment")).add(by=cast.ada),
        "establishment": Establishment(name="Caen").add(by=cast.ada),
        "sector": Sector(name="Food").add(by=cast.ada),
        "family": metrology,
        "subfamily": Subfamily(name="Temperature", family=metrology).add(by=cast.ada),
        "other": Subcategory(name="Training", category=services).add(by=cast.ada),
    }


@pytest.fixture
def deal(cast, classes):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire))


def edit(browser, deal, **changes):
    return send(browser, f"/opportunities/{deal.pk}/edit/", FORM, **changes)


def test_opp_8_an_opportunity_is_classified_in_its_form(cast, as_, deal, classes):
    names = ("subcategory", "establishment", "sector", "family", "subfamily")
    assert edit(as_(cast.claire), deal, **{name: str(classes[name].pk) for name in names}).status_code == 302
    deal = Opportunity.objects.get(pk=deal.pk)
    assert {name: getattr(deal, name) for name in ("category", *names)} == {n: classes[n] for n in ("category", *names)}
    page = as_(cast.claire).get(f"/opportunities/{deal.pk}/").content.decode()
    assert "Equipment / Sensors" in page and "Metrology / Temperature" in page and "Caen" in page and "Food" in page
    assert Change.objects.filter(record_id=deal.pk).last().fields["subfamily_id"] == [None, classes["subfamily"].pk]


def test_opp_8_a_subcategory_of_another_category_is_refused(cast, as_, deal, classes):
    response = edit(as_(cast.claire), deal, category=str(classes["category"].pk), subcategory=str(classes["other"].pk))
    assert response.status_code == 422
    assert "“Training” belongs to “Services”, not to “Equipment”." in response.content.decode()
    for whole, part in (("category", "other"), ("family", "subfamily")):
        wrong = Family(name="Docks").add(by=cast.ada) if whole == "family" else classes["category"]
        column = "subcategory" if whole == "category" else "subfamily"
        with pytest.raises(IntegrityError), transaction.atomic():
            sql.execute(
                f"UPDATE opportunities_opportunity SET {whole}_id = %s, {column}_id = %s WHERE id = %s",
                [wrong.pk, classes[part].pk, deal.pk],
            )


def test_opp_8_what_is_archived_is_not_offered_and_stays_where_it_is(cast, as_, deal, classes):
    edit(as_(cast.claire), deal, sector=str(classes["sector"].pk))
    classes["sector"].archive(by=cast.ada)
    assert "Food</option>" in as_(cast.claire).get(f"/opportunities/{deal.pk}/edit/").content.decode()
    assert "Food</option>" not in as_(cast.claire).get("/opportunities/new/").content.decode()
    assert edit(as_(cast.claire), deal, name="Renamed").status_code == 302
    assert Opportunity.objects.get(pk=deal.pk).sector == classes["sector"]


@pytest.mark.parametrize(
    ("per", "times", "said"),
    [
        ("once", "3", "Choose how often it is paid"),
        ("", "3", "Choose how often it is paid"),
        ("month", "0", "Enter a number between 1 and 9,999."),
        ("month", "often", "Enter a number between 1 and 9,999."),
        ("fortnight", "", "Select a valid choice"),
    ],
)
def test_opp_11_payment_terms_are_checked_beside_their_field(cast, as_, deal, per, times, said):
    response = edit(as_(cast.claire), deal, payment_per=per, payment_times=times)
    assert response.status_code == 422 and said in response.content.decode()


@pytest.mark.parametrize("per", ["once", "hour", "day", "week", "month", "quarter", "year"])
def test_opp_11_it_is_paid_once_or_for_a_duration(cast, as_, deal, per):
    times = "" if per == "once" else "12"
    assert edit(as_(cast.claire), deal, payment_per=per, payment_times=times).status_code == 302
    deal = Opportunity.objects.get(pk=deal.pk)
    assert (deal.payment_per, deal.payment_times) == (per, int(times) if times else None)
    page = as_(cast.claire).get(f"/opportunities/{deal.pk}/").content.decode()
    assert ("One-off" if per == "once" else f"Per {per}, 12 times") in page


def test_list_2_the_list_is_filtered_by_category(cast, as_, deal, classes):
    edit(as_(cast.claire), deal, category=str(classes["category"].pk))
    make_opportunity("Another", by=cast.claire)
    page = as_(cast.claire).get(f"/opportunities/?category={classes['category'].pk}").content.decode()
    assert f'data-id="{deal.pk}"' in page and "Another" not in page and "Equipment" in page


def test_data_1_classification_and_terms_come_in_by_name(cast, settings, tmp_path, deal, classes):
    settings.MEDIA_ROOT = tmp_path
    names = ("category", "subcategory", "establishment", "sector", "family", "subfamily")
    head = ["id", *names, "payment_per", "payment_times"]
    good = [deal.pk, "", "Sensors", "Caen", "Food", "", "Temperature", "per month", "12"]
    assert counts(run([head, good], cast.bo, duplicates="update")) == {"updated": 1}
    deal = Opportunity.objects.get(pk=deal.pk)
    assert {name: getattr(deal, name) for name in names} == {name: classes[name] for name in names}
    assert (deal.payment_per, deal.payment_times) == ("month", 12)
    out = list(csv.DictReader(io.StringIO(exported(cast.bo).decode())))
    row = next(row for row in out if row["id"] == str(deal.pk))
    assert [row[name] for name in names] == ["Equipment", "Sensors", "Caen", "Food", "Metrology", "Temperature"]
    assert (row["payment_per"], row["payment_times"]) == ("month", "12")
    wrong = [deal.pk, "Services", "Sensors", "Caen", "Luxury", "", "", "", ""]
    messages = [message for _row, _column, message in refusals(run([head, wrong], cast.bo, duplicates="update"))]
    assert any("“Luxury” is not set up here." in message for message in messages)
