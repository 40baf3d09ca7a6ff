"""Creating and editing an opportunity: what is taken, what is refused and why (OPP-2..7, OPP-10, OPP-14, NEW-1, NEW-2)."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Account, Contact, Site
from core import dates
from opportunities.models import Opportunity
from pipelines.models import Origin, OriginType, Pipeline, Stage
from records.journal import operation
from records.models import Change, Operation
from tests.make import lost_reason, make_account, make_contact, make_opportunity, make_person, source, stage
from tests.pages import edited, field_errors

D = dt.date
NEW = "/opportunities/new/"


@pytest.fixture
def hexabio(cast):
    return make_account("Hexabio", by=cast.claire)


@pytest.fixture
def claire(cast, as_):
    return as_(cast.claire)


@pytest.fixture
def given(hexabio):
    """What a form needs at least."""
    return {"account": hexabio.pk, "name": "Sensors", "amount": "12 000", "due_on": "2026-12-24"}


def url(opportunity):
    return f"/opportunities/{opportunity.pk}/edit/"


def saved(opportunity):
    return Opportunity.objects.get(pk=opportunity.pk)


def last_change(opportunity):
    return Change.objects.filter(record_id=opportunity.pk, model__model="opportunity").order_by("-pk").first()


# NEW: creating


def test_new_1_one_is_created_with_what_was_typed_and_journalled(cast, claire, given):
    response = edited(
        claire, NEW, **given, stage=stage("Proposal").pk, source=source("Referral").pk, brief="Two\nlines"
    )
    made = Opportunity.objects.get()
    assert response.url == f"/opportunities/{made.pk}/"
    assert (made.name, made.amount, made.due_on, made.owner) == ("Sensors", 12_000, D(2026, 12, 24), cast.claire)
    assert (made.stage.name, made.probability, made.status, made.probability_by_hand) == ("Proposal", 60, "open", False)
    assert (made.opened_on, made.source.name, made.currency) == (dates.today(), "Referral", "EUR")
    entry = Operation.objects.order_by("-pk").first()
    assert (entry.by, entry.door) == (cast.claire, "form")
    assert entry.changes.get().fields["amount"] == [None, "12000"]


@pytest.mark.parametrize("path", ["/opportunities/", "/accounts/", "/contacts/", "/settings/", "/search/?q=x"])
def test_new_1_the_add_button_stands_on_every_page(claire, path):
    assert NEW.encode() in claire.get(path).content


def test_new_1_the_party_one_comes_from_is_filled_in(cast, claire, hexabio):
    odile = make_contact("Odile Lecanu", by=cast.claire, account=hexabio)
    for page, wanted in (
        (f"/accounts/{hexabio.pk}/opportunities/", f"?account={hexabio.pk}"),
        (f"/contacts/{odile.pk}/opportunities/", f"?contact={odile.pk}"),
    ):
        response = claire.get(page)
        if response.status_code == 404:
            response = claire.get(page.removesuffix("opportunities/"))
        assert f"{NEW}{wanted}" in response.content.decode()
    form = claire.get(f"{NEW}?account={hexabio.pk}&contact={odile.pk}").context["form"]
    assert (form["account"].value(), form["contact"].value()) == (hexabio.pk, odile.pk)


def test_give_4_a_hidden_party_is_not_filled_in(cast, claire):
    hidden = make_account("Hidden Ltd", by=cast.sam)
    page = claire.get(f"{NEW}?account={hidden.pk}").content.decode()
    assert (
        "Hidden" not in page
        and f'value="{hidden.pk}"' not in page.split('name="contact"')[0].split('name="account"')[1]
    )


def test_new_2_save_goes_to_the_record_and_save_and_close_back(claire, given):
    assert edited(claire, NEW, **given).url.startswith("/opportunities/")
    back = "/opportunities/?status=open&after=739000.12"
    assert edited(claire, NEW, **given, close="1", back=back).url == back
    assert edited(claire, NEW, **given, close="1", back="https://evil.example/").url == "/opportunities/"


def test_give_3_who_may_not_create_is_told_and_has_no_button(cast, as_):
    profile = cast.eve.profile
    profile.edit(
        by=cast.ada, rights={**profile.rights, "opportunity": {**profile.rights["opportunity"], "create": "none"}}
    )
    eve = as_(cast.eve)
    assert eve.get(NEW).status_code == eve.post(NEW, {}).status_code == 403
    assert NEW.encode() not in eve.get("/opportunities/").content


# OPP-2: the parties


def test_opp_2_neither_account_nor_contact_names_both_fields_and_keeps_what_was_typed(claire):
    response = edited(claire, NEW, name="Sensors & more", amount="12 000", due_on="2026-12-24", brief="<b>kept</b>")
    assert response.status_code == 422
    assert field_errors(response).keys() == {"id_account", "id_contact"}
    page = response.content.decode()
    assert "Sensors &amp; more" in page and 'value="12 000"' in page and "&lt;b&gt;kept&lt;/b&gt;" in page
    assert not Opportunity.objects.exists()


def test_opp_2_a_contact_alone_is_enough_and_brings_its_account(cast, claire, given, hexabio):
    alone = make_contact("Zoé Abel", by=cast.claire)
    odile = make_contact("Odile Lecanu", by=cast.claire, account=hexabio)
    edited(claire, NEW, **given | {"account": "", "contact": alone.pk})
    edited(claire, NEW, **given | {"account": "", "contact": odile.pk})
    first, second = Opportunity.objects.order_by("pk")
    assert (first.account, first.contact, first.is_incomplete) == (None, alone, False)
    assert (second.account, second.contact) == (hexabio, odile)


def test_opp_2_a_contact_of_another_account_is_refused(cast, claire, given):
    other = make_contact("Odile Lecanu", by=cast.claire, account=make_account("Other", by=cast.claire))
    response = edited(claire, NEW, **given, contact=other.pk)
    assert response.status_code == 422
    assert "Odile Lecanu does not work for Hexabio" in field_errors(response)["id_contact"]


def test_give_4_a_hidden_party_posted_by_hand_is_as_absent(cast, claire, given):
    hidden = make_account("Hidden Ltd", by=cast.sam)
    answers = [field_errors(edited(claire, NEW, **given | {"account": pk}))["id_account"] for pk in (hidden.pk, 987654)]
    assert answers[0].replace(str(hidden.pk), "987654") == answers[1]
    assert "Hidden" not in answers[0]


def test_opp_2_an_account_and_a_contact_are_created_along(cast, claire, given):
    parties = {"account": "new", "account_name": "Brand New", "contact": "new", "contact_name": "Odile Lecanu"}
    edited(claire, NEW, **given | parties)
    made = Opportunity.objects.get()
    assert (made.account.name, str(made.contact), made.contact.account) == ("Brand New", "Odile Lecanu", made.account)


# OPP-3: identity


def test_opp_3_numbered_by_the_pattern_if_left_blank(claire, given):
    edited(claire, NEW, **given)
    made = Opportunity.objects.get()
    assert made.reference == f"OPP-{made.opened_on.year}-{made.pk}"


def test_opp_3_a_taken_reference_names_what_one_may_see_and_nothing_else(cast, claire, given):
    make_opportunity("Toms deal", by=cast.tom, reference="R1")
    make_opportunity("Secret", by=cast.sam, reference="R2")
    assert "Toms deal" in field_errors(edited(claire, NEW, **given, reference="R1"))["id_reference"]
    response = edited(claire, NEW, **given, reference=" R2 ")
    assert response.status_code == 422
    assert field_errors(response)["id_reference"] == "This reference is taken."
    assert b"Secret" not in response.content


def test_opp_3_the_site_is_one_of_the_account(cast, claire, given):
    other = make_account("Other", by=cast.claire)
    with operation(by=cast.claire, door="form", what="site"):
        site = Site.objects.create(account=other, name="Depot")
    response = edited(claire, NEW, **given, site=site.pk)
    assert response.status_code == 422 and "id_site" in field_errors(response)


def test_opp_3_without_a_name_it_is_refused(claire, given):
    assert field_errors(edited(claire, NEW, **given | {"name": " "}))["id_name"] == "Name the opportunity."


# OPP-4: amount, due date, status


@pytest.mark.parametrize("name", ["amount", "due_on"])
def test_opp_4_the_form_asks_for_amount_and_due_date(claire, given, name):
    response = edited(claire, NEW, **given | {name: ""})
    assert response.status_code == 422
    assert field_errors(response).keys() == {f"id_{name}"}


def test_opp_4_nought_is_an_amount(claire, given):
    edited(claire, NEW, **given | {"amount": "0"})
    assert (Opportunity.objects.get().amount, Opportunity.objects.get().is_incomplete) == (0, False)


def test_opp_4_a_past_due_date_warns_and_does_not_refuse(claire, given):
    response = edited(claire, NEW, **given | {"due_on": "2026-01-05", "opened_on": "2026-01-01"})
    page = claire.get(response.url).content.decode()
    assert Opportunity.objects.get().due_on == D(2026, 1, 5)
    assert "past" in page or "ago" in page or "late" in page


def test_opp_4_a_due_date_before_the_opening_is_refused(claire, given):
    response = edited(claire, NEW, **given, opened_on="2026-12-25")
    assert response.status_code == 422 and "id_due_on" in field_errors(response)


@pytest.mark.parametrize(("status", "word"), [("perhaps", "perhaps")])
def test_opp_4_an_unknown_status_is_refused(claire, given, status, word):
    response = edited(claire, NEW, **given, status=status)
    assert response.status_code == 422 and word in field_errors(response)["id_status"]


# OPP-5: probability, stage, status


@pytest.mark.parametrize("typed", ["0", "100"])
def test_opp_5_an_open_one_lies_between_1_and_99(claire, given, typed):
    response = edited(claire, NEW, **given, probability=typed)
    assert response.status_code == 422
    assert field_errors(response)["id_probability"] == "An open opportunity lies between 1 and 99 %."


@pytest.mark.parametrize("typed", ["101", "-1", "abc", "50.5"])
def test_opp_5_a_probability_is_a_whole_number_up_to_100(claire, given, typed):
    response = edited(claire, NEW, **given, probability=typed)
    assert response.status_code == 422 and "id_probability" in field_errors(response)
    assert f'value="{typed}"' in response.content.decode()


def test_opp_5_set_by_hand_it_stays_until_reset(cast, claire):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    edited(claire, url(deal), probability="33 %")
    assert (saved(deal).probability, saved(deal).probability_by_hand) == (33, True)
    edited(claire, url(deal), stage=stage("Proposal").pk)
    assert (saved(deal).probability, saved(deal).stage.name) == (33, "Proposal")
    edited(claire, url(deal), probability="")
    assert (saved(deal).probability, saved(deal).probability_by_hand) == (60, False)


def test_opp_5_a_stage_of_another_pipeline_is_refused_with_the_valid_ones(cast, claire, given):
    with operation(by=cast.ada, door="set_up", what="test"):
        other = Pipeline.objects.create(name="Partners", position=9)
        Stage.objects.create(pipeline=other, name="Signed up", probability=30, position=1)
    response = edited(claire, NEW, **given, pipeline=other.pk, stage=stage("Proposal").pk)
    assert response.status_code == 422
    assert "Signed up" in field_errors(response)["id_stage"]


def test_opp_5_closing_in_the_form_sets_what_goes_with_it(cast, claire):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    edited(claire, url(deal), status="won", closed_on="2026-02-03")
    won = saved(deal)
    assert (won.probability, won.closed_on, won.probability_before_closing) == (100, D(2026, 2, 3), 10)


def test_life_1_lost_asks_for_a_reason_and_only_lost_takes_one(cast, claire):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    assert "id_lost_reason" in field_errors(edited(claire, url(deal), status="lost"))
    reason = lost_reason("Price")
    response = edited(claire, url(deal), status="won", lost_reason=reason.pk)
    assert response.status_code == 422 and "id_lost_reason" in field_errors(response)
    edited(claire, url(deal), status="lost", lost_reason=reason.pk, lost_note="Too dear")
    assert (saved(deal).status, saved(deal).lost_reason, saved(deal).lost_note) == ("lost", reason, "Too dear")


@pytest.mark.parametrize(("closed", "word"), [("2025-12-31", "opening"), ("2999-01-01", "future")])
def test_life_1_a_closing_date_lies_between_the_opening_and_today(cast, claire, closed, word):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    assert word in field_errors(edited(claire, url(deal), status="won", closed_on=closed))["id_closed_on"]


def test_opp_4_an_opening_after_the_present_status_is_refused_beside_its_field(cast, claire):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire), due_on=D(2999, 1, 1))
    deal.win(by=cast.claire, on=D(2026, 2, 1))
    deal.reopen(by=cast.claire)
    response = edited(claire, url(deal), opened_on="2998-01-01")
    assert response.status_code == 422
    assert field_errors(response).keys() == {"id_opened_on"}


# OPP-6, OPP-7, OPP-10


def test_opp_6_today_is_the_opening_by_default_and_it_is_mandatory(claire, given):
    assert claire.get(NEW).context["form"]["opened_on"].value() == dates.today()
    assert field_errors(edited(claire, NEW, **given, opened_on="")).keys() == {"id_opened_on"}


def test_opp_6_production_that_ends_before_it_starts_names_both(claire, given):
    response = edited(claire, NEW, **given, production_from="2027-02-01", production_to="2027-01-31")
    assert response.status_code == 422
    assert field_errors(response).keys() == {"id_production_from", "id_production_to"}
    edited(claire, NEW, **given, production_from="2027-02-01", production_to="2027-02-01")
    assert Opportunity.objects.get().production_to == D(2027, 2, 1)


@pytest.fixture
def origins(cast):
    with operation(by=cast.ada, door="set_up", what="test"):
        campaign, call = (OriginType.objects.create(name=name) for name in ("A campaign", "A call"))
        return campaign, call, Origin.objects.create(type=campaign, name="Spring fair")


def test_opp_7_an_origin_is_one_of_its_type(claire, given, origins):
    campaign, call, fair = origins
    response = edited(claire, NEW, **given, origin_type=call.pk, origin=fair.pk)
    assert response.status_code == 422 and "Spring fair" in field_errors(response)["id_origin"]
    edited(claire, NEW, **given, origin=fair.pk)
    assert (Opportunity.objects.get().origin, Opportunity.objects.get().origin_type) == (fair, campaign)


def test_opp_10_assignees_are_written_journalled_and_see_it(cast, claire, given, as_):
    edited(claire, NEW, **given)
    deal = Opportunity.objects.get()
    assert as_(cast.sam).get(f"/opportunities/{deal.pk}/").status_code == 404
    edited(claire, url(deal), assignees=[cast.sam.pk, cast.tom.pk])
    assert saved(deal).assigned_ids() == {cast.sam.pk, cast.tom.pk}
    assert last_change(deal).fields["assignees"] == [[], sorted([cast.tom.pk, cast.sam.pk])]
    assert as_(cast.sam).get(f"/opportunities/{deal.pk}/").status_code == 200
    edited(claire, url(deal), assignees=[])
    assert as_(cast.sam).get(f"/opportunities/{deal.pk}/").status_code == 404


def test_opp_10_who_left_is_not_offered_and_refused_if_posted(cast, claire, given):
    gone = make_person("Paul Simon", team=cast.claire.team)
    gone.edit(by=cast.ada, is_active=False)
    assert "Paul Simon" not in claire.get(NEW).content.decode()
    for name in ("owner", "assignees"):
        response = edited(claire, NEW, **given | {name: gone.pk})
        assert response.status_code == 422 and f"id_{name}" in field_errors(response)


def test_give_3_an_owner_beyond_ones_reach_is_refused(cast, as_, given):
    response = edited(as_(cast.eve), NEW, name="x", amount="1", due_on="2026-12-24", owner=cast.sam.pk)
    assert "id_owner" in field_errors(response)


# OPP-14: amounts and dates as people type them


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12 000", "12000"), ("12000,50", "12000.5"), ("12.000,50 €", "12000.5"), ("12,000.50", "12000.5"),
        ("12\u202f000,5\u00a0€", "12000.5"), ("€1,234", "1234"), ("12k", "12000"), ("1,5 m", "1500000"), ("0", "0"),
        ("999999999999", "999999999999"), ("12’000.00", "12000"), ("12 000,50 EUR", "12000.5"),
    ],
)  # fmt: skip
def test_opp_14_amounts_are_typed_as_people_type_them(cast, as_, given, language, typed, amount):
    cast.claire.edit(by=cast.claire, language=language)
    edited(as_(cast.claire), NEW, **given | {"amount": typed})
    assert Opportunity.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("lots", "number"),
        ("-5", "negative"),
        ("(500)", "negative"),
        ("1234567890123", "12 digits"),
        ("1.2.3,4", "number"),
        ("1e5", "number"),
        ("NaN", "number"),
    ],
)
def test_opp_14_what_is_no_amount_is_refused_and_stands_there_still(claire, given, typed, word):
    response = edited(claire, NEW, **given | {"amount": typed})
    assert response.status_code == 422
    assert word in field_errors(response)["id_amount"]
    assert f'value="{typed}"' in response.content.decode()
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize("typed", ["2026-12-24", "24/12/2026", "24.12.26", "24 déc. 2026", "Dec 24, 2026"])
def test_opp_14_dates_are_typed_as_people_type_them(claire, given, typed):
    edited(claire, NEW, **given | {"due_on": typed})
    assert Opportunity.objects.get().due_on == D(2026, 12, 24)


@pytest.mark.parametrize("typed", ["31/11/2026", "tomorrow", "2026-13-01", "0000-00-00", "24/12/20261"])
def test_all_6_what_is_no_date_is_refused_and_stands_there_still(claire, given, typed):
    response = edited(claire, NEW, **given | {"due_on": typed})
    assert response.status_code == 422
    assert field_errors(response).keys() == {"id_due_on"}
    assert f'value="{typed}"' in response.content.decode()


def test_all_6_the_refusals_are_in_the_readers_language(cast, as_):
    cast.claire.edit(by=cast.claire, language="fr")
    errors = field_errors(edited(as_(cast.claire), NEW, name="", amount="-5", due_on=""))
    english = {
        "Name the opportunity.",
        "Enter an amount that is not negative.",
        "Choose an account, a contact, or both.",
    }
    assert errors.keys() == {"id_account", "id_contact", "id_name", "id_amount", "id_due_on"}
    assert english.isdisjoint(errors.values())


@pytest.mark.parametrize(
    "name", ["account", "stage", "owner", "source", "assignees", "pipeline", "version", "lost_reason"]
)
@pytest.mark.parametrize("value", ["'; DROP TABLE", "9" * 40, "-1", "\u0000", "١٢"])
def test_all_6_no_bad_value_of_a_choice_is_a_bare_error(claire, given, name, value):
    assert edited(claire, NEW, **given | {name: value}).status_code in (302, 422)


# Editing


def test_log_1_an_edit_journals_what_changed_and_nothing_else(cast, claire):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    edited(claire, url(deal), amount="2000")
    change = last_change(deal)
    assert change.fields == {"amount": ["1000", "2000"]}
    assert (saved(deal).version, change.version) == (2, 2)
    edited(claire, url(deal))
    assert saved(deal).version == 2


def test_rec_5_the_second_save_of_one_field_shows_both_values(cast, claire, as_):
    deal = make_opportunity(by=cast.claire, account=make_account(by=cast.claire))
    page = claire.get(url(deal)).context["form"]["version"].value()
    edited(as_(cast.mia), url(deal), amount="2000")
    response = edited(claire, url(deal), version=page, amount="3000")
    assert response.status_code == 409
    page = response.content.decode()
    assert '<span class="choose__val">€2,000</span><span class="choose__from">Mia Ferhat' in page
    assert '<span class="choose__val">€3,000</span>' in page
    assert saved(deal).amount == 2000


def test_give_3_a_viewer_may_not_edit_and_an_outsider_finds_nothing(cast, as_):
    deal = make_opportunity(by=cast.claire)
    assert as_(cast.tom).get(url(deal)).status_code == 403
    assert as_(cast.tom).post(url(deal), {"name": "x"}).status_code == 403
    assert as_(cast.eve).post(url(deal), {"name": "x"}).status_code == 404
    assert saved(deal).name == deal.name


def test_give_1_the_account_of_an_existing_one_stays_without_the_right_to_reassign(cast, claire):
    deal = make_opportunity(by=cast.claire, account=make_account("Hexabio", by=cast.claire))
    other = make_account("Other", by=cast.claire)
    edited(claire, url(deal), account=other.pk)
    assert saved(deal).account.name == "Hexabio"


def test_new_1_nothing_is_left_of_what_was_refused(claire, given):
    before = Operation.objects.count()
    edited(claire, NEW, **given | {"account": "new", "account_name": "Brand New", "amount": "lots"})
    assert not Account.objects.filter(name="Brand New").exists() and not Contact.objects.exists()
    assert Operation.objects.count() == before
