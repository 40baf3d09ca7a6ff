"""The three facts on which the gate decides about one person and one record (GIVE-3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from core import sql


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands to one record, read in one query: the gate asks it several times on each page."""

    sees: bool  # in the access index
    is_assigned: bool
    may_edit: bool  # by a share for editing, with the person or with a group of theirs

    @classmethod
    def of(cls, record: Any, principals: list[int] | None, user: int, groups: Iterable[int]) -> "Standing":
        """``principals`` are those under which the person sees, ``None`` for one who sees all."""
        by_person, by_group = record.grant_models()
        assignment = record.assignment_model()
        own, in_groups = f"user_id = {int(user)}", f"group_id IN ({sql.in_list(groups)})"
        change = "permission_id IN (SELECT id FROM auth_permission WHERE codename = %(change)s)"
        asked = [
            "1"
            if principals is None
            else _one(record.access, "record_id", f"principal IN ({sql.in_list(principals)})"),
            "0" if assignment is None else _one(assignment, "record_id", own),
            _one(by_person, "content_object_id", f"{own} AND {change}"),
            _one(by_group, "content_object_id", f"{in_groups} AND {change}"),
        ]
        parameters = {"record": record.pk, "change": f"change_{record._meta.model_name}"}
        sees, is_assigned, *shared = sql.fetch(f"SELECT {', '.join(asked)}", parameters)[0]
        return cls(bool(sees), bool(is_assigned), any(shared))


def _one(model: type[models.Model], record: str, condition: str) -> str:
    """Whether a row of this table on the record meets the condition."""
    return f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {record} = %(record)s AND {condition})"
