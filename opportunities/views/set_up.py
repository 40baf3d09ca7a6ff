"""What the set-up screens show of opportunities: how many use a row, what a stage's new probability would change."""

from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from attributes.models.field import active_fields
from core import money
from core.templatetags.components import language
from opportunities.listing import OpportunityList
from opportunities.models import Following, Line, Opportunity, Status
from opportunities.models.gates import COLUMNS, TEXTS, Missing
from opportunities.models.status import CLOSED
from pipelines.models import Currency, Pipeline, Stage, open_stages
from records.companions import asked_labels
from users.middleware import SignedIn

# What is counted for a row of a set-up list: the field that names the row, and which opportunities.
COUNTED = {
    "stage": ("stage", Q(status=Status.OPEN)),
    "pipeline": ("pipeline", Q(status=Status.OPEN)),
    "owner": ("owner", Q(status=Status.OPEN)),
    "source": ("source", Q()),
    "lost_reason": ("lost_reason", Q()),
    "origin_type": ("origin_type", Q()),
    "origin": ("origin", Q()),
    **{name: (name, Q()) for name in ("category", "subcategory", "establishment", "sector", "family", "subfamily")},
    "tag": ("tagged__tag", Q()),
}
LINKS = {
    "stage": "status=open&stage={}",
    "owner": "status=open&owner={}",
    "source": "source={}",
    "category": "category={}",
    "tag": "tag={}",
}


@require_safe
def uses(request: SignedIn, by: str) -> HttpResponse:
    """How many opportunities that the reader sees use each of these rows."""
    rows = [int(row) for row in request.GET.getlist("row") if row.isdecimal() and len(row) < 19]
    seen = Opportunity.objects.visible_to(request.user).order_by()
    if by == "closing":
        found = seen.filter(pipeline__in=rows[:1]).exclude(status=Status.OPEN)
        counts = dict(found.values_list("status").annotate(n=Count("pk")))
        shown: list[tuple[Any, int, str]] = [
            (status, counts.get(status, 0), f"status={status}&pipeline={row}") for row in rows[:1] for status in CLOSED
        ]
    elif by == "product":
        of_seen = Line.objects.filter(product__in=rows, opportunity__in=seen.values("pk"))
        counts = dict(of_seen.order_by().values_list("product").annotate(n=Count("pk")))
        shown = [(row, counts.get(row, 0), "") for row in rows]
    elif by == "currency":
        codes = {code: pk for pk, code in Currency.objects.filter(pk__in=rows).values_list("pk", "code")}
        found = seen.filter(currency__in=codes).values_list("currency").annotate(n=Count("pk"))
        counts = {codes[code]: n for code, n in found}
        shown = [(row, counts.get(row, 0), "") for row in rows]
    elif by in COUNTED:
        field, which = COUNTED[by]
        counts = dict(seen.filter(which, **{f"{field}__in": rows}).values_list(field).annotate(n=Count("pk")))
        shown = [(row, counts.get(row, 0), LINKS.get(by, "").format(row)) for row in rows]
    else:
        raise Http404
    return render(request, "opportunities/_uses.html", {"by": by, "shown": shown})


@require_safe
def stage_effect(request: SignedIn, pk: int) -> HttpResponse:
    """What the typed probabilities of a pipeline's stages would change, of what the reader sees."""
    pipeline = get_object_or_404(Pipeline, pk=pk)
    here = Q(pipeline=pipeline, status=Status.OPEN)
    stages = [(stage, typed(request, f"{stage.pk}-probability", stage.probability)) for stage in open_stages(pk)]
    turned = {stage.pk: (stage, new) for stage, new in stages if new != stage.probability}
    followers = (
        Opportunity.objects.visible_to(request.user)
        .filter(here, stage__in=turned, probability_by_hand=False)
        .order_by()
        .values_list("stage", "currency")
        .annotate(n=Count("pk"), sum=Sum("amount"))
    )
    counts: dict[int, int] = dict.fromkeys(turned, 0)
    gains: dict[str, int] = {}
    for stage_id, currency, count, amount in followers:
        stage, new = turned[stage_id]
        counts[stage_id] += count
        gains[currency] = (
            gains.get(currency, 0) + money.to_units(amount or Decimal(0)) * (new - stage.probability) // 100
        )
    totals: dict[str, int] = {}
    for total in OpportunityList(request.user, here).totals() or [] if gains else []:
        totals[total.currency] = totals.get(total.currency, 0) + total.weighted
    context: dict[str, Any] = {
        "stages": [(stage, stage.pk in turned) for stage, _new in stages],
        "turned": [(stage, new, counts[stage.pk]) for stage, new in turned.values()],
        "count": sum(counts.values()),
        "running": list(Following.running(pk)),
        "sums": [
            [money.format_units(units, currency, language()) for units in (total, total + gain)]
            for currency, gain in gains.items()
            for total in (totals.get(currency, 0),)
        ],
    }
    return render(request, "opportunities/_stage_effect.html", context)


def typed(request: SignedIn, name: str, otherwise: int) -> int:
    """The probability in a field as it is being typed; the present one while it is not between 1 and 99."""
    text = request.GET.get(name, "").strip().rstrip("%").strip()
    return int(text) if text.isdecimal() and len(text) < 3 and int(text) else otherwise


@require_safe
def gate_effect(request: SignedIn, pk: int) -> HttpResponse:
    """How many of the opportunities before a stage would pass what is ticked, and what one would read (SET-4)."""
    stage = get_object_or_404(Stage, pk=pk)
    labels = asked_labels()
    codes = [code for code in request.GET.getlist("gate-asks") if code in labels]
    columns = [column for column in COLUMNS if column.removesuffix("_id") in codes]
    own = [field for field in active_fields(Opportunity.attributed) if field.input_name in codes]
    earlier = [one.pk for one in open_stages(stage.pipeline_id) if one.position < stage.position]
    before = Opportunity.objects.visible_to(request.user).filter(status=Status.OPEN, stage__in=earlier).order_by()
    blank = [Q(**{column: ""}) if column in TEXTS else Q(**{column: None}) for column in columns]
    blank += [~Q(custom__has_key=field.key) for field in own]
    context = {
        "before": before.count() if codes else 0,
        "passing": before.exclude(reduce(or_, blank)).count() if blank else before.count(),
        "names": codes,
        "told": " ".join(Missing(stage, codes).messages),
    }
    return render(request, "opportunities/_gate_effect.html", context)
