"""The style guide: every component as the pages use it, with the real templates and style sheets."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from core import dates
from core.forms import AmountField
from opportunities.listing import Listed
from opportunities.models.ordering import list_key
from opportunities.rows import in_list
from pipelines.forms import SourceForm
from pipelines.models import Source, active_pipelines, closed_gauge, open_gauge, open_stages
from pipelines.models.stage import shade
from records.history import Entry, Field, Undoable
from records.set_up.lines import line
from users.middleware import SignedIn


class SampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), initial="Temperature sensors")
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[("EUR", "EUR"), ("CHF", "CHF")])
    brief = forms.CharField(label=gettext_lazy("Brief"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())


@require_safe
def styleguide(request: SignedIn) -> HttpResponse:
    pipeline = next(iter(active_pipelines()), None)
    stages = open_stages(pipeline.pk) if pipeline else []
    listed = [sample(request, stages, *values) for values in SAMPLES] if stages else []
    context = {
        "form": SampleForm({"name": "Temperature sensors", "amount": "thirty thousand", "currency": "EUR"}),
        "message": Message(SUCCESS, _("Now in “%(stage)s”.") % {"stage": stages[-1] if stages else "–"}),
        "pipeline": pipeline,
        "steps": [(stage, shade(place, len(stages)), place) for place, stage in enumerate(stages, 1)],
        "current": (len(stages) + 1) // 2,
        "gauges": [
            (open_gauge(place, len(stages)), stage.name, stage.probability) for place, stage in enumerate(stages, 1)
        ],
        "closed": [
            (closed_gauge(status, len(stages)), pipeline.label(status)) for status in ("won", "lost") if pipeline
        ],
        "open_rows": in_list([row for row in listed if row.is_open], request.user),
        "closed_rows": in_list([row for row in listed if not row.is_open], request.user),
        "lines": lines(),
        "page": {"counted": "", "fact_label": ""},
        "entries": entries(request),
        "today": dates.today(),
    }
    return render(request, "crm/styleguide/index.html", context)


# Name, status, days until due, amount in thousandths, set by hand, days since the last exchange.
SAMPLES: tuple[tuple[str, str, int | None, int | None, bool, int], ...] = (
    ("Temperature sensors", "open", -11, 48_000_000, False, 3),
    ("Licences, 85 seats", "open", 20, 27_200_500, True, 2),
    ("Framework agreement", "open", 60, 160_000_000, False, 90),
    ("Boiler rooms, lot 2", "open", None, None, False, 1),
    ("Maintenance", "won", -30, 9_500_000, False, 1),
    ("Remote control of the sawmill", "lost", -45, 12_000_000, False, 1),
)


def sample(
    request: SignedIn,
    stages: Any,
    name: str,
    status: str,
    due_in: int | None,
    amount: int | None,
    by_hand: bool,
    quiet: int,
) -> Listed:
    """A row of the list that stands in no database."""
    today, at = dates.today(), [values[0] for values in SAMPLES].index(name)
    day = None if due_in is None else today + dt.timedelta(days=due_in)
    is_open = status == "open"
    stage = stages[at % len(stages)]
    return Listed(
        pk=8120 + at,
        list_key=list_key(status, day, None if is_open else day),
        name=name,
        status=status,
        stage_id=stage.pk,
        probability=stage.probability if is_open else 100 if status == "won" else 0,
        by_hand=by_hand,
        amount=amount,
        currency="EUR",
        due_on=day,
        opened_on=today - dt.timedelta(days=120),
        last_exchange_on=today - dt.timedelta(days=quiet),
        next_on=None,
        next_label="",
        next_icon="",
        is_incomplete=amount is None,
        account_id=1,
        account="Hexabio",
        contact_id=None,
        contact_first=None,
        contact_last=None,
        owner_id=request.user.pk,
        owner_first=request.user.first_name,
        owner_last=request.user.last_name,
        version=1,
        sees_account=False,
    )


def lines() -> list[Any]:
    names = (_("First"), _("Second"), _("Third"))
    rows = [Source(pk=place, name=name) for place, name in enumerate(names, 1)]
    return [line(SourceForm(instance=row, prefix=str(row.pk)), row.pk, len(rows), {}, "", "") for row in rows]


def entries(request: SignedIn) -> list[Entry]:
    amount = Field("amount", _("Amount"), "€36,200", "€38,500")
    due = Field("due_on", _("Expected close"), "13 Nov", "27 Nov")
    now = timezone.now()
    common: dict[str, Any] = {"at": now, "by": request.user, "undo": Undoable(False, now.date(), None)}
    return [
        Entry(4829, **common, door=_("Form"), door_icon="edit", what="", kind="changed", fields=[amount]),
        Entry(
            4812,
            **common,
            door=pgettext("door", "Import"),
            door_icon="import",
            what="",
            kind="changed",
            fields=[amount, due, due],
        ),
    ]
