"""Tasks and tracks: made, ticked, postponed, handed on, repeated; applied, moved along, removed."""

from tasks.models import AppliedTrack, Task
from tests.undoing.world import KINDS, Nothing


def make_a_task(world):
    kind = world.some(*KINDS)
    rhythm = world.some({}, {"repeat_unit": "week", "repeat_every": "2"}, {"remind_before": "60", "due_time": "09:30"})
    url = f"/tasks/new/?{kind}={world.mine(kind, 'view').pk}"
    return world.change(url, title="Call back", due_on=world.day(), priority="1", **rhythm)


def make_a_task_in_one_line(world):
    return world.send("/tasks/quick/", line=f"Call tomorrow 9:00 #{world.mine('opportunity', 'view').pk}")


def _task(world, **given):
    return world.one(Task.objects.live().allowing(world.by).filter(**given))


def edit_a_task(world):
    parts = {"title": "Write", "due_on": world.day(), "priority": "1", "detail": "Longer", "remind_before": "60"}
    chosen = {name: parts[name] for name in world.draw.sample(sorted(parts), world.draw.randint(1, 3))}
    return world.change(f"/tasks/{_task(world, done_at=None).pk}/", **chosen)


def complete_a_task(world):
    return world.send(f"/tasks/{_task(world, done_at=None).pk}/complete/")


def complete_one_that_repeats(world):
    return world.send(f"/tasks/{_task(world, done_at=None, repeat_unit='week').pk}/complete/")


def complete_one_of_a_track(world):
    return world.send(f"/tasks/{_task(world, done_at=None, applied__isnull=False).pk}/complete/")


def reopen_a_task(world):
    return world.send(f"/tasks/{_task(world, done_at__isnull=False).pk}/reopen/")


def postpone_a_task(world):
    return world.send(f"/tasks/{_task(world, done_at=None).pk}/postpone/", day="2030-12-24")


def postpone_one_of_a_track(world):
    return world.send(f"/tasks/{_task(world, done_at=None, applied__isnull=False).pk}/postpone/", day=world.day())


def hand_a_task_on(world):
    return world.send(f"/tasks/{_task(world, done_at=None).pk}/assign/", assignee=world.some(
        world.cast.mia, world.cast.ada, world.cast.claire
    ).pk)  # fmt: skip


def remove_a_task(world):
    return world.send(f"/tasks/{_task(world).pk}/remove/")


def put_off_what_is_late(world):
    return world.send("/tasks/late/today/")


def add_a_track(world):
    one = world.mine("opportunity")
    return world.change(f"{one.get_absolute_url()}tracks/add/", end_on="2030-01-01")


def _applied(world):
    return world.one(AppliedTrack.objects.visible_to(world.by))


def move_its_tracks_along(world):
    """After the expected close has moved; as answer to the question which that leads to."""
    one = _applied(world).opportunity
    if not one.is_open:
        raise Nothing
    world.change(f"{one.get_absolute_url()}field/due_on/", due_on=world.day())
    world.start()
    return world.send(f"{one.get_absolute_url()}tracks/move/", **world.some({}, {"leave": "1"}))


def remove_a_track(world):
    return world.send(f"/tracks/{_applied(world).pk}/remove/")
