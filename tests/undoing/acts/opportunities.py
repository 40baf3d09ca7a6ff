"""The opportunity: made, edited, moved, closed, deleted; its lines, people, tags and custom fields."""

from accounts.models import Account, Contact
from opportunities.models import Line, Opportunity
from pipelines.models import Category, LostReason, PersonRole, Source, Stage
from records.models import Operation
from users.models import User


def make_an_opportunity(world):
    account = world.one(Account.objects.visible_to(world.by))
    return world.change(
        "/opportunities/new/", name="Fresh", amount="250", due_on=world.day(), account=account.pk, tags=[]
    )


def make_one_with_a_track(world):
    return world.change(
        "/opportunities/new/", name="Begun", amount="90", due_on=world.day(), account="new", account_name="Fresh house",
        track=world.track.pk,
    )  # fmt: skip


def duplicate_it(world):
    one = world.mine("opportunity", "view")
    return world.change(f"{one.get_absolute_url()}duplicate/", name="Copied", due_on=world.day())


def _some_values(world):
    """A few fields of the form with other values."""
    from_, to = sorted((world.day(), world.day()))
    category = world.one(Category.objects.active())
    parts = {
        "name": world.some("Renamed", "Again"),
        "amount": world.some("5", "7.50", "1600"),
        "brief": world.some("", "Radio", "Wired"),
        "due_on": world.day(),
        "call_name": world.some("", "Sen"),
        "source": world.one(Source.objects.active()).pk,
        "probability": world.some("33", "66"),
        "reference": world.some("R-1", "R-2"),
        "owner": world.one(User.objects.active()).pk,
        "currency": world.some("EUR", "USD"),
        "assignees": world.some([], [str(world.cast.tom.pk)], [str(world.cast.eve.pk), str(world.cast.sam.pk)]),
        "tags": world.some([], [str(world.tags[2].pk)]),
        f"cf_{world.texts['opportunity'].pk}": world.some("", "N-7"),
    }
    chosen = {name: parts[name] for name in world.draw.sample(sorted(parts), world.draw.randint(1, 5))}
    together = (
        {"production_from": from_, "production_to": to},
        {"payment_per": "month", "payment_times": "12"},
        {"category": category.pk, "subcategory": ""},
    )
    return chosen | (world.some(*together) if world.some(True, False) else {})


def edit_it(world):
    return world.change(f"{world.mine('opportunity').get_absolute_url()}edit/", **_some_values(world))


def edit_its_stage(world):
    one = world.mine("opportunity", status="open")
    to = world.one(Stage.objects.active())
    return world.change(f"{one.get_absolute_url()}edit/", pipeline=to.pipeline_id, stage=to.pk, brief="Filled in")


def edit_its_status(world):
    one = world.mine("opportunity", "close")
    status = world.some("open", "won", "cancelled", "lost")
    reason = LostReason.objects.first().pk if status == "lost" else ""
    return world.change(f"{one.get_absolute_url()}edit/", status=status, lost_reason=reason, amount="75")


def edit_in_place(world):
    one = world.mine("opportunity")
    values = {name: value for name, value in _some_values(world).items() if name not in ("assignees", "tags")}
    name = world.some("amount", "due_on", "brief", "name", "production", *values)
    if name in ("production_from", "production_to", "payment_per", "payment_times", "category", "subcategory"):
        name = "production"
    if name == "production":
        values["production_from"], values["production_to"] = sorted((world.day(), world.day()))
    values.setdefault(name, {"amount": "12.5", "due_on": world.day()}.get(name, "Typed here"))
    return world.change(f"{one.get_absolute_url()}field/{name}/", **values)


def edit_its_custom_fields(world):
    one = world.mine("opportunity")
    text, choice = world.texts["opportunity"], world.choices["opportunity"]
    option = world.some("", *(str(pk) for pk in choice.options()))
    return world.change(
        f"{one.get_absolute_url()}custom/edit/", **{f"cf_{text.pk}": world.some("", "N-2"), f"cf_{choice.pk}": option}
    )


def move_it(world):
    one = world.mine("opportunity", status="open")
    return world.send(f"{one.get_absolute_url()}move/", stage=world.one(Stage.objects.active()).pk)


