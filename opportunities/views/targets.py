"""The screen of targets: each team and person, each quarter or month of a year (SET-1, RPT-6)."""

import datetime as dt
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.dates import MONTHS, today
from core.forms import AmountField, Counted
from core.models import House
from core.sentences import led
from core.templatetags.components import language
from opportunities.models import Target
from opportunities.models.target import MONTH, QUARTER, Key
from users.middleware import SignedIn
from users.models import Ability, Team, User

UNITS = {"quarter": QUARTER, "month": MONTH}
MOST = 300  # people on the page


@dataclass(frozen=True)
class Line:
    """Whose, and the inputs of a year."""

    name: str
    is_team: bool
    cells: Sequence[Any]


class TargetsForm(Counted, forms.Form):
    """A field for each period of each team and person; ``seen`` is what stood there when the page was read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: int, months: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.firsts = [dt.date(year, month, 1) for month in range(1, 13, months)]
        there = list(Target.objects.filter(first__in=self.firsts, months=months).order_by("pk"))
        amounts = {target.key: target.amount for target in there}
        self.now = format(zlib.crc32(repr([(one.pk, one.version) for one in there]).encode()), "x")
        self.initial["seen"] = self.now
        teams = [("team", team.pk, str(team)) for team in Team.objects.active()]
        people = [("person", one.pk, str(one)) for one in User.objects.signing_in().order_by("name_key")[:MOST]]
        self.keys: dict[str, Key] = {}
        self.owners = [(f"{kind}-{pk}", name) for kind, pk, name in (*teams, *people)]
        for kind, pk, name in (*teams, *people):
            for first in self.firsts:
                field, key = f"{kind}-{pk}-{first.month}", (kind, pk, first, months)
                self.keys[field] = key
                label = f"{name}, {heading(first, months)}"
                self.fields[field] = AmountField(label=label, required=False, initial=amounts.get(key))
                self.fields[field].widget.attrs |= {"class": "input input--sm input--num", "aria-label": label}

    @cached_property
    def lines(self) -> list[Line]:
        return [
            Line(name, owner.startswith("team"), [self[f"{owner}-{first.month}"] for first in self.firsts])
            for owner, name in self.owners
        ]

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """What is to be corrected: the input, and why it cannot be read."""
        stale = [("", str(error)) for error in self.non_field_errors()]
        named = ((self[name], " ".join(self.errors[name])) for name in self.errors if name in self.keys)
        return stale + [(field.id_for_label, led(field.label, why)) for field, why in named]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("seen") != self.now:
            self.add_error(None, _("Somebody else saved targets just now. Look at them, then save again."))
            self.data: Any = self.data.copy()
            self.data["seen"] = self.now
        return cleaned

    def save_as(self, by: User) -> None:
        changed = [name for name in self.changed_data if name in self.keys]
        Target.set_all({self.keys[name]: self.cleaned_data[name] for name in changed}, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: SignedIn) -> HttpResponse:
    request.user.require_ability(Ability.SET_UP)
    year, unit = asked_year(request.GET.get("year", "")), request.GET.get("unit", "")
    unit = unit if unit in UNITS else "quarter"
    form = TargetsForm(request.POST or None, year=year, months=UNITS[unit])
    if request.method == "POST" and form.is_valid():
        form.save_as(request.user)
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    context = {
        "form": form,
        "year": year,
        "unit": unit,
        "errors": form.sentences if form.errors else [],
        "heads": [heading(first, UNITS[unit]) for first in form.firsts],
        "units": [
            (code, label, code == unit) for code, label in (("quarter", _("By quarter")), ("month", _("By month")))
        ],
        "currency": House.current().currency,
    }
    stale = bool(form.non_field_errors())
    return render(request, "opportunities/targets.html", context, status=409 if stale else 422 if form.errors else 200)


def asked_year(text: str) -> int:
    return (
        int(text)
        if text.isascii() and text.isdecimal() and 2000 <= int(text[:4]) <= 2100 and len(text) == 4
        else today().year
    )


def heading(first: dt.date, months: int) -> str:
    """``T3`` in French, ``Q3`` in English; or the month."""
    if months == MONTH:
        return MONTHS[language()][first.month - 1]
    return _("Q%(n)s") % {"n": first.month // 3 + 1}
