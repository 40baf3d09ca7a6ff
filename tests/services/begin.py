"""Begins an import as the wizard does, and leaves all of it to the workers: ``python -m tests.services.begin FILE``."""

import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.files import File  # noqa: E402

from transfers.models import Import, Phase  # noqa: E402
from users.models import User  # noqa: E402


def begin(path):
    bo = User.objects.get(email="bo@demo.example")
    with path.open("rb") as file:
        made = Import.start(kind="opportunity", name=path.name, file=File(file, path.name), by=bo)
    while made.phase == Phase.READING:
        time.sleep(0.2)
        made.refresh_from_db()
    settings = made.settings
    settings.create, settings.duplicates = ["account"], "overwrite"
    made.decide(settings)
    made.run_rows()


if __name__ == "__main__":
    begin(Path(sys.argv[1]))
