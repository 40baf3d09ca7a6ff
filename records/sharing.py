"""Sharing a record with a person or a group, and withdrawing it (GIVE-2)."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import sql
from records import journal
from records.journal import operation

Shares = Mapping[str, str]
"""With whom a record is shared, and how far: ``{"user:3": "change", "group:1": "view"}``."""

Value = TypeVar("Value")
LEVELS = ("view", "change")


class Shareable(models.Model):
    """What a record can do to be seen by more people than its owner and team."""

    class Meta:
        abstract = True

    def share(self: Any, *, to: Any, edit: bool = False, by: Any, door: str = "form") -> None:
        """Let a person or a group see the record, or edit it as well; told again, the last word counts."""
        with operation(by=by, door=door, what=f"{self.gate_key()}.share"):
            self.set_shares({**self.shares(), key_of(to): "change" if edit else "view"})

    def withdraw(self: Any, *, from_: Any, by: Any, door: str = "form") -> None:
        """Take back what was shared with a person or a group; harmless where nothing was."""
        with operation(by=by, door=door, what=f"{self.gate_key()}.withdraw"):
            self.set_shares({key: level for key, level in self.shares().items() if key != key_of(from_)})

    def shares(self: Any) -> dict[str, str]:
        """With whom the record is shared, and how far."""
        return dict(self.shares_of([self.pk])[self.pk])

    def set_shares(self: Any, wanted: Shares) -> None:
        """Inside an operation: have the record shared exactly so."""
        before = self.shares()
        if before == wanted:
            return
        _write(type(self), {self.pk: wanted})
        self.touch({"shares": [before, ordered(wanted)]})
        self.access.rebuild([self.pk])

    @classmethod
    def shares_of(cls: Any, ids: Iterable[int]) -> dict[int, dict[str, str]]:
        """The shares of each of these records, in two queries."""
        found: dict[int, dict[str, str]] = {pk: {} for pk in ids}
        for name, model in zip(("user", "group"), cls.grant_models(), strict=True):
            grants = model._default_manager.filter(content_object__in=list(found))
            for pk, to, codename in grants.values_list("content_object_id", f"{name}_id", "permission__codename"):
                level = codename.split("_")[0]
                if found[pk].get(f"{name}:{to}") != "change":
                    found[pk][f"{name}:{to}"] = level
        return {pk: ordered(shares) for pk, shares in found.items()}

    @classmethod
    def share_rows(cls: Any, wanted: Mapping[int, Shares]) -> None:
        """Inside an operation: have each of these records shared exactly so; those that are so already stay."""
        before = cls.shares_of(wanted)
        versions = dict(cls.objects.filter(pk__in=list(wanted)).values_list("pk", "version"))
        changed = [pk for pk in versions if before[pk] != wanted[pk]]
        if not changed:
            return
        _write(cls, {pk: wanted[pk] for pk in changed})
        sql.update_rows(cls, ("version",), [(versions[pk] + 1, pk) for pk in changed])
        writing = journal.current()
        for pk in changed:
            writing.changed(cls, pk, versions[pk] + 1, {"shares": [before[pk], ordered(wanted[pk])]})
        cls.access.rebuild(changed)


def _write(model: Any, wanted: Mapping[int, Shares]) -> None:
    """Replace the grants on these records."""
    content_type = ContentType.objects.get_for_model(model)
    codes = {f"{level}_{model._meta.model_name}": level for level in LEVELS}
    permissions = {
        codes[codename]: pk
        for codename, pk in Permission.objects.filter(content_type=content_type, codename__in=codes).values_list(
            "codename", "pk"
        )
    }
    for name, grants in zip(("user", "group"), model.grant_models(), strict=True):
        grants._default_manager.filter(content_object__in=list(wanted)).delete()
        rows = [
            (permissions[level], pk, holder(key)[1])
            for pk, shares in wanted.items()
            for key, level in ordered(shares).items()
            if holder(key)[0] == name
        ]
        sql.insert_rows(grants, ("permission_id", "content_object_id", f"{name}_id"), rows)


def key_of(to: Any) -> str:
    """How a person or a group is named among the shares: ``user:3``, ``group:1``."""
    return f"{'group' if isinstance(to, Group) else 'user'}:{to.pk}"


def holder(key: str) -> tuple[str, int]:
    """``"group:1"`` taken apart."""
    name, pk = key.split(":")
    return name, int(pk)


def holder_names(keys: Iterable[str]) -> dict[str, str]:
    """What these people and groups are called."""
    names: dict[str, str] = {}
    for name, model in (("user", get_user_model()), ("group", Group)):
        ids = [pk for kind, pk in map(holder, keys) if kind == name]
        if ids:
            names |= {f"{name}:{row.pk}": str(row) for row in model._default_manager.filter(pk__in=ids)}
    return names


def ordered(shares: Mapping[str, Value]) -> dict[str, Value]:
    """People before groups, each by number, so that equal shares are written alike."""
    return dict(sorted(shares.items(), key=lambda item: (holder(item[0])[0] == "group", holder(item[0])[1])))
