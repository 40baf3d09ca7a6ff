import contextlib
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core.models import Job
from records import gate
from transfers.commands import Usage, person, stop
from transfers.models import Export
from transfers.resources import BY_PLURAL, RESOURCES
from transfers.selecting import QueryRefused


class Command(BaseCommand):
    help = "Export records to a file, in list order, as one person sees them: the same as from the page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(BY_PLURAL))
        parser.add_argument("out", help="the file to write; - is the standard output")
        parser.add_argument("--as", dest="email", required=True, help="whose eyes to see with, by e-mail address")
        parser.add_argument("--query", default="", help='the filters of the list: "status=open&stage=3"')
        parser.add_argument("--format", choices=("csv", "xlsx"), help="by the name of the file, if not said")

    def handle(self, *args: Any, kind: str, out: str, email: str, query: str, **options: Any) -> None:
        try:
            user = person(email)
            gate.require_kind(user, "export", RESOURCES[BY_PLURAL[kind]].record())
            file_format = options["format"] or ("xlsx" if out.endswith(".xlsx") else "csv")
            asked = {"kind": BY_PLURAL[kind], "format": file_format, "query": query.lstrip("?")}
            if out == "-":
                export = Export(job=Job(by=user), **asked)
                with contextlib.suppress(BrokenPipeError):
                    export.write(sys.stdout.buffer)
                    sys.stdout.buffer.flush()
                return
            marked = file_format == Export.Format.XLSX
            export = Export.here(by=user, **asked) if marked else Export(job=Job(by=user), **asked)
            with Path(out).open("wb") as file:
                export.write(file)
            if marked:
                export.save(update_fields=["rows"])
                export.keep()
            self.stdout.write(json.dumps({"rows": export.rows, "file": out}))
        except (Usage, gate.Refused, QueryRefused) as error:
            stop(error)
