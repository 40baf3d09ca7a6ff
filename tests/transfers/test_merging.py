"""DATA-11: an exported workbook knows its export, and comes home as a three-way merge."""

import datetime as dt
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command

from accounts.models import Account
from attributes.models import CustomField, FieldOption, Tag
from core.models import Job
from opportunities.models import Opportunity
from records.journal import operation
from tests.make import make_account, make_contact, make_opportunity, make_person, source, stage
from tests.transfers.sheets import check, read
from tests.transfers.workbooks import cells_of, edited, exported
from transfers.marking import Versions, export_id_of, mark_of
from transfers.models import Export, Import
from users.models import Profile, User


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def home(workbook, by, kind="opportunity", choose=None, **decided):
    """The workbook imported as the wizard proposes, after its check."""
    made = check(read(workbook, by, kind, name="export.xlsx"), **decided)
    if choose:
        made.conflicts.update(choice=choose)
    made.run_rows(ring=False)
    Job.objects.get(pk=made.job_id).run()
    return Import.objects.get(pk=made.pk)


def write(record, **values):
    """Change a record as somebody here does."""
    fresh = type(record).objects.get(pk=record.pk)
    with operation(by=None, door="form", what="test"):
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.save()


# The kinds of cells: column, what the export held, another value here, another in the file as it is written there,
# and as it is kept. Each is a name of the model's column, of the export's, and four values.
KINDS = {
    "text": ("call_name", "call_name", "Atlas", "Boreas", "Castor", "Castor"),
    "long text": ("brief", "brief", "one\ntwo", "three", "four; five", "four; five"),
    "formula-like": ("call_name", "call_name", "=A1", "+33", "-5 =x", "-5 =x"),
    "amount": ("amount", "amount", Decimal("1000"), Decimal("92300"), 94100.5, Decimal("94100.50")),
    "date": (
        "signature_on", "signature_on",
        dt.date(2026, 10, 30), dt.date(2026, 11, 13), dt.date(2026, 12, 18), dt.date(2026, 12, 18),
    ),
    "name of a list": ("source_id", "source", "Referral", "Trade show", "Partner", "Partner"),
    "account": ("account_id", "account", "Hexabio", "Lizon", "Bessin", "Bessin"),
    "person": ("owner_id", "owner", "Ada Kermarec", "Claire Dubois", "Tom Baker", "Tom Baker"),
    "custom text": ("custom", "Ref", "A", "B", "C", "C"),
    "custom number": ("custom", "Sites", "3", "4.5", 5, "5"),
    "custom yes or no": ("custom", "Urgent", None, True, "no", False),
    "custom list": ("custom", "Range", "small", "middle", "large", "large"),
    "tags": ("tags", "tags", "red", "green", "blue", "blue"),
}  # fmt: skip


@pytest.fixture
def house(cast):
    """What the names stand for, by column."""
    with operation(by=None, door="set_up", what="test"):
        fields = {
            "Ref": CustomField(of="opportunity", name="Ref", kind="text").add(by=None),
            "Sites": CustomField(of="opportunity", name="Sites", kind="number").add(by=None),
            "Urgent": CustomField(of="opportunity", name="Urgent", kind="yes_no").add(by=None),
            "Range": CustomField(of="opportunity", name="Range", kind="list").add(by=None),
        }
        options = {
            name: FieldOption(field=fields["Range"], name=name).add(by=None).pk for name in ("small", "middle", "large")
        }
        tags = {name: Tag(name=name).add(by=None).pk for name in ("red", "green", "blue")}
    return {
        "fields": fields,
        "Range": options,
        "tags": tags,
        "source": {name: source(name).pk for name in ("Referral", "Trade show", "Partner")},
        "account": {name: make_account(name, by=cast.ada).pk for name in ("Hexabio", "Lizon", "Bessin")},
        "owner": {str(person): person.pk for person in (cast.ada, cast.claire, cast.tom)},
    }


def kept(house, column, value):
    return house.get(column, {}).get(value, value)


def put(record, house, attribute, column, value):
    """Give the record the value, blank for none."""
    value = kept(house, column, value)
    if attribute == "tags":
        with operation(by=None, door="form", what="test"):
            Opportunity.objects.get(pk=record.pk).set_tags({value} if value else set())
    elif attribute == "custom":
        key = house["fields"][column].key
        with operation(by=None, door="form", what="test"):
            Opportunity.set_custom_rows({record.pk: {key: value}})
    else:
        write(record, **{attribute: Opportunity._meta.get_field(attribute).get_default() if value is None else value})