def move_it_on_the_board(world):
    one = world.mine("opportunity", status="open")
    return world.send(f"/opportunities/board/{one.pk}/move/", stage=world.one(Stage.objects.active()).pk)


def enter_a_stage_with_what_it_asks(world):
    one = world.mine("opportunity", status="open", brief="")
    to = Stage.objects.get(name="Negotiation")
    return world.change(f"{one.get_absolute_url()}enter/{to.pk}/", brief="They want radio")


def win_it(world):
    return world.send(f"{world.mine('opportunity', 'close').get_absolute_url()}win/")


def lose_it(world):
    one = world.mine("opportunity", "close")
    where = world.some(f"{one.get_absolute_url()}lose/", f"/opportunities/board/{one.pk}/lose/")
    return world.send(where, reason=world.one(LostReason.objects.active()).pk, note="Too dear")


def cancel_it(world):
    return world.send(f"{world.mine('opportunity', 'close').get_absolute_url()}cancel/")


def reopen_it(world):
    return world.send(f"{world.one(_closed(world)).get_absolute_url()}reopen/")


def _closed(world):
    return Opportunity.objects.allowing(world.by, "close").exclude(status="open")


def delete_it(world):
    return world.send(f"{world.mine('opportunity', 'delete').get_absolute_url()}delete/")


def restore_it(world):
    world.be("sup")
    one = world.one(Opportunity.objects.exclude(trashed_at=None))
    return world.send(f"/trash/opportunity/{one.pk}/restore/")


def tag_it(world):
    one = world.mine("opportunity")
    were = [str(tag.pk) for tag in one.tags()]
    return world.send(f"{one.get_absolute_url()}tags/", was=were, tag=[world.some(*world.tags).pk])


def put_somebody_on_it(world):
    one = world.mine("opportunity")
    role = world.some("", str(PersonRole.objects.last().pk))
    if world.some(True, False):
        who = {"colleague": world.one(User.objects.active().filter(pk__in=[world.by.pk, world.cast.mia.pk])).pk}
    else:
        who = {"contact": world.one(Contact.objects.visible_to(world.by)).pk}
    return world.change(f"{one.get_absolute_url()}people/add/", role=role, **who)


def take_somebody_off_it(world):
    one = world.mine("opportunity", involvements__isnull=False)
    return world.send(f"{one.get_absolute_url()}people/remove/", person=world.one(one.involvements.all()).key)


def _with_lines(world):
    return world.one(
        Opportunity.objects.allowing(world.by, "change").filter(pk__in=Line.objects.values("opportunity_id"))
    )


def add_a_line(world):
    url = f"{world.mine('opportunity').get_absolute_url()}lines/?add"
    return world.change(url, **{
        "new1-label": "Sensor", "new1-quantity": world.some("1", "2.5"), "new1-unit_price": world.some("5", "49.90"),
    })  # fmt: skip


def change_a_line(world):
    one = _with_lines(world)
    line = world.one(one.lines.all())
    name, value = world.some(("label", "Other"), ("quantity", "7"), ("unit_price", "12.34"), ("months", "24"))
    return world.change(f"{one.get_absolute_url()}lines/", **{f"{line.pk}-{name}": value})


def move_a_line(world):
    url = f"{_with_lines(world).get_absolute_url()}lines/"
    data = world.form(url)
    return world.send(url, data, **{world.some("up", "down"): world.some(*data["row"])})


def remove_a_line(world):
    url = f"{_with_lines(world).get_absolute_url()}lines/"
    data = world.form(url)
    return world.send(url, data, remove=world.some(*data["row"]))


def set_an_amount_by_hand(world):
    return world.change(f"{_with_lines(world).get_absolute_url()}field/amount/", amount="4321")


def follow_the_lines_again(world):
    set_an_amount_by_hand(world)
    world.start()
    one = world.mine("opportunity", amount_by_hand=True)
    return world.send(f"{one.get_absolute_url()}lines/follow/")


def undo_something(world):
    """Taking back is an operation like any other."""
    world.some(edit_it, win_it, tag_it, delete_it, make_an_opportunity)(world)
    world.start()
    one = world.one(Operation.objects.filter(by=world.by, pk__gt=world.operations_before, undoes=None))
    return world.send(f"/journal/{one.pk}/undo/")
