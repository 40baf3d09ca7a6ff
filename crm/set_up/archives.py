"""Exporting everything (DATA-12): what it is, those that were made, and one’s own files while they are there."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.models import Job
from crm.models import KEPT, Archive
from users.middleware import SignedIn
from users.models import Ability
from users.models.notice import seen_at

SHOWN = 50


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """All that were made, newest first: whoever may export everything sees who did."""
    request.user.require_ability(Ability.ARCHIVE)
    seen_at(request.user, request.path)
    archives = list(Archive.objects.select_related("job__by")[:SHOWN])
    context = {
        "archives": archives,
        "running": any(not archive.job.is_over for archive in archives),
        "mine": any(not archive.job.is_over and archive.by == request.user for archive in archives),
        "hours": int(KEPT.total_seconds() // 3600),
    }
    return render(request, "crm/archives.html", context)


@require_POST
def make(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.ARCHIVE)
    Archive.start(by=request.user)
    return redirect("archives")


@require_POST
def file(request: SignedIn, pk: int) -> FileResponse:
    """Handed out to who had it made, while they may; a POST, since each time is written to the journal."""
    archive = own(request, pk)
    return FileResponse(archive.open(by=request.user), as_attachment=True, filename=archive.file_name)


@require_POST
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Stops writing it, or removes the file before its time."""
    archive = own(request, pk)
    said = _("The file is deleted.") if archive.job.state == Job.State.DONE else _("It is being stopped.")
    archive.discard(by=request.user)
    messages.success(request, said)
    return redirect("archives")


def own(request: SignedIn, pk: int) -> Archive:
    request.user.require_ability(Ability.ARCHIVE)
    found: Archive = get_object_or_404(Archive.objects.select_related("job__by"), pk=pk, job__by=request.user.pk)
    return found
