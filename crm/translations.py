"""Compiles the translations in Python, so that nobody needs gettext to run the CRM."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def compile_messages() -> None:
    """Write the .mo beside each .po that is newer."""
    for source in Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as messages:
                catalog = read_po(messages, locale=source.parts[-3])
            written = compiled.with_suffix(f".{os.getpid()}")
            with written.open("wb") as file:
                write_mo(file, catalog)
            written.replace(compiled)
