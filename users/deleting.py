"""The page that deletes a record of any kind: it asks, and puts it in the trash (LIFE-3)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from records import gate
from records.deleting import question
from users.middleware import SignedIn


def answer(request: SignedIn, record: Any, after: str) -> HttpResponse:
    """Ask; or, posted, delete it and go to the list it was on."""
    gate.require(request.user, "delete", record)
    status = 200
    if request.method == "POST":
        try:
            record.trash(by=request.user)
        except ValidationError:
            status = 409
        else:
            messages.success(request, _("“%(name)s” is in the trash.") % {"name": record})
            return redirect(after)
    template = "components/delete.html" if request.htmx else "components/delete_page.html"
    context = question(record, request.user, record.get_absolute_url()) | {"action": request.path}
    return render(request, template, context, status=status)
