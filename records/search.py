"""Finding records by any part of their texts, without accents or case (ALL-2).

The ``folded`` column is indexed by trigrams: pg_trgm on PostgreSQL, FTS5 on SQLite. Trigrams find nothing under three
letters: such words take an indexed prefix of the name, or the id.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.utils import DatabaseError

from core import sql
from core.folding import fold
from core.triggers import Trigger

if TYPE_CHECKING:
    from records.models.owned import OwnedQuerySet

Query = TypeVar("Query", bound="OwnedQuerySet")
SHORTEST = 3
FEW = 1_000
LEAST_DIGITS = 6  # of a telephone number
LAST_LETTER = "\U0010ffff"
LARGEST_ID = 2**63 - 1


def matching(records: Query, text: str) -> Query:
    """Records that hold every word; ``#8127`` or ``8127`` is also the id of one."""
    return records.filter(condition(records.model, text))


def condition(model: type[models.Model], text: str) -> models.Q:
    """The same as a condition, which may be put on a related model's query."""
    words = _words(text)
    long = [word for word in words if len(word) >= SHORTEST]
    found = _long(model, long) if long else models.Q()
    for at, word in enumerate(word for word in words if word not in long):
        if long or at > 0:
            found &= models.Q(folded__contains=word)
        else:
            found &= models.Q(name_key__gte=word, name_key__lt=word + LAST_LETTER)
    if number := _number(words):
        found |= models.Q(pk=number)
    return found


def _words(text: str) -> list[str]:
    """The words of a query; a telephone number typed in groups is one word of digits."""
    words = fold(text.replace("\0", "")).split()
    digits = "".join(letter for letter in "".join(words) if letter.isdecimal())
    if len(words) > 1 and len(digits) >= LEAST_DIGITS and set("".join(words)) <= set("0123456789+().-/"):
        return [digits]
    return words


def _number(words: list[str]) -> int | None:
    if len(words) != 1:
        return None
    bare = words[0].removeprefix("#")
    return int(bare) if bare.isascii() and bare.isdecimal() and int(bare) <= LARGEST_ID else None


def _long(model: type[models.Model], words: list[str]) -> models.Q:
    """Records whose text holds all these words.

    PostgreSQL weighs its trigram index against the order of the list by itself. SQLite reads all that FTS5 finds
    before anything else: where that is much, looking through the rows in their order finds a page sooner.
    """
    if connection.vendor == "sqlite":
        table, match = fts_table(model._meta.db_table), " AND ".join(map(_quoted, words))
        rows = sql.fetch(f"SELECT rowid FROM {table} WHERE folded MATCH %s LIMIT {FEW + 1}", [match])
        if len(rows) <= FEW:
            return models.Q(pk__in=[pk for (pk,) in rows])
    condition = models.Q()
    for word in words:
        condition &= models.Q(folded__contains=word)
    return condition


def _quoted(word: str) -> str:
    escaped = word.replace('"', '""')
    return f'"{escaped}"'


def fts_table(table: str) -> str:
    return f"{table}_fts"


class AddSearchIndex(migrations.RunPython):
    """A migration step: the trigram index over the ``folded`` column of a model."""

    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(self._forwards, self._backwards)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {}

    def _forwards(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {fts_table(self.table)} USING fts5("
                f"folded, content='{self.table}', content_rowid='id', tokenize='trigram case_sensitive 1', "
                f"detail='full', columnsize=0)"
            )
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
            if cursor.fetchone() is None:
                raise DatabaseError("PostgreSQL lacks the extension pg_trgm (package postgresql-contrib).")
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(f"CREATE INDEX {self.table}_trigrams ON {self.table} USING gin (folded gin_trgm_ops)")

    def _backwards(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TABLE IF EXISTS {fts_table(self.table)}")
        else:
            schema_editor.execute(f"DROP INDEX IF EXISTS {self.table}_trigrams")


def triggers(table: str) -> list[Trigger]:
    """What keeps the FTS5 index of a table in step with it."""
    fts = fts_table(table)
    forget = f"INSERT INTO {fts}({fts}, rowid, folded) VALUES ('delete', old.id, old.folded)"
    add = f"INSERT INTO {fts}(rowid, folded) VALUES (new.id, new.folded)"
    return [
        Trigger(f"{fts}_insert", table, "AFTER INSERT", body=add, sqlite_only=True),
        Trigger(f"{fts}_delete", table, "AFTER DELETE", body=forget, sqlite_only=True),
        Trigger(f"{fts}_update", table, "AFTER UPDATE OF folded", body=f"{forget}; {add}", sqlite_only=True),
    ]
