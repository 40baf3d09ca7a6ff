"""What must always be true of records, and is asked by ``manage.py verify``: index = truth, journal = rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from core import sql, triggers
from records.models import Change, Erasure, OwnedRecord, Record, split
from records.search import fts_table

CHUNK = 1_000


@dataclass(frozen=True)
class Finding:
    """One invariant that does not hold: what, how often, and how it is mended, if it can be."""

    text: str
    count: int
    repair: Callable[[], Any] | None = None


def record_models() -> list[type[Record]]:
    return [model for model in apps.get_models() if issubclass(model, Record)]


def findings() -> Iterator[Finding]:
    yield from missing_triggers()
    yield from open_erasures()
    for model in record_models():
        yield from journal_gaps(model)
        yield from stale_derived(model)
        if issubclass(model, OwnedRecord):
            yield from index_gaps(model)
            yield from search_gaps(model)


def missing_triggers() -> Iterator[Finding]:
    missing = triggers.missing()
    if missing:

        def install() -> None:
            for config in apps.get_app_configs():
                triggers.install(config)

        yield Finding(f"triggers missing: {', '.join(missing)}", len(missing), install)


def open_erasures() -> Iterator[Finding]:
    """A declared erasure ends with its transaction: one that is seen by others lets everybody overwrite the journal."""
    left = Erasure.objects.count()
    if left:
        text = "the journal is open to be overwritten: an erasure was never ended"
        yield Finding(text, left, Erasure.objects.all().delete)


def index_gaps(model: type[OwnedRecord]) -> Iterator[Finding]:
    """The access index against the truth it is derived from."""
    missing, surplus = model.access.differences()
    if missing or surplus:
        text = f"{model._meta.label}: access index lacks {missing} rows, has {surplus} too many"
        yield Finding(text, missing + surplus, model.access.rebuild)


def journal_gaps(model: type[Record]) -> Iterator[Finding]:
    """Every record is what its journal says: created in it, at its version, with its values."""
    content_type = ContentType.objects.get_for_model(model).pk
    wrong = 0
    for rows in _chunks(model, ("id", "version", *model.tracked())):
        replayed = replay(content_type, [row["id"] for row in rows])
        for row in rows:
            version, values = replayed.get(row["id"], (0, {}))
            stands = {name: sql.plain(value) for name, value in model.journalled(row).items()}
            columns = {name for name in values if split(name)[0] in row}
            told = {name: values.get(name) for name in stands.keys() | columns}
            wrong += version != row["version"] or not _same(told, stands)
    if wrong:
        yield Finding(f"{model._meta.label}: {wrong} records are not what the journal says", wrong)


def replay(content_type: int, ids: list[int]) -> dict[int, tuple[int, dict[str, Any]]]:
    """What the journal says each record is now: its version and its values."""
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    changes = Change.objects.filter(model=content_type, record_id__in=ids).order_by("id")
    for pk, version, fields in changes.values_list("record_id", "version", "fields"):
        values = found[pk][1] if pk in found else {}
        values.update({name: new for name, (_old, new) in fields.items()})
        found[pk] = (version, values)
    return found


def stale_derived(model: type[Record]) -> Iterator[Finding]:
    """Columns that follow from others, against what they would be."""
    names = [name for name in model.derived_fields if name in model.columns() and name not in UNDERIVABLE]
    if not names:
        return
    stale: list[list[Any]] = []
    for rows in _chunks(model, model.columns()):
        around = model.around(rows)
        for row in rows:
            fresh = dict(row)
            model.derive(fresh, around)
            if any(fresh[name] != row[name] for name in names):
                stale.append([*(fresh[name] for name in names), row["id"]])
    if stale:
        text = f"{model._meta.label}: {len(stale)} records have stale {', '.join(sorted(names))}"
        yield Finding(text, len(stale), lambda: sql.update_rows(model, names, stale))


UNDERIVABLE = frozenset({"version", "created_at", "changed_at", "last_exchange_on", "password", "last_login"})


def search_gaps(model: type[OwnedRecord]) -> Iterator[Finding]:
    """SQLite's full-text index against its table."""
    if connection.vendor != "sqlite":
        return
    fts = fts_table(model._meta.db_table)
    try:
        sql.execute(f"INSERT INTO {fts}({fts}, rank) VALUES ('integrity-check', 1)")
    except Exception:

        def rebuild() -> None:
            sql.execute(f"INSERT INTO {fts}({fts}) VALUES ('rebuild')")

        yield Finding(f"{model._meta.label}: the search index differs from the table", 1, rebuild)


def _chunks(model: type[Record], names: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while rows := list(model._default_manager.filter(pk__gt=last).order_by("pk").values(*names)[:CHUNK]):
        last = rows[-1]["id"]
        yield rows


def _same(told: dict[str, Any], stands: dict[str, Any]) -> bool:
    return all(
        (value or None) == (stands.get(name) or None) or value == stands.get(name) for name, value in told.items()
    )
