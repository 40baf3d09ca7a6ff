"""Which tables an archive holds, in which order they are filled, and how their rows stand in it.

Rows are JSON lists in Python's plainest values, the same from either database. What a migration numbers by itself, the
kinds of records and the permissions, is named instead. Jobs and their receipts stay behind: they are of the place.
"""

import base64
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import sql
from core.money import FixedField

LEFT_OUT = {
    "core.Job", "core.Pulse", "contenttypes.ContentType", "auth.Permission", "sessions.Session",
    "usersessions.UserSession", "account.EmailConfirmation", "records.Erasure", "records.Purge",
    "opportunities.Bulk", "opportunities.BulkLine", "opportunities.Following",
    "attributes.Indexing", "crm.Archive",
}  # fmt: skip
LEFT_OUT_APPS = {"transfers"}  # each import and export is a job
PLAINED = (models.DateField, models.TimeField, models.DecimalField, models.BinaryField, models.UUIDField, FixedField)
CHUNK = 2_000
Lines = Iterator[list[str]]
Column = Any  # a field of a model


def archived() -> list[type[models.Model]]:
    """The models whose rows an archive holds; what others stand on comes first, as far as there is an order."""
    kept = [
        model
        for model in apps.get_models(include_auto_created=True)
        if not is_left_out(model) and model._meta.managed and not model._meta.proxy
    ]
    ordered: dict[type[models.Model], None] = {}
    while len(ordered) < len(kept):
        waiting = [model for model in kept if model not in ordered]
        ready = [model for model in waiting if stands_on(model).isdisjoint({*waiting} - {model})]
        asked = Counter(other for model in waiting for other in stands_on(model))
        ordered |= dict.fromkeys(ready or [max(waiting, key=asked.__getitem__)])
    return list(ordered)


def is_left_out(model: Any) -> bool:
    return model._meta.label in LEFT_OUT or model._meta.app_label in LEFT_OUT_APPS


def stands_on(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def fields_of(model: type[models.Model]) -> list[Column]:
    """The columns that are written: the database computes the others."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def lines_of(model: type[models.Model], names: "Names") -> Lines:
    """The rows of a table in the order of their keys, as chunks of JSON lines."""
    fields = fields_of(model)
    plain = [names.plain(field) for field in fields]
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    chunk: list[str] = []
    for row in rows.iterator(chunk_size=CHUNK):
        values = [way(value) if way is not None else value for way, value in zip(plain, row, strict=True)]
        chunk.append(_encode(values) + "\n")
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def fill(model: type[models.Model], lines: list[bytes], names: "Names") -> None:
    """Write rows of an archive into a table, with their own ids."""
    fields = fields_of(model)
    columns = [field.attname for field in fields]
    back = [names.back(field) for field in fields]
    rows = [
        {
            column: value if way is None or value is None else way(value)
            for column, way, value in zip(columns, back, json.loads(line), strict=True)
        }
        for line in lines
    ]
    sql.insert_rows(model, columns, sql.as_stored(model, columns, rows))


class Names:
    """How single values stand in an archive, and come back; what is numbered by each installation goes by name."""

    def __init__(self) -> None:
        kinds = ContentType.objects.values_list("pk", "app_label", "model")
        permissions = Permission.objects.values_list("pk", "content_type__app_label", "codename")
        self.by_id: dict[Any, dict[int, str]] = {
            ContentType: {pk: f"{app}.{model}" for pk, app, model in kinds},
            Permission: {pk: f"{app}.{code}" for pk, app, code in permissions},
        }
        self.by_name = {model: {name: pk for pk, name in known.items()} for model, known in self.by_id.items()}

    def plain(self, field: Column) -> Any:
        if field.related_model in self.by_id:
            return self.by_id[field.related_model].get
        if field.is_relation and is_left_out(field.related_model):
            return _nothing
        if isinstance(field, PLAINED):
            return _plain
        return None

    def back(self, field: Column) -> Any:
        if field.related_model in self.by_id:
            return self.by_name[field.related_model].__getitem__
        if isinstance(field, models.DateTimeField):
            return dt.datetime.fromisoformat
        if isinstance(field, models.DateField | models.TimeField):
            return (dt.date if isinstance(field, models.DateField) else dt.time).fromisoformat
        if isinstance(field, models.DecimalField | FixedField):
            return Decimal
        return base64.b64decode if isinstance(field, models.BinaryField) else None


def numbers() -> dict[str, int]:
    """The highest id ever given in each table that numbers its rows."""
    return {model._meta.label: sql.last_id(model) for model in archived() if numbers_rows(model)}


def number_from(last: dict[str, int]) -> None:
    """Go on numbering where the other installation stopped, so that no id is ever given twice."""
    for model in archived():
        if numbers_rows(model) and last.get(model._meta.label):
            sql.go_on_from(model, last[model._meta.label])


def numbers_rows(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField)


# PostgreSQL orders the keys of a JSON value its own way: an archive orders them by name.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _plain(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _nothing(value: Any) -> None:
    return None
