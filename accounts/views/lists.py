"""Putting an account or a contact on a contact list, and taking it off (SET-2)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account, Contact, ContactList
from accounts.views.form import on_to
from records import gate
from records.models import StaleRecord
from users.middleware import SignedIn


class ListForm(forms.Form):
    """The lists that this person sees and that the record is not on yet; any other is *not found* (GIVE-4)."""

    list = forms.ModelChoiceField(
        ContactList.objects.none(),
        label=gettext_lazy("List"),
        error_messages={
            "required": gettext_lazy("Choose a list."),
            "invalid_choice": gettext_lazy("This list was not found. Choose one from the list."),
        },
    )

    def __init__(self, *args: Any, lists: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["list"]
        field.queryset = lists
        field.widget.choices = list(field.choices)


@require_http_methods(["GET", "HEAD", "POST"])
def put_account(request: SignedIn, pk: int) -> HttpResponse:
    return put(request, changeable(request, Account, pk))


@require_POST
def take_account_off(request: SignedIn, pk: int) -> HttpResponse:
    return take_off(request, changeable(request, Account, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def put_contact(request: SignedIn, pk: int) -> HttpResponse:
    return put(request, changeable(request, Contact, pk))


@require_POST
def take_contact_off(request: SignedIn, pk: int) -> HttpResponse:
    return take_off(request, changeable(request, Contact, pk))


def changeable(request: SignedIn, model: type[Account | Contact], pk: int) -> Any:
    record = gate.visible_or_404(model.objects.all(), request.user, pk)
    gate.require(request.user, "change", record)
    return record


def put(request: SignedIn, record: Account | Contact) -> HttpResponse:
    """Asks for the list, then puts it on."""
    on = ContactList.objects.holding(record).values("pk")
    lists = ContactList.objects.active().visible_to(request.user).exclude(pk__in=on)
    form = ListForm(request.POST if request.method == "POST" else None, lists=lists)
    if form.is_valid():
        chosen: ContactList = form.cleaned_data["list"]
        return change(request, record, chosen.put, _("On the list “%(list)s” now.") % {"list": chosen})
    context = {
        "record": record,
        "form": form,
        "has_lists": len(form.fields["list"].widget.choices) > 1,
        "put_url": reverse(f"{record.gate_key()}s:put", args=[record.pk]),
    }
    template = "lists/_put.html" if request.htmx else "lists/put.html"
    return render(request, template, context, status=422 if form.errors else 200)


def take_off(request: SignedIn, record: Account | Contact) -> HttpResponse:
    lists = ContactList.objects.holding(record).visible_to(request.user)
    form = ListForm(request.POST, lists=lists)
    if not form.is_valid():
        messages.error(request, _("It is not on this list."))
        return redirect(record)
    chosen: ContactList = form.cleaned_data["list"]
    return change(request, record, chosen.take_off, _("Off the list “%(list)s” now.") % {"list": chosen})


def change(request: SignedIn, record: Account | Contact, verb: Any, said: str) -> HttpResponse:
    try:
        verb(record, by=request.user)
    except StaleRecord:
        messages.error(request, _("Somebody else changed it just now. Look again."))
    else:
        messages.success(request, said)
    return on_to(request, record.get_absolute_url())
