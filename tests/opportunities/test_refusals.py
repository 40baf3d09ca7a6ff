"""What bad input to an opportunity gets: each ✗ of the features F001 to F078, told in words, nothing written."""

import datetime as dt

import pytest
from django.db import DatabaseError, models, transaction

from opportunities.models import Opportunity
from pipelines.models import Category, Origin, OriginType, Pipeline, Stage, Subcategory
from records.journal import operation
from records.models import Operation
from tests.make import lost_reason, make_account, make_contact, make_opportunity, make_person, stage
from tests.pages import edited, field_errors
from tests.transfers.sheets import counts, refusals, run

NEW = "/opportunities/new/"
D = dt.date


@pytest.fixture
def claire(cast, as_):
    return as_(cast.claire)


@pytest.fixture
def account(cast):
    return make_account("Hexabio", by=cast.claire)


@pytest.fixture
def given(account):
    return {"account": account.pk, "name": "Sensors", "amount": "12 000", "due_on": "2026-12-24"}


@pytest.fixture
def house(cast):
    """Another pipeline, a category with its part beside another category, an origin beside another type."""
    with operation(by=cast.ada, door="set_up", what="test"):
        other = Pipeline.objects.create(name="Partners", position=9)
        return {
            "stage": Stage.objects.create(pipeline=other, name="Signed up", probability=30, position=1),
            "category": Category.objects.create(name="Boilers"),
            "part": Subcategory.objects.create(category=Category.objects.create(name="Surveys"), name="Yearly"),
            "call": OriginType.objects.create(name="A call"),
            "fair": Origin.objects.create(type=OriginType.objects.create(name="A fair"), name="Spring"),
        }


REFUSED = {
    "f001_neither_account_nor_contact": ({"account": ""}, {"id_account", "id_contact"}),
    "f004_no_amount": ({"amount": ""}, {"id_amount"}),
    "f004_no_due_date": ({"due_on": ""}, {"id_due_on"}),
    "f006_an_unknown_status": ({"status": "perhaps"}, {"id_status"}),
    "f007_an_amount_in_letters": ({"amount": "a lot"}, {"id_amount"}),
    "f007_a_negative_amount": ({"amount": "-5"}, {"id_amount"}),
    "f007_an_amount_of_13_digits": ({"amount": "1234567890123"}, {"id_amount"}),
    "f027_no_opening_date": ({"opened_on": ""}, {"id_opened_on"}),
    "f028_a_production_that_ends_before_it_starts": (
        {"production_from": "2027-02-01", "production_to": "2027-01-31"},
        {"id_production_from", "id_production_to"},
    ),
    "f029_101_percent": ({"probability": "101"}, {"id_probability"}),
    "f029_less_than_nothing": ({"probability": "-1"}, {"id_probability"}),
    "f029_a_word_for_a_probability": ({"probability": "abc"}, {"id_probability"}),
    "f064_a_reason_of_a_won_one": ({"status": "won", "lost_reason": "price"}, {"id_lost_reason"}),
}


@pytest.mark.parametrize("typed", REFUSED)
def test_f001_to_f064_it_is_refused_beside_its_field_and_stands_there_still(claire, given, typed):
    changes, beside = REFUSED[typed]
    changes = {name: lost_reason("Price").pk if value == "price" else value for name, value in changes.items()}
    response = edited(claire, NEW, **given | changes)
    assert response.status_code == 422 and beside <= field_errors(response).keys()
    assert not Opportunity.objects.exists()
    for name, value in changes.items():
        if value and name not in ("status", "lost_reason"):
            assert str(value) in response.content.decode()


def test_f002_nobody_edits_or_deletes_the_unnamed_company(cast, as_, claire):
    deal = make_opportunity(by=cast.claire, contact=make_contact("Odile Lecanu", by=cast.claire))
    page = claire.get(f"/opportunities/{deal.pk}/").content.decode()
    assert deal.account_id is None and "Unnamed company" in page and "/accounts/0/" not in page
    for path in ("", "edit/", "delete/"):
        assert as_(cast.sup).get(f"/accounts/0/{path}").status_code == 404


def test_f003_a_hidden_account_is_refused_like_one_that_never_was(cast, claire, given):
    hidden = make_account("Hidden works", by=cast.sam)
    said = [
        field_errors(edited(claire, NEW, **given | {"account": pk}))["id_account"].replace(str(pk), "ID")
        for pk in (hidden.pk, 999_999)
    ]
    assert said[0] == said[1] and "not found" in said[0]


