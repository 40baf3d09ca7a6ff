"""Sharing a record with a person or a group, and withdrawing it (GIVE-2)."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from guardian.shortcuts import assign_perm, remove_perm

from records.journal import operation


class Shareable(models.Model):
    """What a record can do to be seen by more people than its owner and team."""

    class Meta:
        abstract = True

    def share(self: Any, *, to: Any, edit: bool = False, by: Any, door: str = "form") -> None:
        """Let a person or a group see the record, or edit it as well; told again, the last word counts."""
        with operation(by=by, door=door, what=f"{self.gate_key()}.share"):
            self._grant(to, "change" if edit else "view")

    def withdraw(self: Any, *, from_: Any, by: Any, door: str = "form") -> None:
        """Take back what was shared with a person or a group; harmless where nothing was."""
        with operation(by=by, door=door, what=f"{self.gate_key()}.withdraw"):
            self._grant(from_, None)

    def shares(self: Any) -> dict[str, str]:
        """With whom the record is shared: ``{"user:3": "change", "group:1": "view"}``."""
        found: dict[str, str] = {}
        for name, model in zip(("user", "group"), self.grant_models(), strict=True):
            rows = model._default_manager.filter(content_object=self).values_list(f"{name}_id", "permission__codename")
            for pk, codename in rows:
                level = codename.split("_")[0]
                if found.get(f"{name}:{pk}") != "change":
                    found[f"{name}:{pk}"] = level
        return found

    def _grant(self: Any, to: Any, level: str | None) -> None:
        before = self.shares()
        for name in ("view", "change"):
            codename = f"{name}_{self._meta.model_name}"
            permission = Permission.objects.get(
                codename=codename, content_type=ContentType.objects.get_for_model(type(self))
            )
            (assign_perm if name == level else remove_perm)(permission, to, self)
        after = self.shares()
        if before == after:
            return
        self.touch({"shares": [before, after]})
        self.access.rebuild([self.pk])


def holder(key: str) -> tuple[str, int]:
    """``"group:1"`` taken apart."""
    name, pk = key.split(":")
    return name, int(pk)


def is_group(to: Any) -> bool:
    return isinstance(to, Group)
