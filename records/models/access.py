"""The access index: who sees what, as narrow rows derived from the truth (ARCHITECTURE 2).

A principal is a way of seeing: owning or being assigned, being in the owner's team, a share with a person, a share
with a group. Kind and id are one whole number, so that a row is three columns and a page one range scan.
"""

from enum import IntEnum
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db import models

from core import sql

CHUNK = 1000


class Way(IntEnum):
    """The kinds of principal."""

    OWN = 0
    TEAM = 1
    SHARED = 2
    GROUP = 3


def principal(way: Way, pk: int) -> int:
    """The number that stands for one person, team or group in the index."""
    return pk * 4 + way


class Access(models.Model):
    """One way to see one record. Subclasses add ``record`` and, as ``carried``, columns copied from it to sort by."""

    carried: ClassVar[tuple[str, ...]] = ()

    principal = models.BigIntegerField()

    class Meta:
        abstract = True

    @classmethod
    def seen_by(cls, principals: list[int]) -> models.QuerySet[Any]:
        """The rows under these principals."""
        return cls._default_manager.filter(principal__in=principals)

    @classmethod
    def rebuild(cls, ids: list[int] | None = None) -> None:
        """Derive the rows of these records (or of all) from the truth, again."""
        table = cls._meta.db_table
        columns = ", ".join(("principal", "record_id", *cls.carried))
        if ids is None:
            sql.execute(f"DELETE FROM {table}")
            sql.execute(f"INSERT INTO {table} ({columns}) {cls.truth()}")
            return
        for start in range(0, len(ids), CHUNK):
            part = sql.in_list(ids[start : start + CHUNK])
            sql.execute(f"DELETE FROM {table} WHERE record_id IN ({part})")
            sql.execute(f"INSERT INTO {table} ({columns}) {cls.truth(f'AND r.id IN ({part})')}")

    @classmethod
    def differences(cls) -> tuple[int, int]:
        """How many rows are missing from the index, and how many it should not have."""
        columns = ", ".join(("principal", "record_id", *cls.carried))
        mine = f"SELECT {columns} FROM {cls._meta.db_table}"
        count = "SELECT count(*) FROM (SELECT * FROM ({}) AS a EXCEPT SELECT * FROM ({}) AS b) AS c"
        missing = sql.fetch(count.format(cls.truth(), mine))[0][0]
        surplus = sql.fetch(count.format(mine, cls.truth()))[0][0]
        return missing, surplus

    @classmethod
    def truth(cls, where: str = "") -> str:
        """The query that derives the index from ownership, assignment, team and grants."""
        model = cls._meta.get_field("record").related_model
        assert isinstance(model, type)
        table, users = model._meta.db_table, get_user_model()._meta.db_table
        carried = "".join(f", r.{name}" for name in cls.carried)
        live = f"WHERE r.trashed_at IS NULL {where}"

        def ways(way: Way, column: str, join: str = "") -> str:
            return (
                f"SELECT {column} * 4 + {way.value} AS principal, r.id AS record_id{carried} "
                f"FROM {table} r {join} {live} AND {column} IS NOT NULL"
            )

        parts = [
            ways(Way.OWN, "r.owner_id"),
            ways(Way.TEAM, "u.team_id", f"JOIN {users} u ON u.id = r.owner_id"),
        ]
        if assignment := model.assignment_model():  # type: ignore[attr-defined]
            parts.append(ways(Way.OWN, "a.user_id", f"JOIN {assignment._meta.db_table} a ON a.record_id = r.id"))
        user_grants, group_grants = model.grant_models()  # type: ignore[attr-defined]
        parts.append(
            ways(Way.SHARED, "g.user_id", f"JOIN {user_grants._meta.db_table} g ON g.content_object_id = r.id")
        )
        parts.append(
            ways(Way.GROUP, "g.group_id", f"JOIN {group_grants._meta.db_table} g ON g.content_object_id = r.id")
        )
        return " UNION ".join(parts)
