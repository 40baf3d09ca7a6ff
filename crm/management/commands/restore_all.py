import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from crm.archive.file import Refused, restore


class Command(BaseCommand):
    help = (
        "Fill this empty installation with a file of export_all, from either database into either. All or nothing:"
        " every table is compared with the file in the end. Ids, journal and passwords are the other installation's."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        started = time.monotonic()
        if not file.is_file():
            raise CommandError(f"There is no file {file}.", returncode=2)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        try:
            done = restore(file)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(json.dumps({**done, "seconds": round(time.monotonic() - started, 1)}))
