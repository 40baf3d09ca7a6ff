"""NEW-3: duplicating an opportunity carries what it says, and no more."""

from attributes.models import Tag
from opportunities.models import Opportunity
from records.models import Change
from tests.make import make_account, make_contact, make_opportunity, source, stage
from tests.pages import fields


def test_new_3_a_copy_begins_with_what_is_said_and_no_more(cast, as_):
    account = make_account(by=cast.claire)
    contact = make_contact(by=cast.claire, account=account)
    original = make_opportunity(
        "Sensors", by=cast.claire, account=account, contact=contact, stage=stage("Proposal"), amount=4200,
        brief="Radio", source=source("Partner"), call_name="cold", assignees=[cast.tom],
    )  # fmt: skip
    browser, url = as_(cast.claire), f"/opportunities/{original.pk}/duplicate/"
    form = fields(browser.get(url), "opportunity-form")
    assert form["name"] == ["Sensors"]
    assert form["stage"] == [str(stage("Proposal").pk)]
    assert browser.post(url, form).status_code == 422  # the due date is its own
    assert browser.post(url, form | {"due_on": "2027-01-15"}).status_code == 302
    copy = Opportunity.objects.exclude(pk=original.pk).get()
    same = ("name", "account", "contact", "pipeline", "stage", "amount", "currency")
    assert [getattr(copy, name) for name in same] == [getattr(original, name) for name in same]
    assert copy.reference != original.reference
    assert (copy.brief, copy.source, copy.call_name, copy.assigned_ids()) == ("", None, "", set())
    assert Change.objects.filter(record_id=copy.pk, model__model="opportunity").count() == 1


def test_new_3_the_copy_of_a_closed_one_is_open_at_the_stage_before_closing(cast, as_):
    original = make_opportunity(by=cast.claire, stage=stage("Proposal"))
    original.lose(by=cast.claire)
    stage("Proposal").archive(by=cast.ada)
    form = fields(as_(cast.claire).get(f"/opportunities/{original.pk}/duplicate/"), "opportunity-form")
    assert (form["status"], form["stage"]) == (["open"], [str(stage("Demonstration").pk)])


def test_new_3_duplicating_needs_the_right_to_create_and_to_see(cast, as_):
    original = make_opportunity(by=cast.claire)
    assert as_(cast.eve).get(f"/opportunities/{original.pk}/duplicate/").status_code == 404
    assert (
        f"/opportunities/{original.pk}/duplicate/"
        in as_(cast.tom).get(f"/opportunities/{original.pk}/menu/").content.decode()
    )


def test_new_3_lines_tags_and_custom_fields_carry_over(cast, as_):
    original = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    values = {"position": 1, "label": "Gateway", "quantity": "2", "unit_price": "100", "unit_cost": "60", "months": 3}
    original.change_lines(added=[values], by=cast.claire)
    original.refresh_from_db()
    original.retag(add=[Tag(name="Copied").add(by=cast.ada).pk], by=cast.claire)
    browser, url = as_(cast.claire), f"/opportunities/{original.pk}/duplicate/"
    form = fields(browser.get(url), "opportunity-form") | {"due_on": "2027-01-15"}
    assert browser.post(url, form).status_code == 302
    copy = Opportunity.objects.exclude(pk=original.pk).get()
    assert [(line.label, line.amount, line.months) for line in copy.lines.all()] == [("Gateway", 200, 3)]
    assert (copy.amount, copy.amount_by_hand) == (200, False)
    assert copy.tag_ids() == Opportunity.objects.get(pk=original.pk).tag_ids()
    assert len(copy.tag_ids()) == 1
    assert browser.post(url, form | {"amount": "150"}).status_code == 302
    other = Opportunity.objects.latest("pk")
    assert (other.amount, other.amount_by_hand, other.lines.count()) == (150, True, 1)
