"""The small managed lists of an opportunity: sources, lost reasons, origin types and origins (OPP-7, SET-1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import SetUpQuerySet, SetUpRecord


class Source(SetUpRecord):
    class Meta(SetUpRecord.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class LostReason(SetUpRecord):
    class Meta(SetUpRecord.Meta):
        verbose_name = _("lost reason")
        verbose_name_plural = _("lost reasons")


class OriginType(SetUpRecord):
    """What an opportunity came from: a kind of third party, or a kind of action (campaign, call, colleague)."""

    class Meta(SetUpRecord.Meta):
        verbose_name = _("origin type")
        verbose_name_plural = _("origin types")


class Origin(SetUpRecord):
    """Which one: this campaign, that partner. Belongs to a type."""

    type = models.ForeignKey(OriginType, models.PROTECT, related_name="origins", verbose_name=_("origin type"))

    class Meta(SetUpRecord.Meta):
        verbose_name = _("origin")
        verbose_name_plural = _("origins")

    def siblings(self) -> SetUpQuerySet:
        return Origin.objects.filter(type=self.type_id)
