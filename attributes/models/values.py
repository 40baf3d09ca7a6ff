"""What records are found and sorted by their custom values with: narrow, typed, indexed rows (ARCHITECTURE 3)."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from attributes.models.field import CustomField, indexed_fields
from core import sql

CHUNK = 1_000
COLUMNS = ("field_id", "text", "number", "record_id")


class FieldValue(models.Model):
    """One value of one field of one record; subclasses add ``record``. Follows the record's column ``custom``.

    ``text`` is folded; ``number`` is a day's ordinal, an id, 1 or 0, or a number in millionths.
    """

    field = models.ForeignKey(CustomField, models.CASCADE, db_index=False, related_name="+")
    text = models.CharField(max_length=200, null=True)
    number = models.BigIntegerField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def record_model(cls) -> Any:
        return cls._meta.get_field("record").related_model

    @classmethod
    def follow(cls, ids: Sequence[int]) -> None:
        """Write the rows of these records anew, as their values now stand."""
        model = cls.record_model()
        fields = indexed_fields(model.attributed)
        if not fields:
            return
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            sql.execute(f"DELETE FROM {cls._meta.db_table} WHERE record_id IN ({sql.in_list(part)})")
            kept = model.objects.filter(pk__in=part).exclude(custom={}).values_list("pk", "custom")
            sql.insert_rows(cls, COLUMNS, rows_of(kept, fields))

    @classmethod
    def rebuild(cls, field: CustomField) -> None:
        """Write the rows of one field anew, for all records; none if it is not looked up by."""
        sql.execute(f"DELETE FROM {cls._meta.db_table} WHERE field_id = %s", [field.pk])
        if not field.filterable:
            return
        last = 0
        while kept := list(cls.having(field).filter(pk__gt=last).values_list("pk", "custom")[:CHUNK]):
            last = kept[-1][0]
            sql.insert_rows(cls, COLUMNS, rows_of(kept, {field.key: field}))

    @classmethod
    def having(cls, field: CustomField) -> Any:
        """The records that have a value of this field, by id."""
        return cls.record_model().objects.filter(custom__has_key=field.key).order_by("pk")

    @classmethod
    def rewrite(cls, field: CustomField, ids: Sequence[int]) -> None:
        """Write the rows of one field of these records anew."""
        sql.execute(
            f"DELETE FROM {cls._meta.db_table} WHERE field_id = %s AND record_id IN ({sql.in_list(ids)})", [field.pk]
        )
        kept = cls.having(field).filter(pk__in=ids).values_list("pk", "custom")
        sql.insert_rows(cls, COLUMNS, rows_of(kept, {field.key: field}))

    @classmethod
    def differences(cls) -> int:
        """How many rows are missing or too many, against the values of the records."""
        model = cls.record_model()
        fields = {key: field for key, field in indexed_fields(model.attributed).items() if field.is_indexed}
        rows: models.QuerySet[Any] = cls._default_manager.exclude(field__filterable=True, field__is_indexed=False)
        wrong, last = 0, 0
        while kept := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "custom")[:CHUNK]):
            there = rows.filter(record__gt=last, record__lte=kept[-1][0])
            last = kept[-1][0]
            wrong += len(set(rows_of(kept, fields)) ^ set(there.values_list(*COLUMNS)))
        return wrong

    @classmethod
    def rebuild_all(cls) -> None:
        for field in indexed_fields(cls.record_model().attributed).values():
            cls.rebuild(field)


def rows_of(kept: Any, fields: dict[str, CustomField]) -> list[tuple[Any, ...]]:
    return [
        (field.pk, text, number, pk)
        for pk, custom in kept
        for key, plain in custom.items()
        if (field := fields.get(key)) is not None
        for text, number in field.way.entries(plain)
    ]


def indexes(name: str) -> list[models.Index]:
    """The indexes of a subclass: by what it is found, and of a record. Each value stands in one of the first two, said
    as SQLite understands it: it uses no index of which it is told ``NOT (number IS NULL)``."""
    return [
        models.Index(
            fields=["field", "number", "record"], condition=models.Q(number__isnull=False), name=f"{name}_by_number"
        ),
        models.Index(
            fields=["field", "text", "record"], condition=models.Q(text__isnull=False), name=f"{name}_by_text"
        ),
        models.Index(fields=["record", "field"], name=f"{name}_of_record"),
    ]
