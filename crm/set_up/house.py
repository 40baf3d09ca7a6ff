"""What holds for everybody: the name, language, currency, time zone, the pattern of references (SET-1, OPP-3)."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import dates
from core.models import House
from pipelines.models import Rate
from records.forms import RecordForm
from records.journal import differences, operation
from records.models import Change, Door
from users.forms.preferences import zones
from users.middleware import SignedIn
from users.models import Ability

NAMES = ("name", "language", "currency", "timezone", "reference_pattern")
KNOWN = ("{year}", "{number}")
LONGEST_PATTERN = 40  # leaves room for the digits in a reference of 60 characters


class HouseForm(RecordForm):
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    class Meta:
        model = House
        fields = NAMES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["timezone"].choices = [(zone, zone) for zone in zones()]  # type: ignore[attr-defined]
        self.fields["name"].error_messages["required"] = _("Name the house.")
        self.fields["reference_pattern"].error_messages["required"] = _("Enter a pattern, such as OPP-{number}.")

    def clean_currency(self) -> str:
        currency, present = str(self.cleaned_data["currency"]), self.instance.currency
        if currency != present and Rate.objects.filter(withdrawn_at=None).exists():
            raise ValidationError(_("The rates were said in %(code)s. Withdraw them first."), params={"code": present})
        return currency

    def clean_reference_pattern(self) -> str:
        return check_pattern(self.cleaned_data["reference_pattern"])


def check_pattern(pattern: str) -> str:
    """The pattern, if every reference it makes is unique, whole and short enough. Raises ``ValidationError``."""
    if "{number}" not in pattern:
        raise ValidationError(_("The pattern needs {number}, which makes each reference unique."))
    for found in re.findall(r"\{[^{}]*\}?|\}", pattern):
        if found not in KNOWN:
            said = _("“%(word)s” is not known here. Use {year} and {number}.")
            raise ValidationError(said, params={"word": found})
    if len(pattern) > LONGEST_PATTERN:
        raise ValidationError(_("Enter at most %(n)s characters."), params={"n": LONGEST_PATTERN})
    return pattern


def present() -> House:
    """The house as the database holds it, with the version that the journal gives it."""
    house = House.objects.first() or House.objects.create(pk=1)
    changes = Change.objects.filter(model=ContentType.objects.get_for_model(House), record_id=house.pk)
    house.version = 1 + changes.count()  # type: ignore[attr-defined]
    return house


def edit_house(values: Mapping[str, Any], *, by: Any) -> None:
    """Write these values and their journal entry; every process hears of it. Harmless twice."""
    with operation(by=by, door=Door.SET_UP, what="house.edit") as writing:
        house: Any = present()
        fields = differences({name: getattr(house, name) for name in values}, values, values)
        if not fields:
            return
        for name, value in values.items():
            setattr(house, name, value)
        house.save(update_fields=list(fields))
        writing.changed(House, house.pk, house.version + 1, fields)
        House.set_up_changed()


@require_http_methods(["GET", "HEAD", "POST"])
def house(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.SET_UP)
    found = present()
    sample = found.reference_pattern.replace("{year}", str(dates.today().year)).replace("{number}", "1234")
    form = HouseForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        edit_house({name: form.cleaned_data[name] for name in NAMES}, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("house")
    status = 409 if form.clashes else 422 if form.errors else 200
    return render(request, "crm/house.html", {"form": form, "sample": sample}, status=status)
