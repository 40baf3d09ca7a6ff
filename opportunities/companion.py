"""What happens to opportunities when an account, a contact or a stage changes."""

from collections.abc import Collection, Sequence

from accounts.models import Account, Contact
from core import sql
from core.folding import fold
from opportunities.models import Opportunity, OpportunityQuerySet, Status
from opportunities.models.opportunity import search_texts
from pipelines.models import Stage
from records.companions import Companion
from records.models import Record

CHUNK = 1000


class OpportunityCompanion(Companion):
    def after(self, model: type[Record], ids: Sequence[int], changed: Collection[str]) -> None:
        """An opportunity is found by its account’s and its contact’s name, and follows its stage’s probability."""
        if model is Account and "name" in changed:
            refold(Opportunity.objects.filter(account__in=ids))
        elif model is Contact and not {"first_name", "last_name"}.isdisjoint(changed):
            refold(Opportunity.objects.filter(contact__in=ids))
        elif model is Stage and "probability" in changed:
            follow_stages(ids)


def follow_stages(ids: Sequence[int]) -> None:
    """A stage's new probability reaches its open opportunities, but for those set by hand (SET-1)."""
    led = Opportunity.objects.filter(stage__in=ids, status=Status.OPEN, probability_by_hand=False).order_by("pk")
    last = 0
    while befores := list(led.filter(pk__gt=last).values(*Opportunity.columns())[:CHUNK]):
        last = befores[-1]["id"]
        Opportunity.change_rows([dict(row) for row in befores], befores)


def refold(opportunities: OpportunityQuerySet) -> None:
    """Write the searched text of these opportunities again."""
    names = ("pk", "name", "reference", "call_name", "account__name", "contact__first_name", "contact__last_name")
    rows = [
        (fold(" ".join(search_texts(name, reference, call_name, account or "", f"{first or ''} {last or ''}"))), pk)
        for pk, name, reference, call_name, account, first, last in opportunities.values_list(*names)
    ]
    sql.update_rows(Opportunity, ("folded",), rows)
