"""The migrated, empty database of the tests, kept between runs: migrating takes ten seconds, reading it back a tenth of one.

Only for SQLite. The copy is named by what the migrations say, so that another migration makes another copy.
"""

import hashlib
import os
import sqlite3
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection


def remember(name: str) -> sqlite3.Connection:
    """The database of this name in memory, as the last run left it migrated, if it did; it lasts while this is open."""
    kept = sqlite3.connect(name, uri=True)
    if _copy().exists():
        with sqlite3.connect(_copy()) as copy:
            copy.backup(kept)
    return kept


def keep() -> None:
    """Keep what is migrated now for the next run."""
    if _copy().exists():
        return
    for older in _copy().parent.glob("migrated-*.sqlite3"):
        older.unlink(missing_ok=True)
    making = _copy().with_suffix(f".{os.getpid()}")
    with sqlite3.connect(making) as copy:
        connection.connection.backup(copy)
    making.rename(_copy())


def _copy() -> Path:
    said = hashlib.sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            said.update(path.name.encode() + path.read_bytes())
    return Path(settings.DATA_DIR) / f"migrated-{said.hexdigest()[:16]}.sqlite3"
