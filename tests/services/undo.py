"""Undoes the last import as its page does, and leaves all of it to the workers: ``python -m tests.services.undo``."""

import django

django.setup()

from transfers.models import Import  # noqa: E402


def undo():
    made = Import.objects.latest("pk")
    made.operation.undo(by=made.by)


if __name__ == "__main__":
    undo()
