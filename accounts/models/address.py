"""A postal address, of an account or of one of its sites."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Addressed(models.Model):
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    country = models.CharField(_("country"), max_length=100, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """On one line: ``12, rue de la Loire, 44200 Nantes``."""
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.city}".strip(), self.country) if part)
