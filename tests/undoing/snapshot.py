"""What the business tables hold, read by plain SQL: neither the journal nor a verb of the models is asked.

A row with a version is a record, told by its id; any other row hangs on records, and is told by what it holds: what is
written back gets an id of its own.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db import connection

KEPT_OUT = {
    "users_notice": "what somebody was told stays told",
    "opportunities_bulk": "a receipt",
    "opportunities_bulkline": "a receipt",
    "opportunities_following": "a job",
    "attributes_indexing": "a job",
    "activities_calendarfeed": "a secret",
    "core_house": "the mark of the set-up",
    "core_job": "a job",
    "core_pulse": "a sign of life",
}
APPS = ("core", "users", "attributes", "pipelines", "accounts", "opportunities", "tasks", "activities")
BOOKKEEPING = {"version", "changed_at", "last_login"}
AWAY = ("trashed_at", "archived_at", "removed_at", "withdrawn_at")
DERIVED = {  # tables that follow from others: where more than one person was at work, `verify` tells what they must hold
    "accounts_accountaccess", "accounts_contactaccess", "opportunities_opportunityaccess",
    "accounts_accountkey", "accounts_contactkey", "accounts_accountvalue", "accounts_contactvalue",
    "opportunities_opportunityvalue", "opportunities_opportunityperiod", "tasks_reminder",
}  # fmt: skip
TARGETS, PERIODS, REMINDERS = "opportunities_target", "opportunities_opportunityperiod", "tasks_reminder"


@cache
def tables():
    """The business tables: ``{name: {column: the table it points to}}``."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.app_label in APPS and not meta.proxy and meta.db_table not in KEPT_OUT:
            found[meta.db_table] = {
                one.column: one.related_model._meta.db_table for one in meta.concrete_fields if one.is_relation
            }
    return found


@dataclass
class Snapshot:
    """``records`` by table and id; ``hanging``, how often each row is there."""

    records: dict = field(default_factory=dict)
    hanging: Counter = field(default_factory=Counter)

    @classmethod
    def take(cls):
        taken = cls()
        with connection.cursor() as cursor:
            for table in tables():
                cursor.execute(f'SELECT * FROM "{table}"')
                names = [column[0] for column in cursor.description]
                for values in cursor.fetchall():
                    taken._add(table, dict(zip(names, values, strict=True)))
        return taken

    def _add(self, table, row):
        row = {name: _plain(value) for name, value in row.items()}
        if "version" in row:
            self.records[table, row.pop("id")] = {name: row[name] for name in row.keys() - BOOKKEEPING}
            return
        if table == PERIODS:
            if row.pop("valid_to") is not None:
                return
            row.pop("valid_from")
        if table == REMINDERS:
            row["told_at"] = row["told_at"] is not None
        row.pop("id", None)
        self.hanging[table, tuple(sorted(row.items()))] += 1

    def is_away(self, key):
        row = self.records[key]
        return any(row.get(name) is not None for name in AWAY) or (key[0] == TARGETS and row["amount"] is None)


def _plain(value):
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    return value


def points_to(hung):
    """The records that a hanging row names."""
    table, row = hung
    names = tables()[table]
    return {(names[column], value) for column, value in row if column in names and value is not None}


def told(key, name=""):
    return f"{key[0]} {key[1]} {name}".strip()


def differences(before, after):
    """In words, what is not as it was. A record that was not there yet may be there, as long as it is away."""
    found = []
    new = after.records.keys() - before.records.keys()
    found += [f"{told(key)} is there still: {after.records[key]}" for key in new if not after.is_away(key)]
    found += [f"{told(key)} is gone" for key in before.records.keys() - after.records.keys()]
    for key in before.records.keys() & after.records.keys():
        was, now = before.records[key], after.records[key]
        for name in was:
            same = (was[name] is None) == (now[name] is None) if name in AWAY else was[name] == now[name]
            if not same:
                found.append(f"{told(key, name)}: {was[name]!r} -> {now[name]!r}")
    stays = Counter({hung: n for hung, n in after.hanging.items() if not points_to(hung) & new})
    found += [f"lacks {hung[0]} {dict(hung[1])}" for hung in (before.hanging - stays)]
    found += [f"has {hung[0]} {dict(hung[1])} too many" for hung in (stays - before.hanging)]
    return sorted(found)
