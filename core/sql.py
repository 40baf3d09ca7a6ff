"""Writing many rows with few statements: ``executemany`` in the driver, where Django would build models.

Ids are taken in the order of the rows, so that an import numbers its records in the order of the file (LIST-1).
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL


def vendor() -> str:
    """``sqlite`` or ``postgresql``."""
    return connection.vendor


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """The next ``count`` ids of a table, ascending, never used again. Call inside a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return sorted(row[0] for row in cursor.fetchall())
        # AUTOINCREMENT keeps the highest id ever given; the transaction is IMMEDIATE, so nobody else is writing.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last: int = row[0] if row else 0
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
    return list(range(last + 1, last + count + 1))


def last_id(model: type[models.Model]) -> int:
    """The highest id ever given in a table; 0 for none."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        [(sequence,)] = fetch("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        [(last, was_given)] = fetch(f"SELECT last_value, is_called FROM {sequence}")
        return int(last) if was_given else 0
    rows = fetch("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    return int(rows[0][0]) if rows else 0


def go_on_from(model: type[models.Model], last: int) -> None:
    """Give ids above ``last`` from now on."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        fetch("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
    elif not execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table]):
        execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def empty(model: type[models.Model]) -> None:
    """Delete all rows of a table, past every rule but the database's own."""
    execute(f'DELETE FROM "{model._meta.db_table}"')


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of database values (thousandths, JSON text, ids) into the table of a model.

    *Measured*, rows a second: SQLite by ``executemany`` 12 k of the opportunity with its thirteen indexes; PostgreSQL
    by ``COPY`` 4 × what ``executemany`` does there.
    """
    if not rows:
        return
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    versions: Sequence[int] | None = None,
) -> int:
    """Update rows by id: each row holds the values of ``columns``, then the id; how many were there to update.

    With ``versions``, only rows that are still at the given version.
    """
    if not rows:
        return 0
    table = model._meta.db_table
    keys = ["id"] if versions is None else ["id", "version"]
    parameters = rows if versions is None else [[*row, at] for row, at in zip(rows, versions, strict=True)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = _column_types(model)
            arrays = ", ".join(f"%s::{types[name]}[]" for name in (*columns, *keys))
            names = ", ".join(f'"n{at}"' for at in range(len(columns) + len(keys)))
            sets = ", ".join(f'"{name}" = v."n{at}"' for at, name in enumerate(columns))
            same = " AND ".join(f't."{key}" = v."n{at}"' for at, key in enumerate(keys, len(columns)))
            cursor.execute(
                f'UPDATE "{table}" t SET {sets} FROM unnest({arrays}) AS v({names}) WHERE {same}',
                [list(values) for values in zip(*parameters, strict=True)],
            )
        else:
            sets = ", ".join(f'"{name}" = %s' for name in columns)
            same = " AND ".join(f'"{key}" = %s' for key in keys)
            cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE {same}', parameters)
        return int(cursor.rowcount)


def _column_types(model: type[models.Model]) -> dict[str, str]:
    return {
        field.attname: str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection)).split(
            "("
        )[0]
        for field in model._meta.concrete_fields
    }


def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def fetch(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def in_list(ids: Iterable[int]) -> str:
    """``1, 2, 3`` for an SQL list: whole numbers only, so that no value can be anything else."""
    return ", ".join(str(int(number)) for number in ids) or "NULL"


def among(values: Iterable[int] | Iterable[str]) -> RawSQL | list[Any]:
    """Many ids or texts for ``…__in``, as one parameter: each by itself costs Django and the driver more than finding
    it (*measured*, a thousand ids: 3.1 ms, against 0.4)."""
    found = list(values)
    if not found:
        return []
    if connection.vendor == "postgresql":
        kind = "text" if isinstance(found[0], str) else "bigint"
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [found])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(found)])


class Unindexed(models.Func):
    """The same number, for which no index is used: the rows are found by another condition, whatever the planner
    holds of this one."""

    template = "+%(expressions)s"
    output_field = models.BigIntegerField()


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates in ISO, moments in UTC, exact decimals as text without needless zeros."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=plain).encode


def as_json(value: Any) -> str:
    """Compact JSON text, as the database keeps it."""
    return _encode(value)


def from_json(text: str) -> Any:
    return json.loads(text)


def as_stored(model: type[models.Model], columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Rows of Python's values as lists of what the database driver takes, in the order of the columns."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    stored = [[row[name] for name in columns] for row in rows]
    for at, name in enumerate(columns):
        convert = _converter(fields[name])
        if convert is not None:
            for values in stored:
                if values[at] is not None:
                    values[at] = convert(values[at])
    return stored


def _converter(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a value of this field goes to the driver; ``None`` where it goes as it is."""
    if isinstance(field, models.JSONField):
        return as_json
    if isinstance(field, models.DateTimeField):
        return _naive_utc if connection.vendor == "sqlite" else None
    if isinstance(field, models.DateField):
        return dt.date.isoformat if connection.vendor == "sqlite" else None
    if isinstance(field, models.TimeField):
        return str if connection.vendor == "sqlite" else None
    if type(field).get_prep_value in (models.BigIntegerField.get_prep_value, models.CharField.get_prep_value):
        return None
    if isinstance(field, models.ForeignKey | models.BooleanField | models.TextField):
        return None
    return field.get_prep_value


@lru_cache(maxsize=16)
def _naive_utc(value: dt.datetime) -> str:
    return str(value.astimezone(dt.UTC).replace(tzinfo=None))
