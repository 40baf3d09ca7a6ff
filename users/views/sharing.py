"""Sharing a record (GIVE-2; design 17b): one dialog for every kind of record, or a page where there is no script."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from records import gate
from records.models import StaleRecord
from records.sharing import key_of
from users.forms.sharing import ShareForm, holders_like
from users.middleware import SignedIn
from users.models.giving import give, group_sizes
from users.models.user import owned_models


def answer(request: SignedIn, record: Any, folder: str) -> HttpResponse:
    """The buttons of a row only turn the form; *Save* writes. ``folder`` names the record's URLs."""
    gate.require(request.user, "share", record)
    data = request.POST if request.method == "POST" else None
    form = ShareForm(data, record=record, user=request.user, put_in=request.GET.get("to", "") if data is None else "")
    turned = request.method == "POST" and form.turn(request.POST.get("turn", ""))
    if request.method == "POST" and not turned and form.is_valid() and save(form):
        return on_to(request, record, folder)
    form.explain_rows()
    context = {"record": record, "form": form, "kind": record._meta.verbose_name, "folder": folder}
    template = "sharing/_form.html" if request.htmx else "sharing/share.html"
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, template, context, status=status)


def save(form: ShareForm) -> bool:
    tell, owner = form.cleaned_data["tell"], form.cleaned_data["owner"]
    try:
        give(form.record, owner=owner, shares=form.wanted(), by=form.user, tell=tell)
    except StaleRecord:
        form.add_error(None, _("Somebody else saved this record just now. Save again to keep both."))
        return False
    return True


def on_to(request: SignedIn, record: Any, folder: str) -> HttpResponse:
    """Back to the record; to the list if one has given it away."""
    now = type(record)._default_manager.get(pk=record.pk)
    stays = gate.may(request.user, "view", now)
    messages.success(request, _("Sharing saved.") if gate.may(request.user, "share", now) else given_away(now))
    url = record.get_absolute_url() if stays else f"/{folder}/"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def given_away(record: Any) -> str:
    """Who can give it back: with the record went the right to take it back (LOG-2)."""
    if record.owner is not None and gate.may(record.owner, "share", record):
        said = _("Sharing saved. It belongs to %(owner)s now, who can give it back; so can an administrator.")
    else:
        said = _("Sharing saved. It belongs to %(owner)s now; an administrator can give it back.")
    return said % {"owner": record.owner}


@require_safe
def holders(request: SignedIn) -> HttpResponse:
    """People and groups whose name is being typed; for those who may share something."""
    sharing = [model for model in owned_models() if gate.allows(request.user, model, "share")]
    gate.require_kind(request.user, "share", sharing[0] if sharing else owned_models()[0])
    text = " ".join(request.GET.get("to_name", "").replace("\0", "").split())[:100]
    found = holders_like(text)
    sizes = group_sizes(one for one in found if isinstance(one, Group))
    options = [(key_of(one), one, sizes[one.pk] if isinstance(one, Group) else None) for one in found]
    return render(request, "sharing/_options.html", {"options": options})
