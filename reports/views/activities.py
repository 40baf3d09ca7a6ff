"""The report of activities, the list behind each of its figures, and its export (RPT-4, RPT-9)."""

import csv
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.models import Activity, activity_types
from core import dates, spans
from core.filters import query_with
from core.keyset import PAGE
from core.templatetags.components import language
from reports.activities import PERIODS, Asked, Report
from reports.views.tabs import tabs
from users.middleware import SignedIn

A_FORMULA = "=+-@\t\r"


@require_safe
def activities(request: SignedIn) -> HttpResponse:
    """By person and by type: a drawing, and the same as a table."""
    asked = Asked.of(request.GET)
    report = Report.of(asked, request.user)
    context = {
        "report": report,
        "asked": asked,
        "periods": [(code, spans.told(code), code == asked.code) for code in PERIODS],
        "said": said(report),
        "told": stretch(asked),
        "csv": asked.url("reports:activity_csv"),
        "tabs": tabs("reports:activities"),
    }
    return render(request, "reports/activities.html", context)


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    """The activities that a figure counts, newest first, page by page."""
    asked = Asked.of(request.GET)
    found = asked.activities(request.user)
    count = found.count()
    place = before(request.GET.get("before", ""))
    if place is not None:
        at, pk = place
        found = found.filter(models.Q(at__lt=at) | models.Q(at=at, pk__lt=pk))
    parents = ("opportunity", "account", "contact")
    rows = list(found.select_related("made_by", *parents).order_by("-at", "-pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "rows": [(row, activity_types()[row.type_id]) for row in rows[:PAGE]],
        "count": count,
        "told": ", ".join(filter(None, (person(asked, rows), kind(asked), stretch(asked)))),
        "next": query_with(request.GET, before=f"{last.at.isoformat()}_{last.pk}") if last else "",
        "start": query_with(request.GET, before="") if place else "",
        "report": asked.url("reports:activities", by="", type=""),
    }
    return render(request, "reports/activity_list.html", context)


@require_safe
def sheet(request: SignedIn) -> HttpResponse:
    """The figures as CSV, as a spreadsheet program of the reader's language expects them."""
    asked = Asked.of(request.GET)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"activities-{asked.first:%Y-%m-%d}-{asked.last:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";" if language() == "fr" else ",")
    for row in Report.of(asked, request.user).table(_("Person"), _("Total")):
        writer.writerow([plain(cell) for cell in row])
    return response


def said(report: Report) -> str:
    """What the drawing shows, in one sentence."""
    if not report.lines:
        return _("Nothing was noted in this period")
    first, counts = report.lines[0], {"n": report.lines[0].sum.count, "all": report.sum.count}
    return _("%(person)s noted most, %(n)s of %(all)s") % {"person": first.name, **counts}


def stretch(asked: Asked) -> str:
    first, last = (dates.long_date(day, language()) for day in (asked.first, asked.last))
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def person(asked: Asked, rows: Sequence[Activity]) -> str:
    return str(rows[0].made_by or "") if asked.by is not None and rows else ""


def kind(asked: Asked) -> str:
    found: Any = activity_types().get(asked.type) if asked.type is not None else None
    return str(found or "")


def before(text: str) -> tuple[Any, int] | None:
    """The place that the page before ended at; nothing if it is none."""
    moment, _sign, pk = text.replace(" ", "+").rpartition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or not timezone.is_aware(at) or not (pk.isdecimal() and len(pk) < 19):
        return None
    return at, int(pk)


def plain(cell: str | int) -> str | int:
    """A name that a spreadsheet would take for a formula stays a text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] and cell[0] in A_FORMULA else cell
