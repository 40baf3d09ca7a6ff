"""Reassigning to another client (GIVE-1)."""

from collections.abc import Collection
from typing import Any

from django.db import models

from accounts.models import Contact
from opportunities.models.people import people_of
from records.journal import operation


class Reassignable(models.Model):
    class Meta:
        abstract = True

    def reassign(
        self: Any, *, account: Any, contact: Any, by: Any, without: Collection[int] = (), door: str = "form"
    ) -> None:
        """Give it to another account, or to a contact of no account; what hangs on it stays with it, but for the
        site, which is the former account's, and the contacts ``without`` whom it goes on. Harmless twice."""
        stays = (self.account_id, self.contact_id) == (account and account.pk, contact and contact.pk)
        with operation(by=by, door=door, what="opportunity.reassign"):
            if not stays:
                if self.account_id != (account and account.pk):
                    self.site_id = None
                self.account, self.contact = account, contact
                self.save()
            if without:
                people = people_of([self.pk])[self.pk]
                left = {key: role for key, role in people.items() if key[0] != "contact" or key[1] not in without}
                self.write_people({self.pk: left})
                self.refresh_from_db(fields=["version"])

    def people_of_client(self: Any) -> list[Contact]:
        """Whom the present client has on it, beside the main contact: those of the account; without one, its contact
        alone."""
        those = {"account": self.account_id} if self.account_id else {"pk": self.contact_id}
        found = Contact.objects.filter(involvements__record=self.pk, **those).order_by("last_name", "first_name", "pk")
        return list(found)