def got(record, house, attribute, column):
    fresh = Opportunity.objects.get(pk=record.pk)
    if attribute == "tags":
        return next(iter(fresh.tag_ids()), None)
    value = fresh.custom.get(house["fields"][column].key) if attribute == "custom" else getattr(fresh, attribute)
    return None if value == "" else value


@pytest.mark.parametrize("in_file", ["same", "changed", "blank"])
@pytest.mark.parametrize("here", ["same", "changed", "blank"])
@pytest.mark.parametrize("cell", KINDS)
def test_data_11_each_cell_is_merged_by_what_both_sides_did(cast, house, cell, here, in_file):
    attribute, column, base, ours, theirs, stored = KINDS[cell]
    record = make_opportunity("Sensors", by=cast.ada, account=Account.objects.get(pk=house["account"]["Hexabio"]))
    put(record, house, attribute, column, base)
    workbook = exported(cast.ada)
    if here != "same":
        put(record, house, attribute, column, ours if here == "changed" else None)
    if in_file != "same":
        workbook = edited(workbook, **{column: theirs if in_file == "changed" else None})
    made = home(workbook, cast.ada)
    blank_base = base is None
    changed_here = here == "changed" or (here == "blank" and not blank_base)
    changed_there = in_file == "changed" or (in_file == "blank" and not blank_base)
    wanted = {"same": base, "changed": stored, "blank": None}[in_file]
    present = {"same": base, "changed": ours, "blank": None}[here]
    conflict = changed_here and changed_there and wanted != present
    assert made.result.get("conflicts", 0) == conflict
    assert made.result["refused"] == 0, made.lines.get(outcome="refused").details
    expected = present if conflict or not changed_there else wanted
    assert got(record, house, attribute, column) == kept(house, column, expected)
    assert made.result["updated"] == (changed_there and not conflict and wanted != present)


@pytest.mark.parametrize("cell", KINDS)
def test_data_11_a_conflict_decided_for_the_file_is_written(cast, house, cell):
    attribute, column, base, ours, theirs, stored = KINDS[cell]
    record = make_opportunity("Sensors", by=cast.ada, account=Account.objects.get(pk=house["account"]["Hexabio"]))
    put(record, house, attribute, column, base)
    workbook = edited(exported(cast.ada), **{column: theirs})
    put(record, house, attribute, column, ours)
    made = home(workbook, cast.ada, choose="file")
    assert (made.result["conflicts"], made.result["conflicts_file"], made.result["updated"]) == (1, 1, 1)
    assert got(record, house, attribute, column) == kept(house, column, stored)


def test_data_11_what_an_earlier_import_of_the_workbook_wrote_is_no_change_here(cast):
    record = make_opportunity("Sensors", by=cast.ada, call_name="Atlas")
    workbook = edited(exported(cast.ada), call_name="Boreas")
    first = home(workbook, cast.ada)
    assert home(workbook, cast.ada).result["unchanged"] == 1
    made = home(edited(workbook, call_name="Castor"), cast.ada)
    assert (made.result["updated"], made.result.get("conflicts", 0)) == (1, 0)
    write(record, call_name="Dione")
    made = home(edited(workbook, call_name="Eris"), cast.ada)
    assert made.result["conflicts"] == 1
    assert first.export == made.export


def test_data_11_after_undo_the_workbook_says_the_same_again(cast):
    record = make_opportunity("Sensors", by=cast.ada, call_name="Atlas")
    workbook = edited(exported(cast.ada), call_name="Boreas")
    home(workbook, cast.ada).operation.undo(by=cast.ada)
    assert Opportunity.objects.get(pk=record.pk).call_name == "Atlas"
    assert home(workbook, cast.ada).result["updated"] == 1
    assert Opportunity.objects.get(pk=record.pk).call_name == "Boreas"


def test_data_11_a_deal_closed_here_meanwhile_stays_closed_while_the_file_s_amount_is_taken(cast):
    record = make_opportunity("Sensors", by=cast.ada, stage=stage("Qualified"))
    workbook = edited(exported(cast.ada), amount=7)
    record.win(by=cast.ada)
    made = home(workbook, cast.ada)
    fresh = Opportunity.objects.get(pk=record.pk)
    assert (fresh.status, fresh.amount, made.result.get("conflicts", 0)) == ("won", 7, 0)
    assert fresh.closed_on is not None


def test_data_11_a_stage_moved_in_the_file_brings_its_probability_along(cast):
    record = make_opportunity("Sensors", by=cast.ada, stage=stage("Qualified"))
    home(edited(exported(cast.ada), stage="Negotiation"), cast.ada)
    fresh = Opportunity.objects.get(pk=record.pk)
    assert (fresh.stage.name, fresh.probability, fresh.probability_by_hand) == (
        "Negotiation", stage("Negotiation").probability, False,
    )  # fmt: skip


