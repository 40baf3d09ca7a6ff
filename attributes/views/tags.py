"""Giving a record tags and taking them off, in place (OPP-9)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attributes.models import AttributedRecord
from attributes.models.tag import active_tags
from records import gate
from records.models import StaleRecord
from users.middleware import SignedIn


@require_POST
def retag(request: SignedIn, pk: int, model: type[AttributedRecord]) -> HttpResponse:
    """``tag``: those ticked; ``was``: those that were. The difference is given or taken off."""
    record = gate.visible_or_404(model.objects.all(), request.user, pk)
    gate.require(request.user, "change", record)
    ticked, were = ids(request, "tag"), ids(request, "was")
    refused = ""
    if ticked - were - {tag.pk for tag in active_tags()}:
        refused = _("This tag is not offered. Choose one from the list.")
    else:
        try:
            record.retag(add=ticked - were, remove=were - ticked, by=request.user)
        except StaleRecord:
            refused = _("Somebody else changed it just now. Look again.")
    if request.htmx:
        context = {"record": record, "may": {"change"}, "refused": refused} | tag_panel(record)
        return render(request, "tags/_panel.html", context)
    if refused:
        messages.error(request, refused)
    return redirect(record)


def ids(request: SignedIn, name: str) -> set[int]:
    return {int(text) for text in request.POST.getlist(name) if text.isdecimal() and len(text) < 19}


def tag_panel(record: AttributedRecord) -> dict[str, Any]:
    """What the panel of tags shows: those of the record, all that may be given, where a list is narrowed by one."""
    tags = record.tags()
    on = {tag.pk for tag in tags}
    return {
        "tags": tags,
        "tag_choices": [(tag, tag.pk in on) for tag in active_tags()],
        "tag_list": record.get_absolute_url().removesuffix(f"{record.pk}/"),
    }
