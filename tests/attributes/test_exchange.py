"""DATA-1, DATA-3, DATA-5: tags and custom fields are columns of exports and imports, and come home as they are."""

import csv
import io

import openpyxl
import pytest
from django.utils import translation

from attributes.models import FieldOption, Tag
from core.models import Job
from opportunities.models import Opportunity
from records.models import Change, Operation
from tests.attributes.conftest import make_field, option
from tests.make import make_account, make_contact, make_opportunity
from tests.transfers.sheets import check, counts, guessed, read, refusals, run, xlsx_bytes
from transfers.models import Export, Import
from transfers.words import Words

HEAD = ("id", "name")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def exported(by, kind="opportunity", **given):
    buffer = io.BytesIO()
    export = Export(kind=kind, **{"format": "csv", **given})
    export.job = Job(by=by)
    export.write(buffer)
    return buffer.getvalue()


def rows_of(content, delimiter=","):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def tag(name):
    return Tag.objects.get(name=name).pk


@pytest.fixture
def filled(cast, every_kind):
    """An opportunity with a value in each field, and two tags."""
    f = every_kind
    custom = {
        "text": "=SUM(A1)", "long_text": "One\ntwo", "number": "1234.5", "money": "12000.5", "date": "2030-11-24",
        "yes_no": False, "list": option(f["list"], "B"), "link": "https://hexabio.example",
        "multiple_list": [option(f["multiple_list"], name) for name in ("Water", "Heat")], "person": cast.tom.pk,
    }  # fmt: skip
    made = make_opportunity("Sensors", by=cast.ada, custom={f[kind].key: plain for kind, plain in custom.items()})
    made.retag(add=[tag("Urgent"), tag("Renewal")], by=cast.ada)
    return made


def test_data_1_the_export_has_a_column_for_tags_and_for_each_field(cast, filled):
    (row,) = rows_of(exported(cast.ada))
    assert row["tags"] == "Urgent; Renewal"
    assert {name: row[f"My {name}"] for name in "text number money date yes_no list multiple_list link person".split()} == {
        "text": "'=SUM(A1)", "number": "1234.5", "money": "12000.50", "date": "2030-11-24", "yes_no": "no", "list": "B",
        "multiple_list": "Water; Heat", "link": "https://hexabio.example", "person": "Tom Baker",
    }  # fmt: skip
    with translation.override("fr"):
        (row,) = rows_of(exported(cast.ada, speech="fr"), ";")
    assert (row["My number"], row["My money"], row["My date"], row["My yes_no"]) == (
        "1234,5",
        "12000,50",
        "24/11/2030",
        "Non",
    )


def test_data_1_a_workbook_has_typed_cells(cast, filled):
    sheet = openpyxl.load_workbook(io.BytesIO(exported(cast.ada, format="xlsx"))).active
    row = dict(zip(*[[cell.value for cell in line] for line in sheet.iter_rows()], strict=True))
    assert (row["My number"], row["My money"], row["My text"]) == (1234.5, 12000.5, "=SUM(A1)")
    assert f"{row['My date']:%Y-%m-%d}" == "2030-11-24"


@pytest.mark.parametrize(
    ("format_", "speech"), [("csv", ""), ("csv", "fr"), ("csv", "en"), ("xlsx", "fr"), ("xlsx", "")]
)
def test_data_1_what_is_exported_comes_home_unchanged_and_rebuilds_what_is_gone(cast, filled, format_, speech):
    content = exported(cast.ada, format=format_, speech=speech)
    before = Operation.objects.count()
    again = run(content, cast.ada, name=f"home.{format_}", duplicates="overwrite")
    assert counts(again) == {"unchanged": 1} and Operation.objects.count() == before
    kept, tags = filled.custom, filled.tag_ids()
    emptied = Opportunity.objects.get(pk=filled.pk)
    emptied.custom = {}
    emptied.edit(by=cast.ada)
    emptied.retag(remove=tags, by=cast.ada)
    assert counts(run(content, cast.ada, name=f"home.{format_}", duplicates="overwrite")) == {"updated": 1}
    emptied.refresh_from_db()
    assert emptied.custom == kept and emptied.tag_ids() == tags


@pytest.mark.parametrize("kind", ["account", "contact"])
def test_data_8_accounts_and_contacts_too(cast, kind):
    field = make_field("Terms", "list", of=kind, values=["30 days", "60 days"])
    made = (make_account if kind == "account" else make_contact)(
        by=cast.ada, custom={field.key: option(field, "60 days")}
    )
    made.retag(add=[tag("Urgent")], by=cast.ada)
    content = exported(cast.ada, kind)
    assert (rows_of(content)[0]["Terms"], rows_of(content)[0]["tags"]) == ("60 days", "Urgent")
    content = content.replace(b"60 days", b"30 days").replace(b"Urgent", b"Renewal")
    assert counts(run(content, cast.ada, kind, duplicates="overwrite")) == {"updated": 1}
    made.refresh_from_db()
    assert made.custom == {field.key: option(field, "30 days")} and made.tag_ids() == {tag("Renewal")}


