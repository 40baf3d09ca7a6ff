"""Groups: people across teams, to share with. Django's own model, written into the journal like what is ours."""

from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

from records.journal import operation
from records.models import Change, Door


def add_group(name: str, *, by: Any) -> Group:
    with operation(by=by, door=Door.SET_UP, what="group.add") as writing:
        group = Group.objects.create(name=name)
        writing.created(Group, group.pk, {"name": name})
    return group


def rename_group(group: Group, name: str, *, by: Any) -> None:
    """Harmless twice."""
    if group.name == name:
        return
    changes = Change.objects.filter(model=ContentType.objects.get_for_model(Group), record_id=group.pk)
    with operation(by=by, door=Door.SET_UP, what="group.rename") as writing:
        writing.changed(Group, group.pk, changes.count() + 1, {"name": [group.name, name]})
        group.name = name
        group.save()
