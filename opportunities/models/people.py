"""The people on an opportunity: contacts and colleagues, each with a role (OPP-10, REC-3)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Contact
from core import sql
from pipelines.models import PersonRole
from records import journal
from records.journal import Values, operation

KINDS = {"people": "contact", "colleagues": "user"}  # by the name in the journal
People = dict[tuple[str, int], int | None]
"""The role, or none, of each person: ``{("contact", 12): 3, ("user", 4): None}``."""


class Involvement(models.Model):
    """One person on one opportunity."""

    record = models.ForeignKey("opportunities.Opportunity", models.CASCADE, related_name="involvements")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="involvements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="involvements")
    role = models.ForeignKey(PersonRole, models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact=None, user__isnull=False) | models.Q(contact__isnull=False, user=None),
                name="a_person_is_a_contact_or_a_colleague",
            ),
            models.UniqueConstraint("record", "contact", name="a_contact_is_on_an_opportunity_once"),
            models.UniqueConstraint("record", "user", name="a_colleague_is_on_an_opportunity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.contact_id or self.user_id}"

    @property
    def person(self) -> Any:
        return self.contact or self.user

    @property
    def key(self) -> str:
        """``contact-12``: the person in a form."""
        return f"contact-{self.contact_id}" if self.contact_id else f"user-{self.user_id}"


class Involving(models.Model):
    """What an opportunity can do with its people."""

    class Meta:
        abstract = True

    def involve(self: Any, person: Any, *, role: PersonRole | None = None, by: Any, door: str = "form") -> None:
        """Put a contact or a colleague on it; told again, the role is the one told last."""
        key = ("contact" if isinstance(person, Contact) else "user", person.pk)
        with operation(by=by, door=door, what="opportunity.involve"):
            present = people_of([self.pk])[self.pk]
            self.write_people({self.pk: present | {key: role.pk if role else None}})

    def release(self: Any, person: Any, *, by: Any, door: str = "form") -> None:
        """Take a person off it; the person stays. Harmless twice."""
        key = ("contact" if isinstance(person, Contact) else "user", person.pk)
        with operation(by=by, door=door, what="opportunity.release"):
            present = people_of([self.pk])[self.pk]
            present.pop(key, None)
            self.write_people({self.pk: present})

    @classmethod
    def write_involved(cls: Any, kind: str, wanted: Mapping[int, Collection[int] | None]) -> None:
        """Inside an operation: have exactly these contacts, or these colleagues, on each of these opportunities."""
        present = people_of(wanted)
        named = {
            pk: {key: role for key, role in present[pk].items() if key[0] != kind}
            | {(kind, person): present[pk].get((kind, person)) for person in people or ()}
            for pk, people in wanted.items()
        }
        cls.write_people(named)

    @classmethod
    def write_roles(cls: Any, wanted: Mapping[int, Mapping[str, int] | None]) -> None:
        """Inside an operation: give the people on these opportunities exactly these roles."""
        present = people_of(wanted)
        named = {
            pk: {key: (roles or {}).get(f"{key[0]}-{key[1]}") for key in present[pk]} for pk, roles in wanted.items()
        }
        cls.write_people(named)

    @classmethod
    def write_people(cls: Any, wanted: Mapping[int, People]) -> None:
        """Inside an operation: have exactly these people, in these roles, on each of these opportunities."""
        before = people_of(wanted)
        changed = [pk for pk in wanted if before[pk] != wanted[pk]]
        if not changed:
            return
        for pk in changed:
            for kind, person in before[pk].keys() - wanted[pk].keys():
                Involvement.objects.filter(record=pk, **{kind: person}).delete()
            for (kind, person), role in wanted[pk].items():
                if (kind, person) in before[pk] and before[pk][kind, person] != role:
                    Involvement.objects.filter(record=pk, **{kind: person}).update(role=role)
        new = [
            (pk, person if kind == "contact" else None, person if kind == "user" else None, role)
            for pk in changed
            for (kind, person), role in wanted[pk].items()
            if (kind, person) not in before[pk]
        ]
        sql.insert_rows(Involvement, ("record_id", "contact_id", "user_id", "role_id"), new)
        versions = dict(cls.objects.filter(pk__in=changed).values_list("pk", "version"))
        now = timezone.now()
        rows = [{"id": pk, "version": version + 1, "changed_at": now} for pk, version in versions.items()]
        sql.update_rows(cls, ("version", "changed_at"), sql.as_stored(cls, ("version", "changed_at", "id"), rows))
        writing = journal.current()
        for pk, version in versions.items():
            writing.changed(cls, pk, version + 1, told_apart(before[pk], wanted[pk]))


def people_of(opportunities: Iterable[int]) -> dict[int, People]:
    """Who is on each of these opportunities."""
    found: dict[int, People] = {pk: {} for pk in opportunities}
    rows = Involvement.objects.filter(record__in=sql.among(found)).values_list("record", "contact", "user", "role")
    for pk, contact, user, role in rows:
        found[pk]["contact" if contact else "user", contact or user] = role
    return found


def told_apart(before: People, after: People) -> Values:
    """What the journal keeps: contacts, colleagues and roles each by itself, as each is named in its own way."""
    fields: Values = {}
    for name, kind in KINDS.items():
        old, new = (sorted(pk for found, pk in people if found == kind) for people in (before, after))
        if old != new:
            fields[name] = [old, new]
    roles = [{f"{kind}-{pk}": role for (kind, pk), role in people.items() if role} for people in (before, after)]
    if roles[0] != roles[1]:
        fields["roles"] = roles
    return fields


def roles_told(key: str, roles: Any) -> str:
    """The roles of a value of the journal, in words."""
    names = PersonRole.remembered()
    return ", ".join(str(names[role]) for role in (roles or {}).values() if role in names) or _("nothing")
