"""The history of a record: comments, calls, meetings, events, hours, mentions; moved, shown on two, removed."""

from activities.models import Activity, TimeEntry
from opportunities.models import Opportunity
from tests.undoing.world import KINDS


def _record(world):
    return world.mine(world.some(*KINDS), "view")


def write_a_comment(world):
    return world.send(f"{_record(world).get_absolute_url()}activity/", kind="comment", text="No radio cover, @Tom")


def log_an_activity(world):
    kind, more = world.some(
        ("note", {}), ("call", {"outcome": "reached", "minutes": "18 min"}), ("meeting", {"place": "Caen"}),
        ("event", {"at": "2026-10-01T09:00"}),
    )  # fmt: skip
    return world.send(f"{_record(world).get_absolute_url()}activity/", kind=kind, text="Spoke about it", **more)


def log_a_call_with_the_next_step(world):
    return world.send(
        f"{_record(world).get_absolute_url()}activity/", kind="call", text="Rang", next_title="Send it",
        next_on=world.day(),
    )  # fmt: skip


def plan_a_task_in_the_history(world):
    return world.send(f"{_record(world).get_absolute_url()}activity/", kind="task", text="Think", due_on=world.day())


def _activity(world, **given):
    return world.one(Activity.objects.visible_to(world.by).filter(made_by=world.by, **given))


def edit_an_activity(world):
    return world.change(f"/activities/{_activity(world).pk}/", text=world.some("Wrote", "Wrote again"))


def remove_an_activity(world):
    return world.send(f"/activities/{_activity(world).pk}/remove/")


def move_an_activity(world):
    to = world.one(Opportunity.objects.visible_to(world.by))
    return world.send(f"/activities/{_activity(world).pk}/move/", opportunity=to.pk)


def show_an_activity_on_another_too(world):
    to = world.one(Opportunity.objects.visible_to(world.by))
    return world.send(f"/activities/{_activity(world).pk}/move/", opportunity=to.pk, keep="on")


def declare_hours(world):
    return world.send(f"{world.mine('opportunity', 'view').get_absolute_url()}time/", on="2026-02-03", minutes="1:30")


def take_hours_back(world):
    return world.send(f"/time/{world.one(TimeEntry.objects.visible_to(world.by).filter(user=world.by)).pk}/remove/")