def test_f012_a_contact_of_another_account_is_refused(cast, claire, given):
    stranger = make_contact("Odile Lecanu", by=cast.claire, account=make_account("Elsewhere", by=cast.claire))
    response = edited(claire, NEW, **given, contact=stranger.pk)
    assert "Odile Lecanu does not work for Hexabio." in field_errors(response)["id_contact"]


def test_f019_f020_a_taken_reference_names_the_other_if_one_may_see_it(cast, claire, given):
    make_opportunity("Mine", by=cast.claire, reference="R1")
    make_opportunity("Hidden", by=cast.sam, reference="R2")
    assert "Mine" in field_errors(edited(claire, NEW, **given, reference="R1"))["id_reference"]
    hidden = field_errors(edited(claire, NEW, **given, reference="R2"))["id_reference"]
    assert "taken" in hidden and "Hidden" not in hidden


def test_f021_a_site_of_another_account_is_refused(cast, claire, given):
    other = make_account("Elsewhere", by=cast.claire)
    with operation(by=cast.claire, door="form", what="test"):
        site = other.sites.create(account=other, name="Plant")
    assert "id_site" in field_errors(edited(claire, NEW, **given, site=site.pk))


def test_f022_f025_a_pair_that_does_not_match_is_refused(claire, given, house):
    for changes, beside in (
        ({"origin_type": house["call"].pk, "origin": house["fair"].pk}, "id_origin"),
        ({"category": house["category"].pk, "subcategory": house["part"].pk}, "id_subcategory"),
    ):
        assert beside in field_errors(edited(claire, NEW, **given | changes))


def test_f026_a_status_is_not_older_than_the_opening(cast, claire, account):
    deal = make_opportunity(by=cast.claire, account=account, opened_on=D(2026, 5, 1))
    response = edited(claire, f"/opportunities/{deal.pk}/edit/", status_on="2026-04-30")
    assert "id_status_on" in field_errors(response)


def test_f031_who_left_is_refused_if_posted_by_hand(cast, claire, given):
    gone = make_person("Paul Simon", team=cast.claire.team)
    gone.edit(by=cast.ada, is_active=False)
    assert "id_owner" in field_errors(edited(claire, NEW, **given | {"owner": gone.pk}))


def test_f039_markup_is_shown_as_text(cast, claire, account):
    deal = make_opportunity("<script>x</script>", by=cast.claire, account=account, brief="<script>y</script>")
    page = "".join(claire.get(f"/opportunities/{deal.pk}/{tab}").content.decode() for tab in ("", "information/"))
    assert "<script>x" not in page and "<script>y" not in page
    assert "&lt;script&gt;x" in page and "&lt;script&gt;y" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quantity": "0"}, "quantity"), ({"quantity": "-1"}, "quantity"), ({"label": ""}, "label"),
        ({"months": "0"}, "months"), ({"months": "601"}, "months"),
    ],
)  # fmt: skip
def test_f040_f043_a_wrong_line_is_refused_and_the_others_are_kept(cast, claire, account, typed, said):
    deal = make_opportunity(by=cast.claire, account=account)
    whole = {"label": "Probe", "quantity": "2", "unit_price": "145"}
    rows = {"new1": whole, "new2": whole | typed}
    sent = {f"{key}-{name}": value for key, row in rows.items() for name, value in row.items()}
    response = claire.post(f"/opportunities/{deal.pk}/lines/", {"row": list(rows), "version": deal.version, **sent})
    page = response.content.decode()
    assert response.status_code == 422 and f'href="#id_new2-{said}"' in page
    assert 'name="new1-label" value="Probe"' in page and not deal.lines.exists()


def test_f048_who_may_not_see_it_finds_it_on_neither_page_nor_counted(cast, as_):
    account = make_account("Hexabio", by=cast.tom)
    contact = make_contact("Odile Lecanu", by=cast.tom, account=account)
    make_opportunity("Hidden deal", by=cast.sam, account=account, contact=contact, amount=77_000)
    for page in (account.get_absolute_url(), contact.get_absolute_url()):
        text = as_(cast.tom).get(page).content.decode()
        assert "Hidden deal" not in text and "77,000" not in text


