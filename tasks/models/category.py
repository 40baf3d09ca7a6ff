"""What kind of thing a task is: a call, an e-mail, a meeting (ACT-4); its icon is one of the design's."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.house import per_set_up
from records.models import SetUpRecord


class TaskCategory(SetUpRecord):
    class Icon(models.TextChoices):
        TASK = "task", _("Tick")
        CALL = "phone", _("Telephone")
        MAIL = "mail", _("Letter")
        MEETING = "calendar", _("Calendar")
        DOCUMENT = "file", _("Document")
        PEOPLE = "people", _("People")

    icon = models.CharField(_("icon"), max_length=10, choices=Icon, default=Icon.TASK)

    class Meta(SetUpRecord.Meta):
        verbose_name = _("task category")
        verbose_name_plural = _("task categories")


@per_set_up
def task_categories() -> dict[int, TaskCategory]:
    """Every category by id, archived ones too, in their order."""
    return TaskCategory.remembered()


def icon_of(category_id: int | None) -> str:
    """The icon of a task of this category."""
    return task_categories()[category_id].icon if category_id else TaskCategory.Icon.TASK
