"""DATA-9: files as people and programs really make them, the ugly ones: imported, in part with reasons, or refused."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from tests.attributes.conftest import make_field
from tests.transfers.sheets import counts, csv_bytes, read, refusals, run, xlsx_bytes
from transfers.models import Phase


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def rewritten(content, **parts):
    """A workbook with texts in its parts replaced: ``xl/workbook.xml`` is ``workbook``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            text = old.read(info)
            for name, (before, after) in parts.items():
                if info.filename.endswith(f"{name}.xml"):
                    assert before.encode() in text
                    text = text.replace(before.encode(), after.encode())
            new.writestr(info.filename, text)
    return buffer.getvalue()


def test_data_9_a_table_of_800_columns_and_one_of_too_many(cast):
    wide = [["Name", *(f"C{n}" for n in range(799))], ["Deal", *range(799)]]
    assert counts(run(wide, cast.bo)) == {"created": 1}
    assert counts(run(xlsx_bytes(wide), cast.bo, name="a.xlsx")) == {"created": 1}
    made = read([["Name", *(f"C{n}" for n in range(1_200))], ["Deal", *range(1_200)]], cast.bo)
    assert made.phase == Phase.REFUSED and "1,000 columns" in made.refusal


def test_data_9_empty_columns_nameless_and_doubled_headers(cast):
    rows = [
        ["", "Name", "", "Amount", "Amount", "", "name"],
        ["", "Deal", "", "10", "20", "", "Other"],
        ["", "Two", "x", "10", "", "", ""],
    ]
    made = run(rows, cast.bo)
    assert counts(made) == {"created": 2}
    assert [profile.header for profile in made.profiles] == [
        "(1)",
        "Name",
        "(3)",
        "Amount",
        "Amount (2)",
        "(6)",
        "name",
    ]
    assert {fed for names in made.settings.columns.values() for fed in names} == {"name", "amount"}
    assert sorted(Opportunity.objects.values_list("name", flat=True)) == ["Deal", "Two"]


def test_data_9_separators_in_quotes_doubled_quotes_and_newlines(cast):
    text = 'Nom;Note;Montant\r\n"Pompes; vannes";"dit ""le grand""\r\n2e ligne";1 234,50\r\n"a,b,c,d";x;2,5\r\n'
    assert counts(run(text.encode("cp1252"), cast.bo)) == {"created": 2}
    deal = Opportunity.objects.get(name="Pompes; vannes")
    assert (deal.brief.replace("\r\n", "\n"), deal.amount) == ('dit "le grand"\n2e ligne', Decimal("1234.5"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "cp1252", "mac", "utf-8"])
