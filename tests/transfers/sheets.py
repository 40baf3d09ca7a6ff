"""Making and importing small sheets in tests."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
from django.core.files.base import ContentFile

from core.models import Job
from transfers.guessing import guess
from transfers.models import Import
from transfers.reasons import said
from transfers.sheet import SheetBuilder


def csv_bytes(rows, encoding="utf-8", separator=","):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue().encode(encoding)


def xlsx_bytes(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zip_bytes(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read(rows, by, kind="opportunity", name="sheet.csv"):
    """An import whose file is read: its columns are guessed."""
    content = rows if isinstance(rows, bytes) else csv_bytes(rows)
    job = Job.objects.create(kind="transfers.Import", by=by)
    made = Import.objects.create(job=job, kind=kind, name=name, file=ContentFile(content, name))
    job.run()
    made.refresh_from_db()
    return made


def run(rows, by, kind="opportunity", name="sheet.csv", **decided):
    """An import that is read, decided and run."""
    made = read(rows, by, kind, name)
    settings = made.settings
    for key, value in decided.items():
        setattr(settings, key, value)
    settings.match = decided.get("match", made.new_planner().match)
    made.decide(settings)
    made = Import.objects.get(pk=made.pk)
    made.run_rows(ring=False)
    Job.objects.get(pk=made.job_id).run()
    return Import.objects.get(pk=made.pk)


def check(made, **decided):
    """The import after its dry run."""
    settings = made.settings
    for key, value in decided.items():
        setattr(settings, key, value)
    made.decide(settings)
    made = Import.objects.get(pk=made.pk)
    made.check_rows()
    Job.objects.get(pk=made.job_id).run()
    return Import.objects.get(pk=made.pk)


def counts(made):
    """Outcomes that happened: ``{"created": 2}``."""
    names = ("created", "updated", "unchanged", "skipped", "refused")
    return {name: made.result[name] for name in names if made.result.get(name)}


def refusals(made):
    """``[(row, column, message)]`` of the refused rows."""
    lines = made.lines.filter(run=True, outcome="refused").order_by("number")
    return [(line.number, column, said(message)) for line in lines for column, _value, message in line.details]


def guessed(rows, kind="opportunity"):
    """The fields that each column is guessed to feed, by header."""
    builder = SheetBuilder()
    list(builder.chunks(rows))
    settings = guess(kind, builder.profiles)
    return {builder.profiles[at].header: names for at, names in settings.columns.items()}


def write(folder: Path, name: str, content: bytes) -> Path:
    path = Path(folder) / name
    path.write_bytes(content)
    return path
