"""Rules the database keeps by triggers: those that cross tables, and those that forbid.

Each app lists its own in ``triggers.py``. They are installed again after every migration, because a table that SQLite
rebuilds loses its triggers without a word; ``manage.py verify`` asks whether they are there.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection


@dataclass(frozen=True)
class Trigger:
    """One trigger: its name, its table, what fires it, and its body in both dialects.

    ``when`` is a condition over NEW and OLD; ``body`` is the statement to run; ``refuse`` is the message of an error
    to raise instead of a body.
    """

    name: str
    table: str
    event: str
    when: str = ""
    body: str = ""
    refuse: str = ""
    sqlite_only: bool = False
    postgresql_only: bool = False
    per_statement: bool = False

    def sql(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            body = f"SELECT RAISE(ABORT, '{self.refuse}')" if self.refuse else self.body
            when = f"WHEN {self.when}" if self.when else ""
            return [
                f"DROP TRIGGER IF EXISTS {self.name}",
                f"CREATE TRIGGER {self.name} {self.event} ON {self.table} {when} BEGIN {body}; END",
            ]
        if self.refuse:
            body = f"RAISE EXCEPTION '{self.refuse}' USING ERRCODE = 'check_violation'"
        else:
            body = self.body
        guarded = f"IF {self.when} THEN {body}; END IF" if self.when else body
        moment = "NULL" if self.event.startswith("AFTER") or self.per_statement else "COALESCE(NEW, OLD)"
        level = "STATEMENT" if self.per_statement else "ROW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {guarded}; RETURN {moment}; END $$",
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"CREATE TRIGGER {self.name} {self.event} ON {self.table} FOR EACH {level} EXECUTE FUNCTION {self.name}()",
        ]

    def applies(self, vendor: str) -> bool:
        return not ((self.sqlite_only and vendor != "sqlite") or (self.postgresql_only and vendor != "postgresql"))


def part_of_whole(table: str, whole: str, part: str, *, parts: str, refuse: str) -> list[Trigger]:
    """Refuse that the column ``part`` names a row of ``parts`` that belongs to another one than ``whole`` names."""
    condition = (
        f"NEW.{part}_id IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {parts} p WHERE p.id = NEW.{part}_id AND p.{whole}_id = NEW.{whole}_id)"
    )
    return [
        Trigger(f"{table}_{part}_{moment}", table, f"BEFORE {event}", condition, refuse=refuse)
        for moment, event in (("insert", "INSERT"), ("update", f"UPDATE OF {part}_id, {whole}_id"))
    ]


def of_app(config: AppConfig) -> list[Trigger]:
    if find_spec(f"{config.name}.triggers") is None:
        return []
    triggers: list[Trigger] = getattr(import_module(f"{config.name}.triggers"), "TRIGGERS", [])
    return [trigger for trigger in triggers if trigger.applies(connection.vendor)]


def install(app_config: AppConfig, **kwargs: Any) -> None:
    """Install an app's triggers; called by ``post_migrate``."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for trigger in of_app(app_config):
            if trigger.table in tables:
                for statement in trigger.sql(connection.vendor):
                    cursor.execute(statement)


def missing() -> list[str]:
    """Names of the triggers that should be in the database and are not."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [
        trigger.name for config in apps.get_app_configs() for trigger in of_app(config) if trigger.name not in present
    ]
