"""Many at once: chosen, confirmed, done by the job's own code."""

from core.models import Job
from opportunities.models import Bulk, Opportunity
from pipelines.models import LostReason, Source, Stage
from tests.undoing.world import Nothing
from users.models import User


def _many(world, action, **given):
    """Tick some, confirm; those that are refused stay as they were."""
    found = list(Opportunity.objects.visible_to(world.by).order_by("pk").values_list("pk", flat=True))
    if len(found) < 2:
        raise Nothing
    ticked = world.draw.sample(found, world.draw.randint(2, len(found)))
    url = world.send("/opportunities/bulk/", action=action, sel=ticked).headers.get("location", "").partition("?")[0]
    if not url.startswith("/opportunities/bulk/"):
        raise Nothing
    answer = world.send(url, given)
    made = Bulk.objects.latest("pk")
    if made.is_running:
        Job.objects.get(pk=made.job_id).run()
    return answer


def close_many(world):
    status = world.some("won", "lost", "cancelled")
    reason = LostReason.objects.first().pk if status == "lost" else ""
    return _many(world, "close", status=status, lost_reason=reason, lost_note="Together")


def reopen_many(world):
    return _many(world, "reopen")


def move_many(world):
    return _many(world, "move", stage=world.one(Stage.objects.active()).pk)


def shift_many(world):
    return _many(world, "due", **world.some({"days": "9"}, {"days": "-4"}, {"due_on": world.day()}))


def shift_many_with_their_tasks(world):
    return _many(world, "due", days=world.some("9", "-4"), along="on")


def give_many(world):
    return _many(world, "own", owner=world.one(User.objects.active()).pk)


def assign_many(world):
    people = world.some([world.cast.tom.pk], [world.cast.eve.pk, world.cast.sam.pk])
    return _many(world, "assign", mode=world.some("add", "remove", "replace"), people=people)


def share_many(world):
    to = world.some({"person": world.cast.eve.pk}, {"group": world.groups[0].pk})
    return _many(world, "share", level=world.some("view", "change", ""), **to)


def tag_many(world):
    return _many(world, "tags", mode=world.some("add", "remove", "replace"), tags=[world.tags[0].pk, world.tags[2].pk])


def give_many_a_source(world):
    return _many(world, "source", source=world.some("", str(world.one(Source.objects.active()).pk)))


def give_many_a_custom_value(world):
    name = f"cf_{world.texts['opportunity'].pk}"
    return _many(world, "custom", **world.some({name: "B-1"}, {"empty": name}))


def delete_many(world):
    return _many(world, "delete")


def make_a_task_on_many(world):
    return _many(world, "task", title="Chase", due_on=world.day())


def put_a_track_on_many(world):
    return _many(world, "track", track_id=world.track.pk, end_on="2030-01-01")


def move_the_tracks_of_many(world):
    shift_many(world)
    world.start()
    return _many(world, "along")
