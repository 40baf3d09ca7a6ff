"""The Maven set: 8,800 real deals and their accounts come in whole, and out in the order of the list (LIST-1, DATA-1..4)."""

import csv
import datetime as dt
import io
import json
import re
import statistics
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Q, Sum

from accounts.models import Account
from opportunities.models import Opportunity
from records.models import Change, Operation
from tests.shared import data
from users.models import User

COLUMNS = (
    "opportunity_id=reference", "sales_agent=owner", "account=account", "deal_stage=stage", "engage_date=due_on",
    "engage_date=opened_on", "close_date=closed_on", "close_value=amount", "product=",
)  # fmt: skip


@pytest.fixture(scope="module")
def maven(django_db_setup, django_db_blocker, tmp_path_factory):
    """Both files imported, once for all tests here; each test's own changes are rolled back before the next."""
    folder = data("sales", "maven-crm")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        from django.conf import settings

        patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("files"))
        with transaction.atomic():
            made = import_file("accounts", folder / "accounts.csv", "ada")
            assert (made["read"], made["created"], made["refused"]) == (85, 85, 0)
            made = import_deals(folder)
            assert (made["read"], made["created"], made["refused"]) == (8800, 8800, 0)
            yield folder
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def set_up(maven, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def import_file(kind, path, person, *words):
    out = io.StringIO()
    call_command("import_file", kind, str(path), "--as", f"{person}@demo.example", *words, stdout=out)
    return json.loads(out.getvalue())


def import_deals(folder, *words):
    maps = [word for column in COLUMNS for word in ("--map", column)]
    return import_file(
        "opportunities", folder / "sales_pipeline.csv", "ada", *maps, "--create-missing", "owner,stage", *words
    )


def rows_of(folder):
    with (folder / "sales_pipeline.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def sorted_plainly(rows):
    """LIST-1 by hand, over the file itself: the rows' order in the file is the order of their ids."""

    def place(numbered):
        number, row = numbered
        closed = row["deal_stage"] in ("Won", "Lost")
        date = row["close_date"] if closed else row["engage_date"]
        days = dt.date.fromisoformat(date).toordinal() if date else None
        return closed, days is None, (-days if closed else days) if days else 0, number

    return [row["opportunity_id"] for _number, row in sorted(enumerate(rows), key=place)]


def expected(folder, metric):
    with (folder / "expected_given.csv").open(newline="") as file:
        return {row["key"]: row["value"] for row in csv.DictReader(file) if row["metric"] == metric}


def walk(browser, query=""):
    """The references of a list in the order of its pages, each fetched by the link to the next; rows a page."""
    names = dict(Opportunity.objects.values_list("pk", "reference"))
    url, found, sizes = f"/opportunities/{query}", [], []
    while url:
        page = browser.get(url).content.decode()
        ids = re.findall(r'<tr role="row" data-id="(\d+)"', page)
        found += [names[int(pk)] for pk in ids]
        sizes.append(len(ids))
        following = re.search(r'<a [^>]*href="([^"]+)" rel="next"', page)
        url = "/opportunities/" + following[1].replace("&amp;", "&") if following else ""
    return found, sizes


def test_data_2_counts_and_totals_are_those_of_the_file(maven):
    counts = dict(Opportunity.objects.values_list("status").annotate(Count("pk")).order_by())
    given = expected(maven, "count")
    assert {**counts, "all": sum(counts.values())} == {key: int(value) for key, value in given.items()}
    won = Opportunity.objects.filter(status="won")
    assert won.aggregate(sum=Sum("amount"))["sum"] == Decimal(expected(maven, "total")["won_close_value"])
    best = won.values_list("account__name").annotate(sum=Sum("amount")).order_by("-sum")[:10]
    assert {f"{at} {name}": str(int(amount)) for at, (name, amount) in enumerate(best, 1)} == expected(
        maven, "top_account_by_won_value"
    )
    days = [(closed - opened).days for opened, closed in won.values_list("opened_on", "closed_on")]
    cycle = expected(maven, "cycle_days")
    assert statistics.median(days) == int(cycle["won_median"])
    assert f"{statistics.mean(days):.2f}" == cycle["won_mean"]


def test_data_2_deals_without_account_or_date_are_kept_and_open_ones_are_incomplete(maven):
    given = expected(maven, "data")
    still_open = Opportunity.objects.filter(status="open")
    assert still_open.filter(account=None).count() == int(given["open_without_account"])
    dateless = still_open.filter(due_on=None)
    assert dateless.count() == int(given["deals_without_any_date"])
    assert set(dateless.values_list("stage__name", flat=True)) == {"Prospecting"}
    assert still_open.filter(is_incomplete=True).count() == still_open.count() == 2089
    assert set(still_open.values_list("stage__name", "probability")) == {("Prospecting", 50), ("Engaging", 50)}


def test_data_2_nought_and_blank_stay_different(maven, tmp_path):
    assert Opportunity.objects.filter(status="lost", amount=0).count() == 2473
    assert Opportunity.objects.filter(status="open", amount=None).count() == 2089
    amounts = {row["id"]: (row["status"], row["amount"]) for row in exported(tmp_path)}
    assert {amount for status, amount in amounts.values() if status == "lost"} == {"0.00"}
    assert {amount for status, amount in amounts.values() if status == "open"} == {""}


def test_data_8_accounts_know_their_parents_whichever_line_they_stand_on(maven):
    with (maven / "accounts.csv").open(newline="") as file:
        given = {row["account"]: row["subsidiary_of"] for row in csv.DictReader(file)}
    assert dict(Account.objects.values_list("name").annotate(p=F("parent__name"))) == {
        name: parent or None for name, parent in given.items()
    }


def test_list_1_the_first_ten_are_those_expected(maven):
    first = Opportunity.objects.order_by("list_key", "id").values_list("reference", flat=True)[:10]
    assert list(first) == [*expected(maven, "list_order_first").values()]


def test_list_1_all_pages_hold_the_whole_order_once(maven, cast, as_):
    found, sizes = walk(as_(cast.ada))
    assert found == sorted_plainly(rows_of(maven))
    assert set(sizes[:-1]) == {sizes[0]} and 0 < sizes[-1] <= sizes[0]


def test_list_1_each_representative_has_their_own_in_order(maven, cast, as_):
    by_agent = {}
    for row in rows_of(maven):
        by_agent.setdefault(row["sales_agent"], []).append(row)
    people = {str(person): person for person in User.objects.filter(pk__in=Opportunity.objects.values("owner"))}
    assert set(by_agent) <= set(people)
    browser = as_(cast.ada)
    for name, rows in by_agent.items():
        assert walk(browser, f"?owner={people[name].pk}")[0] == sorted_plainly(rows), name


def test_list_1_who_sees_only_their_own_walks_the_same_pages(maven, cast, as_):
    name = "Darcel Schlecht"
    rows = [row for row in rows_of(maven) if row["sales_agent"] == name]
    agent = User.objects.get(first_name="Darcel")
    agent.edit(by=cast.ada, profile=cast.eve.profile, email="darcel@demo.example", signs_in=True)
    assert walk(as_(agent))[0] == sorted_plainly(rows)


def test_data_3_imported_again_with_update_nothing_is_written(maven):
    before = written()
    made = import_deals(maven, "--duplicates", "update")
    assert (made["unchanged"], made["read"]) == (8800, 8800)
    assert written() == before


def test_data_1_the_export_is_the_list_and_comes_home_unchanged(maven, tmp_path):
    rows = exported(tmp_path)
    assert [row["reference"] for row in rows] == sorted_plainly(rows_of(maven))
    before = written()
    made = import_file("opportunities", tmp_path / "out.csv", "ada", "--duplicates", "overwrite")
    assert (made["unchanged"], made["refused"]) == (8800, 0)
    call_command(
        "export_file", "opportunities", str(tmp_path / "out.xlsx"), "--as", "ada@demo.example", stdout=io.StringIO()
    )
    made = import_file("opportunities", tmp_path / "out.xlsx", "ada", "--duplicates", "overwrite")
    assert (made["unchanged"], made["refused"]) == (8800, 0)
    assert written() == before


def exported(folder):
    out = folder / "out.csv"
    call_command("export_file", "opportunities", str(out), "--as", "ada@demo.example", stdout=io.StringIO())
    with out.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def written():
    """What any write would change: operations, changes, versions."""
    versions = Opportunity.objects.aggregate(sum=Sum("version"), later=Count("pk", filter=Q(version__gt=1)))
    return Operation.objects.count(), Change.objects.count(), versions
