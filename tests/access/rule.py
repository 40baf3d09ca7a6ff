"""GIVE-3, GIVE-4, once more in plain Python: who sees a record, and who may do what on it.

Works on what a test knows of the world it made, never on the access index, the grants or the gate.
"""

from dataclasses import dataclass, field
from typing import Any

EDIT_VERBS = {
    "opportunity": {"change", "close", "delete"},
    "account": {"change", "delete"},
    "contact": {"change", "delete"},
}


@dataclass
class Facts:
    """What decides about one record. People and groups are told by their ids."""

    kind: str
    owner: Any = None
    assigned: set[int] = field(default_factory=set)
    shared: dict[int, str] = field(default_factory=dict)
    shared_groups: dict[int, str] = field(default_factory=dict)
    trashed: bool = False
    record: Any = None
    name: str = ""

    @property
    def pk(self) -> int:
        return int(self.record.pk)


def scope_of(person: Any, kind: str, verb: str) -> str:
    return person.profile.rights.get(kind, {}).get(verb, "none") if person.is_active else "none"


def teams_of(person: Any) -> set[int]:
    """One's own team, and those one leads."""
    from users.models import Team

    led = person.__dict__.get("_led")
    if led is None:
        led = person.__dict__["_led"] = set(Team.objects.filter(manager=person).values_list("pk", flat=True))
    return led | ({person.team_id} if person.team_id else set())


def groups_of(person: Any) -> set[int]:
    groups = person.__dict__.get("_groups")
    if groups is None:
        groups = person.__dict__["_groups"] = set(person.groups.values_list("pk", flat=True))
    return groups


def within(scope: str, person: Any, facts: Facts) -> bool:
    """Whether the record lies within a scope of this person's."""
    if scope == "all":
        return True
    if scope == "none":
        return False
    if (facts.owner is not None and facts.owner.pk == person.pk) or person.pk in facts.assigned:
        return True
    return scope == "team" and facts.owner is not None and facts.owner.team_id in teams_of(person)


def levels(person: Any, facts: Facts) -> set[str]:
    """How far the record is shared with this person, by name or by a group."""
    found = {facts.shared[person.pk]} if person.pk in facts.shared else set()
    return found | {level for group, level in facts.shared_groups.items() if group in groups_of(person)}


def visible(person: Any, facts: Facts | None) -> bool:
    return facts is not None and not facts.trashed and saw(person, facts)


def saw(person: Any, facts: Facts | None) -> bool:
    """Whether they see it, or saw it before it went to the trash."""
    if facts is None or not person.is_active:
        return False
    return within(scope_of(person, facts.kind, "view"), person, facts) or bool(levels(person, facts))


def allowed(person: Any, verb: str, facts: Facts) -> bool:
    if not visible(person, facts):
        return False
    if verb == "view":
        return True
    scope = scope_of(person, facts.kind, verb)
    if scope == "none":
        return False
    return within(scope, person, facts) or (verb in EDIT_VERBS[facts.kind] and "change" in levels(person, facts))
