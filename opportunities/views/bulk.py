"""Many opportunities at once: choosing, confirming, the progress, the receipt (BULK-1; design 09, 19)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core import money
from core.coming_from import coming_from
from core.templatetags.components import language
from opportunities.acting import ACTIONS, BULK, DONE, UNCHANGED, actions
from opportunities.bulk_forms import form_of
from opportunities.filters import OpportunityFilter
from opportunities.listing import OpportunityList
from opportunities.models import Bulk, Opportunity
from opportunities.models.bulk import ASKED, AT_ONCE, CHUNK
from records import gate
from users.middleware import SignedIn
from users.models.notice import seen_at

EXPORT = "export"
SHOWN, REFUSED_SHOWN = 10, 200


@require_POST
def choose(request: SignedIn) -> HttpResponse:
    """Rows ticked, or all of the filter, and an action: kept as they are now, then asked about."""
    action, back = request.POST.get("action", ""), coming_from(request, reverse("opportunities:index"))
    if action == EXPORT:
        return export(request, back)
    if action not in actions() or not actions()[action].is_there:
        return nothing(request, back, _("Choose what to do with the rows."))
    ids = chosen(request)
    if not ids:
        return nothing(request, back, _("Tick at least one row first."))
    acts = actions()[action]
    if acts.ability:
        request.user.require_ability(acts.ability)
    gate.require_kind(request.user, acts.verb, Opportunity)
    made = Bulk.choose(action, ids, by=request.user)
    return question(request, made) if request.htmx else redirect(f"{made.get_absolute_url()}?back={back}")


def chosen(request: SignedIn) -> list[int]:
    """The ids of the visible ones among those ticked; or of all that the filter shows now, in list order."""
    if request.POST.get("all"):
        query = QueryDict(request.POST.get("query", "").lstrip("?"))
        condition = OpportunityFilter(query, queryset=Opportunity.objects.none(), request=request).conditions()
        return OpportunityList(request.user, condition).ids()
    ticked = {int(pk) for pk in request.POST.getlist("sel") if pk.isascii() and pk.isdecimal() and len(pk) < 19}
    seen = Opportunity.objects.filter(pk__in=ticked).visible_to(request.user, few=True)
    return list(seen.order_by("list_key", "pk").values_list("pk", flat=True))


def nothing(request: SignedIn, back: str, said: str) -> HttpResponse:
    """No row or no action: says so."""
    if request.htmx:
        return render(request, "opportunities/bulk/_nothing.html", {"said": said, "back": back}, status=422)
    messages.error(request, said)
    return redirect(back)


def export(request: SignedIn, back: str) -> HttpResponse:
    """The page that exports what was ticked, or all of the filter."""
    gate.require_kind(request.user, "export", Opportunity)
    query = request.POST.get("query", "").lstrip("?")
    if not request.POST.get("all"):
        ids = chosen(request)
        if not ids:
            return nothing(request, back, _("Tick at least one row first."))
        shown = QueryDict(query).getlist("columns")
        query = "&".join([*(f"id={pk}" for pk in ids), *(f"columns={quote(code)}" for code in shown)])
    asked = QueryDict(mutable=True)
    asked.update({"kind": Opportunity.gate_key(), "query": query})
    url = f"{reverse('transfers:export')}?{asked.urlencode()}"
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: SignedIn, pk: int) -> HttpResponse:
    """Asks and confirms; posted, runs. Then the progress, and the receipt, which stays."""
    made = get_object_or_404(Bulk.objects.visible_to(request.user).select_related("by", "job", "operation"), pk=pk)
    if made.started_at is None:
        if made.acts.ability:
            request.user.require_ability(made.acts.ability)
        return confirm(request, made) if request.method == "POST" else question(request, made)
    if made.is_running:
        return render(
            request, "opportunities/bulk/progress.html", {"bulk": made, "job": made.job, "heading": heading(made)}
        )
    seen_at(request.user, made.get_absolute_url())
    return receipt(request, made)


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    made = get_object_or_404(Bulk.objects.visible_to(request.user).select_related("job"), pk=pk)
    if made.is_running:
        made.cancel()
        messages.info(request, _("It stops after the rows it is at."))
    return redirect(made)


def question(request: SignedIn, made: Bulk, form: Any = None) -> HttpResponse:
    form = form or form_of(made.action)(user=request.user, bulk=made)
    effect = Effect.of(made)
    context = {
        "bulk": made,
        "acts": made.acts,
        "form": form,
        "effect": effect,
        "title": named(made, effect.able),
        "button": str(made.acts.button) % {"label": made.acts.label, "what": told(effect.able)},
        "as_job": made.chosen > AT_ONCE,
        "back": coming_from(request, reverse("opportunities:index")),
    }
    template = "opportunities/bulk/_question.html" if request.htmx else "opportunities/bulk/question.html"
    return render(request, template, context, status=422 if form.errors else 200)


def confirm(request: SignedIn, made: Bulk) -> HttpResponse:
    form = form_of(made.action)(request.POST, user=request.user, bulk=made)
    if not form.is_valid():
        return question(request, made, form)
    made.run(form.given)
    made.refresh_from_db()
    if made.is_running or made.result.get("refused") or not made.result.get("done"):
        return redirect(made)
    messages.success(request, done(made))
    return redirect(coming_from(request, reverse("opportunities:index")))


def receipt(request: SignedIn, made: Bulk) -> HttpResponse:
    lines = list(made.lines.all()[:REFUSED_SHOWN])
    seen = Opportunity.objects.filter(pk__in=[line.record_id for line in lines]).visible_to(request.user, few=True)
    names = {record.pk: record for record in seen}
    result = {name: made.result.get(name, 0) for name in ("done", "unchanged", "refused")}
    context = {
        "bulk": made,
        "heading": heading(made),
        "result": result,
        "left": made.chosen - sum(result.values()),
        "refused": [(line.record_id, names.get(line.record_id), line.why) for line in lines],
    }
    return render(request, "opportunities/bulk/receipt.html", context)


def heading(made: Bulk) -> str:
    return named(made, made.chosen)


def named(made: Bulk, count: int) -> str:
    """``Close 3 opportunities``; ``Stage, 3 opportunities``."""
    return str(made.acts.title) % {"label": made.acts.label, "what": told(count)}


def told(count: int) -> str:
    text = ngettext("%(n)s opportunity", "%(n)s opportunities", count)
    return text % {"n": money.format_number(count, language())}


def done(made: Bulk) -> str:
    text = ngettext("%(n)s opportunity done.", "%(n)s opportunities done.", made.result["done"])
    return text % {"n": money.format_number(made.result["done"], language())}


@dataclass(frozen=True)
class Effect:
    """What confirming would touch: how many and how much, some of them by name; how many not, and why."""

    able: int
    amount: str
    shown: list[Opportunity]
    refused: list[tuple[str, int]]

    @classmethod
    def of(cls, made: Bulk) -> "Effect":
        allowed = made.allowed(made.ids)
        reasons: Counter[str] = Counter()
        if len(allowed) < made.chosen:
            reasons[_("Not yours to do this.")] = made.chosen - len(allowed)
        able = [pk for pk in made.ids if pk in allowed]
        sums: dict[str, int] = {}
        for start in range(0, len(able), CHUNK):
            rows = Opportunity.objects.filter(pk__in=able[start : start + CHUNK])
            for row in rows.values("id", "status", "due_on", "stage_id", "amount", "currency"):
                why = made.acts.refusal(row, made.given) if len(able) <= ASKED else DONE
                if why not in (DONE, UNCHANGED):
                    reasons[why] += 1
                    allowed.discard(row["id"])
                elif row["amount"] is not None:
                    sums[row["currency"]] = sums.get(row["currency"], 0) + money.to_units(row["amount"])
        able = [pk for pk in able if pk in allowed]
        amount = " + ".join(money.format_units(units, code, language()) for code, units in sorted(sums.items()))
        found = {one.pk: one for one in Opportunity.objects.filter(pk__in=able[:SHOWN]).select_related("account")}
        return cls(len(able), amount, [found[pk] for pk in able[:SHOWN] if pk in found], reasons.most_common())


def offered(user: Any) -> dict[str, Any]:
    """Which actions the profile grants at all: the others are absent from the bar; those of upper apps as ``added``."""
    granted = {
        code: acts.is_there and gate.allows(user, Opportunity, acts.verb) and (not acts.ability or user.can(BULK))
        for code, acts in actions().items()
    }
    added = [acts for code, acts in actions().items() if code not in ACTIONS and granted[code]]
    return granted | {EXPORT: gate.allows(user, Opportunity, "export"), "added": added}
