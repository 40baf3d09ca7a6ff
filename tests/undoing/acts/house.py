"""What an administrator sets up: managed lists, stages, fields, tracks, currencies."""

from pipelines.models import Rate
from tests.undoing.world import Nothing

LISTS = {
    "tags": {"colour": "blue"},
    "sources": {},
    "lost-reasons": {},
    "origins": {},
    "categories": {},
    "families": {},
    "establishments": {},
    "sectors": {},
    "sale-types": {},
    "roles": {},
    "lists": {},
    "task-categories": {"icon": "phone"},
    "activity-types": {"icon": "phone"},
    "fields/opportunity": {},
    "fields/account/groups": {},
    "tracks": {},
    "holidays": {"rule_name": "yearly", "on": "2026-03-03"},
    "teams": {},
}


def _list(world):
    world.be("ada")
    name = world.some(*LISTS)
    url = f"/settings/{name}/"
    return url, world.form(url), LISTS[name]


def _rows(data):
    rows = [key for key in data.get("row", ()) if key.isdecimal()]
    if not rows:
        raise Nothing
    return rows


def add_a_row(world):
    url, data, more = _list(world)
    if url.endswith("opportunity/"):
        return world.send(f"{url}new/", {"field-name": "Colour", "field-kind": "text"})
    new = {f"new1-{name}": value for name, value in {"name": "Fresh", **more}.items()}
    return world.send(url, data, row=[*data.get("row", ()), "new1"], **new)


def rename_a_row(world):
    url, data, _more = _list(world)
    return world.send(url, data, **{f"{world.some(*_rows(data))}-name": "Otherwise"})


def archive_a_row(world):
    url, data, _more = _list(world)
    return world.send(url, data, archive=world.some(*_rows(data)))


def move_a_row(world):
    url, data, _more = _list(world)
    return world.send(url, data, **{world.some("up", "down"): world.some(*_rows(data))})


def change_a_stage(world):
    world.be("ada")
    url = f"/settings/pipelines/{world.some(1, world.other_pipeline.pk)}/"
    data = world.form(url)
    name, value = world.some(("probability", "37"), ("name", "Seen"), ("asleep_after", "9"))
    return world.send(url, data, **{f"{world.some(*_rows(data))}-{name}": value})


def add_a_stage(world):
    world.be("ada")
    url = f"/settings/pipelines/{world.other_pipeline.pk}/"
    data = world.form(url)
    new = {"new1-name": "Between", "new1-probability": "30", "new1-asleep_after": "9"}
    return world.send(url, data, row=["new1", *data["row"]], **new)


def archive_a_stage(world):
    world.be("ada")
    url = f"/settings/pipelines/{world.some(1, world.other_pipeline.pk)}/"
    data = world.form(url)
    return world.send(url, data, archive=world.some(*_rows(data)))


def change_a_value_of_a_list(world):
    world.be("ada")
    url = f"/settings/fields/values/{world.choices['opportunity'].pk}/"
    data = world.form(url)
    return world.send(url, data, **world.some({f"{_rows(data)[0]}-name": "A+"}, {"archive": _rows(data)[1]}))


def look_up_by_a_field_no_longer(world):
    world.be("ada")
    url = "/settings/fields/opportunity/"
    data = world.form(url)
    data.pop(f"{world.texts['opportunity'].pk}-filterable")
    return world.send(url, data)


def say_a_rate(world):
    world.be("ada")
    return world.send(
        f"/settings/currencies/{world.dollar.pk}/", day=world.some("2026-02-01", "2026-01-01"), value="1.25"
    )


def withdraw_a_rate(world):
    world.be("ada")
    return world.send(f"/settings/currencies/rates/{world.one(Rate.objects.filter(withdrawn_at=None)).pk}/withdraw/")


def change_a_product(world):
    world.be("ada")
    url = "/settings/products/"
    data = world.form(url)
    return world.send(url, data, **{f"{_rows(data)[0]}-unit_price": "99"})


def change_a_track(world):
    world.be("ada")
    url = f"/settings/tracks/{world.track.pk}/"
    data = world.form(url)
    return world.send(url, data, **world.some({f"{_rows(data)[0]}-days": "8"}, {"archive": _rows(data)[1]}))


def change_the_working_week(world):
    world.be("ada")
    return world.send(
        "/settings/holidays/", {**world.form("/settings/holidays/"), "week-weekdays": ["0", "1", "2", "3"]}
    )
