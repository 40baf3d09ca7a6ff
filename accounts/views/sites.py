"""The sites of an account: added, edited, removed (ACC-1)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import SiteForm
from accounts.models import Account, Site
from accounts.views import account
from accounts.views.form import on_to, posted, save, status_of
from records import gate
from records.models import StaleRecord
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn, pk: int) -> HttpResponse:
    found = changeable(request, pk)
    return answer(request, found, SiteForm(posted(request), instance=Site(account=found)), _("Site added."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int, site: int) -> HttpResponse:
    found = changeable(request, pk)
    return answer(request, found, SiteForm(posted(request), instance=site_of(found, site)), _("Site saved."))


@require_POST
def remove(request: SignedIn, pk: int, site: int) -> HttpResponse:
    """Off the account; the opportunities that name it keep it, and the message says so."""
    found = changeable(request, pk)
    gone = site_of(found, site)
    try:
        gone.remove(by=request.user)
    except StaleRecord:
        messages.error(request, _("Somebody else changed it just now. Look again."))
    else:
        said = _("“%(site)s” is removed. Opportunities that name it keep it.")
        messages.success(request, said % {"site": gone})
    return redirect("accounts:information", pk)


def changeable(request: SignedIn, pk: int) -> Account:
    found = account.fetch(request, pk)
    gate.require(request.user, "change", found)
    return found


def site_of(found: Account, pk: int) -> Site:
    """A site of this account that was not removed; else 404."""
    site: Any = found.sites.active().filter(pk=pk).first()
    if site is None:
        raise Http404
    site.account = found
    return site


def answer(request: SignedIn, found: Account, form: SiteForm, saved: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and save(request, form):
        messages.success(request, saved)
        return on_to(request, reverse("accounts:information", args=[found.pk]))
    context = {
        "form": form,
        "account": found,
        "site": None if form.is_new else form.instance,
        "action": request.path,
        "back": reverse("accounts:information", args=[found.pk]),
    }
    template = "accounts/_site_form.html" if request.htmx else "accounts/site_form.html"
    return render(request, template, context, status=status_of(form))
