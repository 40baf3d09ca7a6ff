"""Further places of an account, each with its address (ACC-1, OPP-3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from records.models import Record


class Site(Record):
    account = models.ForeignKey(Account, models.CASCADE, related_name="sites", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    country = models.CharField(_("country"), max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
