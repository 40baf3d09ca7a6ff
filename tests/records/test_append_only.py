"""LOG-1: the journal cannot be changed or deleted, by the ORM's bulk calls or plain SQL; but by a declared erasure."""

import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import F, ProtectedError, RestrictedError, Value
from django.db.models.deletion import Collector
from django.db.models.functions import Concat

from core import sql, triggers
from core.models import Job
from opportunities.models import Opportunity
from records.erasing import erase, erasure
from records.journal import operation
from records.models import Change, Erasure, Operation
from tests.make import make_opportunity
from users.models import User

COLUMNS = {Change: ("kind", "fields"), Operation: ("what", "at")}  # one to be written over, one for plain SQL
TABLES = sorted(COLUMNS, key=lambda model: model.__name__)
ATTEMPTS = {
    "update": lambda model, name: model.objects.update(**{name: "x"}),
    "update by expression": lambda model, name: model.objects.update(**{name: Concat(F(name), Value("x"))}),
    "delete": lambda model, name: Change.objects.all().delete(),
    "raw delete": lambda model, name: model.objects.all()._raw_delete(using="default"),
    "bulk_update": lambda model, name: model.objects.bulk_update(
        [_turned(row, name) for row in model.objects.all()], [name]
    ),
    "update_or_create": lambda model, name: model.objects.update_or_create(
        pk=model.objects.first().pk, defaults={name: "x"}
    ),
    "bulk_create over": lambda model, name: model.objects.bulk_create(
        [_turned(row, name) for row in model.objects.all()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[name],
    ),
    "save": lambda model, name: _turned(model.objects.first(), name).save(),
    "save of fields": lambda model, name: _turned(model.objects.first(), name).save(update_fields=[name]),
    "instance delete": lambda model, name: Change.objects.first().delete(),
    "collected delete": lambda model, name: _collected(model.objects.last()),
    "update of rows": lambda model, name: sql.update_rows(model, (name,), [["x", model.objects.first().pk]]),
    "sql update": lambda model, name: _run(f"UPDATE {_table(model)} SET {COLUMNS[model][1]} = NULL"),
    "sql update of the id": lambda model, name: _run(f"UPDATE {_table(model)} SET id = id + 1000"),
    "sql delete": lambda model, name: _run(f"DELETE FROM {_table(model)}"),
    "sql upsert": lambda model, name: _run(
        f"INSERT INTO {_table(model)} ({_columns(model)}) SELECT {_columns(model)} FROM {_table(model)} WHERE true "
        f"ON CONFLICT (id) DO UPDATE SET {name} = 'x'"
    ),
}
ON_SQLITE = {
    "sql replace": lambda model, name: _run(
        f"INSERT OR REPLACE INTO {_table(model)} ({_columns(model)}) "
        f"SELECT {_columns(model, **{name: chr(39) + 'x' + chr(39)})} FROM {_table(model)}"
    ),
    "sql update or replace": lambda model, name: _run(f"UPDATE OR REPLACE {_table(model)} SET id = 1"),
    "sql replace by default": lambda model, name: _run(
        f"REPLACE INTO {_table(model)} ({_columns(model)}) "
        f"SELECT {_columns(model, **{name: chr(39) + 'x' + chr(39)})} FROM {_table(model)}"
    ),
}
if connection.vendor == "sqlite":
    ATTEMPTS |= ON_SQLITE


def _turned(row, name):
    setattr(row, name, "x")
    return row


def _table(model):
    return model._meta.db_table


def _columns(model, **instead):
    return ", ".join(instead.get(field.column, field.column) for field in model._meta.concrete_fields)


def _collected(row):
    """As a cascade would: past what the models say of each other."""
    collector = Collector(using="default")
    collector.add([row])
    collector.delete()


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def journal():
    return list(Operation.objects.order_by("pk").values()), list(Change.objects.order_by("pk").values())


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_log_1_the_journal_is_append_only(cast, attempt, model):
    make_opportunity(by=cast.claire)
    before = journal()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ATTEMPTS[attempt](model, COLUMNS[model][0])
    assert journal() == before


REFERRED_TO = {
    "a person": lambda made: models.QuerySet(User).filter(pk=made.owner_id),
    "a kind of record": lambda made: ContentType.objects.filter(model="opportunity"),
    "a job": lambda made: Job.objects.filter(operations__isnull=False),
}


@pytest.mark.parametrize("what", REFERRED_TO)
def test_log_1_nothing_takes_the_journal_with_it_when_it_is_deleted(cast, what):
    made = make_opportunity(by=cast.claire)
    with operation(by=cast.claire, door="import", what="test", job=Job.objects.create(kind="x")):
        make_opportunity(by=cast.claire)
    before = journal()
    gone = REFERRED_TO[what](made)
    assert gone.exists()
    with pytest.raises((ProtectedError, RestrictedError)), transaction.atomic():
        gone.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        _run(f"DELETE FROM {_table(gone.model)} WHERE id = {gone.get().pk}")
        connection.check_constraints()
    assert journal() == before


def test_log_1_a_record_that_is_gone_for_good_leaves_its_journal_without_its_values(cast):
    made = make_opportunity("Secret", by=cast.claire)
    made.trash(by=cast.claire)
    operations, changes = journal()
    with operation(by=None, door="automation", what="opportunity.purge"):
        Opportunity.purge_rows([made.pk])
    after_operations, after_changes = journal()
    assert after_operations[: len(operations)] == operations
    unchanged = ("id", "operation_id", "model_id", "record_id", "kind", "version")
    assert [[row[name] for name in unchanged] for row in after_changes[: len(changes)]] == [
        [row[name] for name in unchanged] for row in changes
    ]
    assert "Secret" not in str(after_changes)


def test_log_1_verify_finds_an_erasure_that_was_left_open(cast):
    Erasure.objects.create(why="forgotten")
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", stdout=said)
    assert "the journal is open to be overwritten" in said.getvalue()
    call_command("verify", repair=True)
    assert not Erasure.objects.exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
def test_log_1_nor_is_it_truncated(cast):
    make_opportunity(by=cast.claire)
    _run("SET CONSTRAINTS ALL IMMEDIATE")  # else what is pending refuses first
    for table in ("records_change", "records_operation"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            _run(f"TRUNCATE {table} CASCADE")


def test_log_1_only_a_declared_erasure_overwrites_and_it_ends_with_itself(cast):
    opportunity = make_opportunity("Secret", by=cast.claire)
    with erasure("test"):
        erase(Opportunity, [opportunity.pk])
    assert "Secret" not in str(Change.objects.values_list("fields", flat=True))
    assert not Erasure.objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.update(kind="x")


def test_log_1_verify_misses_a_trigger_that_is_gone(cast):
    assert triggers.missing() == []
    _run(
        "DROP TRIGGER records_change_is_append_only_update"
        + ("" if connection.vendor == "sqlite" else " ON records_change")
    )
    assert triggers.missing() == ["records_change_is_append_only_update"]
