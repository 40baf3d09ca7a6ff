"""The trash: what was deleted, the next to go first, and the way back (LIFE-3; design 18-corbeille)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account, Contact
from core.filters import query_with
from core.keyset import PAGE
from core.templatetags.components import amount
from opportunities.models import Opportunity
from records.deleting import going_along
from records.models import Change, OwnedRecord, owned_kinds
from records.trash import KEPT_FOR
from users.middleware import SignedIn
from users.models import Ability

ICONS = {"opportunity": "opportunity", "account": "account", "contact": "person"}
SOON = 3  # days
MICROSECOND = dt.timedelta(microseconds=1)
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Line:
    """A record in the trash: what it is, what returns with it, who deleted it, how long it stays."""

    record: OwnedRecord
    kind: str
    label: Any
    icon: str
    detail: str
    along: str
    by: Any
    days: int

    @property
    def goes_soon(self) -> bool:
        return self.days <= SOON


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """A page of it, by kind or all kinds together, narrowed by a text."""
    request.user.require_ability(Ability.RESTORE)
    kinds = {model.gate_key(): model for model in owned_kinds()}
    chosen, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:200]
    models = [kinds[chosen]] if chosen in kinds else list(kinds.values())
    records, more = page(models, text, request.GET.get("after", ""))
    counts = {key: there(model).count() for key, model in kinds.items()}
    tabs = [("", _("All"), sum(counts.values()))] + [
        (key, model._meta.verbose_name_plural, counts[key]) for key, model in kinds.items()
    ]
    context = {
        "lines": lines(records, request),
        "total": sum(counts.values()),
        "days": KEPT_FOR.days,
        "tabs": [(query_with(request.GET, kind=key, after=""), label, n, key == chosen) for key, label, n in tabs],
        "q": text,
        "kind": chosen,
        "after": request.GET.get("after", ""),
        "start": query_with(request.GET, after=""),
        "next": query_with(request.GET, after=place(records[-1])) if more else "",
    }
    return render(request, "crm/trash.html", context)


@require_POST
def restore(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """Back where it was, whole."""
    request.user.require_ability(Ability.RESTORE)
    model = next((model for model in owned_kinds() if model.gate_key() == kind), None)
    if model is None:
        raise Http404
    record = get_object_or_404(there(model), pk=pk)
    said = record.restore(by=request.user)
    messages.success(request, " ".join([_("“%(name)s” is back.") % {"name": record}, *said]))
    return redirect(record.get_absolute_url())


def there(model: type[OwnedRecord]) -> Any:
    """What lies in the trash, and is not over."""
    return model.objects.filter(trashed_at__gt=timezone.now() - KEPT_FOR)


def page(models: Sequence[type[OwnedRecord]], text: str, after: str) -> tuple[list[Any], bool]:
    """The next records to go after a place, of all these kinds, and whether more follow."""
    found: list[Any] = []
    for model in models:
        records = there(model).filter(_beyond(model, after)).order_by("trashed_at", "pk")
        if text:
            records = records.matching(text)
        related = model in (Opportunity, Contact)
        found += (records.select_related("account") if related else records)[: PAGE + 1]
    found.sort(key=_key)
    return found[:PAGE], len(found) > PAGE


def place(record: Any) -> str:
    """Where a record stands, for the page after it: ``822240000000000.account.12``."""
    return f"{(record.trashed_at - EPOCH) // MICROSECOND}.{record.gate_key()}.{record.pk}"


def _key(record: Any) -> tuple[dt.datetime, str, int]:
    return record.trashed_at, record.gate_key(), record.pk


def _beyond(model: type[OwnedRecord], after: str) -> Q:
    moment, _dot, rest = after.partition(".")
    kind, _dot, pk = rest.partition(".")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 17 and len(pk) < 19):
        return Q()
    at = EPOCH + int(moment) * MICROSECOND
    if model.gate_key() == kind:
        return Q(trashed_at__gt=at) | Q(trashed_at=at, pk__gt=int(pk))
    return Q(trashed_at__gte=at) if model.gate_key() > kind else Q(trashed_at__gt=at)


def lines(records: Sequence[Any], request: SignedIn) -> list[Line]:
    along: dict[Any, list[str]] = {}
    by: dict[Any, Any] = {}
    for model in {type(record) for record in records}:
        ids = [record.pk for record in records if type(record) is model]
        along |= {(model, pk): texts for pk, texts in going_along(model, ids, request.user, trashed=True).items()}
        deletions = Change.objects.filter(
            model=ContentType.objects.get_for_model(model), record_id__in=ids, kind=Change.Kind.TRASHED
        )
        for change in deletions.select_related("operation__by").order_by("pk"):
            by[model, change.record_id] = change.operation.by
    return [_line(record, along[type(record), record.pk], by.get((type(record), record.pk))) for record in records]


def _line(record: Any, along: list[str], by: Any) -> Line:
    left = record.gone_at - timezone.now()
    return Line(
        record=record,
        kind=record.gate_key(),
        label=record._meta.verbose_name,
        icon=ICONS[record.gate_key()],
        detail=", ".join(filter(None, detail(record))),
        along=", ".join(along),
        by=by,
        days=max(-(-left // dt.timedelta(days=1)), 0),
    )


def detail(record: Any) -> list[str]:
    """What tells one record from another of the same name."""
    if isinstance(record, Opportunity):
        worth: Any = record.amount
        return [str(record.account or _("Unnamed company")), amount(worth, record.currency), f"ID {record.pk}"]
    if isinstance(record, Account):
        return [record.get_kind_display(), record.city]
    return [str(record.account or ""), record.role]
