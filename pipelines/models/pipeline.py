"""A way of selling: ordered stages, and what it calls won, lost and cancelled (OPP-5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from records.models import SetUpRecord

# What a spreadsheet calls the three ways of closing, in any house: folded words (DATA-4).
CLOSING_WORDS = {
    "won": {"won", "closed won", "win", "gagne", "gagnee", "gagnes", "gagnees", "signe", "signee", "100 %", "100%"},
    "lost": {"lost", "closed lost", "perdu", "perdue", "perdus", "perdues"},
    "cancelled": {"cancelled", "canceled", "abandoned", "annule", "annulee", "abandonne", "abandonnee"},
}


class Pipeline(SetUpRecord):
    won_label = models.CharField(_("label for won"), max_length=40, default="Won")
    lost_label = models.CharField(_("label for lost"), max_length=40, default="Lost")
    cancelled_label = models.CharField(_("label for cancelled"), max_length=40, default="Cancelled")

    class Meta(SetUpRecord.Meta):
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")

    def label(self, status: str) -> str:
        """What this pipeline calls a closed status."""
        return str(getattr(self, f"{status}_label"))

    def closing_status(self, name: str) -> str | None:
        """``won``, ``lost`` or ``cancelled`` where the name means one: the pipeline's own label first, then usual
        words in French and English (DATA-4)."""
        wanted = fold(name)
        for status in CLOSING_WORDS:
            if wanted == fold(self.label(status)):
                return status
        return next((status for status, words in CLOSING_WORDS.items() if wanted in words), None)
