"""Imports that run or have run: progress, receipt, what was refused (DATA-6)."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records.models import Undo, split
from records.models.undo import WITHIN
from transfers.models import Import, Phase
from transfers.planning import Outcome
from transfers.preview import Texts, new_names
from transfers.refusals import refused_rows
from transfers.resources import RESOURCES
from transfers.views.conflicts import kept
from transfers.views.wizard import fetch, may_import, rows_left, steps
from users.middleware import SignedIn
from users.models import User
from users.models.notice import seen_at

MOST_REFUSED = 200
LIST_URLS = {
    "opportunity": "opportunities:index",
    "line": "opportunities:index",
    "account": "accounts:index",
    "contact": "contacts:index",
}


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """One's imports, newest first."""
    may_import(request)
    before = request.GET.get("before", "")
    imports = Import.objects.visible_to(request.user).select_related("job")
    if before.isdecimal() and len(before) < 19:
        imports = imports.filter(pk__lt=int(before))
    page = list(imports[:51])
    context = {"imports": [summary(one) for one in page[:50]], "next": page[49].pk if len(page) > 50 else None}
    return render(request, "transfers/index.html", context)


@require_safe
def receipt(request: SignedIn, pk: int) -> HttpResponse:
    """The progress while it runs, then the receipt, which stays."""
    imported = fetch(request, pk)
    if imported.phase == Phase.RUNNING:
        context = {"import": imported, **progress(imported), **steps("run", imported)}
        return render(request, "transfers/progress.html", context)
    if not imported.is_over:
        return redirect("transfers:preview" if imported.phase != Phase.READING else "transfers:columns", imported.pk)
    seen_at(request.user, imported.get_absolute_url())
    lines = list(imported.lines.filter(run=True, outcome=Outcome.REFUSED).order_by("number")[:MOST_REFUSED])
    texts = Texts(imported, lines)
    left = imported.rows - imported.result.get("read", 0)
    context = {
        "import": imported,
        "counts": {str(outcome): imported.result.get(outcome, 0) for outcome in Outcome},
        **kept(imported),
        "undo": undoing(imported, request.user),
        "read": imported.result.get("read", 0),
        "left": left,
        "around": rows_left(imported),
        "around_count": imported.format.get("left_count", 0),
        "refused": [texts.line(line) for line in lines],
        "fields": changed_fields(imported),
        "new": new_names(imported, imported.counts if imported.counts and not left else imported.result),
        "list_url": LIST_URLS[imported.kind],
        "settings": imported.settings,
        "overwrites": RESOURCES[imported.kind].overwrites(),
        "match": RESOURCES[imported.kind].match_label(imported.settings.match),
        "others": Import.objects.visible_to(request.user).exclude(pk=imported.pk).select_related("job")[:5],
    }
    return render(request, "transfers/receipt.html", context)


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Stop after the present chunk."""
    imported = fetch(request, pk)
    if imported.in_work:
        imported.cancel()
        messages.info(request, _("The import stops after the rows it is at."))
    return redirect(imported)


@require_POST
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Remove an import that was never run."""
    imported = fetch(request, pk)
    if imported.phase in (Phase.MAPPING, Phase.CHECKED, Phase.REFUSED) and not imported.result:
        imported.discard()
        messages.success(request, _("The import was removed; nothing was written."))
        return redirect("transfers:index")
    return redirect(imported)


@require_safe
def refused(request: SignedIn, pk: int) -> StreamingHttpResponse:
    """The refused rows with their columns as they were, and the reason at the end of each, ready to fix and import."""
    imported = fetch(request, pk)
    run = imported.is_over
    name = f"{Path(imported.name).stem}-" + _("refused") + ".csv"
    response = StreamingHttpResponse(refused_rows(imported, run=run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = _attachment(name)
    return response


@require_safe
def file(request: SignedIn, pk: int) -> HttpResponse:
    """The file as it was sent."""
    imported = fetch(request, pk)
    if not imported.file:
        raise Http404
    return FileResponse(imported.file.open(), as_attachment=True, filename=imported.name)  # type: ignore[return-value]


def progress(imported: Import) -> dict[str, Any]:
    job = imported.job
    done = min(job.cursor, imported.rows)
    counts = {str(outcome): imported.result.get(outcome, 0) for outcome in Outcome}
    return {"done": done, "counts": counts, "stops": job.cancel_requested}


def undoing(imported: Import, user: User) -> dict[str, Any]:
    """Whether, and until when, the import can be taken back; what became of it if it was (DATA-7, LOG-2)."""
    operation = imported.operation
    if operation is None:
        return {}
    undo = Undo.objects.select_related("job").filter(of=operation).first()
    runs = undo is not None and undo.is_running
    done = undo is not None and undo.operation_id is not None and not runs
    return {
        "runs": runs,
        "done": done,
        "kept": done and undo is not None and bool(undo.counts.get("kept")),
        "may": not runs and not done and not Undo.why_not(operation, user),
        "until": timezone.localdate(operation.at + WITHIN),
    }


def summary(imported: Import) -> dict[str, Any]:
    counts = imported.result or imported.counts
    return {
        "import": imported,
        "what": RESOURCES[imported.kind].model._meta.verbose_name_plural,
        "refused": counts.get(Outcome.REFUSED, 0),
    }


def changed_fields(imported: Import) -> list[dict[str, Any]]:
    """How many values of each field were changed."""
    resource = RESOURCES[imported.kind]
    labels = {field.attname: field.verbose_name for field in resource.model._meta.concrete_fields}
    counts = {
        name.removeprefix("field_"): count for name, count in imported.result.items() if name.startswith("field_")
    }
    found = [
        {
            "label": hanging.called(split(name)[1]) if (hanging := resource.hanging(name)) else labels[name],
            "count": count,
        }
        for name, count in counts.items()
        if name not in resource.record().silent_fields
    ]
    return sorted(found, key=lambda row: -row["count"])


def _attachment(name: str) -> str:
    ascii_name = name.encode("ascii", "ignore").decode().replace('"', "") or "file.csv"
    return f'attachment; filename="{ascii_name}"'
