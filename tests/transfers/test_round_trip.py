"""DATA-1, DATA-9, DATA-11: what was exported comes home unchanged, whatever stands in it, saved by a spreadsheet program.

The small sample is saved again by libraries; the large one (``make soak``) by LibreOffice, and is left out by name where
there is none: it is a tool of this test, nothing the product needs.
"""

import csv
import datetime as dt
import io
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from pipelines.models import Stage
from records.journal import operation
from tests.transfers.sheets import check, read
from transfers.models import Export
from transfers.widgets import as_kept

SAMPLE, FULL = 120, {"opportunity": 6_000, "account": 2_000, "contact": 2_000}
CSV_TEXT = "Text - txt - csv (StarCalc)"  # LibreOffice's filter; "quoted field as text" is ticked
SOFFICE = shutil.which("soffice")

HARD = st.sampled_from(
    ["=1+1", "+33 6 12", "-5", "@SUM(A1)", "'quoted'", "'=x", '"', "''", "0", "00", "007", "1e5", "1,5", "1.50", "TRUE",
     "2026-03-02", "1/2", "12:30", "#N/A", "#DIV/0!", "-", "–", "two\nlines", "two\r\nlines", "tab\tbed", "עברית ‏abc",
     "عربى", "👩‍👧 🎈", "a;b", "a,b", "| pipe", "é", "e\u0301", "\u00a0nbsp", "zero\u200bwidth", "x" * 60, "=\"a\"&B1",
     "\x07bell", "\x0bvt", "%", "50 %", "1 234", "Total", "total:", "&amp;", "<b>", "]]>", "_x0041_", "null", "NaN"]
)  # fmt: skip
LETTERS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=40)


def kept(text):
    """As a form of ours keeps it."""
    return text.strip()


def texts(longest):
    both = st.one_of(HARD, LETTERS, st.builds("{}{}".format, HARD, LETTERS))
    return st.one_of(st.just(""), both.map(kept).map(lambda text: kept(text[:longest])))


DAYS = st.one_of(st.none(), st.dates(dt.date(1902, 1, 1), dt.date(2099, 12, 31)), st.just(dt.date(1900, 2, 28)))
AMOUNTS = st.one_of(st.none(), st.decimals(Decimal(0), Decimal("1e9"), places=2), st.just(Decimal(0)))
ROWS = {
    "opportunity": st.fixed_dictionaries(
        {
            "name": texts(200).filter(bool), "call_name": texts(60), "brief": texts(400), "amount": AMOUNTS,
            "due_on": DAYS, "signature_on": DAYS, "reference": texts(40), "opened_on": st.dates(dt.date(2020, 1, 1)),
        }
    ),
    "account": st.fixed_dictionaries(
        {
            "name": texts(200).filter(bool), "code": texts(40), "sector": texts(100), "street": texts(250),
            "postcode": texts(20), "city": texts(100), "registration": texts(60), "revenue": AMOUNTS,
            "employees": st.one_of(st.none(), st.integers(0, 10**6)),
        }
    ),
    "contact": st.fixed_dictionaries(
        {"first_name": texts(100), "last_name": texts(100).filter(bool), "role": texts(150)}
    ),
}  # fmt: skip
MODELS = {"opportunity": Opportunity, "account": Account, "contact": Contact}
KEYS = {"opportunity": "reference", "account": "code", "contact": ""}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drawn(kind, count):
    """So many rows, the same every time."""
    rows = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(ROWS[kind])
    def draw(row):
        rows.append(row)

    draw()
    name, seen = KEYS[kind], set()
    for row in rows if name else []:
        if as_kept(row[name]) in seen:
            row[name] = ""
        seen.add(as_kept(row[name]))
    return rows


def make(kind, count, by):
    """Records of these rows; opportunities and contacts name accounts, namesakes among them."""
    accounts = make("account", 40, by) if kind != "account" else []
    blank = MODELS[kind].blank_row()
    rows = [{**blank, "owner_id": by.pk, **row} for row in drawn(kind, count)]
    first = Stage.objects.order_by("position").first()
    for at, row in enumerate(rows):
        if accounts:
            row["account_id"] = accounts[at % len(accounts)] if at % 3 else None
        if kind == "opportunity":
            row |= {"stage_id": first.pk, "pipeline_id": first.pipeline_id, "status": "open"}
    with operation(by=by, door="import", what="test"):
        return MODELS[kind].create_rows(rows)


def exported(by, kind, format, speech):
    export = Export.here(by=by, kind=kind, format=format, speech=speech)
    buffer = io.BytesIO()
    export.write(buffer)
    export.keep()
    return buffer.getvalue()


def saved_by_libraries(content, format):
    """As a program saves it that keeps texts as texts."""
    if format == "xlsx":
        book, buffer = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()
    separator = ";" if content.startswith(b"\xef\xbb\xbf") else ","
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode()


def saved_by_libreoffice(content, format, folder, to=None):
    """Opened and saved, without anybody looking on."""
    source, target = folder / f"in.{format}", folder / "out"
    source.write_bytes(content)
    separator = ord(";") if content.startswith(b"\xef\xbb\xbf") else ord(",")
    opened = f"{CSV_TEXT}:{separator},34,76,1,,0,true,false"
    saved = f":{CSV_TEXT}:{separator},34,76,1,,0,false,true" if format == "csv" and not to else ""
    words = [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    words += [f"--infilter={opened}"] if format == "csv" else []
    words += ["--convert-to", f"{to or format}{saved}", "--outdir", str(target), str(source)]
    subprocess.run(words, check=True, capture_output=True, timeout=600)
    return (target / f"in.{to or format}").read_bytes()


def formulas(workbook):
    sheets = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets
    return [cell.coordinate for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def come_home(content, kind, format, by):
    """What the import would do with it, as the wizard proposes, updating."""
    made = read(content, by, kind, name=f"file.{format}")
    orders = {at: "dmy" for at, profile in enumerate(made.profiles) if profile.date_order is None}
    made = check(made, match="id", duplicates="overwrite", clear_empty=True, date_orders=orders)
    told = [(line.outcome, line.number, line.details) for line in made.lines.exclude(outcome="unchanged")[:5]]
    return made.rows, made.counts, told


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ROWS)
def test_data_1_hard_cells_come_home_unchanged_from_any_program(cast, kind, format):
    count = len(make(kind, SAMPLE, cast.ada))
    for speech in ("", "fr"):
        content = saved_by_libraries(exported(cast.ada, kind, format, speech), format)
        rows, counts, told = come_home(content, kind, format, cast.ada)
        assert told == []
        assert (rows, counts["unchanged"]) == (count, count)


@pytest.mark.soak
@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed here")
@pytest.mark.parametrize("speech", ["", "fr"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ROWS)
def test_data_11_ten_thousand_rows_come_home_unchanged_from_libreoffice(cast, kind, format, speech, tmp_path):
    count = len(make(kind, FULL[kind], cast.ada))
    content = exported(cast.ada, kind, format, speech)
    saved = saved_by_libreoffice(content, format, tmp_path)
    rows, counts, told = come_home(saved, kind, format, cast.ada)
    assert told == []
    assert (rows, counts["unchanged"]) == (count, count)
    workbook = saved if format == "xlsx" else saved_by_libreoffice(content, "csv", tmp_path, to="xlsx")
    assert formulas(workbook) == []