def test_data_9_one_letter_in_the_wrong_encoding_spoils_nothing_else(cast, encoding):
    rows = [["Référence", "Nom", "Montant"], ["É1", "Café Œuvre", "12"], ["É2", "naïve", "13"]]
    content = {"utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    codec = "mac-roman" if encoding == "mac" else encoding
    content += csv_bytes(rows, codec, ";")
    if encoding == "utf-8":
        content += "É3;caf".encode() + b"\xe9;14\n"
    made = run(content, cast.bo)
    assert sum(counts(made).values()) == made.rows == (3 if encoding == "utf-8" else 2)
    if encoding not in ("mac", "utf-8"):
        assert set(Opportunity.objects.values_list("name", flat=True)) == {"Café Œuvre", "naïve"}


def test_data_9_a_lying_dimension_hides_no_row(cast):
    content = rewritten(
        xlsx_bytes([["Name", "Amount"], *([f"Deal {n}", n] for n in range(50))]),
        sheet1=('<dimension ref="A1:B51"', '<dimension ref="A1"'),
    )
    assert counts(run(content, cast.bo, name="a.xlsx")) == {"created": 50}
    content = rewritten(
        xlsx_bytes([["Name", "Amount"], ["Deal", 1]]),
        sheet1=('<dimension ref="A1:B2"', '<dimension ref="A1:XFD1048576"'),
    )
    assert counts(run(content, cast.bo, name="a.xlsx")) == {"created": 1}


def test_data_9_a_cell_far_away_is_no_table_of_a_million_rows(cast):
    book = openpyxl.Workbook()
    for row in (["Name", "Amount"], ["Deal", 1]):
        book.active.append(row)
    book.active["A1048576"] = "here"
    buffer = io.BytesIO()
    book.save(buffer)
    made = run(buffer.getvalue(), cast.bo, name="a.xlsx")
    assert made.phase in (Phase.DONE, Phase.REFUSED)
    assert made.phase == Phase.REFUSED or sum(counts(made).values()) == made.rows <= 2


def test_data_9_dates_counted_from_1904(cast):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["Name", "Due date"], ["Deal", dt.date(2026, 11, 24)]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    run(buffer.getvalue(), cast.bo, name="a.xlsx")
    assert Opportunity.objects.get().due_on == dt.date(2026, 11, 24)


def test_data_9_percent_cells_are_shares(cast):
    book = openpyxl.Workbook()
    for row in (
        ["Name", "Stage", "Probability"],
        ["a", "Negotiation", 0.4],
        ["b", "Negotiation", 0.05],
        ["c", "Won", 1],
    ):
        book.active.append(row)
    for at in range(2, 5):
        book.active[f"C{at}"].number_format = "0%"
    buffer = io.BytesIO()
    book.save(buffer)
    run(buffer.getvalue(), cast.bo, name="a.xlsx")
    assert dict(Opportunity.objects.values_list("name", "probability")) == {"a": 40, "b": 5, "c": 100}


def test_data_9_amounts_as_people_write_them(cast):
    texts = {
        "12k€": 12_000, "1,2 M€": 1_200_000, "1 234 567,89": Decimal("1234567.89"), "1\u202f234,5": Decimal("1234.5"),
        "1\u00a0234": 1234, "1'234": 1234, "1’234,50": Decimal("1234.5"), "€ 15": 15, "15 EUR": 15, "15 €": 15,
        "3,5e3": None, "(500)": None, "−5": None, "": None, "–": None, "n/a": None, "0": 0,
    }  # fmt: skip
    made = run([["Name", "Amount"], *([f"{at:02d}", text] for at, text in enumerate(texts))], cast.bo)
    found = dict(Opportunity.objects.values_list("name", "amount"))
    read_as = {text: found.get(f"{at:02d}", "refused") for at, text in enumerate(texts)}
    assert {text: amount for text, amount in read_as.items() if texts[text] is not None} == {
        text: amount for text, amount in texts.items() if amount is not None
    }
    assert {text for text, amount in read_as.items() if amount == "refused"} == {"3,5e3", "(500)", "−5", "n/a"}
    assert all(message for _row, _column, message in refusals(made))


def test_data_9_yes_and_no_in_both_languages(cast):
    make_field("Signed", "yes_no")
    words = {"yes": True, "Oui": True, "o": True, "VRAI": True, "1": True, "x": True, "no": False, "Non": False,
             "faux": False, "0": False, "maybe": None}  # fmt: skip
    made = run([["Name", "Signed"], *([f"{word}!", word] for word in words)], cast.bo)
    found = {one.name: next(iter(one.custom.values()), None) for one in Opportunity.objects.all()}
    assert found == {f"{word}!": truth for word, truth in words.items() if truth is not None}
    assert counts(made)["refused"] == 1
    run(xlsx_bytes([["Name", "Signed"], ["cell", True]]), cast.bo, name="a.xlsx")
    assert next(iter(Opportunity.objects.get(name="cell").custom.values())) is True


def test_data_9_zeros_signs_and_long_ids_of_a_csv_stay_as_they_are_written(cast):
    rows = [
        ["First name", "Last name", "Phone", "E-mail"],
        ["Odile", "Lecanu", "+33612345678", "o@x.example"],
        ["Paul", "Ney", "0612345678", "p@x.example"],
        ["Ann", "Roy", "=+33 6 12 34", "a@x.example"],
    ]
    run(rows, cast.bo, kind="contact")
    phones = dict(Contact.objects.values_list("last_name", "phones"))
    assert (phones["Lecanu"], phones["Ney"]) == (["+33612345678"], ["0612345678"])
    rows = [
        ["Name", "Code", "SIRET", "Postal code"],
        ["A", "1E5", "00552013500038", "01000"],
        ["B", "00012", "5.5E+13", "2A004"],
    ]
    run(rows, cast.bo, kind="account")
    found = {one.name: (one.code, one.registration, one.postcode) for one in Account.objects.filter(name__in="AB")}
    assert found == {"A": ("1E5", "00552013500038", "01000"), "B": ("00012", "5.5E+13", "2A004")}


@pytest.mark.parametrize("text", ["1.0E+05", "12.0", "-3", "1e400", "9" * 40, "NaN", "inf", "１２", "0x10", "true"])
def test_data_3_a_strange_id_refuses_its_row_or_is_the_number(cast, text):
    fed = {0: ["id"], 1: ["name"]}
    made = run([["ID", "Name"], [text, "Deal"]], cast.bo, duplicates="update", match="id", columns=fed)
    assert counts(made) == {"refused": 1}
    assert refusals(made)[0][2]


def test_data_3_a_column_of_ids_of_which_few_are_none_is_one_of_ids(cast):
    """And ``12.0`` is what other programs write for 12 where some cells are blank."""
    run([["Name"], *([f"Deal {n}"] for n in range(9))], cast.bo)
    ids = list(Opportunity.objects.order_by("pk").values_list("pk", flat=True))
    rows = [["ID", "Amount"], *([f"{pk}.0" if at % 2 else pk, 5] for at, pk in enumerate(ids)), ["none yet", 5]]
    made = run(rows, cast.bo, duplicates="update")
    assert counts(made) == {"updated": 9, "refused": 1}


def test_data_9_a_number_that_excel_makes_of_an_id_finds_its_record(cast):
    deal = run([["Name"], ["Deal"]], cast.bo) and Opportunity.objects.get()
    made = run(
        xlsx_bytes([["ID", "Amount"], [float(deal.pk), 5]]), cast.bo, name="a.xlsx", duplicates="update", match="id"
    )
    assert counts(made) == {"updated": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"Name\n" + b"x" * 1_000_000,
        b'Name\n"never closed',
        b"Name\r\r\rDeal\r",
        b"\xff\xfeN",
        b"\xef\xbb\xbf",
        b"Name;Amount\n;;;;;;\n;\n",
        "Name\n\u202eDeal\u0000\n".encode(),
        b"Name,Amount\n=cmd|' /C calc'!A0,@SUM(1)\n",
        b"sep=;\nName;Amount\nDeal;3\n",
        b"Name\n" + b"\n" * 100_000 + b"Deal\n",
        ("Name," + "," * 500 + "\n" + "Deal," + "," * 500 + "\n").encode(),
        b"PK\x03\x04 but no archive",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut" + b"\0" * 5000,
        b"\x1f\x8b\x08 cut",
    ],
)
def test_data_9_whatever_is_dropped_ends_with_rows_or_a_reason(cast, content):
    made = run(content, cast.bo) if read(content, cast.bo).phase == Phase.MAPPING else read(content, cast.bo)
    if made.phase == Phase.REFUSED:
        assert len(made.refusal) > 10
    else:
        assert made.phase == Phase.DONE
        assert sum(counts(made).values()) == made.rows


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("opportunity", ["Opportunity ID", "Name", "Amount", "Due date", "Account", "Probability"]),
        ("account", ["ID", "Name", "Code", "E-mail", "Phone", "Parent account"]),
        ("contact", ["Contact ID", "First name", "Last name", "E-mail", "Phone", "Account"]),
    ],
)
def test_data_9_an_error_in_any_cell_refuses_its_row_and_stops_nothing(cast, kind, headers):
    """An ID that was an error stopped the whole import."""
    good = ["", *("Ann" for _name in headers[1:3])]
    rows = [good, *([*(f"x{n}" if n else None for n in range(len(headers)))] for _name in headers)]
    for at in range(len(headers)):
        rows[at + 1][at] = "#N/A"
    fed = {
        "opportunity": ["id", "name", "amount", "due_on", "account", "probability"],
        "account": ["id", "name", "code", "email", "phone", "parent"],
        "contact": ["id", "first_name", "last_name", "email", "phone", "account"],
    }[kind]
    columns = {at: [name] for at, name in enumerate(fed)}
    content = xlsx_bytes([headers, *rows])
    made = run(content, cast.bo, kind, name="a.xlsx", columns=columns, match="id", duplicates="update")
    assert made.phase == Phase.DONE and sum(counts(made).values()) == made.rows
    told = refusals(made)
    assert {row for row, _column, _message in told} >= set(range(3, 3 + len(headers)))
    assert all(message for _row, _column, message in told)
