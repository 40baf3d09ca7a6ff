"""A copy takes over the lines of the one it was made from (NEW-3)."""

from typing import Any

from django.db import models


class Duplicable(models.Model):
    class Meta:
        abstract = True

    def take_lines(self: Any, original: Any) -> None:
        """Inside an operation: have lines like those of another one; an amount that was typed otherwise stays."""
        self.copy_lines({self.pk: original.pk})
        fresh = type(self).objects.get(pk=self.pk)
        if fresh.amount != self.amount:
            fresh.amount = self.amount
            fresh.save()
