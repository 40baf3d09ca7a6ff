"""What tracks add to the page of an opportunity, and do along with it (ACT-6, REC-3, SET-4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from core.prepared import Prepared
from core.templatetags.components import language
from opportunities.bulk_forms import BulkForm
from opportunities.models import Opportunity
from records import gate, journal
from records.companions import Companion, FormPart
from records.models import Record, Row
from tasks.bulk import ApplyTrack, DueAlong, MakeTask, MoveAlong
from tasks.bulk_forms import ApplyTrackForm, DueAlongForm, MakeTaskForm
from tasks.models import AppliedTrack, Task, Track
from tasks.models.dating import is_dating
from tasks.models.following_on import follow_before, out_of_step, stop_or_resume
from tasks.rows import TaskRow, present
from tasks.track_part import TrackPart

GATE = "track"
ACTIONS = (
    (MakeTask(), MakeTaskForm),
    (ApplyTrack(), ApplyTrackForm),
    (MoveAlong(), BulkForm),
    (DueAlong(), DueAlongForm),
)


@dataclass(frozen=True)
class TrackRow:
    """An applied track: its tasks in their order, how far it is."""

    applied: AppliedTrack
    rows: list[TaskRow]
    marks: list[str]
    done: int
    told: str

    @property
    def label(self) -> str:
        """The bar in words."""
        text = ngettext("%(done)s of %(n)s task done", "%(done)s of %(n)s tasks done", len(self.marks))
        return text % {"done": self.done, "n": len(self.marks)}


class Tracks(Companion):
    def after(self, model: type[Record], ids: Sequence[int], changed: Collection[str]) -> None:
        """Tasks counted from the one before get their dates; closing stops the rest, reopening takes it up again.

        What an operation did to tracks and tasks is in the journal, and returns from there: not what was added since.
        """
        if journal.is_undo():
            return
        if model is Task and not is_dating() and not {"due_on", "done_at"}.isdisjoint(changed):
            follow_before(ids)
        elif model is Opportunity and "status" in changed:
            stop_or_resume(ids)

    def part_of_form(self, model: type[Record]) -> FormPart | None:
        return TrackPart() if model is Opportunity else None

    def bulk_actions(self) -> Sequence[tuple[Any, Any]]:
        return ACTIONS

    def asks(self) -> Mapping[str, Any]:
        """A finished track, any or this one (SET-4)."""
        tracks = [track for track in Track.remembered().values() if track.archived_at is None]
        if not tracks:
            return {}
        one = {f"{GATE}:{track.pk}": _("track “%(track)s” finished") % {"track": track} for track in tracks}
        return {GATE: _("a finished track"), **one}

    def missing(self, rows: Sequence[Row], codes: Collection[str]) -> Mapping[int, Collection[str]]:
        asked = {code for code in codes if code.partition(":")[0] == GATE} & self.asks().keys()
        if not asked:
            return {}
        ids = [row["id"] for row in rows if row["id"]]
        mine = Task.objects.live().filter(applied=OuterRef("pk"))
        done = AppliedTrack.objects.live().filter(Exists(mine.exclude(done_at=None)), opportunity__in=ids)
        done = done.filter(stopped_at=None).exclude(Exists(mine.filter(done_at=None)))
        has: dict[int, set[str]] = {}
        for opportunity, track in done.values_list("opportunity_id", "track_id"):
            has.setdefault(opportunity, {GATE}).add(f"{GATE}:{track}")
        return {at: asked - has.get(row["id"] or 0, set()) for at, row in enumerate(rows)}


def parts(opportunity: Opportunity, request: Any, may_change: bool) -> dict[str, str]:
    """What tracks add to the page of an opportunity, by place."""
    tracks = tracks_of(opportunity, request.user)
    context = {"opportunity": opportunity, "tracks": tracks, "may_change": may_change}
    shown: dict[str, str] = {"aside": render_to_string("tasks/tracks/_panel.html", context, request)}
    if tracks:
        shown["above"] = render_to_string("tasks/tracks/_progress.html", context, request)
    if may_change and (asked := along(opportunity, tracks)):
        shown["then"] = render_to_string("tasks/tracks/_along.html", asked, request)
    return shown


def panel(opportunity: Opportunity, request: Any) -> dict[str, Any]:
    """What the panel of tracks shows."""
    may_change = gate.may(request.user, "change", opportunity)
    return {"opportunity": opportunity, "tracks": tracks_of(opportunity, request.user), "may_change": may_change}


_applied = Prepared(lambda pk: AppliedTrack.objects.live().filter(opportunity=pk).order_by("pk"))


def tracks_of(opportunity: Opportunity, reader: Any) -> list[TrackRow]:
    """All its tracks, in the order in which they were added."""
    found = _applied(opportunity.pk)
    if not found:
        return []
    tasks = Task.objects.filter(applied__in=found).select_related("assignee").order_by("applied_id", "place", "pk")
    by_track: dict[int, list[Task]] = {applied.pk: [] for applied in found}
    of = {applied.pk: applied for applied in found}
    for task in tasks:
        if task.applied_id and (task.removed_at is None or task.removed_at == of[task.applied_id].stopped_at):
            task.opportunity, task.applied = opportunity, of[task.applied_id]
            by_track[task.applied_id].append(task)
    return [_row(applied, by_track[applied.pk], reader) for applied in found]


def _row(applied: AppliedTrack, tasks: list[Task], reader: Any) -> TrackRow:
    done = sum(not task.is_open for task in tasks)
    stopped = applied.stopped_at is not None
    now = next((task for task in tasks if task.is_open), None) if not stopped else None
    marks = ["is-done" if not task.is_open else "is-now" if task is now else "" for task in tasks]
    said = [_("%(done)s of %(n)s") % {"done": done, "n": len(tasks)}]
    last = max((task.due_on for task in tasks if task.is_open and task.due_on), default=applied.end_on)
    if stopped:
        said.append(_("stopped"))
    elif done == len(tasks):
        said.append(_("finished"))
    elif last is not None:
        day = dates.short_date(applied.end_on or last, language(), dates.today().year)
        said.append(_("ends on %(day)s") % {"day": day})
    rows = present([task for task in tasks if task.removed_at is None], reader)
    return TrackRow(applied, rows, marks, done, ", ".join(said))


def along(opportunity: Opportunity, tracks: Sequence[TrackRow]) -> dict[str, Any] | None:
    """What is asked once the expected close has moved: by how many days, which tracks, how many tasks."""
    moved = {row.applied.pk: row.applied.due_on for row in tracks if row.applied.due_on != opportunity.due_on}
    if not moved or opportunity.due_on is None or not opportunity.is_open:
        return None
    ids = set(out_of_step([opportunity.pk]).values_list("pk", flat=True))
    rows = [row for row in tracks if row.applied.pk in ids]
    if not rows:
        return None
    before = rows[0].applied.due_on
    assert before is not None
    days = (opportunity.due_on - before).days
    later = ngettext("%(n)s day later", "%(n)s days later", days) % {"n": days}
    earlier = ngettext("%(n)s day earlier", "%(n)s days earlier", -days) % {"n": -days}
    return {
        "opportunity": opportunity,
        "names": ", ".join(row.applied.name for row in rows),
        "count": sum(one.is_open for row in rows for one in row.rows),
        "before": before,
        "shift": later if days > 0 else earlier,
    }