@pytest.mark.parametrize("door", ["form", "bar", "board", "bulk", "import"])
def test_f058_a_stage_of_another_pipeline_is_refused_at_every_door(
    cast, claire, account, house, door, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    deal = make_opportunity(by=cast.claire, account=account)
    strange = house["stage"]
    before = Operation.objects.count()
    sent = {"stage": strange.pk, "version": deal.version}
    if door == "form":
        page = edited(claire, f"/opportunities/{deal.pk}/edit/", stage=strange.pk, pipeline=deal.pipeline_id)
        assert "id_stage" in field_errors(page)
    elif door == "bulk":
        chosen = claire.post("/opportunities/bulk/", {"action": "move", "sel": [deal.pk]})["location"]
        assert claire.post(chosen.partition("?")[0], {"stage": "999999"}).status_code == 422
    elif door == "import":
        rows = [["ID", "Pipeline", "Stage"], [deal.pk, deal.pipeline.name, strange.name]]
        made = run(rows, cast.ada, duplicates="overwrite")
        assert counts(made) == {"refused": 1} and refusals(made)[0][1] == "Stage"
    else:
        url = f"/opportunities/{'board/' if door == 'board' else ''}{deal.pk}/move/"
        assert "This stage is not one of its pipeline." in claire.post(url, sent, follow=True).content.decode()
    assert Opportunity.objects.get(pk=deal.pk).stage == deal.stage
    assert Operation.objects.count() == before


def test_f064_an_unknown_reason_in_an_import_refuses_its_row(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    rows = [["Name", "Status", "Lost reason"], ["a", "lost", "Because"], ["b", "won", "Price"], ["c", "lost", "Price"]]
    made = run(rows, cast.ada)
    assert counts(made) == {"created": 1, "refused": 2}
    assert {column for _row, column, _said in refusals(made)} == {"Lost reason"}


def test_f065_reopening_what_is_open_writes_nothing_and_says_so(cast, claire):
    deal = make_opportunity(by=cast.claire)
    page = claire.post(f"/opportunities/{deal.pk}/reopen/", follow=True).content.decode()
    assert "It is open already." in page and Opportunity.objects.get(pk=deal.pk).version == 1


def test_f072_a_report_of_nobody_is_an_empty_list_with_a_way_out(claire):
    page = claire.get("/reports/opportunities/?q=Nobody at all")
    assert page.status_code == 200 and "Clear the filter" in page.content.decode()


# What the database itself refuses, though neither a form nor a rule was asked


def straight(deal, **values):
    with transaction.atomic():
        models.QuerySet(Opportunity).filter(pk=deal.pk).update(**values)


@pytest.fixture
def deal(cast, account):
    make_opportunity("Other", by=cast.claire, reference="R1")
    return make_opportunity(by=cast.claire, account=account, stage=stage("Proposal"))


@pytest.mark.parametrize(
    "values",
    [
        {"probability": 0}, {"probability": 100}, {"status": "lost", "probability": 100}, {"status": "won"},
        {"production_from": D(2026, 2, 2), "production_to": D(2026, 2, 1)}, {"reference": "R1"}, {"amount": -1},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_what_must_never_be(deal, values):
    with pytest.raises(DatabaseError):
        straight(deal, **values)


def test_the_database_refuses_parts_of_another_whole(cast, deal, house):
    stranger = make_contact(by=cast.claire, account=make_account("Elsewhere", by=cast.claire))
    for values in (
        {"stage": house["stage"]},
        {"category": house["category"], "subcategory": house["part"]},
        {"origin_type": house["call"], "origin": house["fair"]},
        {"contact": stranger},
    ):
        with pytest.raises(DatabaseError):
            straight(deal, **values)


def test_the_database_refuses_a_contact_of_another_account_in_a_new_row(cast, deal):
    stranger = make_contact(by=cast.claire, account=make_account("Elsewhere", by=cast.claire))
    row = Opportunity.objects.filter(pk=deal.pk).values(*Opportunity.columns()).get()
    row |= {"id": deal.pk + 1000, "reference": "R9", "contact_id": stranger.pk}
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Model.save_base(Opportunity(**row), raw=True, force_insert=True)


def test_acc_2_a_contact_who_moves_keeps_the_deals_where_they_are(cast, account):
    contact = make_contact("Odile Lecanu", by=cast.claire, account=account)
    deal = make_opportunity(by=cast.claire, account=account, contact=contact)
    contact.account = make_account("Elsewhere", by=cast.claire)
    contact.edit(by=cast.claire)
    deal = Opportunity.objects.get(pk=deal.pk)
    deal.amount = 5
    deal.edit(by=cast.claire)
    straight(deal, amount=6, account=account)
    assert Opportunity.objects.get(pk=deal.pk).account == account


def test_a_reference_is_free_again_in_the_trash(cast, deal):
    other = Opportunity.objects.get(reference="R1")
    other.trash(by=cast.claire)
    straight(deal, reference="R1")
    assert Opportunity.objects.get(pk=deal.pk).reference == "R1"
