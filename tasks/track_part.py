"""A track chosen in the form by which an opportunity is made (NEW-4, F127)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import dates
from core.forms import DateField
from records.companions import FormPart
from tasks.models.applying import apply
from tasks.track_forms import Asked, offered

TRACK, END, START = "track", "track_end", "track_start"
ASKED = "#id_track, #id_due_on, #id_owner, #id_track_end, #id_track_start"  # what its dates depend on


class TrackPart(FormPart):
    """Without an end, it ends with the expected close; without a start, it starts today."""

    asked: Asked | None = None

    def __init__(self) -> None:
        choices = [("", "–"), *offered()]
        self.fields = fields_of(choices) if len(choices) > 1 else {}

    def check(self, form: Any, cleaned: Mapping[str, Any]) -> Mapping[str, str]:
        """What is wrong with its dates; those that are over are to be seen first (F128)."""
        self.asked = asked_by(cleaned) if self.fields else None
        if self.asked is None or form.errors.keys() & {END, START, "due_on"}:
            return {}
        if wrong := self.asked.wrong():
            return {{"end": END, "start": START}[name]: said for name, said in wrong.items()}
        past = sum(one.is_past for one in self.asked.shown(_row(form, cleaned), form.user))
        if past and form.data.get("seen") != self.asked.token:
            said = ngettext(
                "%(n)s task of the track would fall in the past. Look at the dates, then save again.",
                "%(n)s tasks of the track would fall in the past. Look at the dates, then save again.",
                past,
            )
            return {TRACK: said % {"n": past}}
        return {}

    def save(self, record: Any, by: Any) -> None:
        if self.asked is not None:
            row = {"id": record.pk, "owner_id": record.owner_id, "due_on": record.due_on}
            apply(self.asked.track, [row], by=by, start=self.asked.start, end=self.asked.end)

    def render(self, form: Any, request: Any) -> str:
        if not self.fields:
            return ""
        context = shown_in(form, self.asked, getattr(form, "cleaned_data", {}))
        return render_to_string("tasks/tracks/_choice.html", context, request)


class PreviewForm(forms.Form):
    """What of the form of a new opportunity says when the tasks of its track are due."""

    due_on = DateField(required=False)
    owner = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields |= fields_of([("", "–"), *offered()])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked = asked_by(cleaned)
        if asked is not None and not {END, START} & self.errors.keys():
            for name, said in asked.wrong().items():
                self.add_error({"end": END, "start": START}[name], said)
        return cleaned


def fields_of(choices: list[tuple[str, str]]) -> dict[str, forms.Field]:
    """Its inputs: which track, and from when to when."""
    return {
        TRACK: forms.ChoiceField(label=gettext_lazy("Track"), choices=choices, required=False),
        END: DateField(label=gettext_lazy("End of the track"), required=False),
        START: DateField(label=gettext_lazy("Start of the track"), required=False),
    }


def asked_by(cleaned: Mapping[str, Any]) -> Asked | None:
    """The track that is chosen, with its dates."""
    start, end = cleaned.get(START) or dates.today(), cleaned.get(END) or cleaned.get("due_on")
    return Asked.of(cleaned.get(TRACK), start, end)


def shown_in(form: Any, asked: Asked | None, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The context of ``tasks/tracks/_choice.html`` and ``_dates.html``."""
    return {
        "form": form,
        "of": ASKED,
        "asked": asked,
        "start": form[START],
        "end": form[END],
        "start_hint": _("Blank: today."),
        "end_hint": _("Blank: the expected close."),
        "preview": asked.shown(_row(form, cleaned), form.user) if asked else [],
    }


def _row(form: Any, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    owner = cleaned.get("owner")
    return {"id": None, "owner_id": getattr(owner, "pk", owner) or form.user.pk, "due_on": cleaned.get("due_on")}
