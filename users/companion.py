"""What people add to the page of a record: with whom it is shared (REC-3, GIVE-2). And what they were told of it goes
with it (LIFE-3)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Value
from django.template.loader import render_to_string

from core.prepared import Statement
from records.companions import Companion
from records.models import OwnedRecord, Record
from users.models import Notice, User


class Sharing(Companion):
    def shown_on(self, record: Record, request: Any, tab: str) -> Mapping[str, str]:
        """One query, and where it is shared one more for each kind of holder. Only this page has a place for it."""
        if not isinstance(record, OwnedRecord) or record.gate_key() != "opportunity":
            return {}
        levels = _levels(record)
        shown: list[tuple[Any, str, bool]] = []
        for model, kind in ((User, "user"), (Group, "group")):
            ids = [pk for one, pk in levels if one == kind]
            if ids:
                holders = model._default_manager.filter(pk__in=ids)
                shown += [(holder, levels[kind, holder.pk], kind == "group") for holder in holders]
        shared = {"holders": sorted(shown, key=lambda one: (one[2], str(one[0])))}
        return {"sharing": render_to_string("sharing/_holders.html", shared, request)}


class Telling(Companion):
    def erase(self, model: type[Record], ids: Sequence[int]) -> None:
        """Notices name what they are about."""
        if not hasattr(model, "get_absolute_url"):
            return
        about = ContentType.objects.get_for_model(model)
        Notice.objects.filter(about_model=about, about_id__in=ids).delete()


def _levels(record: OwnedRecord) -> dict[tuple[str, int], str]:
    """``view`` or ``change``, by kind and number of the holder."""
    found: dict[tuple[str, int], str] = {}
    for kind, pk, codename in _grants_on(type(record))(record.pk):
        if found.get((kind, pk)) != "change":
            found[kind, pk] = codename.split("_")[0]
    return found


@cache
def _grants_on(model: type[OwnedRecord]) -> Statement:
    """What reads the grants on a record of this kind: kind and number of the holder, what is granted."""
    models: tuple[Any, Any] = model.grant_models()
    people, groups = (
        grants._default_manager.filter(content_object=Statement.MARK)
        .order_by()
        .values_list(Value(kind, CharField()), f"{kind}_id", "permission__codename")
        for kind, grants in zip(("user", "group"), models, strict=True)
    )
    query, parameters = people.union(groups, all=True).query.sql_with_params()
    return Statement(query, parameters, 1)
