"""Saved views of the list, and targets."""

from opportunities.models import SavedView
from opportunities.models.saved_view import views_of


def save_a_view(world):
    audience = world.some(
        {"audience": "me"}, {"audience": "everybody"}, {"audience": "groups", "groups": [world.groups[1].pk]}
    )
    return world.send("/opportunities/views/new/", name="Fresh", query="q=quartz&sort=amount", **audience)


def _view(world):
    mine = [pk for pk, view in views_of(world.by).items() if view.may_be_changed_by(world.by)]
    return world.one(SavedView.objects.filter(pk__in=mine))


def edit_a_view(world):
    audience = world.some(
        {"audience": "me"}, {"audience": "everybody"}, {"audience": "groups", "groups": [world.groups[1].pk]}
    )
    return world.send(f"/opportunities/views/{_view(world).pk}/edit/", name="Larger ones", **audience)


def save_another_look(world):
    return world.send(f"/opportunities/views/{_view(world).pk}/save/", query="q=steam&columns=amount")


def delete_a_view(world):
    return world.send(f"/opportunities/views/{_view(world).pk}/delete/")


def open_with_a_view(world):
    one = world.one(SavedView.objects.filter(pk__in=views_of(world.by)))
    return world.send(f"/opportunities/views/{one.pk}/first/", first=world.some("yes", "no"))


def set_targets(world):
    world.be("ada")
    names = [name for name in world.form("/settings/targets/") if name.startswith(("team-", "person-"))]
    chosen = world.draw.sample(names, 3)
    return world.change("/settings/targets/", **{name: world.some("5000", "", "7000") for name in chosen})
