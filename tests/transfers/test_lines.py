"""OPP-12, DATA-1..11: the lines of opportunities leave in a spreadsheet and come in by one."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Job
from opportunities.models import Line, Opportunity
from opportunities.models.lines import VALUES
from pipelines.models import Category, Product, SaleType, Subcategory
from records.journal import operation
from records.models import Change
from tests.make import make_account, make_opportunity, stage
from tests.transfers.sheets import check, counts, guessed, read, refusals, run
from tests.transfers.test_round_trip import come_home, exported
from tests.transfers.workbooks import edited
from tests.transfers.workbooks import exported as workbook_of
from transfers.models import Export, Import
from transfers.planning.lines import LinePlanner
from transfers.preview import Texts
from transfers.values import unknown_fields

NEW = ["Opportunity ID", "Label", "Quantity", "Unit price"]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def given(label="Radio gateway", quantity=14, unit_price=890, unit_cost=600, position=1, **more):
    return {
        "label": label, "quantity": Decimal(quantity), "unit_price": Decimal(unit_price), "position": position,
        "unit_cost": Decimal(unit_cost), **more,
    }  # fmt: skip


@pytest.fixture
def deal(cast):
    made = make_opportunity(
        "Sensors", by=cast.claire, account=make_account(by=cast.claire), reference="R1", stage=stage("Proposal")
    )
    made.change_lines(
        added=[given(), given("Probe", 56, 145, 90, 2), given("Care", 1, 6360, 0, 3, months=36)], by=cast.claire
    )
    return again(made)


@pytest.fixture
def offer(cast):
    """A product with all that it fills in, and its lists."""
    category, sale_type = Category(name="Equipment").add(by=None), SaleType(name="Rental").add(by=None)
    part = Subcategory(name="Radio", category=category).add(by=None)
    return Product(
        name="Gateway X", code="GX-1", category=category, subcategory=part, sale_type=sale_type,
        unit_price=Decimal("120.5"), unit_cost=Decimal("80.125"),
    ).add(by=None)  # fmt: skip


def again(opportunity):
    return Opportunity.objects.get(pk=opportunity.pk)


def lines(opportunity):
    names = ("position", "label", "quantity", "unit_price", "unit_cost", "months")
    return [tuple(getattr(line, name) for name in names) for line in opportunity.lines.all()]


def rows_of(by, query=""):
    return list(csv.DictReader(io.StringIO(exported(by, "line", "csv", "").decode(), newline="")))


def take(rows, by, **decided):
    return run(rows, by, "line", **decided)


def pks(opportunity):
    return list(opportunity.lines.values_list("pk", flat=True))


# Out


def test_data_1_opp_12_an_export_has_a_row_for_each_line_with_all_that_can_be_edited(cast, deal, offer):
    deal.change_lines(added=[given("Rent", "1.5", "0.125", 0, 4, product_id=offer.pk, sale_type_id=offer.sale_type_id,
        category_id=offer.category_id, subcategory_id=offer.subcategory_id)], by=cast.claire)  # fmt: skip
    first, *_others, last = rows_of(cast.ada)
    assert (
        list(first)
        == (
            "id opportunity_id reference opportunity position product label sale_type category subcategory quantity "
            "unit_price unit_cost months amount margin currency"
        ).split()
    )
    assert {name: first[name] for name in first if name not in ("id", "opportunity_id")} == {
        "reference": "R1", "opportunity": "Sensors", "position": "1", "product": "", "label": "Radio gateway",
        "sale_type": "", "category": "", "subcategory": "", "quantity": "14", "unit_price": "890", "unit_cost": "600",
        "months": "", "amount": "12460.00", "margin": "4060.00", "currency": "EUR",
    }  # fmt: skip
    assert (int(first["id"]), int(first["opportunity_id"])) == (pks(deal)[0], deal.pk)
    named = [last[name] for name in ("product", "sale_type", "category", "subcategory", "quantity", "unit_price")]
    assert named == ["Gateway X", "Rental", "Equipment", "Radio", "1.5", "0.1250"]


def test_data_1_give_4_lines_are_exported_in_list_order_with_the_right_and_of_what_one_sees(cast, deal):
    late = make_opportunity("Later", by=cast.claire, reference="R0", due_on=deal.due_on.replace(year=2030))
    late.change_lines(added=[given("Late")], by=cast.claire)
    hidden = make_opportunity("Hidden", by=cast.sam)
    hidden.change_lines(added=[given("Secret")], by=cast.sam)
    won = make_opportunity("Won", by=cast.claire, status="won")
    won.change_lines(added=[given("Sold")], by=cast.claire)
    assert [row["label"] for row in rows_of(cast.claire)] == ["Radio gateway", "Probe", "Care", "Late", "Sold"]
    assert rows_of(cast.eve) == []
    buffer = io.BytesIO()
    Export(kind="line", format="csv", query="status=won", job=Job(by=cast.claire)).write(buffer)
    assert b"Sold" in buffer.getvalue() and buffer.getvalue().count(b"\n") == 2
    hidden.trash(by=cast.sam)
    assert "Secret" not in str(rows_of(cast.ada))


def test_data_1_give_3_who_may_not_export_opportunities_exports_no_lines(cast, as_, deal, capsys):
    profile = cast.tom.profile
    rights = {**profile.rights, "opportunity": {**profile.rights["opportunity"], "export": "none"}}
    profile.edit(by=cast.ada, rights=rights)
    assert as_(cast.tom).get("/imports/exports/new/?kind=line").status_code == 403
    with pytest.raises(SystemExit) as stop:
        call_command("export_file", "lines", "-", "--as", "tom@demo.example")
    assert stop.value.code == 2 and capsys.readouterr().out == ""


@pytest.mark.parametrize("ticked", [True, False])
def test_data_1_the_list_offers_the_lines_of_what_is_ticked_or_filtered(cast, as_, deal, ticked):
    make_opportunity("Other", by=cast.claire).change_lines(added=[given("Other line")], by=cast.claire)
    query = f"id={deal.pk}" if ticked else "q=Sensors"
    browser = as_(cast.claire)
    page = browser.get("/imports/exports/new/", {"kind": "opportunity", "query": query}).content.decode()
    assert 'value="line"' in page and "Export 1 opportunities" in page
    asked = {"kind": "line", "query": query, "format": "xlsx", "columns": "shown"}
    browser.post("/imports/exports/new/", asked)
    made = Export.objects.get()
    Job.objects.get(pk=made.job_id).run()
    made.refresh_from_db()
    sheet = openpyxl.load_workbook(made.file.path).worksheets[0]
    assert (made.kind, made.rows) == ("line", 3)
    assert sheet["A1"].value == "Line ID" and sheet["A2"].value == pks(deal)[0]


def test_data_1_the_commands_take_lines_out_and_in(cast, deal, tmp_path, capsys):
    path = tmp_path / "lines.csv"
    call_command("export_file", "lines", str(path), "--as", "ada@demo.example")
    assert json.loads(capsys.readouterr().out)["rows"] == 3
    path.write_text(path.read_text().replace('"Probe"', '"Double probe"'))
    for words, updated in ((["--dry-run"], 1), ([], 1), ([], 0)):
        call_command("import_file", "lines", str(path), "--as", "ada@demo.example", "--duplicates", "update", *words)
        receipt = json.loads(capsys.readouterr().out)
        assert (receipt["updated"], receipt["unchanged"], receipt["errors"]) == (updated, 3 - updated, [])
    assert lines(deal)[1][1] == "Double probe"


# There and back


HARD = [
    "=1+1",
    "+33 6",
    "-5",
    "'=x",
    "two\nlines",
    "007",
    "1e5",
    "a;b",
    "émoji 🎈",
    "Total",
    "-",
    "#N/A",
    "1,5",
    "_x0041_",
]


def awkward(cast, offer):
    """Lines that are hard to bring home; how many."""
    made = make_opportunity("=Deal; one", by=cast.ada, reference="+1")
    exact = ["0.001", "1.125", "12", "1234567.891", "0.1", "100"]
    more = {"product_id": offer.pk, "category_id": offer.category_id, "subcategory_id": offer.subcategory_id}
    made.change_lines(
        added=[
            given(label, exact[at % 6], exact[(at + 1) % 6], exact[(at + 2) % 6], at // 2 + 1, months=at % 3 or None)
            | (more if at % 4 == 0 else {})
            for at, label in enumerate(HARD)
        ],
        by=cast.ada,
    )
    make_opportunity("Empty", by=cast.ada)
    dollars = make_opportunity("=Deal; one", by=cast.ada, currency="USD", status="won")
    dollars.change_lines(added=[given()], by=cast.ada)
    offer.archive(by=cast.ada)
    return len(HARD) + 1


@pytest.mark.parametrize("speech", ["", "en", "fr"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_data_1_opp_12_exported_lines_come_home_unchanged(cast, offer, format, speech):
    count = awkward(cast, offer)
    before = list(Line.objects.values())
    rows, found, told = come_home(exported(cast.ada, "line", format, speech), "line", format, cast.ada)
    assert (rows, told, found["unchanged"]) == (count, [], count)
    made = take(
        exported(cast.ada, "line", format, speech), cast.ada, name=f"f.{format}", duplicates="update", match="id"
    )
    assert counts(made) == {"unchanged": count} and made.operation is None
    assert list(Line.objects.values()) == before


def test_data_1_opp_12_found_by_their_place_they_come_home_too(cast, deal):
    content = exported(cast.ada, "line", "csv", "")
    assert counts(take(content, cast.ada, duplicates="update", match="position")) == {"unchanged": 3}


def home(workbook, by, choose="", kind="line"):
    """The workbook imported as the wizard proposes, after its check."""
    made = check(read(workbook, by, kind, name="export.xlsx"))
    made.conflicts.update(choice=choose)
    texts = Texts(made, [], list(made.conflicts.all()))
    said = [texts.conflict(one) for one in made.conflicts.all()]
    made.run_rows(ring=False)
    Job.objects.get(pk=made.job_id).run()
    told = [(one["name"], str(one["label"]), one["base"], one["here"], one["file"]) for one in said]
    return counts(Import.objects.get(pk=made.pk)), told


def change(deal, at, by, **values):
    """Change a line as the editor does."""
    line = deal.lines.all()[at]
    again(deal).change_lines({line.pk: {name: getattr(line, name) for name in VALUES} | values}, by=by)


def test_data_11_opp_12_what_changed_on_one_side_is_merged(cast, deal):
    workbook = edited(workbook_of(cast.ada, "line"), unit_price__2=150, label__3="Care and repair")
    change(deal, 0, cast.claire, quantity=Decimal(10))
    change(deal, 1, cast.claire, label="Long probe")
    assert home(workbook, cast.ada) == ({"updated": 2, "unchanged": 1}, [])
    assert [line[1:4] for line in lines(deal)] == [
        ("Radio gateway", 10, 890), ("Long probe", 56, 150), ("Care and repair", 1, 6360),
    ]  # fmt: skip
    assert again(deal).amount == 8900 + 56 * 150 + 6360


@pytest.mark.parametrize("choose", ["", "here", "file"])
def test_data_11_opp_12_a_cell_changed_on_both_sides_is_a_conflict(cast, deal, choose):
    workbook = edited(workbook_of(cast.ada, "line"), unit_price__2=150)
    change(deal, 1, cast.claire, unit_price=Decimal("160.5"))
    outcome, told = home(workbook, cast.ada, choose)
    assert told == [("Sensors – Probe", "Unit price", "145", "160.50", "150")]
    assert outcome == ({"updated": 1, "unchanged": 2} if choose == "file" else {"unchanged": 3})
    assert lines(deal)[1][3] == (150 if choose == "file" else Decimal("160.5"))


def test_data_11_opp_12_the_same_workbook_twice_and_after_undo(cast, deal):
    workbook = edited(workbook_of(cast.ada, "line"), label__1="Gateway")
    assert home(workbook, cast.ada)[0] == {"updated": 1, "unchanged": 2}
    assert home(workbook, cast.ada)[0] == {"unchanged": 3}
    assert home(edited(workbook, label__1="Bridge"), cast.ada) == ({"updated": 1, "unchanged": 2}, [])
    Import.objects.latest("pk").operation.undo(by=cast.ada)
    assert lines(deal)[0][1] == "Gateway"


def test_data_11_a_workbook_of_lines_is_one_whatever_it_is_said_to_hold(cast, deal):
    """Its amounts would else become those of the opportunities, whose IDs it holds too."""
    made = read(edited(workbook_of(cast.ada, "line"), quantity__1=1), cast.ada, "opportunity", name="e.xlsx")
    assert (made.kind, made.export) == ("line", Export.objects.get())
    assert home(workbook_of(cast.ada, "line"), cast.ada, kind="account") == ({"unchanged": 3}, [])


# In


def test_data_2_headers_in_french_and_english_are_recognised(cast):
    french = ["ID de la ligne", "ID de l’opportunité", "Référence de l’opportunité", "Opportunité", "Position", "Produit",
        "Libellé", "Type de vente", "Catégorie", "Sous-catégorie", "Quantité", "Prix unitaire", "Coût unitaire", "Mois"]  # fmt: skip
    english = ["Line ID", "Opportunity ID", "Opportunity reference", "Opportunity", "Position", "Product", "Label",
        "Sale type", "Category", "Subcategory", "Quantity", "Unit price", "Unit cost", "Months"]  # fmt: skip
    names = "id opportunity_id reference opportunity position product label sale_type category subcategory quantity unit_price unit_cost months"
    for headers in (french, english, names.split()):
        assert [found for [found] in guessed([headers], "line").values()] == names.split()
    usual = guessed([["Affaire", "Désignation", "Qté", "PU HT", "Prix de revient", "Durée", "Total HT"]], "line")
    assert [found for [found] in usual.values()] == [
        "opportunity",
        "label",
        "quantity",
        "unit_price",
        "unit_cost",
        "months",
    ]


def test_data_2_opp_12_new_lines_come_behind_the_others_and_the_amount_follows(cast, deal):
    other = make_opportunity("Other", by=cast.claire, reference="R2", amount=7)
    rows = [
        ["Opportunity ID", "Reference", "Opportunity", "Label", "Quantity", "Unit price", "Unit cost", "Months"],
        [deal.pk, "", "", "By ID", "2", "10,50", "4", "12"],
        ["", "R1", "", "By reference", "1", "1", "", ""],
        ["", "", "Other", "By name", "3", "1 000", "", ""],
        ["", "R2", "", "Last", "1", "5", "", ""],
    ]
    made = take(rows, cast.bo)
    assert counts(made) == {"created": 4}
    assert lines(deal)[3:] == [(4, "By ID", 2, Decimal("10.5"), 4, 12), (5, "By reference", 1, 1, 0, None)]
    assert lines(other) == [(1, "By name", 3, 1000, 0, None), (2, "Last", 1, 5, 0, None)]
    assert (again(deal).amount, again(other).amount) == (26962, 3005)
    assert again(other).periods.last().amount == 3005
    assert [line.margin for line in deal.lines.all()[3:]] == [13, 1]
    assert pks(deal)[3:] + pks(other) == sorted(pks(deal)[3:] + pks(other))


def test_opp_12_an_amount_set_by_hand_stays_when_lines_come_in(cast, deal):
    fresh = again(deal)
    vars(fresh).update(amount=Decimal(5), amount_by_hand=True)
    fresh.edit(by=cast.claire)
    take([NEW, [deal.pk, "More", "1", "9"]], cast.bo)
    assert (again(deal).amount, again(deal).amount_by_hand) == (5, True)
    assert sum(line.amount for line in deal.lines.all()) == 26949


def test_data_2_opp_12_a_product_fills_in_what_a_new_line_leaves_blank(cast, deal, offer):
    rows = [["Reference", "Product", "Label", "Unit price"], ["R1", "gateway x", "", ""], ["R1", "gx-1", "Own", "7"]]
    assert counts(take(rows, cast.bo)) == {"created": 2}
    first, second = deal.lines.all()[3:]
    filled = (offer.pk, offer.category_id, offer.subcategory_id, offer.sale_type_id, Decimal("80.125"), 1)
    for line in (first, second):
        found = (
            line.product_id,
            line.category_id,
            line.subcategory_id,
            line.sale_type_id,
            line.unit_cost,
            line.quantity,
        )
        assert found == filled
    assert (first.label, first.unit_price, second.label, second.unit_price) == ("Gateway X", Decimal("120.5"), "Own", 7)
    made = take([["Line ID", "Product"], [pks(deal)[0], "Gateway X"]], cast.bo, duplicates="update", match="id")
    assert list(made.operation.changes.get().fields) == [f"line:{pks(deal)[0]}"]  # what is there stays: no column of it
    assert lines(deal)[0] == (1, "Radio gateway", 14, 890, 600, None)


def test_data_3_only_mapped_columns_change_and_empty_cells_only_when_asked(cast, deal):
    care = pks(deal)[2]
    rows = [["Line ID", "Unit cost", "Months"], [care, "", ""]]
    assert counts(take(rows, cast.bo, duplicates="update", match="id")) == {"unchanged": 1}
    rows = [["Line ID", "Unit price", "Months"], [care, "6000", ""]]
    assert counts(take(rows, cast.bo, duplicates="update", match="id", clear_empty=True)) == {"updated": 1}
    assert lines(deal)[2] == (3, "Care", 1, 6000, 0, None)
    for column, said in (
        ("Label", "Choose a product"),
        ("Quantity", "Enter a quantity."),
        ("Unit price", "Enter a unit"),
    ):
        made = take([["Line ID", column], [care, ""]], cast.bo, duplicates="update", match="id", clear_empty=True)
        assert refusals(made)[0][1] == column and said in refusals(made)[0][2]


def test_data_3_known_lines_are_left_alone_or_changed_as_chosen(cast, deal):
    rows = [["Reference", "Position", "Label", "Quantity", "Unit price"],
        ["R1", "2", "Probe", "60", "145"], ["R1", "9", "Far", "1", "1"], ["R1", "", "End", "1", "1"]]  # fmt: skip
    assert counts(take(rows, cast.bo, match="position")) == {"created": 2, "skipped": 1}
    assert [line[:3] for line in lines(deal)] == [
        (1, "Radio gateway", 14), (2, "Probe", 56), (3, "Care", 1), (9, "Far", 1), (10, "End", 1),
    ]  # fmt: skip
    made = take(rows[:3], cast.bo, match="position", duplicates="update")
    assert (counts(made), lines(deal)[1][2]) == ({"updated": 1, "unchanged": 1}, 60)
    only = take(
        [*rows[:2], ["R1", "30", "None", "1", "1"]], cast.bo, match="position", duplicates="update", only="update"
    )
    assert counts(only) == {"unchanged": 1, "skipped": 1}


def test_data_3_a_line_said_twice_is_written_once(cast, deal):
    place = [["Reference", "Position", "Label", "Quantity", "Unit price"], ["R1", "2", "a", "1", "1"], ["R1", "2", "b", "1", "1"],
        ["R1", "8", "c", "1", "1"], ["R1", "8", "d", "1", "1"]]  # fmt: skip
    made = take(place, cast.bo, match="position", duplicates="update")
    assert counts(made) == {"updated": 1, "created": 1, "refused": 2}
    assert {row: message for row, _column, message in refusals(made)} == {
        3: "The same record stands in row 2 already.", 5: "The same record stands in row 4 already.",
    }  # fmt: skip
    both = [["Opportunity ID", "Reference", "Position", "Label", "Quantity", "Unit price"],
        [deal.pk, "", "20", "by id", "1", "1"], ["", "R1", "20", "by reference", "1", "1"]]  # fmt: skip
    assert counts(take(both, cast.bo, match="position")) == {"created": 1, "skipped": 1}
    ids = [["Line ID", "Label"], [pks(deal)[0], "x"], [pks(deal)[0], "y"]]
    assert counts(take(ids, cast.bo, match="id", duplicates="update")) == {"updated": 1, "refused": 1}


@pytest.mark.parametrize(
    ("column", "said", "part"),
    [
        ("Quantity", "0", "Enter a quantity above 0."),
        ("Quantity", "-3", "Enter a quantity above 0."),
        ("Quantity", "many", "Enter a number"),
        ("Quantity", "1.2345", "Enter at most three decimals."),
        ("Unit price", "-1", "not negative"),
        ("Unit price", "9999999999999", "at most 12 digits"),
        ("Quantity", "9999999999", "more than 12 digits"),
        ("Months", "0", "between 1 and 600"),
        ("Months", "long", "Enter a number"),
        ("Position", "0", "between 1 and"),
        ("Label", "x" * 201, "At most 200 characters"),
        ("Product", "Gatway X", "Nearest: Gateway X."),
        ("Product", "Nothing we sell", "No product is called “Nothing we sell”."),
        ("Sale type", "Rentall", "Nearest: Rental."),
        ("Subcategory", "Radios", "Nearest: Radio."),
        ("Line ID", "abc", "An ID is a whole number."),
        ("Line ID", "999999", "There is no line with this ID."),
    ],
)
def test_all_6_a_bad_cell_is_refused_by_name_and_nothing_of_its_row_is_written(cast, deal, offer, column, said, part):
    row = {"Line ID": pks(deal)[0], "Label": "Changed", "Quantity": "14", "Unit price": "890"} | {column: said}
    before = lines(deal)
    fed = {"Line ID": "id", "Sale type": "sale_type", "Unit price": "unit_price"}
    columns = {at: [fed.get(name, name.lower())] for at, name in enumerate(row)}
    made = take([[*row], [*row.values()]], cast.bo, match="id", duplicates="update", columns=columns)
    [(number, header, message)] = refusals(made)
    assert (number, header) == (2, column) and part in message
    assert lines(deal) == before and made.operation is None


def test_data_4_a_part_belongs_to_its_category(cast, deal, offer):
    Category(name="Repairs").add(by=None)
    rows = [["Line ID", "Category", "Subcategory"], [pks(deal)[0], "Repairs", "Radio"], [pks(deal)[1], "", "Radio"]]
    made = take(rows, cast.bo, match="id", duplicates="update")
    assert counts(made) == {"updated": 1, "refused": 1}
    assert deal.lines.all()[1].category.name == "Equipment"
    made = take([["Line ID", "Category"], [pks(deal)[1], "Repairs"]], cast.bo, match="id", duplicates="update")
    assert "“Radio” belongs to “Equipment”" in refusals(made)[0][2]


def test_data_2_a_line_stays_on_its_opportunity(cast, deal):
    other = make_opportunity("Other", by=cast.claire, reference="R2")
    rows = [
        ["Line ID", "Opportunity ID", "Reference", "Label"],
        [pks(deal)[0], other.pk, "", "moved"],
        [pks(deal)[1], deal.pk, "R2", "moved"],
        [pks(deal)[2], deal.pk, "an old reference", "changed"],
    ]
    made = take(rows, cast.bo, match="id", duplicates="update")
    assert [(row, column) for row, column, _message in refusals(made)] == [(2, "Opportunity ID"), (3, "Reference")]
    assert [line[1] for line in lines(deal)] == ["Radio gateway", "Probe", "changed"] and not lines(other)


def test_data_2_a_row_that_says_no_opportunity_is_refused_and_a_file_without_any_whole(cast, deal):
    made = take([NEW, ["", "x", "1", "1"]], cast.bo)
    assert refusals(made) == [(2, "Opportunity ID", "Say which opportunity it belongs to, by its ID or its reference.")]
    made = read([["Label", "Quantity", "Unit price"], ["x", "1", "1"]], cast.bo, "line")
    assert "Choose a column for: Opportunity ID." in made.new_planner().refusal()
    make_opportunity("Sensors", by=cast.claire)
    made = take([["Opportunity", "Label", "Unit price"], ["Sensors", "x", "1"]], cast.bo)
    assert "Several opportunities are called so." in refusals(made)[0][2]


# The gate


def test_give_4_lines_and_opportunities_of_others_are_as_if_they_were_absent(cast, deal):
    mine = make_opportunity("Mine", by=cast.eve, reference="E1")
    mine.change_lines(added=[given()], by=cast.eve)
    stranger = [[pks(deal)[0], deal.pk, "R1", "Sensors"], [pks(deal)[0] + 99_999, deal.pk + 99_999, "R9", "Censors"]]
    said = []
    for line, pk, reference, name in stranger:
        for header, value in (("Opportunity ID", pk), ("Reference", reference), ("Opportunity", name)):
            rows = [[header, "Position", "Label", "Quantity", "Unit price"], [value, "1", "x", "1", "1"]]
            [(_row, _column, message)] = refusals(take(rows, cast.eve, duplicates="update"))
            said.append(message)
        rows = [["Line ID", "Label"], [line, "x"]]
        said.append(refusals(take(rows, cast.eve, duplicates="update", match="id"))[0][2])
        rows = [["Line ID", "Opportunity ID", "Label"], [pks(mine)[0], pk, "x"]]
        said.append(refusals(take(rows, cast.eve, duplicates="update", match="id"))[0][2])
    assert said[:5] == said[5:]
    rows = [["Line ID", "Reference", "Label"], [pks(mine)[0], "R1", "Mine still"]]
    assert counts(take(rows, cast.eve, duplicates="update", match="id")) == {"updated": 1}
    assert [line[1] for line in lines(deal)] == ["Radio gateway", "Probe", "Care"]
    deal.trash(by=cast.claire)
    assert refusals(take([NEW, [deal.pk, "x", "1", "1"]], cast.ada))[0][2] == said[0]


def test_give_3_lines_of_what_one_may_only_see_are_refused_with_the_reason(cast, deal):
    deal.share(to=cast.eve, by=cast.claire)
    rows = [["Line ID", "Opportunity ID", "Label", "Quantity", "Unit price"],
        [pks(deal)[0], deal.pk, "Changed", "14", "890"], [pks(deal)[1], deal.pk, "Probe", "56", "145"],
        ["", deal.pk, "New", "1", "1"]]  # fmt: skip
    made = take(rows, cast.eve, duplicates="update", match="id")
    assert counts(made) == {"unchanged": 1, "refused": 2}
    assert all("Claire Dubois" in message for _row, _column, message in refusals(made))
    assert len(lines(deal)) == 3
    deal.share(to=cast.eve, by=cast.claire, edit=True)
    assert counts(take(rows, cast.eve, duplicates="update", match="id")) == {"updated": 1, "unchanged": 1, "created": 1}


def test_give_3_importing_lines_needs_the_right_to_import_opportunities(cast, as_, deal):
    profile = cast.eve.profile
    rights = {**profile.rights, "opportunity": {**profile.rights["opportunity"], "import": "none"}}
    profile.edit(by=cast.ada, rights=rights)
    eve = type(cast.eve).objects.get(pk=cast.eve.pk)
    assert "does not let you import" in read([NEW], eve, "line").new_planner().refusal()
    page = as_(eve).get("/imports/new/").content.decode()
    assert 'value="account"' in page and 'value="line"' not in page


# The journal, undo, deaths


def test_log_1_each_line_is_journalled_with_its_opportunity_as_the_editor_does(cast, deal):
    rows = [["Line ID", "Opportunity ID", "Label", "Quantity", "Unit price"],
        [pks(deal)[0], deal.pk, "Radio gateway", "10", "890"], ["", deal.pk, "New", "2", "5"]]  # fmt: skip
    made = take(rows, cast.bo, match="id", duplicates="update")
    [change] = made.operation.changes.all()
    first, new = pks(deal)[0], pks(deal)[-1]
    assert (change.record_id, change.version) == (deal.pk, again(deal).version)
    assert set(change.fields) == {f"line:{first}", f"line:{new}", "amount"}
    old, fresh = change.fields[f"line:{first}"]
    assert (old["quantity"], fresh["quantity"]) == ("14", "10") and {**old, "quantity": "10"} == fresh
    assert change.fields[f"line:{new}"][0] is None and change.fields[f"line:{new}"][1]["label"] == "New"
    assert change.fields["amount"] == ["26940", "23390"]
    assert (made.operation.by, made.operation.door) == (cast.bo, "import")


def test_data_7_log_2_undo_brings_back_exactly_what_was(cast, deal):
    other = make_opportunity("Other", by=cast.claire, reference="R2", amount=7)
    before = list(Line.objects.order_by("pk").values())
    rows = [["Line ID", "Reference", "Label", "Quantity", "Unit price", "Months"],
        [pks(deal)[0], "R1", "Gateway", "10", "800", "6"], [pks(deal)[2], "R1", "Care", "1", "6360", ""],
        ["", "R1", "New", "2", "5", ""], ["", "R2", "First", "1", "1", ""]]  # fmt: skip
    made = take(rows, cast.bo, match="id", duplicates="update", clear_empty=True)
    assert counts(made) == {"updated": 2, "created": 2}
    made.operation.undo(by=cast.bo)
    assert list(Line.objects.order_by("pk").values()) == before
    assert (again(deal).amount, again(other).amount) == (26940, 7)
    assert again(deal).periods.last().amount == 26940


def test_log_2_undo_keeps_and_names_the_line_that_somebody_changed_since(cast, deal):
    made = take(
        [["Line ID", "Label"], [pks(deal)[0], "A"], [pks(deal)[1], "B"]], cast.bo, match="id", duplicates="update"
    )
    change(deal, 0, cast.claire, quantity=Decimal(1))
    undone = made.operation.undo(by=cast.bo)
    assert [line[1:3] for line in lines(deal)[:2]] == [("A", 1), ("Probe", 56)]
    assert undone is not None


def test_data_7_the_dry_run_shows_each_cell_and_writes_nothing(cast, deal, offer):
    rows = [["Line ID", "Reference", "Product", "Label", "Quantity", "Unit price"],
        [pks(deal)[0], "R1", "Gateway X", "Radio gateway", "10,5", "890"], ["", "R1", "", "New", "2", "5,25"]]  # fmt: skip
    made = check(read(rows, cast.bo, "line"), match="id", duplicates="update")
    found = list(made.lines.order_by("number"))
    changed, new = (Texts(made, found).line(line) for line in found)
    assert changed["name"] == "Sensors – Radio gateway"
    assert {(one["label"], one["old"], one["new"]) for one in changed["details"]} == {
        ("product", "empty", "Gateway X"), ("quantity", "14", "10.5"),
    }  # fmt: skip
    assert new["details"] == ["empty", "empty", "2", "5.25", "0", "empty"]
    assert lines(deal)[0][2] == 14 and len(lines(deal)) == 3


def test_data_6_the_values_step_proposes_products(cast, deal, offer):
    made = read([["Reference", "Product", "Unit price"], ["R1", "Gatway X", "1"]], cast.bo, "line")
    [field] = unknown_fields(made)
    assert [one.label for one in field.values[0].near] == ["Gateway X"] and not field.may_create
    made = take(
        [["Reference", "Product"], ["R1", "Gatway X"]], cast.bo, values={"product": {"Gatway X": {"to": str(offer.pk)}}}
    )
    assert counts(made) == {"created": 1} and deal.lines.last().product == offer


@pytest.mark.parametrize("dies", ["before", "after"])
def test_data_10_a_worker_that_dies_resumes_and_each_line_is_there_once(cast, deal, monkeypatch, dies):
    rows = [NEW, *([deal.pk, f"L{at}", "1", "1"] for at in range(2_500))]
    made = read(rows, cast.bo, "line")
    made.run_rows(ring=False)
    written, write = [], LinePlanner.write

    def die(self, planned):
        if dies == "after":
            write(self, planned)
        if len(written) == 1:
            written.append("dead")
            raise KeyboardInterrupt
        written.append(len(planned))
        if dies == "before":
            write(self, planned)

    monkeypatch.setattr(LinePlanner, "write", die)
    with pytest.raises(KeyboardInterrupt):
        Job.objects.get(pk=made.job_id).run()
    Job.objects.filter(pk=made.job_id).update(lease="", lease_until=None)
    Job.objects.get(pk=made.job_id).run()
    made = Import.objects.get(pk=made.pk)
    assert counts(made) == {"created": 2_500}
    labels = list(deal.lines.order_by("position").values_list("label", flat=True))[3:]
    assert labels == [f"L{at}" for at in range(2_500)]
    assert again(deal).amount == 26940 + 2_500
    assert Change.objects.filter(operation=made.operation).count() == 3


def test_opp_12_a_thousand_lines_of_many_opportunities_take_few_statements(cast, deal, django_assert_max_num_queries):
    made = [make_opportunity(f"D{at}", by=cast.claire) for at in range(40)]
    imported = read([NEW, *([one.pk, f"L{at}", "1", "1"] for one in made for at in range(25))], cast.bo, "line")
    planner = imported.planner
    chunk = next(imported.chunks_of_rows())
    with operation(by=cast.bo, door="import", what="test"), django_assert_max_num_queries(45):
        planner.write(planner.plan(chunk, lock=True))
    assert Line.objects.count() == 1_003


def test_life_3_what_is_purged_is_erased_from_imports_of_its_lines(cast, deal):
    made = check(
        read([["Line ID", "Label"], [pks(deal)[0], "Named"]], cast.bo, "line"), match="id", duplicates="update"
    )
    take([["Line ID", "Quantity"], [pks(deal)[0], "none"]], cast.bo, match="id", duplicates="update")
    deal.trash(by=cast.claire)
    with operation(by=None, door="automation", what="purge"):
        Opportunity.purge_rows([deal.pk])
    for imported in Import.objects.all():
        assert [(line.name, line.details or None) for line in imported.lines.all()] == [("", None)], imported == made


def test_log_2_many_lines_are_taken_back_with_statements_that_do_not_grow(cast):
    asked = []
    for many in (3, 30):
        deals = [make_opportunity(f"D{many} {at}", by=cast.claire) for at in range(10)]
        made = take([NEW, *([one.pk, f"L{at}", "1", "1"] for one in deals for at in range(many))], cast.bo)
        with CaptureQueriesContext(connection) as queries:
            made.operation.undo(by=cast.bo)
        assert not Line.objects.exists() and {again(one).amount for one in deals} == {1000}
        asked.append(len(queries))
    assert asked[1] <= asked[0] + 3, asked
