import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand
from django.utils import translation

from core.models import House, Job
from transfers.commands import REFUSED, Usage, person, stop
from transfers.framing import Frame
from transfers.models import Export, Import, Phase
from transfers.planning import PLANNERS, Outcome
from transfers.planning.likely import HOWS
from transfers.reading import FileRefused, open_sheet
from transfers.reasons import said
from transfers.resources import BY_PLURAL
from transfers.sheet import SheetBuilder
from transfers.words import NAMES, Words, why_not

PATIENCE_SECONDS = 600


class Command(BaseCommand):
    help = "Import a spreadsheet as one person: the very same job as the wizard's. Its receipt is one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(BY_PLURAL))
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="email", required=True, help="who imports, by e-mail address")
        parser.add_argument("--map", action="append", default=[], metavar="Column=field", help="Column= ignores one")
        parser.add_argument("--create-missing", default="", metavar="owner,account,stage,source")
        parser.add_argument("--value", action="append", default=[], metavar="stage:Old=New")
        parser.add_argument("--match", choices=("id", "reference", "name_account"))
        parser.add_argument("--date-order", choices=("dmy", "mdy", "ymd"))
        parser.add_argument("--decimal", choices=(",", "."), help="the decimal sign, where the cells admit both")
        parser.add_argument("--likely", choices=HOWS, help="what becomes of rows that are likely there already")
        parser.add_argument("--duplicates", choices=("skip", "update", "overwrite"), default="skip")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, kind: str, file: Path, email: str, dry_run: bool, **options: Any) -> None:
        started = time.monotonic()
        try:
            user = person(email)
            if not file.is_file():
                raise Usage(f"There is no file {file}.")
            with translation.override(user.language or House.current().language):
                words = Words(BY_PLURAL[kind], user, {name: options[name] for name in NAMES})
                receipt = (dry if dry_run else run)(words, file)
        except Usage as error:
            stop(error)
        is_refused = receipt.pop("refused_whole", False)
        receipt["seconds"] = round(time.monotonic() - started, 3)
        self.stdout.write(json.dumps(receipt, ensure_ascii=False))
        if is_refused:
            sys.exit(REFUSED)


def dry(words: Words, file: Path) -> dict[str, Any]:
    """What would be, without writing anything anywhere."""
    frame = Frame()
    builder = SheetBuilder(frame)
    try:
        opened = open_sheet(file, file.name)
        frame.learn(opened.format)
        chunks = list(builder.chunks(opened.rows))
    except FileRefused as refused:
        return refused_whole(str(refused))
    settings = words.settings(builder.profiles)
    planner = PLANNERS[words.kind](settings, builder.profiles, words.user)
    if refusal := why_not(planner, builder.profiles):
        return refused_whole(refusal)
    export = Export.of_mark(opened.format.get("mark") or "", [words.kind])
    if export is not None:
        planner.compare(export.held.versions, export.operations())
    words.choose(planner, chunks)
    planner.look_for_repeats(chunks)
    counts: dict[str, int] = {}
    errors: list[dict[str, Any]] = []
    for chunk in chunks:
        for row in planner.plan(chunk):
            counts[row.outcome] = counts.get(row.outcome, 0) + 1
            counts["conflicts"] = counts.get("conflicts", 0) + len(row.conflicts)
            errors += [
                {"row": row.number, "column": problem.column, "message": problem.message} for problem in row.problems
            ]
    return receipt(None, builder.count, counts, errors)


def run(words: Words, file: Path) -> dict[str, Any]:
    """Read, then run, in this process, as a job that any worker goes on with if this process dies."""
    with file.open("rb") as content:
        made = Import.start(
            kind=words.kind, name=file.name, file=File(content, file.name), by=words.user, words=words.options
        )
    work(made)
    if made.phase == Phase.REFUSED and made.operation is None:
        refusal = made.refusal
        if made.job.state == Job.State.DONE:
            made.discard()
        if made.format.get("usage"):
            raise Usage(refusal)
        return refused_whole(refusal)
    lines = made.lines.filter(run=True, outcome=Outcome.REFUSED).order_by("number").values_list("number", "details")
    errors = [
        {"row": row, "column": column, "message": said(message)}
        for row, found in lines
        for column, _value, message in found
    ]
    return receipt(made.job_id, made.rows, made.result, errors)


def work(made: Import) -> None:
    """Read and run here; if somebody else holds the job, wait."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while made.in_work and time.monotonic() < deadline:
        made.job.refresh_from_db()
        if made.job.lease_until is not None:
            time.sleep(0.5)
        made.job.run()
        made.refresh_from_db()
    made.job.refresh_from_db()


def receipt(job: int | None, read: int, counts: dict[str, int], errors: list[dict[str, Any]]) -> dict[str, Any]:
    outcomes = {str(outcome): counts.get(outcome, 0) for outcome in Outcome}
    return {"job": job, "read": read, **outcomes, "conflicts": counts.get("conflicts", 0), "errors": errors}


def refused_whole(why: str) -> dict[str, Any]:
    errors = [{"row": None, "column": None, "message": why}]
    return {**receipt(None, 0, {}, errors), "refused_whole": True}
