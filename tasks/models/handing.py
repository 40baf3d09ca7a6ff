"""Handing a task to a colleague (ACT-5): only to one who sees what it is on, and they are told."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from records import gate
from records.journal import operation
from users.models import Kind, Notice


class Handable(models.Model):
    class Meta:
        abstract = True

    def hand_to(self: Any, person: Any, *, by: Any, door: str = "form") -> None:
        """Raises ``ValidationError`` if the colleague does not see the record: a task is no way to show one."""
        if person.pk == self.assignee_id:
            return
        if refusal := self.why_not_for(person):
            raise ValidationError(refusal, code="hidden")
        with operation(by=by, door=door, what="task.assign"):
            self.assignee = person
            self.save()
            self.tell_assignee(by)

    def why_not_for(self: Any, person: Any) -> str:
        """Why this person cannot be given the task; blank if they can."""
        record = self.parent
        if record is None or gate.may(person, "view", record):
            return ""
        said = _("%(person)s does not see “%(record)s”. Share it first, or choose somebody else.")
        return said % {"person": person, "record": record}

    def tell_assignee(self: Any, by: Any) -> None:
        """A notice in their language, unless they gave it to themselves."""
        person = self.assignee
        if person is None or by is None or person.pk == by.pk:
            return
        with person.spoken_to():
            subject = _("%(who)s gave you a task: %(task)s") % {"who": by, "task": self}
        Notice.post(person, Kind.TASK, subject=subject, url=self.get_absolute_url(), about=self)
