"""Teams: a person is in one at the most; who leads one sees and changes its records as their own profile says."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import SetUpRecord


class Team(SetUpRecord):
    undo_ability = "people"

    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_teams",
        verbose_name=_("manager"),
    )

    class Meta(SetUpRecord.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
