"""The screens of currencies, and of the dated rates of each (OPP-14, SET-1)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import dates, money
from core.forms import DateField, RateField
from core.models import House
from core.templatetags.components import language
from pipelines.forms import CurrencyForm
from pipelines.models import Currency, Rate
from pipelines.views.lists import SALES
from records.models import SetUpRecord
from records.set_up.forms import SetUpForm
from records.set_up.page import SetUpPage, Tab
from users.middleware import SignedIn
from users.models import Ability


class RateForm(forms.Form):
    day = DateField(
        label=gettext_lazy("From"), error_messages={"required": gettext_lazy("Enter the day from which it holds.")}
    )
    value = RateField(label=gettext_lazy("Rate"), error_messages={"required": gettext_lazy("Enter a rate.")})


def tabs(path: str) -> list[Tab]:
    home = reverse("pipelines:currencies")
    rows = [(row, reverse("pipelines:rates", args=[row.pk])) for row in Currency.objects.active()]
    return [Tab(_("Currencies"), home, path == home), *(Tab(row.code, url, path == url) for row, url in rows)]


class Currencies(SetUpPage):
    model = Currency
    form_class = CurrencyForm
    title = gettext_lazy("Currencies and rates")
    group = SALES
    add_label = gettext_lazy("Add a currency")
    fact_label = gettext_lazy("Rate today")
    counted = "currency"
    counted_label = gettext_lazy("Opportunities")
    uses = (
        ("edit", gettext_lazy("Opportunity form"), gettext_lazy("each amount is in one of these, or the house’s own")),
        (
            "money",
            gettext_lazy("Totals"),
            gettext_lazy("in the house currency, at the rate of the day; what is closed keeps that of its closing"),
        ),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self.request.path)

    def fact(self, row: SetUpRecord) -> Any:
        assert isinstance(row, Currency)
        rate = row.rate_on(dates.today())
        return money.format_rate(rate, language()) if rate else _("none yet")

    def check(self, forms: Sequence[SetUpForm]) -> None:
        super().check(forms)
        codes: set[str] = set()
        for form in forms:
            code = form.cleaned_data.get("code") or ""
            if code in codes:
                form.add_error("code", _("The list has this currency already."))
            if code:
                codes.add(code)


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: SignedIn, pk: int) -> HttpResponse:
    """The rates of one currency, newest first, and a form to say another one."""
    request.user.require_ability(Ability.SET_UP)
    currency = get_object_or_404(Currency, pk=pk)
    form = RateForm(request.POST or None, initial={"day": dates.today()})
    if request.method == "POST" and form.is_valid():
        Rate.put(currency, form.cleaned_data["day"], form.cleaned_data["value"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("pipelines:rates", pk)
    context = {
        "currency": currency,
        "house": House.current().currency,
        "form": form,
        "title": Currencies.title,
        "page": Currencies,
        "tabs": tabs(request.path),
        "rates": [
            (rate, money.format_rate(Decimal(rate.value), language()))
            for rate in currency.rates.filter(withdrawn_at=None)
        ],
    }
    return render(request, "pipelines/rates.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take back a rate said by mistake."""
    request.user.require_ability(Ability.SET_UP)
    rate = get_object_or_404(Rate, pk=pk)
    rate.withdraw(by=request.user)
    messages.success(request, _("The rate is withdrawn. What closed at it keeps it."))
    return redirect("pipelines:rates", rate.currency_id)
