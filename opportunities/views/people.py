"""Putting people on an opportunity, and taking them off (OPP-10, REC-3)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.fields import ContactField
from opportunities.models import Involvement, Opportunity
from opportunities.views.record import fetch
from pipelines.models import PersonRole
from records import gate
from records.set_up.choice import SetUpChoiceField
from users.middleware import SignedIn
from users.models import User


class PersonForm(forms.Form):
    """A contact that one sees, or a colleague who works here; in a role or none."""

    colleague = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Colleague"), required=False, empty_label="–"
    )
    role = SetUpChoiceField(PersonRole, label=gettext_lazy("Role"))

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.fields["contact"] = ContactField(user=user, label=_("Contact"), required=False)
        people = User.objects.active()
        if user.scope(Opportunity.gate_key(), "view") == gate.Scope.OWN:
            people = people.filter(pk=user.pk)
        self.fields["colleague"].queryset = people  # type: ignore[attr-defined]
        self.order_fields(("contact", "colleague", "role"))

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"contact", "colleague"} & self.errors.keys():
            chosen = [cleaned[name] for name in ("contact", "colleague") if cleaned.get(name)]
            if len(chosen) != 1:
                said = _("Choose a contact or a colleague.") if not chosen else _("Choose one of the two.")
                self.add_error("contact", ValidationError(said))
            else:
                cleaned["person"] = chosen[0]
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn, pk: int) -> HttpResponse:
    """Asks who, and in which role."""
    opportunity = fetch(request, pk)
    gate.require(request.user, "change", opportunity)
    form = PersonForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        opportunity.involve(person, role=form.cleaned_data["role"], by=request.user)
        messages.success(request, _("%(person)s is on it.") % {"person": person})
        return redirect(opportunity)
    template = "opportunities/people/_add.html" if request.htmx else "opportunities/people/add.html"
    context = {"opportunity": opportunity, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """The link goes; the person stays."""
    opportunity = fetch(request, pk)
    gate.require(request.user, "change", opportunity)
    kind, _dash, number = request.POST.get("person", "").partition("-")
    if kind not in ("contact", "user") or not number.isdecimal() or len(number) > 18:
        raise Http404
    found = Involvement.objects.filter(record=opportunity, **{kind: int(number)}).select_related(kind).first()
    if found is not None:
        opportunity.release(found.person, by=request.user)
        messages.success(request, _("%(person)s is not on it any more.") % {"person": found.person})
    return redirect(opportunity)
