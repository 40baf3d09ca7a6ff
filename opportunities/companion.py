"""What happens to opportunities when an account, a contact or a stage changes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, Contact
from core import sql
from core.folding import fold
from opportunities.models import Following, Line, Opportunity, OpportunityQuerySet, Status
from opportunities.models.gates import COLUMNS
from opportunities.models.opportunity import search_texts
from pipelines.models import Rate, Stage
from records.companions import Companion
from records.models import Record

CHUNK = 1000


class OpportunityCompanion(Companion):
    def asks(self) -> Mapping[str, Any]:
        """The fields of an opportunity, as the form calls them (SET-4)."""
        fields = {field.attname: field for field in Opportunity._meta.concrete_fields}
        return {column.removesuffix("_id"): fields[column].verbose_name for column in COLUMNS}

    def after(self, model: type[Record], ids: Sequence[int], changed: Collection[str]) -> None:
        """An opportunity is found by its account’s and its contact’s name, and follows its stage’s probability."""
        if model is Account and "name" in changed:
            refold(Opportunity.objects.filter(account__in=ids))
        elif model is Contact and not {"first_name", "last_name"}.isdisjoint(changed):
            refold(Opportunity.objects.filter(contact__in=ids))
        elif model is Stage and "probability" in changed:
            Following.start(ids)
        elif model is Rate:
            freeze_missing(ids)

    def keeps(
        self, model: type[Record], ids: Collection[int], by: Any, leaving: Mapping[type[Record], Collection[int]]
    ) -> Mapping[int, str]:
        """An account with opportunities stays, and so does a contact who is the only party of one."""
        return {pk: why_kept(count) for pk, count in held_by(model, ids, by, leaving.get(Opportunity, ())).items()}

    def goes_along(self, model: type[Record], ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
        if model is not Opportunity:
            return {}
        counts = Line.objects.filter(opportunity__in=ids).order_by().values_list("opportunity").annotate(n=Count("pk"))
        return {pk: [ngettext("%(n)s line", "%(n)s lines", n) % {"n": n}] for pk, n in counts}

    def purging(self, model: type[Record], ids: Sequence[int]) -> None:
        """What is still with a company or a person that goes for good is with nobody from now on (OPP-2)."""
        if model is Account:
            unlink(Opportunity.objects.filter(account__in=ids), "account_id", "site_id")
        elif model is Contact:
            unlink(Opportunity.objects.filter(contact__in=ids), "contact_id")


def held_by(model: type[Record], ids: Collection[int], by: Any, leaving: Collection[int]) -> dict[int, int]:
    """How many opportunities that this person sees keep each of these; 0 where only hidden ones do."""
    if model is Account:
        name, live = "account", Opportunity.objects.live().filter(account__in=ids)
    elif model is Contact:
        name, live = "contact", Opportunity.objects.live().filter(contact__in=ids, account=None)
    else:
        return {}
    live = live.exclude(pk__in=leaving)
    found = dict.fromkeys(live.order_by().values_list(name, flat=True).distinct(), 0)
    seen = live if by is None else live.visible_to(by, few=True)
    return found | dict(seen.order_by().values_list(name).annotate(n=Count("pk")))


def why_kept(count: int) -> str:
    if not count:
        return _("Opportunities that you do not see belong to it. An administrator can help.")
    told = ngettext(
        "%(n)s opportunity belongs to it. Delete it or reassign it first.",
        "%(n)s opportunities belong to it. Delete them or reassign them first.",
        count,
    )
    return told % {"n": count}


def unlink(opportunities: OpportunityQuerySet, *names: str) -> None:
    """These opportunities name nothing in these columns from now on."""
    befores = list(opportunities.values(*Opportunity.columns()))
    rows = [{**before, **dict.fromkeys(names)} for before in befores]
    Opportunity.change_rows(rows, befores, Opportunity.around(rows))


def freeze_missing(ids: Sequence[int]) -> None:
    """What was closed before there was a rate takes the first one that holds for its day (OPP-14)."""
    codes = set(Rate.objects.filter(pk__in=ids, withdrawn_at=None).values_list("currency__code", flat=True))
    missing = Opportunity.objects.filter(currency__in=codes, closing_rate=None).exclude(status=Status.OPEN)
    last = 0
    while befores := list(missing.order_by("pk").filter(pk__gt=last).values(*Opportunity.columns())[:CHUNK]):
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
