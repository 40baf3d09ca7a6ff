"""The gate: which records a person may see, and what they may do with them (GIVE-3..5).

Rights come from the privilege profile (verb → none, own, team, all; per kind of record) and from grants on single
records. This module is the only one that interprets grants; every page, job, search and export asks it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from records.models.access import Way, principal
from records.standing import Standing

if TYPE_CHECKING:
    from records.models.owned import OwnedQuerySet, OwnedRecord

Query = TypeVar("Query", bound="OwnedQuerySet")
Record = TypeVar("Record", bound="OwnedRecord")


class Scope(models.TextChoices):
    """How far a verb of a profile reaches."""

    NONE = "none", pgettext_lazy("scope", "None")
    OWN = "own", pgettext_lazy("scope", "Own")
    TEAM = "team", pgettext_lazy("scope", "Team")
    ALL = "all", pgettext_lazy("scope", "All")


VERB_NAMES = {
    "view": gettext_lazy("see"),
    "create": gettext_lazy("create"),
    "change": gettext_lazy("edit"),
    "reassign": gettext_lazy("reassign"),
    "share": gettext_lazy("share"),
    "close": gettext_lazy("close or reopen"),
    "delete": gettext_lazy("delete"),
    "export": gettext_lazy("export"),
    "import": gettext_lazy("import"),
}


@dataclass(frozen=True)
class Memberships:
    """The teams whose records count as one's team's, and the groups one is in."""

    teams: frozenset[int]
    groups: frozenset[int]


class Person(Protocol):
    """What the gate asks of a user."""

    pk: Any
    is_active: bool

    def scope(self, kind: str, verb: str) -> str: ...
    @property
    def memberships(self) -> Memberships: ...


class UnknownVerb(LookupError):
    """A verb that this kind of record does not declare."""


class Refused(PermissionDenied):
    """Visible, but not allowed: 403, with the reason and whom to ask (GIVE-3)."""

    def __init__(self, reason: str, record: "OwnedRecord | None" = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.record = record


@dataclass(frozen=True)
class Reason:
    """One way that could let a person do a verb: whether it does, and what it is."""

    way: str
    held: bool
    text: str
    since: dt.datetime | None = None


def principals(user: Person, kind: str) -> list[int] | None:
    """The numbers in the access index under which this person sees records; ``None`` for all of them."""
    if not user.is_active:
        return []
    scope = user.scope(kind, "view")
    if scope == Scope.ALL:
        return None
    member = user.memberships
    found = [principal(Way.SHARED, user.pk)]
    found += [principal(Way.GROUP, pk) for pk in member.groups]
    if scope in (Scope.OWN, Scope.TEAM):
        found.append(principal(Way.OWN, user.pk))
    if scope == Scope.TEAM:
        found += [principal(Way.TEAM, pk) for pk in member.teams]
    return sorted(found)


def sees_own(user: Person, model: "type[OwnedRecord]") -> bool:
    """Whether all records of this kind that belong to the person are among those that they see: any reach of the
    profile has them, and nothing more need be asked about them."""
    return allows(user, model, "view")


def visible_to(records: Query, user: Person, *, few: bool = False) -> Query:
    """``few`` says that the query reads few records anyway: each is then looked up in the access index by itself,
    where else all that the person sees would be fetched from it (10 ms for 50,000 rows on SQLite, against 0.1)."""
    mine = principals(user, records.model.gate_key())
    if mine is None:
        return records
    seen = records.model.access.seen_by(mine)
    if few:
        return records.filter(models.Exists(seen.filter(record=models.OuterRef("pk"))))
    return records.filter(pk__in=seen.values("record_id"))


def visible_ids(model: "type[OwnedRecord]", user: Person, most: int) -> set[int] | None:
    """The ids of all that this person sees, if the access index has at most so many rows for them."""
    mine = principals(user, model.gate_key())
    if mine is None:
        return None
    rows = model.access.seen_by(mine).values_list("record_id", flat=True)
    found = list(rows[: most + 1])
    return set(found) if len(found) <= most else None


def sees_related(user: Person, model: "type[OwnedRecord]", name: str) -> models.Q:
    """The condition, for what hangs on records of this kind by the foreign key ``name``, that one sees the record."""
    mine = principals(user, model.gate_key())
    if mine is None:
        return models.Q(**{f"{name}__isnull": False, f"{name}__trashed_at": None})
    return models.Q(models.Exists(model.access.seen_by(mine).filter(record=models.OuterRef(f"{name}_id"))))


def changes_related(user: Person, model: "type[OwnedRecord]", name: str) -> models.Q:
    """The condition, for what hangs on records of this kind by the foreign key ``name``, that one may change the
    record."""
    changeable = model._default_manager.filter(pk=models.OuterRef(f"{name}_id"))
    return models.Q(models.Exists(allowing(changeable, user, "change", few=True)))


def allowing(records: Query, user: Person, verb: str, *, few: bool = False) -> Query:
    model = records.model
    if verb not in model.verbs:
        raise UnknownVerb(f"{model.gate_key()} has no verb {verb!r}")
    records = visible_to(records, user, few=few)
    scope = user.scope(model.gate_key(), verb)
    if verb == "view" or scope == Scope.ALL:
        return records
    if scope == Scope.NONE or not user.is_active:
        return records.none()
    return records.filter(_truth(model, user, scope, verb))


def might(records: Query, user: Person, verb: str) -> Query:
    """Those in the trash on which this person might do the verb if they were not there: the way back from one's own
    deletion (LOG-2). The access index has no rows for them, so the truth is asked."""
    model = records.model
    if verb not in model.verbs:
        raise UnknownVerb(f"{model.gate_key()} has no verb {verb!r}")
    scope = user.scope(model.gate_key(), verb) if user.is_active else Scope.NONE
    return records.none() if scope == Scope.NONE else records.filter(_truth(model, user, scope, verb))


def allows(user: Person, model: "type[OwnedRecord]", verb: str) -> bool:
    """Whether the profile grants the verb at all; an action that it never grants is absent from the page."""
    if verb not in model.verbs:
        raise UnknownVerb(f"{model.gate_key()} has no verb {verb!r}")
    return user.is_active and user.scope(model.gate_key(), verb) != Scope.NONE


def may(user: Person, verb: str, record: "OwnedRecord") -> bool:
    return verb in verbs_on(user, record, [verb])


def verbs_on(user: Person, record: "OwnedRecord", among: Iterable[str] = ()) -> set[str]:
    """The verbs, of all or of those asked, that this person may do on a record as it was read."""
    model = type(record)
    asked = {"view", *(among or model.verbs)}
    if record.trashed_at is not None:
        return set()
    scopes = {verb: Scope(user.scope(model.gate_key(), verb)) for verb in asked if allows(user, model, verb)}
    mine = principals(user, model.gate_key())
    if mine is None and set(scopes.values()) == {Scope.ALL}:
        return set(scopes)
    known, standing = record.__dict__.pop("_standing", (None, None))
    if known != user.pk or standing is None:
        standing = Standing.of(record, mine, user.pk, user.memberships.groups)
    if not standing.sees:
        return set()
    scopes["view"] = Scope.ALL
    held = {Scope.ALL}
    if standing.is_assigned or record.owner_id == user.pk:
        held |= {Scope.OWN, Scope.TEAM}
    elif record.owner is not None and record.owner.team_id in user.memberships.teams:
        held.add(Scope.TEAM)
    return {verb for verb in scopes if scopes[verb] in held or (standing.may_edit and verb in model.edit_verbs)}


def require(user: Person, verb: str, record: "OwnedRecord") -> None:
    """Raise ``Refused`` with the reason and whom to ask, unless this person may do the verb on this record."""
    if not may(user, verb, record):
        raise Refused(refusal(user, verb, record), record)


def require_kind(user: Person, verb: str, model: "type[OwnedRecord]") -> None:
    """Raise ``Refused`` unless the profile grants the verb at all: creating, importing, exporting."""
    if not allows(user, model, verb):
        raise Refused(
            _("Your profile does not let you %(verb)s %(records)s. An administrator can change that.")
            % {"verb": VERB_NAMES[verb], "records": str(model._meta.verbose_name_plural).lower()}
        )


def visible_or_404(records: Query, user: Person, pk: int) -> Any:
    """The record, if this person may see it; else 404, exactly as if it did not exist."""
    record = records.visible_to(user, few=True).filter(pk=pk).first()
    if record is None:
        raise Http404
    return record


def seen_or_404(user: Person, found: "Sequence[Record]") -> "Record":
    """The one record that was read by its number, if there is one outside the trash and this person sees it; else 404,
    exactly as if it did not exist. How the person stands to it is known to the next who asks, and only to that one."""
    if not found or found[0].trashed_at is not None:
        raise Http404
    [record] = found
    mine = principals(user, record.gate_key())
    if mine is not None:
        standing = Standing.of(record, mine, user.pk, user.memberships.groups)
        if not standing.sees:
            raise Http404
        record.__dict__["_standing"] = user.pk, standing
    return record


def refusal(user: Person, verb: str, record: "OwnedRecord") -> str:
    """Why this person may not, and who can help."""
    name = VERB_NAMES[verb]
    if not allows(user, type(record), verb):
        return _("Your profile does not let you %(verb)s this record. An administrator can change that.") % {
            "verb": name
        }
    if record.owner is not None and not _may_share_for(record, verb):
        return _("It belongs to %(owner)s, and your profile does not reach that far. An administrator can help.") % {
            "owner": record.owner
        }
    if record.owner is not None:
        return _("It belongs to %(owner)s, who can share it with you so that you can %(verb)s it.") % {
            "owner": record.owner,
            "verb": name,
        }
    return _("It belongs to nobody; an administrator can give it to you.")


def _may_share_for(record: "OwnedRecord", verb: str) -> bool:
    """Whether the owner can let somebody do the verb by sharing the record."""
    model, owner = type(record), record.owner
    return verb in model.edit_verbs and "share" in model.verbs and allows(owner, model, "share")  # type: ignore[arg-type]


@dataclass(frozen=True)
class Facts:
    """What decides about one record: read once, asked for many people. Another owner or other shares than today's say
    what would be if."""

    owner: Any
    assigned: frozenset[int]
    shares: Mapping[str, str]

    @classmethod
    def of(cls, record: "OwnedRecord") -> "Facts":
        return cls(record.owner, frozenset(record.assigned_ids()), record.shares())


def explain(user: Any, verb: str, record: "OwnedRecord", facts: Facts | None = None) -> list[Reason]:
    """Each way that could let this person do the verb, and whether it does (GIVE-5)."""
    model = type(record)
    if verb not in model.verbs:
        raise UnknownVerb(f"{model.gate_key()} has no verb {verb!r}")
    facts = facts or Facts.of(record)
    scope = user.scope(model.gate_key(), verb)
    own, team = scope in (Scope.OWN, Scope.TEAM), scope == Scope.TEAM
    owner_team = getattr(facts.owner, "team_id", None)
    assigned = user.pk in facts.assigned
    groups = [pk for pk in user.memberships.groups if _lets(model, facts.shares.get(f"group:{pk}"), verb)]
    shared = _lets(model, facts.shares.get(f"user:{user.pk}"), verb)
    live = record.trashed_at is None and user.is_active
    if verb != "view":
        live = live and scope != Scope.NONE and any(way.held for way in explain(user, "view", record, facts))

    def reason(way: str, held: bool, text: Any) -> Reason:
        return Reason(way, bool(live and held), str(text))

    return [
        reason("profile", scope == Scope.ALL, _("the profile reaches all")),
        reason("owner", own and facts.owner is not None and facts.owner.pk == user.pk, facts.owner or _("nobody")),
        reason("assigned", own and assigned, _("assigned") if assigned else _("not assigned")),
        reason(
            "team",
            team and owner_team in user.memberships.teams,
            getattr(facts.owner, "team", None) or _("no team"),
        ),
        reason("share", shared, _("shared") if shared else _("not shared")),
        reason("group", bool(groups), _("by a group")),
    ]


def _lets(model: "type[OwnedRecord]", level: str | None, verb: str) -> bool:
    """Whether a share of this level lets do the verb."""
    return level is not None and (verb == "view" or (level == "change" and verb in model.edit_verbs))


def _truth(model: "type[OwnedRecord]", user: Person, scope: str, verb: str) -> models.Q:
    """The condition, from the truth, that lets a profile's scope or a grant do the verb."""
    condition = models.Q(pk__in=[])
    if scope == Scope.ALL:
        return ~condition
    if scope == Scope.NONE:
        return condition
    condition |= models.Q(owner_id=user.pk)
    if assignment := model.assignment_model():
        condition |= models.Q(
            models.Exists(assignment._default_manager.filter(record=models.OuterRef("pk"), user_id=user.pk))
        )
    if scope == Scope.TEAM:
        condition |= models.Q(owner__team__in=user.memberships.teams)
    if verb in model.edit_verbs:
        for grants in _edit_grants(model, user, models.OuterRef("pk")):
            condition |= models.Q(models.Exists(grants))
    return condition


def _edit_grants(model: "type[OwnedRecord]", user: Person, record: Any) -> list[models.QuerySet[Any]]:
    """Shares of a record for editing with this person, and with their groups."""
    by_person, by_group = model.grant_models()
    mine = {"content_object": record, "permission__codename": f"change_{model._meta.model_name}"}
    return [
        by_person._default_manager.filter(**mine, user_id=user.pk),
        by_group._default_manager.filter(**mine, group__in=user.memberships.groups),
    ]
