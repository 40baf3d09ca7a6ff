"""The journal is append-only, on both databases, against the ORM's bulk calls and plain SQL alike."""

from functools import partial

from core.triggers import Trigger

_UNLESS_DECLARED = "NOT EXISTS (SELECT 1 FROM records_erasure)"

_IS_THERE = {
    "records_operation": "EXISTS (SELECT 1 FROM records_operation o WHERE o.id = NEW.id)",
    "records_change": "EXISTS (SELECT 1 FROM records_change c WHERE c.id = NEW.id)",
}


def _of(table: str) -> list[Trigger]:
    refusing = partial(Trigger, table=table, refuse="the journal is append-only")
    return [
        *(
            refusing(
                name=f"{table}_is_append_only_{verb.lower()}", event=f"BEFORE {verb}", when=_UNLESS_DECLARED
            )
            for verb in ("UPDATE", "DELETE")
        ),
        refusing(
            name=f"{table}_is_not_truncated", event="BEFORE TRUNCATE", when=_UNLESS_DECLARED, postgresql_only=True,
            per_statement=True,
        ),
        refusing(  # REPLACE deletes what is in its way without firing what stands before a deletion
            name=f"{table}_is_not_replaced", event="BEFORE INSERT", when=f"{_UNLESS_DECLARED} AND {_IS_THERE[table]}",
            sqlite_only=True,
        ),
    ]  # fmt: skip


TRIGGERS = [trigger for table in _IS_THERE for trigger in _of(table)]
