"""What tasks let one do to many opportunities at once: a task on each, a track on each, tracks moved along (BULK-2)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import today
from opportunities.acting import DONE, UNCHANGED, Action, Due, Given, Row
from opportunities.models import Opportunity
from records.models import Operation
from tasks.models import Task, Track
from tasks.models.applying import made_by, put_on, tell, tell_each
from tasks.models.following_on import move_along, out_of_step
from tasks.models.track import Anchor, Offset
from users.models import User


class MakeTask(Action):
    """One task on each: due on a day, so many days from now, or so many before its expected close."""

    code, label, icon, verb, what = "task", gettext_lazy("Task on each"), "task", "view", "task.add"
    mends = {
        "idle": gettext_lazy("Plan a task on each"),
        "asleep": gettext_lazy("Plan a task on each"),
        "no_amount": gettext_lazy("Ask for the amount: a task on each"),
    }
    title = gettext_lazy("A task on %(what)s")
    button = gettext_lazy("Plan it on %(what)s")

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        if given.get("anchor") == Anchor.END and row["due_on"] is None:
            return _("It has no expected close to count from.")
        return DONE

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        person = User.objects.active().filter(pk=given.get("assignee")).first()
        seen = _seen(person, rows)
        blank = {
            **Task.blank_row(),
            "title": given["title"],
            "detail": given.get("detail", ""),
            "category_id": given.get("category"),
            "priority": given.get("priority", 0),
            "made_by_id": by.pk,
        }
        made = []
        for row in rows:
            day = due_of(row, given)
            if given.get("assignee") and row["id"] not in seen:
                outcome[row["id"]] = _("%(person)s does not see it.") % {"person": person or _("Whom it is for")}
            elif day is None and "anchor" in given:
                outcome[row["id"]] = _("This date does not exist.")
            else:
                for_whom = given.get("assignee") or row["owner_id"] or by.pk
                made.append({**blank, "opportunity_id": row["id"], "assignee_id": for_whom, "due_on": day})
        Task.create_rows(made)

    def tell(self, done: Operation, given: Given, by: Any) -> None:
        tell_each(made_by(done), given["title"], by)


def due_of(row: Mapping[str, Any], given: Given) -> dt.date | None:
    """The day of the task on this opportunity; none if it is to have none, or beyond the calendar."""
    if "anchor" not in given:
        return dt.date.fromisoformat(given["due_on"]) if given.get("due_on") else None
    base = row["due_on"] if given["anchor"] == Anchor.END else today()
    try:
        return Offset(given["days"], given["unit"], given["anchor"]).from_(base)
    except OverflowError:
        return None


def _seen(person: User | None, rows: Sequence[Row]) -> set[int]:
    """Those of these opportunities that the person sees: a task is no way to show one."""
    if person is None:
        return set()
    found = Opportunity.objects.filter(pk__in=[row["id"] for row in rows]).visible_to(person)
    return set(found.values_list("pk", flat=True))


class ApplyTrack(Action):
    """The tasks of a track on each, counted back from its own expected close unless an end is given for all."""

    code, label, icon, what = "track", gettext_lazy("Track on each"), "track", "track.apply"
    title = gettext_lazy("A track on %(what)s")
    button = gettext_lazy("Add it to %(what)s")

    @property
    def is_there(self) -> bool:
        return any(track.archived_at is None and track.steps for track in Track.remembered().values())

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        track = Track.remembered().get(given.get("track_id", 0))
        if track is not None and track.needs_end and not given.get("end_on") and row["due_on"] is None:
            return _("It has no expected close to count from.")
        return DONE

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        track = Track.remembered()[given["track_id"]]
        start, end = (
            dt.date.fromisoformat(given[name]) if given.get(name) else None for name in ("start_on", "end_on")
        )
        try:
            put_on(track, rows, by=by, start=start, end=end)
        except ValidationError as error:
            outcome.update(dict.fromkeys((row["id"] for row in rows), " ".join(error.messages)))

    def tell(self, done: Operation, given: Given, by: Any) -> None:
        tell(Track.remembered()[given["track_id"]], made_by(done), by)


class MoveAlong(Action):
    """The open tasks of their tracks follow the expected close, where it has moved since."""

    code, label, icon, what = "along", gettext_lazy("Move tracks along"), "calendar", "track.move"
    button = gettext_lazy("Move along on %(what)s")

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        ids = {row["id"] for row in rows}
        moved = set(out_of_step(ids).values_list("opportunity_id", flat=True))
        outcome.update(dict.fromkeys(ids - moved, UNCHANGED))
        move_along(moved, by=by)

    @property
    def is_there(self) -> bool:
        return bool(Track.remembered())


class DueAlong(Due):
    """The expected close, and the open tasks of tracks with it where that is wanted."""

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        super().write_rows(rows, given, by, outcome)
        if given.get("along"):
            move_along({row["id"] for row in rows if outcome[row["id"]] == DONE}, by=by)
