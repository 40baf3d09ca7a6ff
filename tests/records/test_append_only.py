"""LOG-1: the journal cannot be changed or deleted, by the ORM's bulk calls or plain SQL; but by a declared erasure."""

import pytest
from django.db import DatabaseError, connection, transaction

from core import triggers
from opportunities.models import Opportunity
from records.erasing import erase, erasure
from records.models import Change, Erasure, Operation
from tests.make import make_opportunity

ATTEMPTS = {
    "update": lambda: Change.objects.update(kind="x"),
    "delete": lambda: Change.objects.all().delete(),
    "raw delete": lambda: Change.objects.all()._raw_delete(using="default"),
    "bulk_update": lambda: Change.objects.bulk_update([_renamed(change) for change in Change.objects.all()], ["kind"]),
    "update_or_create": lambda: Change.objects.update_or_create(pk=Change.objects.first().pk, defaults={"kind": "x"}),
    "bulk_create over": lambda: Change.objects.bulk_create(
        [_renamed(change) for change in Change.objects.all()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["kind"],
    ),
    "save": lambda: _renamed(Change.objects.first()).save(),
    "instance delete": lambda: Change.objects.first().delete(),
    "operation update": lambda: Operation.objects.update(what="x"),
    "operation delete": lambda: Operation.objects.all()._raw_delete(using="default"),
    "sql update": lambda: _run("UPDATE records_change SET fields = '{}'"),
    "sql delete": lambda: _run("DELETE FROM records_change"),
    "sql operation": lambda: _run("UPDATE records_operation SET by_id = NULL"),
    "sql replace": lambda: _run(
        "INSERT INTO records_change (id, operation_id, model_id, record_id, kind, version, fields) "
        "SELECT id, operation_id, model_id, record_id, 'x', version, fields FROM records_change WHERE true "
        "ON CONFLICT (id) DO UPDATE SET kind = 'x'"
    ),
}


def _renamed(change):
    change.kind = "x"
    return change


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def journal():
    return list(Operation.objects.order_by("pk").values()), list(Change.objects.order_by("pk").values())


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_log_1_the_journal_is_append_only(cast, attempt):
    make_opportunity(by=cast.claire)
    before = journal()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ATTEMPTS[attempt]()
    assert journal() == before


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
