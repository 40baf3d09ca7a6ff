"""The screens of task categories, tracks, holidays and working days (SET-1, ACT-6)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import dates
from core.templatetags.components import language
from pipelines.views.two_levels import Parts, TwoLevels
from records.forms import RecordForm
from records.models import SetUpRecord
from records.set_up.forms import SetUpForm
from records.set_up.page import SetUpPage
from tasks.forms import TaskCategoryForm
from tasks.models import Holiday, Step, TaskCategory, Track, WorkingWeek
from tasks.models.track import Anchor, dated
from tasks.set_up_forms import HolidayForm, StepForm, TrackForm, WorkingWeekForm

ACTIVITY = gettext_lazy("Activity")
EXAMPLE = 45  # days from today to the end of the example


class TaskCategories(SetUpPage):
    model = TaskCategory
    form_class = TaskCategoryForm
    title = gettext_lazy("Task categories")
    group = ACTIVITY
    add_label = gettext_lazy("Add a category")
    uses = (
        ("task", gettext_lazy("Tasks"), gettext_lazy("one category each; its icon stands before the task")),
        ("list", gettext_lazy("List and board"), gettext_lazy("the icon of the next step")),
    )


class _Tracks(TwoLevels):
    upper = Track
    title = gettext_lazy("Tracks")
    group = ACTIVITY
    first_tab = gettext_lazy("Tracks")
    pages = ("tasks:tracks", "tasks:steps")
    uses = (
        ("track", gettext_lazy("Opportunity"), gettext_lazy("“Add a track” at the right: its tasks, with their dates")),
        ("edit", gettext_lazy("New opportunity"), gettext_lazy("a track can be chosen in the form")),
        ("list", gettext_lazy("List"), gettext_lazy("on all that are ticked, at once")),
        ("gate", gettext_lazy("Stages"), gettext_lazy("a stage may ask for a finished track")),
    )


class Tracks(_Tracks):
    model = Track
    form_class = TrackForm
    add_label = gettext_lazy("Add a track")
    fact_label = gettext_lazy("Tasks")

    def fact(self, row: SetUpRecord) -> str:
        count = len(row.steps) if isinstance(row, Track) else 0
        return ngettext("%(n)s task", "%(n)s tasks", count) % {"n": count}


class Steps(_Tracks, Parts):
    """The tasks of one track, in their order."""

    model = Step
    form_class = StepForm
    template_name = "tasks/tracks/steps.html"
    whole_name = "track"
    add_label = gettext_lazy("Add a task")

    def check(self, forms: Sequence[SetUpForm]) -> None:
        """Two tasks may be called the same; the first has none before it to be counted from."""
        first = next((form for form in forms if not form.is_blank and not self._leaves(form)), None)
        if first is not None and first.instance.anchor == Anchor.PREVIOUS:
            first.add_error("counted", _("The first task has none before it. Count it from the end or the start."))

    def _leaves(self, form: SetUpForm) -> bool:
        return self.request.POST.get("archive") == str(form.instance.pk)

    def more_context(self) -> dict[str, Any]:
        """What the track gives as it is saved, were it to end in some weeks or begin today."""
        track: Any = self.whole
        start = dates.today()
        end = start + dt.timedelta(days=EXAMPLE)
        days = dated(track.offsets, start, end)
        return {
            "track": track,
            "example": [
                (step.name, dates.near_date(day, language(), start) if day else "")
                for step, day in zip(track.steps, days, strict=True)
            ],
            "start": start if track.needs_start else None,
            "end": end if track.needs_end else None,
        }


class Holidays(SetUpPage):
    model = Holiday
    form_class = HolidayForm
    template_name = "tasks/tracks/holidays.html"
    title = gettext_lazy("Holidays and working days")
    group = ACTIVITY
    add_label = gettext_lazy("Add a holiday")
    fact_label = gettext_lazy("Next")

    def fact(self, row: SetUpRecord) -> str:
        now = dates.today()
        day = row.next_from(now) if isinstance(row, Holiday) else None
        return f"{dates.DAYS[language()][day.weekday()]} {dates.short_date(day, language(), now.year)}" if day else "–"

    def more_forms(self, data: Any) -> list[RecordForm]:
        self.week = WorkingWeekForm(data, instance=WorkingWeek.current(), prefix="week")
        return [self.week]

    def more_context(self) -> dict[str, Any]:
        return {"week": self.week}
