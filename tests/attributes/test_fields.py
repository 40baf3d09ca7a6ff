"""SET-1, OPP-13: custom fields are set up: kinds, groups, order, required, looked up by, archived, values of lists."""

import pytest
from django.db import IntegrityError, transaction

from attributes.models import CustomField, FieldGroup, FieldOption
from opportunities.models import Opportunity
from records.models import Change
from tests.attributes.conftest import KINDS, make_field, option
from tests.make import make_account, make_opportunity
from tests.pages import fields, send

URL = "/settings/fields/opportunity/"


def new(browser, url=URL, **given):
    return browser.post(f"{url}new/", {f"field-{name}": value for name, value in given.items()})


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("bo", 200), ("claire", 403), ("eve", 403)])
def test_set_1_fields_are_set_up_by_those_with_the_right(cast, as_, who, status):
    browser = as_(getattr(cast, who))
    field = make_field("Site", "list", values=["Caen"])
    for url in (URL, f"{URL}groups/", f"{URL}filled/", f"/settings/fields/values/{field.pk}/"):
        assert browser.get(url).status_code == status
    assert new(browser, name="Standard", kind="text").status_code == (302 if status == 200 else 403)


def test_give_4_who_sets_up_reads_on_how_many_of_their_own_records_a_field_is_filled_in(cast, as_):
    cast.mia.profile.edit(by=cast.sup, abilities=["set_up"])
    field = make_field("Site", "text")
    for person in (cast.claire, cast.sam):
        make_opportunity(by=person, custom={field.key: "Caen"})
    for person, told in ((cast.ada, '2 <span class="muted">of 2'), (cast.mia, '1 <span class="muted">of 1')):
        assert told in as_(person).get(f"{URL}filled/").content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("of", ["opportunity", "account", "contact"])
def test_opp_13_a_field_of_each_kind_is_added(cast, as_, kind, of):
    url = f"/settings/fields/{of}/"
    assert (
        new(as_(cast.ada), url, name="Energy class", kind=kind, values="A\nB\n\na\n", required="on").status_code == 302
    )
    made = CustomField.objects.get()
    assert (made.name, made.kind, made.of, made.required) == ("Energy class", kind, of, True)
    assert made.filterable == (kind != "long_text")
    names = [one.name for one in FieldOption.objects.all()]
    assert names == (["A", "B"] if kind in ("list", "multiple_list") else [])
    assert Change.objects.filter(model__model="customfield").get().operation.what == "customfield.add"
    assert made.name in as_(cast.ada).get(url).content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "", "kind": "text"}, "Give it a name."),
        ({"name": "Standard", "kind": ""}, "Choose a kind."),
        ({"name": "Standard", "kind": "colour"}, "Choose a kind."),
        ({"name": "Standard", "kind": "list", "values": " \n"}, "A list needs its values, one per line."),
        ({"name": "Standard", "kind": "list", "values": "x" * 81}, "is longer than 80 characters"),
        ({"name": "SITÉ", "kind": "text"}, "The list has another one of this name."),
    ],
)
def test_all_6_a_field_that_cannot_be_is_refused_beside_its_input(cast, as_, given, said):
    make_field("Site")
    answer = new(as_(cast.ada), **given)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert CustomField.objects.count() == 1
    assert f'value="{given["name"]}"' in answer.content.decode() or not given["name"]


def test_set_1_fields_are_renamed_required_ordered_archived_and_taken_back(cast, as_):
    first, second = make_field("Site"), make_field("Standard")
    browser = as_(cast.ada)
    send(
        browser, URL, row=[str(second.pk), str(first.pk)], **{f"{first.pk}-name": "Place", f"{first.pk}-required": "on"}
    )
    assert [field.name for field in CustomField.objects.all()] == ["Standard", "Place"]
    assert CustomField.objects.get(name="Place").required
    send(browser, URL, archive=str(first.pk))
    assert [field.name for field in CustomField.objects.active()] == ["Standard"]
    assert "Take back" in browser.get(URL).content.decode()
    send(browser, URL, unarchive=str(first.pk))
    assert CustomField.objects.active().count() == 2


def test_set_1_the_kind_of_a_field_is_for_good(cast, as_):
    field = make_field("Site", "number")
    send(as_(cast.ada), URL, **{f"{field.pk}-kind": "text"})
    field.refresh_from_db()
    assert field.kind == "number"


def test_set_1_fields_stand_by_group_and_move_between_groups(cast, as_):
    browser = as_(cast.ada)
    browser.post(f"{URL}groups/", {"row": ["new1"], "new1-name": "Competition"})
    group = FieldGroup.objects.get()
    late, early = make_field("Competitor"), make_field("Site")
    send(browser, URL, **{f"{late.pk}-group": str(group.pk)})
    late.refresh_from_db()
    assert late.group == group
    page = browser.get(URL).content.decode()
    assert page.index("Site") < page.index("<b>Competition</b>") < page.index('value="Competitor"')
    assert early.name in page
    assert "Competitor" in browser.get(f"{URL}groups/").content.decode()


