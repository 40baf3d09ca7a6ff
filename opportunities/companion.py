"""What happens to opportunities when an account or a contact changes."""

from collections.abc import Collection, Sequence

from accounts.models import Account, Contact
from core import sql
from core.folding import fold
from opportunities.models import Opportunity, OpportunityQuerySet
from opportunities.models.opportunity import search_texts
from records.companions import Companion
from records.models import Record


class OpportunityCompanion(Companion):
    def after(self, model: type[Record], ids: Sequence[int], changed: Collection[str]) -> None:
        """An opportunity is found by its account's and its contact's name: a new name reaches it."""
        if model is Account and "name" in changed:
            refold(Opportunity.objects.filter(account__in=ids))
        elif model is Contact and not {"first_name", "last_name"}.isdisjoint(changed):
            refold(Opportunity.objects.filter(contact__in=ids))


def refold(opportunities: OpportunityQuerySet) -> None:
    """Write the searched text of these opportunities again."""
    names = ("pk", "name", "reference", "call_name", "account__name", "contact__first_name", "contact__last_name")
    rows = [
        (fold(" ".join(search_texts(name, reference, call_name, account or "", f"{first or ''} {last or ''}"))), pk)
        for pk, name, reference, call_name, account, first, last in opportunities.values_list(*names)
    ]
    sql.update_rows(Opportunity, ("folded",), rows)
