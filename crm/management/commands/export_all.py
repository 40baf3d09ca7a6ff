import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from crm.archive.file import export


class Command(BaseCommand):
    help = (
        "Write one file with everything this installation holds: records, set-up, journal, trash, grants and people,"
        " who keep their passwords (hashed) and second factors. Keep it as safe as the installation itself. Jobs and"
        " their receipts (imports, exports, bulk actions) and sessions stay behind. restore_all fills an empty"
        " installation with it, on either database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help="the file to write, such as crm-2026-11-27.zip")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        started = time.monotonic()
        done = export(out)
        self.stdout.write(json.dumps({**done, "seconds": round(time.monotonic() - started, 1)}))