def test_set_1_a_group_of_another_kind_of_record_is_refused(cast, as_):
    group = FieldGroup(name="Company", of="account").add(by=None)
    field = make_field("Site")
    assert send(as_(cast.ada), URL, **{f"{field.pk}-group": str(group.pk)}).status_code == 422
    assert new(as_(cast.ada), name="Standard", kind="text", group=str(group.pk)).status_code == 422


def test_set_1_values_are_added_renamed_and_archived_and_records_keep_theirs(cast, as_):
    field = make_field("Competitor", "list", values=["Thermotrack", "Froidco"])
    mine = make_opportunity(by=cast.claire, custom={field.key: option(field, "Thermotrack")})
    browser, url = as_(cast.ada), f"/settings/fields/values/{field.pk}/"
    first, second = FieldOption.objects.all()
    send(browser, url, **{f"{first.pk}-name": "Thermotrack SA"})
    assert "Thermotrack SA" in as_(cast.claire).get(f"/opportunities/{mine.pk}/custom/").content.decode()
    send(browser, url, archive=str(first.pk))
    assert "Thermotrack SA" in as_(cast.claire).get(f"/opportunities/{mine.pk}/custom/").content.decode()
    other = make_opportunity(by=cast.claire)
    offered = as_(cast.claire).get(f"/opportunities/{other.pk}/custom/edit/").content.decode()
    assert "Froidco" in offered and "Thermotrack SA" not in offered
    kept = as_(cast.claire).get(f"/opportunities/{mine.pk}/custom/edit/").content.decode()
    assert "Thermotrack SA" in kept
    refused = as_(cast.claire).post(f"/opportunities/{other.pk}/custom/edit/", {f"cf_{field.pk}": first.pk})
    assert refused.status_code == 422 and "This value is not offered" in refused.content.decode()
    assert "1 value, 1 archived" in browser.get(URL).content.decode()
    assert second.name == "Froidco"


def test_set_1_a_field_of_no_list_has_no_page_of_values(cast, as_):
    assert as_(cast.ada).get(f"/settings/fields/values/{make_field('Site').pk}/").status_code == 404
    assert as_(cast.ada).get("/settings/fields/invoice/").status_code == 404


def test_opp_13_an_archived_field_is_read_where_it_is_filled_in_and_asked_nowhere(cast, as_):
    field = make_field("Site")
    account = make_account(by=cast.claire)
    mine, other = (
        make_opportunity(by=cast.claire, account=account, custom=custom) for custom in ({field.key: "Caen"}, {})
    )
    CustomField.objects.get().archive(by=cast.ada)
    browser = as_(cast.claire)
    shown = browser.get(f"/opportunities/{mine.pk}/custom/").content.decode()
    assert "Caen" in shown and "archived" in shown
    assert f"cf_{field.pk}" not in browser.get(f"/opportunities/{mine.pk}/edit/").content.decode()
    assert "Custom fields" not in browser.get(f"/opportunities/{other.pk}/").content.decode()
    send(browser, f"/opportunities/{mine.pk}/edit/", None, name="Renamed")
    mine.refresh_from_db()
    assert mine.custom == {field.key: "Caen"} and mine.name == "Renamed"


def test_set_1_the_page_tells_on_how_many_records_a_field_is_filled_in(cast, as_):
    short, long = make_field("Site"), make_field("Analysis", "long_text")
    make_opportunity(by=cast.claire, custom={short.key: "Caen", long.key: "Much"})
    make_opportunity(by=cast.claire, custom={short.key: "Caen"})
    make_opportunity(by=cast.claire)
    shown = as_(cast.ada).get(f"{URL}filled/").content.decode()
    assert f'id="filled-{short.pk}" hx-swap-oob="true">2 ' in shown
    assert f'id="filled-{long.pk}" hx-swap-oob="true">1 ' in shown and "of 3" in shown


def test_opp_13_a_field_looked_up_by_is_written_for_the_records_there_are(cast, as_):
    field = make_field("Site", filterable=False)
    mine = make_opportunity(by=cast.claire, custom={field.key: "Caen"})
    rows = Opportunity.value_model().objects
    assert not rows.exists()
    send(as_(cast.ada), URL, **{f"{field.pk}-filterable": "on"})
    assert rows.get().text == "caen" and rows.get().record == mine
    send(as_(cast.ada), URL, **{f"{field.pk}-filterable": None})
    assert not rows.exists()


def test_opp_13_the_database_keeps_names_apart(db):
    make_field("Site", "list", values=["Caen"])
    for again in (
        lambda: make_field("SITÉ"),
        lambda: FieldOption(field=CustomField.objects.get(), name="CAEN").add(by=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()
    make_field("Site", of="account")


def test_set_1_pages_cost_the_same_with_many_fields(cast, as_, django_assert_max_num_queries):
    browser = as_(cast.ada)
    for number in range(50):
        make_field(f"Field {number}", "list", values=["A", "B"])
    with django_assert_max_num_queries(8):
        assert fields(browser.get(URL))["row"][49]
