"""How opportunities are sorted for analysis: establishment, business sector, family and sub-family (OPP-8); and the
roles of the people on them (OPP-10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import SetUpQuerySet, SetUpRecord


class Establishment(SetUpRecord):
    """The part of the house that sells: an agency, a plant."""

    class Meta(SetUpRecord.Meta):
        verbose_name = _("establishment")
        verbose_name_plural = _("establishments")


class Sector(SetUpRecord):
    class Meta(SetUpRecord.Meta):
        verbose_name = _("business sector")
        verbose_name_plural = _("business sectors")


class Family(SetUpRecord):
    class Meta(SetUpRecord.Meta):
        verbose_name = _("family")
        verbose_name_plural = _("families")


class Subfamily(SetUpRecord):
    """A part of a family."""

    family = models.ForeignKey(Family, models.PROTECT, related_name="subfamilies", verbose_name=_("family"))

    class Meta(SetUpRecord.Meta):
        verbose_name = _("sub-family")
        verbose_name_plural = _("sub-families")

    def siblings(self) -> SetUpQuerySet:
        return Subfamily.objects.filter(family=self.family_id)


class PersonRole(SetUpRecord):
    """What somebody is on an opportunity: decision maker, technical contact, project manager."""

    class Meta(SetUpRecord.Meta):
        verbose_name = _("role on an opportunity")
        verbose_name_plural = _("roles on an opportunity")
