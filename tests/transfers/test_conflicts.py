"""DATA-11: conflicts are shown, decided one by one or all at once; a conflict left undecided keeps today's value."""

import re

import pytest

from core.models import Job
from opportunities.models import Opportunity
from tests.make import make_account, make_opportunity, source
from tests.transfers.sheets import check, read
from tests.transfers.test_merging import write
from tests.transfers.workbooks import cells_of, edited, exported
from transfers.models import Import
from users.models import Profile


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clashing(cast):
    """A checked import of a workbook in which two values were changed here too, and one was not."""
    account = make_account("Hexabio", by=cast.ada)
    first = make_opportunity("Sensors", by=cast.ada, call_name="Atlas", account=account)
    second = make_opportunity("Gauges", by=cast.ada, source=source("Referral"))
    make_opportunity("Valves", by=cast.ada)
    workbook = exported(cast.ada)
    lines = {cells_of(workbook, row)["name"]: row for row in (1, 2, 3)}
    given = {"call_name": ("Sensors", "Castor"), "source": ("Gauges", "Partner"), "brief": ("Valves", "new")}
    cells = {f"{column}__{lines[name]}": value for column, (name, value) in given.items()}
    workbook = edited(workbook, **cells)
    write(first, call_name="Boreas")
    write(second, source=source("Website"))
    return check(read(workbook, cast.ada, name="export.xlsx"))


def page_of(browser, made):
    return browser.get(f"/imports/{made.pk}/conflicts/").content.decode()


def checked(made):
    """The import after the check that follows the choices."""
    Job.objects.get(pk=made.job_id).run()
    return Import.objects.get(pk=made.pk)


def test_data_11_conflicts_are_shown_with_their_three_values(cast, as_, clashing):
    browser = as_(cast.ada)
    preview = browser.get(f"/imports/{clashing.pk}/preview/").content.decode()
    assert "2 values were changed in the file and here" in preview and "For 2 nothing is decided" in preview
    page = page_of(browser, clashing)
    for text in ("Atlas", "Castor", "Boreas", "Referral", "Partner", "Website", "2 without a choice", "export no."):
        assert text in page
    tallies = re.findall(r'tally__n">(\d+)</span><span class="tally__label">([^<]+)', page)
    assert tallies == [
        ("2", "changed on both sides, to decide"),
        ("1", "changed in the file, taken"),
        ("0", "changed here, kept"),
        ("0", "the same on both sides"),
    ]


def test_data_11_one_is_decided_for_the_file_the_other_left_keeps_todays_value(cast, as_, clashing):
    browser = as_(cast.ada)
    one = clashing.conflicts.get(column="call_name")
    answer = browser.post(f"/imports/{clashing.pk}/conflicts/", {f"c-{one.pk}": "file", "c-999999": "file"})
    assert answer.url == f"/imports/{clashing.pk}/preview/"
    made = checked(clashing)
    assert made.counts["updated"] == 2
    assert "1 without a choice: the value from here will be kept" in page_of(browser, made)
    browser.post(f"/imports/{made.pk}/run/")
    made = checked(made)
    assert Opportunity.objects.get(name="Sensors").call_name == "Castor"
    assert Opportunity.objects.get(name="Gauges").source.name == "Website"
    assert Opportunity.objects.get(name="Valves").brief == "new"
    receipt = browser.get(f"/imports/{made.pk}/").content.decode()
    assert "2 conflicts" in receipt and "For 1, today’s value was kept. For 1, the file’s was written." in receipt


@pytest.mark.parametrize("choice,names", [("file", ("Castor", "Partner")), ("here", ("Boreas", "Website"))])
def test_data_11_all_are_decided_at_once(cast, as_, clashing, choice, names):
    browser = as_(cast.ada)
    browser.post(f"/imports/{clashing.pk}/conflicts/", {"all": choice})
    made = checked(clashing)
    assert "without a choice" not in page_of(browser, made)
    browser.post(f"/imports/{made.pk}/run/")
    checked(made)
    assert Opportunity.objects.get(name="Sensors").call_name == names[0]
    assert Opportunity.objects.get(name="Gauges").source.name == names[1]


def test_data_11_without_conflicts_there_is_nothing_to_decide(cast, as_):
    made = check(read([["Name"], ["Sensors"]], cast.ada))
    assert as_(cast.ada).get(f"/imports/{made.pk}/conflicts/").url == f"/imports/{made.pk}/preview/"
    assert "conflict" not in as_(cast.ada).get(f"/imports/{made.pk}/preview/").content.decode()


def test_give_4_conflicts_are_their_importer_s_alone(cast, as_, clashing):
    assert as_(cast.bo).get(f"/imports/{clashing.pk}/conflicts/").status_code == 404
    assert as_(cast.bo).post(f"/imports/{clashing.pk}/conflicts/", {"all": "file"}).status_code == 404
    assert not clashing.conflicts.exclude(choice="").exists()


def test_give_4_what_is_hidden_from_the_importer_by_now_is_named_on_no_page_of_the_import(cast, as_, clashing):
    """The preview, the conflicts, the receipt, the file of refused rows: only what the file itself says is left."""
    made = read([["ID", "Account"], [Opportunity.objects.get(name="Sensors").pk, "Hexabo"]], cast.ada)
    refused = check(made, duplicates="update")
    assert refused.counts["refused"] == 1
    browser = as_(cast.ada)
    urls = [f"/imports/{clashing.pk}/conflicts/", f"/imports/{clashing.pk}/preview/"]
    urls += [f"/imports/{refused.pk}/{page}" for page in ("preview/", "refused/")]
    names = ("Sensors", "Gauges", "Valves", "Atlas", "Boreas", "Referral", "Website", "Hexabio")
    found = [text_of(browser.get(url)) for url in urls]
    assert [name for name in names if not any(name in text for text in found)] == []
    for record in Opportunity.objects.all():
        write(record, owner=cast.sam)
    cast.ada.edit(by=cast.sup, profile=Profile.objects.get(code="associate"))
    for url in urls:
        text = text_of(browser.get(url))
        assert [name for name in names if name in text] == [], url
    assert "Castor" in text_of(browser.get(urls[0])) and "a record you do not see" in text_of(browser.get(urls[1]))


def text_of(answer):
    assert answer.status_code == 200
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