def test_data_2_columns_are_guessed_by_the_fields_names(cast, every_kind):
    assert guessed([["Étiquettes", "MY NUMBER", "my list"], ["a", "1", "B"]]) == {
        "Étiquettes": ["tags"],
        "MY NUMBER": [f"cf_{every_kind['number'].pk}"],
        "my list": [f"cf_{every_kind['list'].pk}"],
    }


def test_data_3_a_created_row_has_its_values_in_the_journal_of_its_creation(cast, every_kind):
    number, many = every_kind["number"], every_kind["multiple_list"]
    made = run([["name", "tags", "My number", "My multiple_list", "My person"],
                ["Sensors", "urgent, Renewal", "1 234,5", "heat; Water", "tom@demo.example"]], cast.ada)  # fmt: skip
    assert counts(made) == {"created": 1}
    opportunity = Opportunity.objects.get()
    assert opportunity.custom == {
        number.key: "1234.5",
        many.key: [option(many, "Water"), option(many, "Heat")],
        every_kind["person"].key: cast.tom.pk,
    }
    assert opportunity.tag_ids() == {tag("Urgent"), tag("Renewal")}
    change = Change.objects.get(model__model="opportunity")
    assert change.kind == "created" and change.fields[f"custom:{number.pk}"] == [None, "1234.5"]
    assert opportunity.custom_values.count() == 4


REFUSED = [
    ("My list", "D", "“D” is not a value of My list."),
    ("My list", "Bb", "Nearest: B."),
    ("My multiple_list", "Water; Steam", "“Steam” is not a value of My multiple_list."),
    ("tags", "Urgent, Nowhere", "“Nowhere” is not set up here."),
    ("My number", "many", "Enter a number"),
    ("My money", "-5", "not negative"),
    ("My date", "31/02/2026", "This date does not exist."),
    ("My yes_no", "perhaps", "Unknown; write one of"),
    ("My link", "javascript:alert(1)", "Only web addresses"),
    ("My person", "Nobody Here", "“Nobody Here” is not set up here."),
    ("My text", "x" * 201, "At most 200 characters"),
]


@pytest.mark.parametrize(("column", "value", "said"), REFUSED)
def test_data_5_what_is_not_set_up_or_cannot_be_read_is_refused_by_name(cast, every_kind, column, value, said):
    made = run([["name", column], ["Sensors", value], ["Meters", ""]], cast.ada)
    assert counts(made) == {"created": 1, "refused": 1}
    ((number, where, message),) = refusals(made)
    assert (number, where) == (2, column) and said in message
    assert Opportunity.objects.get().name == "Meters"


def test_data_5_an_archived_value_or_person_is_refused(cast, every_kind):
    FieldOption.objects.get(name="A").archive(by=cast.ada)
    cast.tom.deactivate(by=cast.ada)
    made = run([["name", "My list", "My person"], ["One", "A", ""], ["Two", "", "Tom Baker"]], cast.ada)
    assert counts(made) == {"refused": 2}


def test_data_3_custom_fields_change_only_with_overwrite_and_blanks_only_with_clear(cast, every_kind):
    text, number = every_kind["text"], every_kind["number"]
    mine = make_opportunity(by=cast.ada, custom={text.key: "Caen", number.key: "14"})
    rows = [["id", "My text", "My number"], [mine.pk, "Brest", ""]]
    assert counts(run(rows, cast.ada, duplicates="update")) == {"unchanged": 1}
    assert counts(run(rows, cast.ada, duplicates="overwrite")) == {"updated": 1}
    mine.refresh_from_db()
    assert mine.custom == {text.key: "Brest", number.key: "14"}
    run(rows, cast.ada, duplicates="overwrite", clear_empty=True)
    mine.refresh_from_db()
    assert mine.custom == {text.key: "Brest"}
    assert Change.objects.order_by("pk").last().fields == {f"custom:{number.pk}": ["14", None]}


