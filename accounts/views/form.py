"""Creating and editing accounts and contacts (NEW-1, NEW-2)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.forms import AccountForm, ContactForm, PartyForm
from accounts.models import Account, Contact
from accounts.views import account, contact
from core.coming_from import coming_from
from core.models import House
from core.money import SYMBOLS
from records import gate
from records.models import StaleRecord
from users.middleware import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: SignedIn) -> HttpResponse:
    gate.require_kind(request.user, "create", Account)
    form = AccountForm(posted(request), user=request.user, instance=Account())
    return answer(request, form, _("Account created."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_account(request: SignedIn, pk: int) -> HttpResponse:
    found = account.fetch(request, pk)
    gate.require(request.user, "change", found)
    form = AccountForm(posted(request), user=request.user, instance=found)
    return answer(request, form, _("Account saved."))


@require_http_methods(["GET", "HEAD", "POST"])
def new_contact(request: SignedIn) -> HttpResponse:
    """From the *Add* button, the list, or the page of an account, whose name is then filled in."""
    gate.require_kind(request.user, "create", Contact)
    form = ContactForm(posted(request), user=request.user, instance=Contact(), initial=company(request))
    return answer(request, form, _("Contact created."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_contact(request: SignedIn, pk: int) -> HttpResponse:
    found = contact.fetch(request, pk)
    gate.require(request.user, "change", found)
    form = ContactForm(posted(request), user=request.user, instance=found)
    return answer(request, form, _("Contact saved."))


def answer(request: SignedIn, form: PartyForm, saved: str) -> HttpResponse:
    """Save and go to the record, or back to where one came from (NEW-2); or show the form with what is wrong."""
    folder = "accounts" if isinstance(form, AccountForm) else "contacts"
    back = coming_from(request, reverse(f"{folder}:index"))
    if request.method == "POST" and form.is_valid():
        saved = " ".join([saved, *form.notes()])
        if record := save(request, form):
            messages.success(request, saved)
            stays = "close" not in request.POST and gate.may(request.user, "view", record)
            return redirect(record.get_absolute_url() if stays else back)
    context = {
        "form": form,
        "record": None if form.is_new else form.instance,
        "back": back,
        "currency_symbol": SYMBOLS.get(House.current().currency, House.current().currency),
    }
    return render(request, f"{folder}/form.html", context, status=status_of(form))


def save(request: SignedIn, form: Any) -> Any:
    """What was saved; or nothing, and the form says why."""
    try:
        return form.save_as(request.user)
    except ValidationError as error:
        form.add_error(None, error)
    except StaleRecord:
        form.add_error(None, _("Somebody else saved this record just now. Save again to merge both."))
    except IntegrityError:
        form.add_error(None, _("Somebody else saved the same just now. Save again to see what is taken."))
    return None


def status_of(form: Any) -> int:
    return 409 if form.clashes else 422 if form.errors else 200


def on_to(request: SignedIn, url: str) -> HttpResponse:
    """Leave the dialog, or the page, for another page."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def posted(request: SignedIn) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def company(request: SignedIn) -> dict[str, Any]:
    """The account in the URL, if one may see it."""
    wanted = request.GET.get("account", "")
    if not wanted.isdecimal() or len(wanted) > 18:
        return {}
    found = Account.objects.filter(pk=wanted).visible_to(request.user, few=True).first()
    return {"account": found.pk} if found else {}
