"""Which track to apply to an opportunity, from when to when; the dates that it gives, before they are made (ACT-6)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import dates
from core.forms import Counted, DateField
from core.templatetags.components import language
from opportunities.models import Opportunity
from tasks.models import Track
from tasks.models.applying import days_of, people
from users.models import User


@dataclass(frozen=True)
class Shown:
    """A task that would be made: what, when, for whom; ``is_past`` if that day is over."""

    title: str
    day: str
    who: str
    is_past: bool


def offered() -> list[tuple[str, str]]:
    """The tracks in use that have tasks, with how many."""
    found = []
    for track in Track.remembered().values():
        count = len(track.steps)
        if count and track.archived_at is None:
            text = ngettext("%(name)s (%(n)s task)", "%(name)s (%(n)s tasks)", count)
            found.append((str(track.pk), text % {"name": track, "n": count}))
    return found


@dataclass(frozen=True)
class Asked:
    """A track with the dates that it needs: what is wrong with them, and what they give."""

    track: Track
    start: dt.date | None
    end: dt.date | None

    @classmethod
    def of(cls, track: Any, start: dt.date | None, end: dt.date | None) -> "Asked | None":
        """The track of this id, without the dates that it does not need."""
        found = Track.remembered().get(int(track)) if track else None
        if found is None:
            return None
        return cls(found, start if found.needs_start else None, end if found.needs_end else None)

    def wrong(self) -> dict[str, str]:
        """What is missing or turned round, by ``start`` or ``end``."""
        if self.track.needs_end and self.end is None:
            return {"end": _("Enter the end: the track counts back from it.")}
        if self.track.needs_start and self.start is None:
            return {"start": _("Enter the start: the track counts from it.")}
        if self.start is not None and self.end is not None and self.end < self.start:
            return {"end": _("The end lies before the start.")}
        try:
            days_of(self.track, self.start, self.end)
        except ValidationError as error:
            return {"end" if self.track.needs_end else "start": " ".join(error.messages)}
        return {}

    def shown(self, row: Mapping[str, Any], user: Any) -> list[Shown]:
        """The tasks with their dates on this opportunity, which may be still to be made; none as long as something is
        wrong."""
        if self.wrong():
            return []
        steps, now = self.track.steps, dates.today()
        for_whom = people(steps, [row], user) if row["id"] else _as_named
        ids = [for_whom(step, row) for step in steps]
        names = {person.pk: str(person) for person in User.objects.filter(pk__in=set(ids) - {None})}
        days = days_of(self.track, self.start, self.end)
        return [
            Shown(
                step.name,
                dates.near_date(day, language(), now) if day else _("no date"),
                names.get(pk, ""),
                day is not None and day < now,
            )
            for step, day, pk in zip(steps, days, ids, strict=True)
        ]

    @property
    def token(self) -> str:
        """What was shown: sent along, it says that these very dates were seen."""
        return f"{self.track.pk}:{self.start or ''}:{self.end or ''}"


def _as_named(step: Any, row: Mapping[str, Any]) -> int | None:
    """Whom a task is for on an opportunity of which nobody knows yet who sees it."""
    found: int | None = step.assignee_id or row["owner_id"]
    return found


def past_said(count: int) -> str:
    text = ngettext(
        "%(n)s task would fall in the past. Look at the dates, then add it all the same.",
        "%(n)s tasks would fall in the past. Look at the dates, then add them all the same.",
        count,
    )
    return text % {"n": count}


class ApplyForm(Counted, forms.Form):
    use_required_attribute = False

    track_id = forms.ChoiceField(
        label=gettext_lazy("Track"), error_messages={"required": gettext_lazy("Choose the track.")}
    )
    end_on = DateField(label=pgettext_lazy("track", "End"), required=False)
    start_on = DateField(label=gettext_lazy("Start"), required=False)

    asked: Asked | None = None

    def __init__(self, *args: Any, opportunity: Opportunity, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opportunity, self.user = opportunity, user
        choices: Any = self.fields["track_id"]
        choices.choices = offered()
        for name in ("end_on", "start_on"):
            shown: Any = self.fields[name]
            shown.always_set = True  # it is there only where the track needs it
        self.fields["end_on"].initial, self.fields["start_on"].initial = opportunity.due_on, dates.today()
        if not self.is_bound and choices.choices:
            self.initial["track_id"] = choices.choices[0][0]
            self.asked = Asked.of(self.initial["track_id"], dates.today(), opportunity.due_on)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.asked = Asked.of(cleaned.get("track_id"), cleaned.get("start_on"), cleaned.get("end_on"))
        if self.asked is not None and not {"end_on", "start_on"} & self.errors.keys():
            for name, said in self.asked.wrong().items():
                self.add_error(f"{name}_on", said)
        return cleaned

    @classmethod
    def chosen_so_far(cls, given: QueryDict, *, opportunity: Opportunity, user: User) -> "ApplyForm":
        """While one chooses: a date that the track before did not ask for is the usual one, and none is missed yet."""
        usual = {"end_on": opportunity.due_on or "", "start_on": dates.today()}
        form = cls({**usual, **given.dict()}, opportunity=opportunity, user=user)
        for name in usual:
            if not form.data[name]:
                form.errors.pop(name, None)
        return form

    @property
    def preview(self) -> list[Shown]:
        row = {"id": self.opportunity.pk, "owner_id": self.opportunity.owner_id, "due_on": self.opportunity.due_on}
        return self.asked.shown(row, self.user) if self.asked else []

    def refuse_unseen_past(self) -> None:
        """Dates that are over are made only once they were shown."""
        past = sum(one.is_past for one in self.preview)
        if past and self.asked and self.data.get("seen") != self.asked.token:
            self.add_error(None, past_said(past))