def test_data_5_who_may_set_up_adds_values_and_tags_from_the_import(cast, every_kind):
    one, many = every_kind["list"], every_kind["multiple_list"]
    rows = [["name", "tags", "My list", "My multiple_list"], ["Sensors", "Urgent; Lab", "D", "Water; Steam"]]
    create = ["tags", one.input_name, many.input_name]
    assert counts(run(rows, cast.mia, create=create)) == {"refused": 1}
    assert counts(run(rows, cast.ada, create=create)) == {"created": 1}
    made = Opportunity.objects.get()
    assert made.tag_ids() == {tag("Urgent"), tag("Lab")}
    assert made.custom == {one.key: option(one, "D"), many.key: [option(many, "Water"), option(many, "Steam")]}
    mine = run([["id", "tags"], [made.pk, "Lab; Field"]], cast.ada, create=["tags"], duplicates="update")
    assert counts(mine) == {"updated": 1} and made.tag_ids() == {tag("Lab"), tag("Field")}


def test_data_4_the_values_step_offers_to_add_a_value_and_counts_its_rows(cast, as_, every_kind):
    made = read([["name", "tags", "My list"], ["One", "Lab", "D"], ["Two", "Urgent", "D"]], cast.ada)
    page = as_(cast.ada).get(f"/imports/{made.pk}/values/").content.decode()
    assert "Create “D”" in page and "Create “Lab”" in page and "My list" in page


def test_give_4_rights_hold_for_imported_tags_and_fields(cast, every_kind):
    hidden, seen = make_opportunity("Hidden", by=cast.sam), make_opportunity("Seen", by=cast.mia)
    rows = [["id", "tags", "My text"], [hidden.pk, "Urgent", "x"], [seen.pk, "Urgent", "x"]]
    made = run(rows, cast.mia, duplicates="overwrite")
    assert counts(made) == {"updated": 1, "refused": 1}
    assert hidden.tag_ids() == set() and seen.tag_ids() == {tag("Urgent")}


def test_arch_9_the_command_names_fields_by_their_names(cast, every_kind):
    builder = read([["x", "y"], ["1", "2"]], cast.ada)
    options = {"map": ["x=My text", "y=tags"], "value": [], "create_missing": "tag,My list", "match": None,
               "date_order": None, "duplicates": "skip"}  # fmt: skip
    settings = Words("opportunity", cast.ada, options).settings(builder.profiles)
    assert settings.columns == {0: [every_kind["text"].input_name], 1: ["tags"]}
    assert settings.create == ["tags", every_kind["list"].input_name]


def test_data_7_the_preview_reads_tags_and_custom_values(cast, as_, every_kind):
    one = every_kind["list"]
    mine = make_opportunity(by=cast.ada, custom={one.key: option(one, "A")})
    made = read(xlsx_bytes([["id", "name", "tags", "My list"], [mine.pk, "", "Urgent", "B"], ["", "New one", "Renewal", "C"]]),
                cast.ada, name="a.xlsx")  # fmt: skip
    settings = made.settings
    settings.duplicates = "overwrite"
    made.decide(settings)
    Import.objects.get(pk=made.pk).check_rows()
    Job.objects.get(pk=made.job_id).run()
    page = as_(cast.ada).get(f"/imports/{made.pk}/preview/?show=updated").content.decode()
    assert "Urgent" in page and "My list" in page and ">B<" in page
    page = as_(cast.ada).get(f"/imports/{made.pk}/preview/?show=created").content.decode()
    assert "Renewal" in page and ">C<" in page


def test_data_9_names_that_would_part_in_a_cell_are_refused(cast, as_):
    made = Tag.objects.first()
    answer = as_(cast.ada).post(
        "/settings/tags/", {"row": made.pk, f"{made.pk}-name": "A, B", f"{made.pk}-colour": "red"}
    )
    assert answer.status_code == 422 and "Without comma or semicolon" in answer.content.decode()
    answer = as_(cast.ada).post(
        "/settings/fields/opportunity/new/", {"field-name": "X", "field-kind": "multiple_list", "field-values": "a;b"}
    )
    assert answer.status_code == 422 and "Without semicolon" in answer.content.decode()


@pytest.mark.parametrize("kind", ["opportunity", "account", "contact"])
def test_opp_13_a_row_that_would_lack_a_required_field_says_so_in_the_preview(cast, as_, kind):
    make_field("Main place", "list", of=kind, values=["Nantes"], required=True)
    make_field("Metered", "yes_no", of=kind, required=True)
    make_field("Beside", of=kind)
    name = "last name" if kind == "contact" else "name"
    rows = [[name, "Main place", "Metered"], ["Ashford", "Nantes", "no"], ["Bramley", "", "yes"]]
    made = check(read(rows, cast.ada, kind))
    page = as_(cast.ada).get(f"/imports/{made.pk}/preview/?show=created").content.decode()
    assert page.count("“Main place” is required and has no value here.") == 1
    assert "“Metered” is required" not in page and "“Beside” is required" not in page
    done = run(rows, cast.ada, kind)
    assert counts(done)["created"] == 2 and not refusals(done)
