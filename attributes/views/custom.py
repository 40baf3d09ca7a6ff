"""The custom fields of a record: shown on a tab of its page, and edited there (OPP-13, REC-2)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from attributes.forms import custom_form
from attributes.models import AttributedRecord
from attributes.shown import groups_of
from records import gate
from records.models import StaleRecord
from users.middleware import SignedIn

Page = Callable[..., HttpResponse]


def show(record: AttributedRecord, page: Page) -> HttpResponse:
    """``page(context, status)`` renders the tab within the record's own page."""
    return page({"groups": groups_of(record)}, 200)


def edit(request: SignedIn, record: Any, page: Page) -> HttpResponse:
    gate.require(request.user, "change", record)
    form = custom_form(record, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            record.edit(by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except StaleRecord:
            form.add_error(None, _("Somebody else saved this record just now. Save again to merge both."))
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{record.get_absolute_url()}custom/")
    status = 409 if form.clashes else 422 if form.errors else 200
    return page({"form": form}, status)
