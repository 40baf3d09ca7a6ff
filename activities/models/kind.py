"""The types of activity: the usual ones, and the house's own (ACT-2, SET-1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.house import per_set_up
from records.models import SetUpRecord


class ActivityType(SetUpRecord):
    """``code`` marks the usual ones, which the composer knows; a type that is an exchange wakes what was asleep."""

    class Code(models.TextChoices):
        OWN = "", _("The house’s own")
        COMMENT = "comment", _("Comment")
        NOTE = "note", _("Note")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        EVENT = "event", _("Event")

    class Icon(models.TextChoices):
        COMMENT = "comment", _("Speech")
        NOTE = "edit", _("Pencil")
        CALL = "phone", _("Telephone")
        MAIL = "mail", _("Letter")
        MEETING = "people", _("People")
        EVENT = "calendar", _("Calendar")

    code = models.CharField(max_length=10, choices=Code, blank=True, default="", editable=False)
    icon = models.CharField(_("icon"), max_length=10, choices=Icon, default=Icon.NOTE)
    is_exchange = models.BooleanField(
        _("exchange with the client"), default=True, help_text=_("Wakes an opportunity that was asleep.")
    )

    class Meta(SetUpRecord.Meta):
        verbose_name = _("activity type")
        verbose_name_plural = _("activity types")
        constraints = [
            models.UniqueConstraint("code", condition=~models.Q(code=""), name="there_is_one_of_each_usual_type")
        ]

    def why_not_archive(self) -> str:
        if self.code == self.Code.COMMENT:
            return str(_("The composer cannot do without comments."))
        return ""


@per_set_up
def activity_types() -> dict[int, ActivityType]:
    """Every type by id, archived ones too, in their order."""
    return ActivityType.remembered()


def type_of(code: str) -> ActivityType | None:
    """The usual type of this code, if it is in use."""
    found = (one for one in activity_types().values() if one.code == code and not one.archived_at)
    return next(found, None) if code else None
