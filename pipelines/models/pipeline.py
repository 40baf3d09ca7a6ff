"""A way of selling: ordered stages, and what it calls won, lost and cancelled (OPP-5)."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from records.models import SetUpRecord

# What a spreadsheet calls the three ways of closing, in any house (DATA-4): accents count, case does not.
CLOSING_WORDS = {
    "won": {"won", "closed won", "gagné", "gagnée", "100 %", "100%"},
    "lost": {"lost", "closed lost", "perdu", "perdue", "0 %", "0%"},
    "cancelled": {"cancelled", "canceled", "annulé", "annulée"},
}


class Pipeline(SetUpRecord):
    won_label = models.CharField(_("label for won"), max_length=40, default="Won")
    lost_label = models.CharField(_("label for lost"), max_length=40, default="Lost")
    cancelled_label = models.CharField(_("label for cancelled"), max_length=40, default="Cancelled")

    class Meta(SetUpRecord.Meta):
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")

    def why_not_archive(self) -> str:
        if Pipeline.objects.active().exclude(pk=self.pk).exists():
            return ""
        return gettext("It is the last pipeline. Add another one first.")

    def label(self, status: str) -> str:
        """What this pipeline calls a closed status."""
        return str(getattr(self, f"{status}_label"))

    def closing_status(self, name: str) -> str | None:
        """``won``, ``lost`` or ``cancelled`` where the name means one: the pipeline's own label first, then usual
        words in French and English (DATA-4)."""
        wanted = " ".join(name.split()).casefold()
        for status in CLOSING_WORDS:
            if wanted == self.label(status).casefold():
                return status
        return next((status for status, words in CLOSING_WORDS.items() if wanted in words), None)
