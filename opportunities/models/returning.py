"""Back from the trash: with the account and the contact, if they are there too (LIFE-3)."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

ABILITY = "restore"


class Returning(models.Model):
    class Meta:
        abstract = True

    @classmethod
    def restore_rows(cls: Any, ids: Collection[int], *, by: Any) -> dict[int, list[str]]:
        """A party in the trash comes back along, if this person may restore it; else only its name is shown."""
        said: dict[int, list[str]] = super().restore_rows(ids, by=by)  # type: ignore[misc]
        for name in ("account", "contact"):
            model = cls._meta.get_field(name).related_model
            away = cls.objects.filter(pk__in=said, **{f"{name}__trashed_at__isnull": False}).select_related(name)
            parties = {opportunity.pk: getattr(opportunity, name) for opportunity in away}
            brings = by is None or by.can(ABILITY)
            back = model.restore_rows({party.pk for party in parties.values()}, by=by) if brings and parties else {}
            for pk, party in parties.items():
                if party.pk in back:
                    told = _("“%(name)s” was in the trash too, and is back with it.")
                else:
                    told = _(
                        "“%(name)s” is in the trash: only the name is left of it. A super administrator restores it."
                    )
                said[pk].append(told % {"name": party})
        return said
