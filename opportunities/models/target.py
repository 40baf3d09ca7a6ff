"""What a person or a team is to sign in a quarter or a month (SET-1, RPT-6), in the house currency."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import House
from core.models.house import per_set_up
from core.money import MoneyField
from records.journal import operation
from records.models import Door, Record, Row
from users.models import Team

MONTH, QUARTER = 1, 3
Key = tuple[str, int, dt.date, int]
"""Whose: ``person`` or ``team`` and their number; the first day; how many months."""


class Target(Record):
    undo_ability = "set_up"
    away = "amount"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", db_index=False)
    first = models.DateField(_("first day"))
    months = models.PositiveSmallIntegerField(_("months"), choices=[(MONTH, _("Month")), (QUARTER, _("Quarter"))])
    amount: Any = MoneyField(_("amount"), null=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, team__isnull=False) | models.Q(person__isnull=False, team=None),
                name="a_target_is_of_one_person_or_one_team",
            ),
            models.UniqueConstraint("person", "first", "months", name="a_person_has_one_target"),
            models.UniqueConstraint("team", "first", "months", name="a_team_has_one_target"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.team}, {self.first}"

    @property
    def key(self) -> Key:
        return (
            ("person", self.person_id or 0, *self._when) if self.person_id else ("team", self.team_id or 0, *self._when)
        )

    @property
    def _when(self) -> tuple[dt.date, int]:
        return self.first, self.months

    @classmethod
    def is_gone(cls, row: Mapping[str, Any]) -> bool:
        """Without an amount there is no target."""
        return row["amount"] is None

    @classmethod
    def put_away(cls, row: Row) -> None:
        row["amount"] = None

    @classmethod
    def follow(cls, ids: Any, changed: Any) -> None:
        super().follow(ids, changed)
        House.set_up_changed()

    @classmethod
    def set_all(cls, wanted: Mapping[Key, Decimal | None], *, by: Any) -> None:
        """These targets have these amounts, none where there is none any more; others stay as they are."""
        firsts = {first for _kind, _pk, first, _months in wanted}
        there = {target.key: target for target in cls.objects.filter(first__in=firsts)}
        with operation(by=by, door=Door.SET_UP, what="target.set_up"):
            for key, amount in wanted.items():
                kind, pk, first, months = key
                target = there.get(key) or cls(**{f"{kind}_id": pk}, first=first, months=months)
                if target.amount != amount:
                    target.amount = amount
                    target.save()


def quarter_of(day: dt.date) -> dt.date:
    """The first day of its quarter."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def target_of(kind: str, pks: Iterable[int], quarter: dt.date) -> Decimal | None:
    """Of a quarter: what was set for it, else the sum of its months; of several teams, their sum."""
    found = [amount for pk in pks if (amount := _of_one(kind, pk, quarter)) is not None]
    return sum(found, Decimal(0)) if found else None


def _of_one(kind: str, pk: int, quarter: dt.date) -> Decimal | None:
    known = _targets(quarter)
    if (kind, pk, quarter, QUARTER) in known:
        return known[kind, pk, quarter, QUARTER]
    firsts = [dt.date(quarter.year, quarter.month + at, 1) for at in range(3)]
    months = [known[kind, pk, first, MONTH] for first in firsts if (kind, pk, first, MONTH) in known]
    return sum(months, Decimal(0)) if months else None


@per_set_up
def _targets(quarter: dt.date) -> dict[Key, Decimal]:
    """Those of a quarter and of its months, read once per change of the set-up."""
    last = dt.date(quarter.year, quarter.month + 2, 1)
    found = Target.objects.filter(first__gte=quarter, first__lte=last, amount__isnull=False)
    return {target.key: target.amount for target in found}
