"""How an opportunity is sorted, and how it is paid (OPP-8, OPP-11)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pipelines.models import (
    Category,
    Establishment,
    Family,
    Sector,
    Subcategory,
    Subfamily,
    settle_category,
    settle_part,
)
from records.models import Row


class Per(models.TextChoices):
    """How often it is paid."""

    ONCE = "once", pgettext_lazy("payment", "One-off")
    HOUR = "hour", pgettext_lazy("payment", "Per hour")
    DAY = "day", pgettext_lazy("payment", "Per day")
    WEEK = "week", pgettext_lazy("payment", "Per week")
    MONTH = "month", pgettext_lazy("payment", "Per month")
    QUARTER = "quarter", pgettext_lazy("payment", "Per quarter")
    YEAR = "year", pgettext_lazy("payment", "Per year")


MOST_TIMES = 9999


def _one(model: type[models.Model], label: Any) -> Any:
    return models.ForeignKey(
        model, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=label
    )  # fmt: skip


class Classified(models.Model):
    category = _one(Category, _("category"))
    subcategory = _one(Subcategory, _("subcategory"))
    establishment = _one(Establishment, _("establishment"))
    sector = _one(Sector, _("business sector"))
    family = _one(Family, _("family"))
    subfamily = _one(Subfamily, _("sub-family"))
    payment_per = models.CharField(_("payment"), max_length=7, choices=Per, blank=True, default="")
    payment_times = models.PositiveSmallIntegerField(_("number of payments"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def payment(self) -> str:
        """``Per month, 12 times``; blank where nothing is agreed."""
        if not self.payment_per:
            return ""
        per = str(Per(self.payment_per).label)
        return gettext("%(per)s, %(n)s times") % {"per": per, "n": self.payment_times} if self.payment_times else per


def settle_classification(row: Row) -> None:
    """Parts belong to their wholes; only what is paid again and again has a number of payments."""
    settle_category(row)
    settle_part(row, "family_id", "subfamily_id", Subfamily)
    if row["payment_per"] in ("", Per.ONCE):
        row["payment_times"] = None
    if row["payment_times"] is not None and not 1 <= row["payment_times"] <= MOST_TIMES:
        raise ValidationError({"payment_times": gettext("Enter a number between 1 and 9,999.")}, code="range")
