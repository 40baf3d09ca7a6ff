"""Further places of an account, each with its address (ACC-1, OPP-3)."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.address import Addressed
from records.journal import operation
from records.models import Door, Record, RecordQuerySet


class SiteQuerySet(RecordQuerySet):
    def active(self) -> Self:
        """Not removed."""
        return self.filter(archived_at=None)


class Site(Addressed, Record):
    """A place of an account. What was removed stays on the opportunities that name it, and is not offered again."""

    away = "archived_at"

    account = models.ForeignKey(Account, models.CASCADE, related_name="sites", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=120)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def taken_back_by(cls, user: Any, ids: Collection[int]) -> set[int]:
        """Those of accounts that this person may change."""
        accounts = Account.objects.filter(sites__in=ids).allowing(user, "change")
        return set(cls.objects.filter(pk__in=ids, account__in=accounts).values_list("pk", flat=True))

    @property
    def label(self) -> str:
        """Name and address: ``Rennes (3, rue du Puits, 35000 Rennes)``."""
        return f"{self.name} ({self.address})" if self.address not in ("", self.name) else self.name

    def add(self, *, by: Any, door: str = Door.FORM) -> Self:
        self._write("site.add", by, door)
        return self

    def edit(self, *, by: Any, door: str = Door.FORM) -> None:
        """Write what was changed on this instance since it was read."""
        self._write("site.edit", by, door)

    def remove(self, *, by: Any, door: str = Door.FORM) -> None:
        """Take it off the account; opportunities that name it keep it. Harmless twice."""
        if self.archived_at is None:
            self.archived_at = timezone.now()
            self._write("site.remove", by, door)

    def _write(self, what: str, by: Any, door: str) -> None:
        """Save the site, and tell its account's history what the account's sites are now."""
        with operation(by=by, door=door, what=what):
            before = self.account.site_labels()
            self.save()
            after = self.account.site_labels()
            if before != after:
                self.account.touch({"sites": [before, after]})