def test_data_11_a_word_that_closes_is_a_conflict_with_a_closing_here(cast):
    record = make_opportunity("Sensors", by=cast.ada)
    workbook = edited(exported(cast.ada), stage="Lost")
    record.win(by=cast.ada)
    made = home(workbook, cast.ada)
    assert (made.result["conflicts"], Opportunity.objects.get(pk=record.pk).status) == (1, "won")


def test_data_11_the_account_changes_by_its_name_or_by_its_id(cast):
    first, second = make_account("Hexabio", by=cast.ada), make_account("Lizon", by=cast.ada)
    record = make_opportunity("Sensors", by=cast.ada, account=first)
    workbook = exported(cast.ada)
    home(edited(workbook, account="Lizon"), cast.ada)
    assert Opportunity.objects.get(pk=record.pk).account == second
    home(edited(workbook, account_id=second.pk), cast.ada)
    home(edited(exported(cast.ada), account_id=first.pk), cast.ada)
    assert Opportunity.objects.get(pk=record.pk).account == first


def test_data_3_a_blank_cell_says_nothing_unless_it_clears(cast):
    record = make_opportunity("Sensors", by=cast.ada, call_name="Atlas")
    workbook = edited(exported(cast.ada), call_name=None)
    write(record, call_name="Boreas")
    made = home(workbook, cast.ada, clear_empty=False)
    assert (made.result.get("conflicts", 0), made.result["kept_here"]) == (0, 1)
    assert home(workbook, cast.ada).result["conflicts"] == 1


def test_data_11_a_choice_holds_only_for_the_values_it_was_made_of(cast):
    record = make_opportunity("Sensors", by=cast.ada, call_name="Atlas")
    workbook = edited(exported(cast.ada), call_name="Castor")
    write(record, call_name="Boreas")
    made = check(read(workbook, cast.ada, name="export.xlsx"))
    made.conflicts.update(choice="file")
    made = check(made)
    assert made.conflicts.get().choice == "file" and made.counts["updated"] == 1
    write(record, call_name="Dione")
    made.run_rows(ring=False)
    Job.objects.get(pk=made.job_id).run()
    assert Opportunity.objects.get(pk=record.pk).call_name == "Dione"
    assert made.conflicts.get(run=True).choice == "here"
    again = check(Import.objects.get(pk=made.pk))
    assert again.conflicts.get(run=False).choice == ""


@pytest.mark.parametrize("kind", ["account", "contact"])
def test_data_11_main_and_other_addresses_are_cells_of_their_own(cast, kind):
    make = make_account if kind == "account" else make_contact
    record = make("Hexabio", by=cast.ada, emails=["a@x.example", "b@x.example"], phones=["1"])
    workbook = edited(exported(cast.ada, kind), email="c@x.example")
    write(record, emails=["a@x.example", "d@x.example"])
    made = home(workbook, cast.ada, kind)
    record.refresh_from_db()
    assert (made.result.get("conflicts", 0), record.emails) == (0, ["c@x.example", "d@x.example"])


def test_data_11_a_mark_cannot_be_forged_and_is_of_one_kind(cast):
    make_opportunity("Sensors", by=cast.ada)
    workbook = exported(cast.ada)
    export = Export.objects.get()
    assert export_id_of(mark_of(export.pk)) == export.pk
    assert export_id_of(f"{export.pk}:forged") is None and export_id_of(str(export.pk)) is None
    assert Export.of_mark(mark_of(export.pk), "account") is None
    assert Export.of_mark(mark_of(export.pk + 1), "opportunity") is None
    assert read(workbook, cast.ada, name="x.xlsx").export == export
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    book["_crm"]["A1"] = f"{export.pk}:forged"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read(buffer.getvalue(), cast.ada, name="x.xlsx").export is None


def test_data_11_versions_are_packed_small_and_found_by_record(cast):
    pairs = [(at * 3 + 1, at % 7 + 1) for at in range(10_000)]
    packed = Versions(reversed(pairs)).packed()
    found = Versions.unpacked(packed)
    assert len(found) == 10_000 and len(packed) < 10_000 * 5
    assert all(found.of(pk) == version for pk, version in pairs) and found.of(2) is None
    assert Versions.unpacked(Versions().packed()).of(1) is None


