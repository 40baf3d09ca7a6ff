"""OPP-13: custom values on records: typed as people type, kept exactly, shown, journalled, merged, never lost."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from records.history import history
from records.journal import operation
from records.models import Change, Operation
from records.verifying import journal_gaps
from tests.attributes.conftest import make_field, option
from tests.make import make_account, make_contact, make_opportunity
from tests.pages import fields, send

MAKERS = {Opportunity: make_opportunity, Account: make_account, Contact: make_contact}


@pytest.fixture
def mine(cast):
    return make_opportunity(by=cast.claire, account=make_account(by=cast.claire), amount=Decimal(1000))


def last_change(record):
    return Change.objects.filter(record_id=record.pk, model__model=record._meta.model_name).order_by("pk").last()


TYPED = [
    ("text", "  Isigny-sur-Mer ", "Isigny-sur-Mer", "Isigny-sur-Mer"),
    ("long_text", "One\r\n<b>two</b>", "One\r\n<b>two</b>", "&lt;b&gt;two&lt;/b&gt;"),
    ("number", "1 234,5", "1234.5", "1,234.5"),
    ("number", "-3", "-3", "\u22123"),
    ("number", "0", "0", ">0<"),
    ("number", "0,000001", "0.000001", "0.000001"),
    ("money", "12.000,50 €", "12000.5", "€12,000.50"),
    ("date", "24/11/2030", "2030-11-24", "24 Nov 2030"),
    ("date", "24 nov. 2030", "2030-11-24", "24 Nov 2030"),
    ("yes_no", "1", True, "<dd>Yes</dd>"),
    ("yes_no", "0", False, "<dd>No</dd>"),
    ("link", "hexabio.example/eu", "https://hexabio.example/eu", 'href="https://hexabio.example/eu"'),
    ("link", "odile@hexabio.example", "mailto:odile@hexabio.example", 'href="mailto:odile@hexabio.example"'),
    ("link", "HTTP://hexabio.example", "HTTP://hexabio.example", 'rel="noopener noreferrer nofollow"'),
]


@pytest.mark.parametrize(("kind", "typed", "kept", "shown"), TYPED)
def test_opp_13_values_are_typed_as_people_type_them(cast, as_, every_kind, mine, kind, typed, kept, shown):
    field = every_kind[kind]
    browser = as_(cast.claire)
    answer = browser.post(f"/opportunities/{mine.pk}/custom/edit/", {f"cf_{field.pk}": typed})
    assert (answer.status_code, answer.url) == (302, f"/opportunities/{mine.pk}/custom/")
    mine.refresh_from_db()
    assert mine.custom == {field.key: kept}
    assert last_change(mine).fields == {f"custom:{field.pk}": [None, kept]}
    assert shown in browser.get(f"/opportunities/{mine.pk}/custom/").content.decode()
    again = fields(browser.get(f"/opportunities/{mine.pk}/custom/edit/"), None)
    assert browser.post(f"/opportunities/{mine.pk}/custom/edit/", again).status_code == 302
    mine.refresh_from_db()
    assert mine.custom == {field.key: kept} and mine.version == 2


def test_opp_13_lists_and_people_are_chosen(cast, as_, every_kind, mine):
    one, many, person = (every_kind[kind] for kind in ("list", "multiple_list", "person"))
    data = {
        f"cf_{one.pk}": option(one, "B"),
        f"cf_{many.pk}": [option(many, "Heat"), option(many, "Water")],
        f"cf_{person.pk}": cast.tom.pk,
    }
    as_(cast.claire).post(f"/opportunities/{mine.pk}/custom/edit/", data)
    mine.refresh_from_db()
    assert mine.custom[many.key] == [option(many, "Water"), option(many, "Heat")]
    page = as_(cast.claire).get(f"/opportunities/{mine.pk}/custom/").content.decode()
    assert "<dd>B</dd>" in page and "<dd>Water, Heat</dd>" in page and "<dd>Tom Baker</dd>" in page
    rows = Opportunity.value_model().objects.filter(record=mine).values_list("field", "number")
    assert sorted(rows) == sorted(
        [
            (one.pk, option(one, "B")),
            *((many.pk, option(many, name)) for name in ("Water", "Heat")),
            (person.pk, cast.tom.pk),
        ]
    )


WRONG = [
    ("text", "x" * 201, "at most 200 characters"),
    ("number", "abc", "Enter a number"),
    ("number", "0.0000001", "at most 12 digits and 6 decimals"),
    ("number", "1234567890123", "at most 12 digits and 6 decimals"),
    ("money", "-5", "not negative"),
    ("money", "1234567890123", "at most 12 digits"),
    ("date", "31/02/2026", "This date does not exist."),
    ("date", "soon", "Enter a date"),
    ("yes_no", "maybe", "This value is not offered"),
    ("list", "999999", "This value is not offered"),
    ("multiple_list", "999999", "This value is not offered"),
    ("person", "999999", "This value is not offered"),
    ("link", "javascript:alert(1)", "Only web addresses"),
    ("link", "ftp://hexabio.example", "Only web addresses"),
    ("link", "data:text/html,x", "Only web addresses"),
    ("link", "https://", "Enter a web or e-mail address"),
    ("link", "https://hexa bio.example", "Enter a web or e-mail address"),
    ("link", "mailto:nobody", "Enter a web or e-mail address"),
]


@pytest.mark.parametrize(("kind", "typed", "said"), WRONG)
def test_all_6_what_cannot_be_read_is_said_beside_its_field_and_stays_typed(
    cast, as_, every_kind, mine, kind, typed, said
):
    field = every_kind[kind]
    answer = as_(cast.claire).post(f"/opportunities/{mine.pk}/custom/edit/", {f"cf_{field.pk}": typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and f'href="#id_cf_{field.pk}' in page
    if kind not in ("yes_no", "list", "multiple_list", "person"):
        assert fields(answer, None)[f"cf_{field.pk}"] == [typed]
    mine.refresh_from_db()
    assert mine.custom == {} and mine.version == 1


def test_opp_13_a_person_who_is_deactivated_stays_and_is_not_offered(cast, as_, every_kind, mine):
    field = every_kind["person"]
    cast.tom.deactivate(by=cast.ada)
    url = f"/opportunities/{mine.pk}/custom/edit/"
    assert as_(cast.claire).post(url, {f"cf_{field.pk}": cast.tom.pk}).status_code == 422
    other = make_opportunity(by=cast.claire, custom={field.key: cast.tom.pk})
    assert "Tom Baker" in as_(cast.claire).get(f"/opportunities/{other.pk}/custom/edit/").content.decode()


@pytest.mark.parametrize("model", MAKERS)
def test_opp_13_required_fields_are_asked_when_creating_and_editing(cast, as_, model):
    field = make_field("Standard", of=model.attributed, required=True)
    browser = as_(cast.claire)
    record = MAKERS[model](by=cast.claire)  # it was there before
    for url in (f"{record.get_absolute_url()}edit/", f"{record.get_absolute_url()}custom/edit/"):
        answer = browser.post(url, fields(browser.get(url), None))
        assert answer.status_code == 422 and "Fill in this field." in answer.content.decode()
    send(browser, f"{record.get_absolute_url()}custom/edit/", None, **{f"cf_{field.pk}": "EN 12830"})
    record.refresh_from_db()
    assert record.custom == {field.key: "EN 12830"}


@pytest.mark.parametrize("model", MAKERS)
def test_opp_13_records_are_created_with_their_custom_values_in_one_operation(cast, as_, model):
    field = make_field("Standard", of=model.attributed)
    browser = as_(cast.claire)
    url = f"/{model._meta.verbose_name_plural}/new/"
    data = fields(browser.get(url), None) | {f"cf_{field.pk}": "EN 12830"}
    if model is Contact:
        data["last_name"] = "Lecanu"
    else:
        data["name"] = "Sensors"
    if model is Opportunity:
        data |= {"account": make_account(by=cast.claire).pk, "amount": "1000", "due_on": "2030-01-01"}
    before = Operation.objects.count()
    assert browser.post(url, data).status_code == 302
    made = model.objects.order_by("pk").last()
    assert made.custom == {field.key: "EN 12830"}
    assert Operation.objects.count() == before + 1
    assert last_change(made).fields[f"custom:{field.pk}"] == [None, "EN 12830"]
    assert made.value_model().objects.get().text == "en 12830"


def test_opp_13_the_form_keeps_what_was_typed_elsewhere_when_it_is_refused(cast, as_, every_kind, mine):
    url = f"/opportunities/{mine.pk}/edit/"
    field = every_kind["text"]
    answer = send(as_(cast.claire), url, None, amount="much", **{f"cf_{field.pk}": "Caen"})
    assert answer.status_code == 422 and fields(answer, None)[f"cf_{field.pk}"] == ["Caen"]


def test_opp_13_a_field_left_out_of_a_form_keeps_its_value(cast, as_, every_kind, mine):
    field = every_kind["text"]
    with operation(by=cast.claire, door="form", what="test"):
        Opportunity.set_custom_rows({mine.pk: {field.key: "Caen"}})
    send(as_(cast.claire), f"/opportunities/{mine.pk}/edit/", None, name="Renamed", **{f"cf_{field.pk}": None})
    mine.refresh_from_db()
    assert mine.custom == {field.key: "Caen"} and mine.name == "Renamed"
    send(as_(cast.claire), f"/opportunities/{mine.pk}/edit/", None, **{f"cf_{field.pk}": ""})
    mine.refresh_from_db()
    assert mine.custom == {}
    assert last_change(mine).fields == {f"custom:{field.pk}": ["Caen", None]}
    assert not Opportunity.value_model().objects.exists()


def test_rec_5_two_people_edit_different_custom_fields_and_both_stay(cast, as_, every_kind, mine):
    text, number = every_kind["text"], every_kind["number"]
    url = f"/opportunities/{mine.pk}/edit/"
    data = fields(as_(cast.claire).get(url), None) | {f"cf_{text.pk}": "Caen"}
    with operation(by=cast.mia, door="form", what="test"):
        Opportunity.set_custom_rows({mine.pk: {number.key: "14"}})
    assert as_(cast.claire).post(url, data).status_code == 302
    mine.refresh_from_db()
    assert mine.custom == {text.key: "Caen", number.key: "14"}


@pytest.mark.parametrize("page", ["edit/", "custom/edit/"])
def test_rec_5_two_people_edit_one_custom_field_and_both_values_are_told(cast, as_, every_kind, mine, page):
    field = every_kind["money"]
    url = f"/opportunities/{mine.pk}/{page}"
    data = fields(as_(cast.claire).get(url), None) | {f"cf_{field.pk}": "500"}
    with operation(by=cast.mia, door="form", what="test"):
        Opportunity.set_custom_rows({mine.pk: {field.key: "48000"}})
    clash = as_(cast.claire).post(url, data)
    assert clash.status_code == 409
    assert "€48,000" in clash.content.decode()
    assert "Mia Ferhat" in clash.content.decode()
    assert fields(clash, None)[f"cf_{field.pk}"] == ["500"]
    assert as_(cast.claire).post(url, fields(clash, None)).status_code == 302
    mine.refresh_from_db()
    assert mine.custom == {field.key: "500"}


def test_rec_2_the_history_names_the_field_and_reads_its_values(cast, as_, every_kind, mine):
    listed, day = every_kind["list"], every_kind["date"]
    with operation(by=cast.claire, door="form", what="opportunity.edit"):
        Opportunity.set_custom_rows({mine.pk: {listed.key: option(listed, "B"), day.key: "2030-11-24"}})
    entries, _more = history(mine, cast.claire)
    told = {str(field.label): (field.old, field.new) for field in entries[0].fields}
    assert told == {"My list": ("nothing", "B"), "My date": ("nothing", "24 Nov 2030")}
    with translation.override("fr"):
        entries, _more = history(mine, cast.claire)
        assert ("My date", "24 nov. 2030") in [(field.label, field.new) for field in entries[0].fields]


def test_opp_13_thousands_are_written_by_few_statements(cast, every_kind, django_assert_max_num_queries):
    listed, text = every_kind["list"], every_kind["text"]
    records = [make_opportunity(f"Deal {number}", by=cast.claire, custom={text.key: "Caen"}) for number in range(20)]
    wanted = {record.pk: {listed.key: option(listed, "A"), text.key: None} for record in records}
    with operation(by=cast.ada, door="bulk", what="test") as writing, django_assert_max_num_queries(16):
        Opportunity.set_custom_rows(wanted)
    assert set(Opportunity.objects.values_list("version", flat=True)) == {2}
    assert writing.operation.changes.count() == 20
    assert Opportunity.value_model().objects.values_list("number", flat=True).distinct().get() == option(listed, "A")
    with operation(by=cast.ada, door="bulk", what="again") as writing:
        Opportunity.set_custom_rows(wanted)
    assert writing.operation.pk is None  # harmless twice: nothing to write


def test_log_2_what_the_journal_says_of_a_custom_field_is_written_back(cast, every_kind, mine):
    field = every_kind["multiple_list"]
    with operation(by=cast.claire, door="form", what="test"):
        Opportunity.set_custom_rows({mine.pk: {field.key: [option(field, "Gas")]}})
    ((name, (old, _new)),) = last_change(mine).fields.items()
    kind, _, key = name.partition(":")
    with operation(by=cast.claire, door="form", what="undo"):
        Opportunity.hanging(name).write(key, {mine.pk: old})
    mine.refresh_from_db()
    assert kind == "custom" and mine.custom == {}


def test_opp_13_journal_and_rows_agree_with_the_records(cast, every_kind, mine):
    with operation(by=cast.claire, door="form", what="test"):
        Opportunity.set_custom_rows({mine.pk: {every_kind["number"].key: "14", every_kind["yes_no"].key: False}})
    assert list(journal_gaps(Opportunity)) == []
    assert Opportunity.value_model().differences() == 0
    Opportunity.value_model().objects.update(number=0)
    assert Opportunity.value_model().differences() > 0
    Opportunity.value_model().rebuild_all()
    assert Opportunity.value_model().differences() == 0


@pytest.mark.parametrize(("who", "shown", "edited"), [("claire", 200, 200), ("tom", 200, 403), ("eve", 404, 404)])
def test_give_4_custom_fields_are_seen_and_edited_with_the_record(cast, as_, every_kind, mine, who, shown, edited):
    browser = as_(getattr(cast, who))
    assert browser.get(f"/opportunities/{mine.pk}/custom/").status_code == shown
    assert browser.get(f"/opportunities/{mine.pk}/custom/edit/").status_code == edited
    assert browser.post(f"/opportunities/{mine.pk}/custom/edit/", {}).status_code == (302 if edited == 200 else edited)


def test_opp_13_the_tab_is_there_where_there_are_fields(cast, as_, mine):
    browser = as_(cast.claire)
    assert "Custom fields" not in browser.get(f"/opportunities/{mine.pk}/").content.decode()
    make_field("Site")
    assert "Custom fields" in browser.get(f"/opportunities/{mine.pk}/").content.decode()


def test_opp_13_fifty_fields_cost_the_form_no_more_queries(cast, as_, mine, django_assert_max_num_queries):
    browser, url = as_(cast.claire), f"/opportunities/{mine.pk}/edit/"
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
        before = len(few)
    for number in range(50):
        make_field(f"Field {number}", "person" if number % 2 else "list", values=["A"])
    browser.get(url)
    with django_assert_max_num_queries(before + 1):
        browser.get(url)
