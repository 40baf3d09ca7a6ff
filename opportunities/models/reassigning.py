"""Reassigning to another client (GIVE-1)."""

from typing import Any

from django.db import models

from records.journal import operation


class Reassignable(models.Model):
    class Meta:
        abstract = True

    def reassign(self: Any, *, account: Any, contact: Any, by: Any, door: str = "form") -> None:
        """Give it to another account, or to a contact of no account; what hangs on it stays with it, but for the
        site, which is the former account's. Harmless twice."""
        if (self.account_id, self.contact_id) == (account and account.pk, contact and contact.pk):
            return
        with operation(by=by, door=door, what="opportunity.reassign"):
            if self.account_id != (account and account.pk):
                self.site_id = None
            self.account, self.contact = account, contact
            self.save()