def test_data_11_list_columns_carry_drop_downs_of_what_one_may_choose(cast, house):
    make_opportunity("Sensors", by=cast.ada)
    hidden = source("Partner")
    hidden.archive(by=cast.ada)
    book = openpyxl.load_workbook(io.BytesIO(exported(cast.ada, speech="fr")))
    first, aside = book.worksheets
    headings = {cell.column_letter: cell.value for cell in first[1]}
    found = {}
    for one in first.data_validations.dataValidation:
        column = str(one.sqref).rstrip("0123456789").partition(":")[2]
        found[headings[column]] = [cell.value for (cell,) in aside[one.formula1.partition("!")[2]]]
    assert aside.sheet_state == "hidden"
    assert found["Statut"] == ["Ouverte", "Gagnée", "Perdue", "Annulée"]
    assert found["Source"] == [one for one in found["Source"] if one != "Partner"] and "Referral" in found["Source"]
    assert "Negotiation" in found["Étape"] and "Claire Dubois" in found["Propriétaire"]
    assert (found["Range"], found["Urgent"]) == (["small", "middle", "large"], ["Oui", "Non"])
    assert "Compte" not in found and "Étiquettes" not in found


def test_data_11_the_command_counts_conflicts_and_keeps_todays_values(cast, tmp_path, capsys):
    record = make_opportunity("Sensors", by=cast.ada, call_name="Atlas")
    path = tmp_path / "out.xlsx"
    call_command("export_file", "opportunities", str(path), "--as", "ada@demo.example")
    path.write_bytes(edited(path.read_bytes(), call_name="Castor", brief="new"))
    write(record, call_name="Boreas")
    words = ["import_file", "opportunities", str(path), "--as", "ada@demo.example", "--duplicates", "overwrite"]
    for more in (["--dry-run"], []):
        capsys.readouterr()
        call_command(*words, *more)
        receipt = json.loads(capsys.readouterr().out)
        assert (receipt["conflicts"], receipt["updated"]) == (1, 1)
    fresh = Opportunity.objects.get(pk=record.pk)
    assert (fresh.call_name, fresh.brief) == ("Boreas", "new")
    assert cells_of(path.read_bytes())["call_name"] == "Castor"


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_data_1_names_that_stand_for_several_or_for_nothing_any_more_come_home(cast, as_, format):
    twins = [make_account("Hexabio", by=cast.ada), make_account("Hexabio", by=cast.ada)]
    leaver = make_person("Paul Simon")
    old = source("Partner")
    record = make_opportunity("Sensors", by=cast.ada, owner=leaver, account=twins[1], source=old, assignees=[leaver])
    make_opportunity("Gauges", by=cast.ada)
    old.archive(by=cast.ada)
    leaver.deactivate(by=cast.ada)
    export = Export.here(by=cast.ada, kind="opportunity", format=format)
    buffer = io.BytesIO()
    export.write(buffer)
    export.keep()
    made = read(buffer.getvalue(), cast.ada, name=f"x.{format}")
    assert made.new_planner().unknown(made.chunks_of_rows)["account"] == ({"Hexabio": [2]} if format == "csv" else {})
    made = check(made, duplicates="overwrite", match="id")
    assert not any(made.new_planner().unknown(made.chunks_of_rows).values())
    assert (made.counts["unchanged"], made.counts["refused"]) == (2, 0)
    write(record, account=None, source=source("Referral"), owner=cast.claire)
    made = check(read(buffer.getvalue(), cast.ada, name=f"x.{format}"), duplicates="overwrite", match="id")
    if format == "xlsx":
        assert (made.counts["unchanged"], made.counts.get("conflicts", 0), made.counts["kept_here"]) == (2, 0, 4)
    else:
        assert made.counts["refused"] == 1
    workbook = edited(buffer.getvalue(), account="Nobody knows") if format == "xlsx" else b"ID,Account\n1,Nobody"
    made = check(read(workbook, cast.ada, name=f"x.{format}"), duplicates="overwrite", match="id")
    assert made.counts["refused"] == 1


def test_give_4_an_account_that_the_export_left_blank_is_not_cleared_at_home(cast):
    hidden = make_account("Hexabio", by=cast.sam, owner=cast.sam)
    contact = make_contact("Odile Lecanu", by=cast.bo, account=hidden, owner=cast.eve)
    eve = cast.eve
    rights = {
        **eve.profile.rights,
        "contact": {**eve.profile.rights.get("contact", {}), "export": "own", "import": "own"},
    }
    profile = Profile.objects.get(pk=eve.profile_id)
    profile.rights = rights
    with operation(by=None, door="set_up", what="test"):
        profile.save()
    eve = User.objects.select_related("profile", "team").get(pk=eve.pk)
    workbook = exported(eve, "contact")
    assert cells_of(workbook)["account"] is None
    made = home(edited(workbook, role="Buyer"), eve, "contact")
    contact.refresh_from_db()
    assert (made.result["updated"], made.result["taken"], contact.role) == (1, 1, "Buyer")
    assert contact.account_id == hidden.pk
