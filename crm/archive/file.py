"""The archive as a file: a zip of one member for each table, and its contents, which tell what must be in it."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from core import sql
from core.models.house import look_at_mark
from crm.archive.tables import CHUNK, Names, archived, fill, lines_of, number_from, numbers
from records.models import Operation, Record
from users.models import User

FORMAT = 1
CONTENTS = "contents.json"


class Refused(Exception):
    """The archive cannot be restored here; the text says why, and what to do."""


def export(out: Path, went: Callable[[int], Any] = abs) -> dict[str, Any]:
    """Write everything as it stands at one moment; the file appears under its name only once it is whole.

    ``went`` is told of each so many rows.
    """
    part = out.with_name(f"{out.name}.part")
    part.touch(mode=0o600)
    try:
        with one_moment(), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            names, tables = Names(), {}
            for model in archived():
                with archive.open(member(model), "w", force_zip64=True) as file:
                    tables[model._meta.label] = digest(model, names, file.write, went)
            contents = {
                "format": FORMAT,
                "made": timezone.now().isoformat(timespec="seconds"),
                "migrations": sorted(applied()),
                "numbers": numbers(),
                "tables": tables,
            }
            archive.writestr(CONTENTS, json.dumps(contents, indent=1))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return {"file": str(out), "tables": len(tables), "rows": sum(table["rows"] for table in tables.values())}


def restore(path: Path) -> dict[str, Any]:
    """Fill this empty installation, all or nothing; then every table is compared with what the archive says of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            contents = json.loads(archive.read(CONTENTS))
            check(contents)
            with transaction.atomic():
                clear()
                names = Names()
                for model in archived():
                    _fill(archive, model, names, contents["tables"])
                number_from(contents["numbers"])
                for model in archived():
                    if digest(model, names) != contents["tables"][model._meta.label]:
                        raise Refused(
                            f"The archive is broken: {model._meta.label} is not what it says. Nothing was restored."
                        )
        look_at_mark()
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError) as error:
        raise Refused(f"The archive is broken or is none, and was not restored ({error}).") from None
    rows = sum(table["rows"] for table in contents["tables"].values())
    return {"file": str(path), "made": contents["made"], "tables": len(contents["tables"]), "rows": rows}


def check(contents: dict[str, Any]) -> None:
    """Raises ``Refused`` if the archive is of another version, or something is here already."""
    there, here = {tuple(one) for one in contents["migrations"]}, applied()
    if contents["format"] > FORMAT or there - here:
        raise Refused("The archive was made by a newer version. Update this installation, then restore.")
    if here - there:
        raise Refused("The archive was made by an older version. Restore it with that version, then update.")
    if is_filled():
        raise Refused(
            "This installation is not empty. An archive is restored only into an empty one: nothing was done."
        )


def is_filled() -> bool:
    """Whether there are people or records of any kind."""
    models_there: list[Any] = [User, Operation, *(model for model in archived() if issubclass(model, Record))]
    return any(model._base_manager.exists() for model in models_there)


def clear() -> None:
    """Remove what the migrations put into an empty installation."""
    for model in reversed(archived()):
        sql.empty(model)


def count() -> int:
    """How many rows an archive would hold now."""
    return sum(model._base_manager.count() for model in archived())


def digest(
    model: type[models.Model], names: Names, write: Callable[[bytes], Any] = len, went: Callable[[int], Any] = abs
) -> dict[str, Any]:
    """How many rows a table has, and the digest of all of them; each is handed to ``write`` as it goes by."""
    said, rows = hashlib.sha256(), 0
    for chunk in lines_of(model, names):
        piece = "".join(chunk).encode()
        said.update(piece)
        write(piece)
        rows += len(chunk)
        went(len(chunk))
    return {"rows": rows, "sha256": said.hexdigest()}


def member(model: type[models.Model]) -> str:
    return f"tables/{model._meta.label}.jsonl"


def applied() -> set[tuple[str, str]]:
    return set(MigrationLoader(connection).applied_migrations)


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside stands as it stood when it began; nobody who writes is held up."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with transaction.atomic():
            sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    elif connection.in_atomic_block:
        yield
    else:
        [(mapped,)] = sql.fetch("PRAGMA mmap_size")
        sql.execute("PRAGMA mmap_size = 0")  # what is read through once is not to stay in memory
        sql.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            sql.execute("COMMIT")
            sql.execute(f"PRAGMA mmap_size = {int(mapped)}")


def _fill(archive: zipfile.ZipFile, model: type[models.Model], names: Names, tables: dict[str, Any]) -> None:
    if model._meta.label not in tables:
        raise KeyError(model._meta.label)
    lines: list[bytes] = []
    with archive.open(member(model)) as file:
        for line in file:
            lines.append(line)
            if len(lines) == CHUNK:
                fill(model, lines, names)
                lines = []
    fill(model, lines, names)
