"""REC-5: two people on one record at once, by form, in place, on the board and the stage bar: both are kept, or both shown."""

import random

import pytest

from core.merging import merged
from opportunities.models import Opportunity
from pipelines.models import Stage
from records.models import Operation
from tests.make import make_account, make_opportunity
from tests.pages import fields

VALUES = {
    "name": ["Sensors", "Sensors, 14 sites", "Cold chain"],
    "amount": ["1000", "1500", "2000"],
    "due_on": ["2026-12-01", "2026-12-18", "2027-01-15"],
    "signature_on": ["2026-12-02", "2026-12-20"],
    "brief": ["Radio sensors.", "Radio sensors on 14 sites.", "Wired sensors."],
    "call_name": ["sensors", "cold"],
    "stage": [],
}


@pytest.fixture
def opportunity(cast):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire), brief="Sensors on 14 sites.")


def read(browser, opportunity):
    """What the form holds as it is opened."""
    return fields(browser.get(f"/opportunities/{opportunity.pk}/edit/"), "opportunity-form")


def now(opportunity, name):
    value = getattr(Opportunity.objects.get(pk=opportunity.pk), f"{name}_id" if name == "stage" else name)
    return {"amount": lambda: f"{value:f}".split(".")[0], "stage": lambda: str(value)}.get(
        name, lambda: str(value or "")
    )()


def change(dice, browser, opportunity, names):
    """Change each of these fields by whichever door; returns what was written."""
    written = {}
    for name in names:
        value = dice.choice([v for v in VALUES[name] if v != now(opportunity, name)])
        pk, version = opportunity.pk, Opportunity.objects.get(pk=opportunity.pk).version
        if name == "stage" and dice.random() < 0.5:
            sent = {"stage": value, "version": version}
            answer = browser.post(f"/opportunities/board/{pk}/move/", sent)
        elif name == "stage":
            answer = browser.post(f"/opportunities/{pk}/move/", {"stage": value})
        elif dice.random() < 0.5:
            answer = browser.post(f"/opportunities/{pk}/field/{name}/", {name: value, "version": version})
        else:
            answer = browser.post(f"/opportunities/{pk}/edit/", read(browser, opportunity) | {name: value})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        written[name] = value
    return written


def interleave(dice, mine, other, opportunity):
    """I open the form; the other saves; I save. Different fields merge, the same field shows both and saves nothing."""
    VALUES["stage"] = [str(pk) for pk in Stage.objects.values_list("pk", flat=True)]
    form = read(mine, opportunity)
    before = {name: now(opportunity, name) for name in VALUES}
    theirs = change(dice, other, opportunity, dice.sample(list(VALUES), dice.randint(1, 3)))
    names = dice.sample(list(VALUES), dice.randint(1, 3))
    typed = {name: dice.choice([value for value in VALUES[name] if value != before[name]]) for name in names}
    operations = Operation.objects.count()
    answer = mine.post(f"/opportunities/{opportunity.pk}/edit/", form | typed)
    both = {name for name in typed if name in theirs and theirs[name] != typed[name]}
    stands = before | theirs if both else before | theirs | typed
    assert answer.status_code == (409 if both else 302), (theirs, typed)
    assert {name: now(opportunity, name) for name in VALUES} == stands
    if both:
        page = answer.content.decode()
        assert Operation.objects.count() == operations
        assert all(f'name="keep-{name}"' in page for name in both)
        assert all(f'name="{name}" value="{typed[name]}"' in page for name in typed)


def interleavings(cast, as_, opportunity, seeds):
    mine, other = as_(cast.claire), as_(cast.tom)
    opportunity.assign([cast.tom.pk], by=cast.claire)
    for seed in seeds:
        interleave(random.Random(seed), mine, other, opportunity)


def test_rec_5_interleavings_lose_nothing(cast, as_, opportunity):
    interleavings(cast, as_, opportunity, range(25))


@pytest.mark.soak
def test_rec_5_a_thousand_interleavings_lose_nothing(cast, as_, opportunity):
    interleavings(cast, as_, opportunity, range(1000))


@pytest.fixture
def clash(cast, as_, opportunity):
    """Claire has typed an amount and a brief; Tom has saved others meanwhile."""
    form = read(as_(cast.claire), opportunity) | {
        "amount": "36200",
        "brief": "Radio sensors on 14 sites.",
        "call_name": "cold",
    }
    theirs = Opportunity.objects.get(pk=opportunity.pk)
    theirs.amount, theirs.brief = 38500, "Sensors on 14 sites. Two repeaters."
    theirs.edit(by=cast.tom)
    return form


def test_rec_5_the_conflict_page_shows_what_each_changed_and_what_will_be_saved(cast, as_, opportunity, clash):
    Opportunity.objects.get(pk=opportunity.pk).move_to(Stage.objects.get(name="Proposal"), by=cast.tom)
    answer = as_(cast.claire).post(f"/opportunities/{opportunity.pk}/edit/", clash)
    page = answer.content.decode()
    assert answer.status_code == 409
    for shown in ("€38,500", "€36,200", "Before you two: €1,000", "Radio sensors on 14 sites. Two repeaters."):
        assert shown in page
    assert "Tom Baker saved this" in page
    assert page.index("Changed by others only") < page.index("Proposal") < page.index("Changed by you only")
    assert page.index("Changed by you only") < page.index(">cold<")


@pytest.mark.parametrize(
    ("amount", "brief", "saved"),
    [
        ("theirs", "mine", (38500, "Radio sensors on 14 sites.")),
        ("mine", "theirs", (36200, "Sensors on 14 sites. Two repeaters.")),
        ("mine", "both", (36200, "Radio sensors on 14 sites. Two repeaters.")),
    ],
)
def test_rec_5_the_second_save_keeps_what_is_chosen(cast, as_, opportunity, clash, amount, brief, saved):
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/edit/"
    decided = fields(browser.post(url, clash), "conflict") | {"keep-amount": amount, "keep-brief": brief}
    assert browser.post(url, decided).status_code == 302
    opportunity.refresh_from_db()
    assert (opportunity.amount, opportunity.brief) == saved
    assert opportunity.call_name == "cold"


def test_rec_5_a_choice_made_before_a_third_save_is_asked_again(cast, as_, opportunity, clash):
    browser, url = as_(cast.claire), f"/opportunities/{opportunity.pk}/edit/"
    decided = fields(browser.post(url, clash), "conflict")
    third = Opportunity.objects.get(pk=opportunity.pk)
    third.amount = 39000
    third.edit(by=cast.tom)
    again = browser.post(url, decided)
    assert again.status_code == 409
    assert "€39,000" in again.content.decode()


def test_rec_5_two_changes_of_one_text_are_joined():
    base = "Replace the paper by sensors on 14 sites."
    assert merged(base, "Replace the paper by radio sensors on 14 sites.", base + " Two repeaters.") == (
        "Replace the paper by radio sensors on 14 sites. Two repeaters."
    )
    assert (
        merged("Fourteen sites.", "Fourteen sites. Radio.", "Fourteen sites. Alarms.")
        == "Fourteen sites. Radio. Alarms."
    )
    assert merged("", "Radio.", "Alarms.") == "Radio.\nAlarms."
    assert merged("Monday", "Tuesday", "Friday") == "Tuesday\nFriday"
