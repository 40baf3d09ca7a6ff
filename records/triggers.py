"""The journal is append-only, on both databases, against the ORM's bulk calls and plain SQL alike."""

from core.triggers import Trigger

_UNLESS_DECLARED = "NOT EXISTS (SELECT 1 FROM records_erasure)"

TRIGGERS = [
    Trigger(
        name=f"{table}_is_append_only_{verb.lower()}",
        table=table,
        event=f"BEFORE {verb}",
        when=_UNLESS_DECLARED,
        refuse="the journal is append-only",
    )
    for table in ("records_operation", "records_change")
    for verb in ("UPDATE", "DELETE")
] + [
    Trigger(
        name=f"{table}_is_not_truncated",
        table=table,
        event="BEFORE TRUNCATE",
        when=_UNLESS_DECLARED,
        refuse="the journal is append-only",
        postgresql_only=True,
        per_statement=True,
    )
    for table in ("records_operation", "records_change")
]
