"""DATA-12: the exports of other products are recognised by their headers, and import as a person would expect."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from tests.shared import data
from tests.transfers.sheets import counts, guessed, read, run

ORO = ("orocrm-demo-and-import", "src", "Oro", "Bundle")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def bring(kind, by, *path, **decided):
    file = data("sales").joinpath(*path)
    return run(file.read_bytes(), by, kind, file.name, **decided)


def test_data_12_salesforce_accounts_contacts_and_opportunities_find_one_another(cast):
    folder = ("salesforce-data-cloud-workshop", "data")
    assert counts(bring("account", cast.ada, *folder, "Account.csv")) == {"created": 22}
    walker = Account.objects.get(code="001Ec00000GGw3hIAD")
    assert (walker.name, walker.kind, walker.city, walker.postcode) == (
        "Walker Henson and Compton", "prospect", "Katherinemouth", "74929",
    )  # fmt: skip
    assert Account.objects.filter(kind="client").exists()
    assert counts(bring("contact", cast.ada, *folder, "Contact.csv"))["created"] >= 101
    assert Contact.objects.filter(account=walker).exists()
    made = read(data("sales").joinpath(*folder, "Opportunity.csv").read_bytes(), cast.ada, name="Opportunity.csv")
    unknown = made.new_planner().unknown(made.chunks_of_rows)
    assert set(unknown) <= {"stage"}
    made = bring("opportunity", cast.ada, *folder, "Opportunity.csv", create=["stage"])
    assert counts(made) == {"created": 50}
    won = Opportunity.objects.get(name="Hill Group - Business Loans - June 2023")
    assert (won.reference, won.status, won.amount, won.closed_on, won.account.code) == (
        "006Ec00000AieKGIAZ", "won", Decimal("1651993.36"), dt.date(2023, 6, 17), "001Ec00000GGw3sIAD",
    )  # fmt: skip
    assert counts(bring("opportunity", cast.ada, *folder, "Opportunity.csv")) == {"skipped": 50}


def test_data_12_northwind_customers_as_accounts_and_as_contacts(cast):
    folder = ("northwind-neo4j", "data", "northwind", "customers.csv")
    assert counts(bring("account", cast.bo, *folder)) == {"created": 91}
    ana = Account.objects.get(code="ANATR")
    assert (ana.name, ana.city, ana.postcode, ana.phone) == (
        "Ana Trujillo Emparedados y helados", "México D.F.", "05021", "(5) 555-4729",
    )  # fmt: skip
    assert counts(bring("contact", cast.bo, *folder)) == {"created": 91}
    contact = Contact.objects.get(last_name="Trujillo")
    assert (contact.first_name, contact.role, contact.account) == ("Ana", "Owner", ana)


def test_data_12_sirene_keeps_its_leading_zeros_and_names_by_number_what_has_no_name(cast):
    made = bring("account", cast.bo, "sirene-gosirene", "test", "StockEtablissement_utf8_geo.csv.gz")
    assert counts(made) == {"created": 40}
    one = Account.objects.get(registration="00552013500038")
    assert (one.name, one.postcode, one.city, one.street) == (
        "00552013500038", "01220", "DIVONNE-LES-BAINS", "70 RUE DE LAUSANNE",
    )  # fmt: skip
    assert Account.objects.filter(name="DORAS MENEO").exists()
    again = bring("account", cast.bo, "sirene-gosirene", "test", "StockEtablissement_utf8_geo.csv.gz")
    assert counts(again) == {"skipped": 40}


def test_data_12_orocrm_contacts_and_opportunities(cast):
    path = (*ORO, "ContactBundle", "Tests", "Functional", "DataFixtures", "Data", "contact_with_duplicate_records.csv")
    assert counts(bring("contact", cast.bo, *path, create=["account"])) == {"created": 1, "skipped": 1}
    jerry = Contact.objects.get()
    assert (str(jerry), jerry.account.name, jerry.phone, jerry.email) == (
        "Jerry Coleman", "Coleman", "585-255-1127", "JerryAColeman@armyspy.com",
    )  # fmt: skip
    path = (*ORO, "SalesBundle", "Tests", "Functional", "DataFixtures", "Data", "export.csv")
    assert counts(bring("opportunity", cast.bo, *path, create=["account"])) == {"created": 1}
    deal = Opportunity.objects.get()
    assert (deal.name, deal.account.name, deal.probability, deal.currency) == (
        "test_opportunity_open", "Default account", 40, "USD",
    )  # fmt: skip


def test_data_2_a_header_that_is_nearly_a_name_is_guessed_where_its_cells_fit(db):
    assert guessed([["Opportunty", "Montnat", "Montants"], ["x", "many", "12"]]) == {
        "Opportunty": ["name"],
        "Montants": ["amount"],
    }


def test_data_2_a_state_of_the_union_is_no_status(db):
    assert guessed([["Name", "State"], ["x", "NY"]]) == {"Name": ["name"]}
    assert guessed([["Name", "State"], ["x", "Won"]]) == {"Name": ["name"], "State": ["status"]}


def test_data_12_the_columns_step_names_the_product_and_marks_what_is_only_near(cast, as_):
    file = data("sales", "northwind-neo4j", "data", "northwind", "customers.csv")
    made = read(file.read_bytes(), cast.bo, "account", "customers.csv")
    assert "An export of Northwind" in as_(cast.bo).get(f"/imports/{made.pk}/columns/").content.decode()
    made = read([["Name", "Montnat"], ["x", "5"]], cast.bo)
    page = as_(cast.bo).get(f"/imports/{made.pk}/columns/").content.decode()
    assert page.count("Near, to check") == 1 and "An export of" not in page
