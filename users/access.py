"""Who may do what on a record, through what, and since when; and why somebody may not (GIVE-5)."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import short_date, today
from core.templatetags.components import language
from records import gate
from records.gate import Memberships
from records.sharing import holder_names
from records.since import Moment, Since
from users.models import Team, User

SHOWN = ("view", "change", "reassign", "delete")
OF_ONE = {"owner", "assigned", "share"}  # ways that lead to one person by name


@dataclass(frozen=True)
class Way:
    """What lets somebody do it: what it is, by whom, and since when, if that is known."""

    text: str
    note: str = ""
    since: Moment | None = None


@dataclass
class Line:
    """A person, or people who may do the same through the same; ``may`` says for each verb shown whether they may."""

    name: str
    role: str
    person: User | None
    may: list[tuple[str, bool]]
    ways: list[Way]
    people: list[User] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """Why one person may, or may not: each way with its name, whether it leads to them, and what it is."""

    person: User
    verb: str
    may: bool
    ways: list[tuple[Any, bool, str]]

    @property
    def verb_name(self) -> str:
        return str(gate.VERB_NAMES[self.verb])


class Access:
    """Everything that a record's page of access shows, read by a few queries whatever the number of people."""

    def __init__(self, record: Any) -> None:
        self.record, self.model = record, type(record)
        self.facts, self.since = gate.Facts.of(record), Since.of(record)
        self.people = everybody()
        self.verbs = [verb for verb in SHOWN if verb in self.model.verbs]
        self.groups = {group.pk: group for group in Group.objects.all()}
        self.ways = {person.pk: self._held(person, "view") for person in self.people}
        self.may = {person.pk: self._verbs(person) for person in self.people}

    def _held(self, person: User, verb: str) -> list[str]:
        return [way.way for way in gate.explain(person, verb, self.record, self.facts) if way.held]

    def _verbs(self, person: User) -> list[str]:
        if not self.ways[person.pk]:
            return []
        return ["view", *(verb for verb in self.verbs if verb != "view" and self._held(person, verb))]

    def counts(self) -> list[tuple[str, Any, int]]:
        """For each verb shown: how many people may."""
        return [
            (verb, gate.VERB_NAMES[verb], sum(1 for may in self.may.values() if verb in may)) for verb in self.verbs
        ]

    def lines(self, verb: str = "view") -> list[Line]:
        """Those who may do the verb: first who is named by it, the owner above all, then the others together."""
        found: dict[Any, Line] = {}
        seeing = [person for person in self.people if verb in self.may[person.pk]]
        for person in sorted(seeing, key=lambda person: self._rank(person)):
            alone = OF_ONE.intersection(self.ways[person.pk])
            key: Any = person.pk if alone else (person.profile_id, self._team_seen(person), *self.ways[person.pk])
            if key not in found:
                found[key] = self._line(person, together=not alone)
            found[key].people.append(person)
        for line in found.values():
            if line.person is None:
                line.role = ", ".join(map(str, line.people))
        return list(found.values())

    def hidden_from(self) -> list[User]:
        return [person for person in self.people if not self.may[person.pk]]

    def why(self, person: User, verb: str) -> Answer:
        """Each way tried, in the order of the gate."""
        ways = gate.explain(person, verb, self.record, self.facts)
        told = [(NAMES[way.way], way.held, self._told(person, verb, way.way, way.held)) for way in ways]
        return Answer(person, verb, any(way.held for way in ways), told)

    def _rank(self, person: User) -> tuple[int, str]:
        ways = self.ways[person.pk]
        order = ("owner", "assigned", "share", "group", "team", "profile")
        return min(order.index(way) for way in ways), person.name_key

    def _team_seen(self, person: User) -> int | None:
        return person.team_id if "team" in self.ways[person.pk] else None

    def _line(self, person: User, *, together: bool) -> Line:
        may = [(verb, verb in self.may[person.pk]) for verb in self.verbs]
        ways = [self._way(person, way) for way in self.ways[person.pk]]
        if together:
            return Line(str(person.profile), "", None, may, ways)
        owner = self.facts.owner is not None and self.facts.owner.pk == person.pk
        role = _("Owner") if owner else str(person.team or person.profile)
        return Line(str(person), role, person, may, ways)

    def _way(self, person: User, way: str) -> Way:
        profile = _("by the profile %(profile)s") % {"profile": person.profile}
        if way == "owner":
            return Way(_("Owner"), since=self.since.owner)
        if way == "assigned":
            return Way(_("Assigned"), since=self.since.assigned.get(person.pk))
        if way == "share":
            key = f"user:{person.pk}"
            return Way(str(LEVELS[self.facts.shares[key]]), since=self.since.shared.get(key))
        if way == "group":
            key = next(f"group:{pk}" for pk in person.memberships.groups if f"group:{pk}" in self.facts.shares)
            said = _("%(share)s with the group %(group)s") % {
                "share": LEVELS[self.facts.shares[key]],
                "group": self.groups[int(key.partition(":")[2])].name,
            }
            return Way(said, since=self.since.shared.get(key))
        return Way(_("Team"), profile) if way == "team" else Way(_("Sees all"), profile)

    def _told(self, person: User, verb: str, way: str, held: bool) -> str:
        if way == "profile":
            scope = gate.Scope(person.scope(self.model.gate_key(), verb))
            said = {"profile": person.profile, "verb": gate.VERB_NAMES[verb], "scope": scope.label.lower()}
            return _("%(profile)s: %(verb)s, %(scope)s") % said
        if held:
            return _("yes")
        return getattr(self, f"_not_{way}")(person)

    def _not_owner(self, person: User) -> str:
        if self.facts.owner is None:
            return _("no, it belongs to nobody")
        if self.facts.owner.pk == person.pk:
            return _("the owner, but the profile does not reach it")
        return _("no, that is %(who)s") % {"who": self.facts.owner}

    def _not_assigned(self, person: User) -> str:
        if person.pk in self.facts.assigned:
            return _("assigned, but the profile does not reach it")
        others = [str(one) for one in self.people if one.pk in self.facts.assigned]
        return _("no, that is %(who)s") % {"who": ", ".join(others)} if others else _("no, nobody else is")

    def _not_team(self, person: User) -> str:
        owners: Team | None = getattr(self.facts.owner, "team", None)
        if owners is None:
            return _("no, the owner is in no team")
        if owners.pk in person.memberships.teams:
            return _("the same team, but the profile does not reach it")
        if person.team is None:
            return _("no, the record is of the team %(owners)s, and they are in none") % {"owners": owners}
        said = _("no, they are in the team %(theirs)s, the record is of %(owners)s")
        return said % {"theirs": person.team, "owners": owners}

    def _not_share(self, person: User) -> str:
        key = f"user:{person.pk}"
        if key in self.facts.shares:
            return _("shared, but only to see")
        gone = self.since.withdrawn.get(key)
        if gone is None:
            return _("no")
        said = {"day": short_date(localdate(gone.at), language(), today().year), "who": gone.by or _("the CRM")}
        return _("no; a share was withdrawn on %(day)s by %(who)s") % said

    def _not_group(self, person: User) -> str:
        if not person.memberships.groups:
            return _("no, they are in no group")
        names = holder_names(f"group:{pk}" for pk in person.memberships.groups)
        if any(key in self.facts.shares for key in names):
            return _("shared with their group, but only to see")
        return _("no, it is not shared with %(groups)s") % {"groups": ", ".join(sorted(names.values()))}


NAMES = {
    "profile": gettext_lazy("Profile"),
    "owner": gettext_lazy("Owner"),
    "assigned": gettext_lazy("Assigned"),
    "team": gettext_lazy("Team"),
    "share": gettext_lazy("Share"),
    "group": gettext_lazy("Group"),
}
LEVELS = {"view": gettext_lazy("Share, to see"), "change": gettext_lazy("Share, to edit")}


def everybody() -> list[User]:
    """All active people with what the gate asks of them: profile, team, memberships, in three queries."""
    people = list(User.objects.active().select_related("profile", "team"))
    led: dict[int, set[int]] = {}
    for team, manager in Team.objects.exclude(manager=None).values_list("pk", "manager_id"):
        led.setdefault(manager, set()).add(team)
    groups: dict[int, set[int]] = {}
    through: Any = User.groups.through
    for person, group in through._default_manager.values_list("user_id", "group_id"):
        groups.setdefault(person, set()).add(group)
    for person in people:
        teams = led.get(person.pk, set()) | ({person.team_id} if person.team_id else set())
        person.memberships = Memberships(frozenset(teams), frozenset(groups.get(person.pk, ())))
    return people
