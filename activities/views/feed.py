"""The Activity tab of records: the composer, and the history under it (ACT-1..3, REC-2)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.views import account, contact
from activities import timeline
from activities.forms import Composer
from activities.mentions import tell
from activities.models import activity_types
from opportunities.models import Opportunity
from opportunities.views import record as opportunity
from records import gate
from records.journal import operation
from records.models import OwnedRecord
from users.middleware import SignedIn

FETCH: dict[str, Any] = {"opportunity": opportunity.fetch, "account": account.fetch, "contact": contact.fetch}

BASE = {
    "opportunity": "opportunities/record.html",
    "account": "accounts/record.html",
    "contact": "contacts/record.html",
}


@require_http_methods(["GET", "HEAD", "POST"])
def feed(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """Whoever sees the record reads its history; whoever sees it may comment, as on the telephone."""
    record: OwnedRecord = FETCH[kind](request, pk)
    form = Composer(request.POST or None, user=request.user, record=record)
    if request.method == "POST" and form.is_valid() and _write(request, form):
        return redirect(_url(record))
    shown = request.GET.get("show", "")
    days, more = timeline.page(record, request.user, kind=shown, before=request.GET.get("before", ""))
    context = header(request, record) | {
        "base": BASE[kind],
        "form": form,
        "kinds": [one for one in activity_types().values() if not one.archived_at],
        "chosen": form["kind"].value() or "comment",
        "now": timezone.localtime(),
        "days": days,
        "more": more,
        "shown": shown,
        "offered": timeline.KINDS if kind == "opportunity" else [one for one in timeline.KINDS if one[0] != "time"],
        "feed_url": _url(record),
        "new_from": _new_from(request, record, kind),
    }
    template = "activities/_days.html" if request.htmx and "before" in request.GET else "activities/feed.html"
    return render(request, template, context, status=422 if form.errors else 200)


def header(request: SignedIn, record: Any) -> dict[str, Any]:
    """What the page around the tab shows."""
    if isinstance(record, Opportunity):
        return opportunity.framed(request, record, "activity")
    page = account if isinstance(record, Account) else contact
    return page.header(request, record, "activity") | {"tab": "activity"}


def _write(request: SignedIn, form: Composer) -> bool:
    """The activity and the next step are one operation; who is mentioned is told with it."""
    said = [_("Noted.")]
    try:
        with operation(by=request.user, door="form", what="activity.add"):
            if form.cleaned_data["kind"] != "task":
                activity = form.activity().add(by=request.user)
                blind = tell(activity, request.user)
                if blind:
                    names = ", ".join(map(str, blind))
                    said.append(_("%(names)s cannot see it and was not told.") % {"names": names})
            for task in form.tasks():
                task.add(by=request.user)
                said = [_("“%(task)s” is planned.") % {"task": task}] if form.cleaned_data["kind"] == "task" else said
    except ValidationError as error:
        told = getattr(error, "error_dict", {})
        form.add_error(None, error if told.keys() <= form.fields.keys() else ValidationError(error.messages))
        return False
    messages.success(request, " ".join(said))
    return True


def _url(record: OwnedRecord) -> str:
    return reverse(f"activities:{record.gate_key()}", args=[record.pk])


def _new_from(request: SignedIn, record: OwnedRecord, kind: str) -> str:
    """Where *create an opportunity* from an event or call leads, with its party filled in (NEW-1)."""
    if kind == "opportunity" or not gate.allows(request.user, Opportunity, "create"):
        return ""
    return f"{reverse('opportunities:new')}?{kind}={record.pk}"
