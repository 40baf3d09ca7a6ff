"""People and their rights: whoever gives rights looks at each, so that none of it is taken back by a click."""


def edit_a_person(world):
    world.be("ada")
    one = world.some(world.cast.tom, world.cast.eve)
    name, value = world.some(("last_name", "Other"), ("team", ""), ("groups", [str(world.groups[1].pk)]))
    return world.change(f"/settings/people/{one.pk}/", **{name: value})


def change_ones_preferences(world):
    return world.change("/preferences/display/", theme="dark")


def change_the_members_of_a_team(world):
    world.be("ada")
    return world.send(f"/settings/teams/{world.cast.tom.team_id}/", members=[world.cast.eve.pk, world.cast.claire.pk])


def change_a_group(world):
    world.be("ada")
    return world.send(f"/settings/groups/{world.groups[0].pk}/", name="Renamed", members=[world.cast.tom.pk])


def let_somebody_go(world):
    world.be("ada")
    return world.send(f"/settings/people/{world.cast.eve.pk}/deactivate/")
