"""Inline edit of one field on the record page (design, *Inline edit*; REC-1, OPP-4, REC-5)."""

import datetime as dt

import pytest

from records.journal import operation
from records.models import Operation
from tests.make import make_account, make_contact, make_opportunity, source

D = dt.date


@pytest.fixture
def opportunity(cast):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire), opened_on=D(2026, 1, 1))


def send(browser, opportunity, name, **values):
    values.setdefault("version", opportunity.version)
    return browser.post(f"/opportunities/{opportunity.pk}/field/{name}/", values)


def test_one_field_is_saved_through_the_inline_door_and_nothing_else_changes(cast, as_, opportunity):
    answer = send(as_(cast.claire), opportunity, "amount", amount="12 000,50")
    assert answer.status_code == 302
    assert answer.url == f"/opportunities/{opportunity.pk}/"
    operation = Operation.objects.latest("pk")
    assert (operation.door, operation.what, operation.by) == ("inline", "opportunity.edit", cast.claire)
    assert operation.changes.get().fields == {"amount": ["1000", "12000.5"]}


def test_the_page_offers_each_field_as_a_link_that_works_without_a_script(cast, as_, opportunity):
    page = as_(cast.claire).get(f"/opportunities/{opportunity.pk}/").content.decode()
    for name in ("amount", "due_on", "owner", "source", "reference", "brief", "production", "origin", "status_on"):
        assert f"/opportunities/{opportunity.pk}/field/{name}/" in page
        assert as_(cast.claire).get(f"/opportunities/{opportunity.pk}/field/{name}/").status_code == 200


def test_what_cannot_be_read_is_told_beside_the_field_and_stays_typed(cast, as_, opportunity):
    answer = send(as_(cast.claire), opportunity, "amount", amount="twelve")
    assert answer.status_code == 422
    assert "Enter a number, such as" in answer.content.decode()
    assert 'value="twelve"' in answer.content.decode()
    opportunity.refresh_from_db()
    assert opportunity.amount == 1000


def test_the_answer_to_htmx_is_the_input_alone(cast, as_, opportunity):
    url = f"/opportunities/{opportunity.pk}/field/due_on/"
    answer = as_(cast.claire).post(url, {"due_on": "2025-12-31", "place": "head"}, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#inline-head-due_on"
    assert "This date lies before the opening on 1 January 2026" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_what_an_import_left_open_does_not_stop_another_field(cast, as_):
    bare = make_opportunity(by=cast.claire, amount=None, due_on=None)
    assert bare.is_incomplete
    assert send(as_(cast.claire), bare, "source", source=source("Trade show").pk).status_code == 302
    bare.refresh_from_db()
    assert bare.source == source("Trade show")
    assert send(as_(cast.claire), bare, "amount", amount="").status_code == 422


def test_fields_that_belong_together_are_edited_together(cast, as_, opportunity):
    wrong = send(as_(cast.claire), opportunity, "production", production_from="2026-09-01", production_to="2026-08-01")
    assert wrong.status_code == 422
    assert "The production ends before it starts" in wrong.content.decode()
    send(as_(cast.claire), opportunity, "production", production_from="2026-08-01", production_to="2026-09-01")
    opportunity.refresh_from_db()
    assert (opportunity.production_from, opportunity.production_to) == (D(2026, 8, 1), D(2026, 9, 1))


def test_f012_a_contact_of_another_company_is_refused(cast, as_, opportunity):
    stranger = make_contact("Odile Lecanu", by=cast.claire, account=make_account("Norvia", by=cast.claire))
    answer = send(as_(cast.claire), opportunity, "contact", contact=stranger.pk)
    assert answer.status_code == 422
    assert "Odile Lecanu does not work for Hexabio" in answer.content.decode()


def test_opp_4_the_status_date_is_corrected_but_not_before_the_opening(cast, as_, opportunity):
    assert send(as_(cast.claire), opportunity, "status_on", status_on="2026-02-01").status_code == 302
    opportunity.refresh_from_db()
    assert opportunity.status_on == D(2026, 2, 1)
    early = send(as_(cast.claire), opportunity, "status_on", status_on="2025-12-31")
    assert early.status_code == 422
    assert "It lies before the opening date" in early.content.decode()


def test_opp_4_the_opening_does_not_move_past_the_status(cast, as_, opportunity):
    send(as_(cast.claire), opportunity, "status_on", status_on="2026-02-01")
    opportunity.refresh_from_db()
    late = send(as_(cast.claire), opportunity, "opened_on", opened_on="2026-02-15")
    assert late.status_code == 422
    assert "Its present status is older than this day" in late.content.decode()


def test_opp_5_a_probability_set_by_hand_stays_until_reset(cast, as_, opportunity):
    send(as_(cast.claire), opportunity, "probability", probability="35")
    opportunity.refresh_from_db()
    assert (opportunity.probability, opportunity.probability_by_hand) == (35, True)
    send(as_(cast.claire), opportunity, "probability", probability="")
    opportunity.refresh_from_db()
    assert (opportunity.probability, opportunity.probability_by_hand) == (opportunity.stage.probability, False)
    assert send(as_(cast.claire), opportunity, "probability", probability="100").status_code == 422


def test_life_1_the_closing_date_is_corrected_where_it_stands(cast, as_, opportunity):
    opportunity.win(by=cast.claire, on=D(2026, 3, 1))
    assert send(as_(cast.claire), opportunity, "closed_on", closed_on="2026-02-27").status_code == 302
    opportunity.refresh_from_db()
    assert (opportunity.closed_on, opportunity.status_on) == (D(2026, 2, 27), D(2026, 2, 27))
    assert send(as_(cast.claire), opportunity, "closed_on", closed_on="2025-12-31").status_code == 422


def test_rec_5_another_field_changed_meanwhile_stays(cast, as_, opportunity):
    read = opportunity.version
    opportunity.edit(by=cast.claire) or setattr(opportunity, "brief", "Called them")
    opportunity.edit(by=cast.tom)
    assert send(as_(cast.claire), opportunity, "amount", amount="2000", version=read).status_code == 302
    opportunity.refresh_from_db()
    assert (opportunity.amount, opportunity.brief) == (2000, "Called them")


def test_rec_5_the_same_field_shows_both_values_and_loses_neither(cast, as_, opportunity):
    read = opportunity.version
    with operation(by=cast.tom, door="form", what="opportunity.edit"):
        opportunity.amount = 1500
        opportunity.save()
    clash = send(as_(cast.claire), opportunity, "amount", amount="2000", version=read)
    assert clash.status_code == 409
    page = clash.content.decode()
    assert "Tom Baker has saved “€1,500” here meanwhile" in page
    assert 'value="2000"' in page
    opportunity.refresh_from_db()
    assert opportunity.amount == 1500


def test_who_may_not_change_it_sees_values_not_links(cast, as_, opportunity):
    opportunity.share(to=cast.eve, by=cast.claire)
    page = as_(cast.eve).get(f"/opportunities/{opportunity.pk}/").content.decode()
    assert "/field/" not in page
    assert send(as_(cast.eve), opportunity, "amount", amount="1").status_code == 403
    assert as_(cast.sam).get(f"/opportunities/{opportunity.pk}/field/amount/").status_code == 404
    assert as_(cast.claire).get(f"/opportunities/{opportunity.pk}/field/stage/").status_code == 404
