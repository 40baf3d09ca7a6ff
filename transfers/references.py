"""What a name in a cell stands for: looked up for many cells at once, always through the gate (GIVE-4, DATA-4, DATA-5).

What the importer may not see is as if it were absent: not found, not suggested.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact, Site, alike
from attributes.models import CustomField, FieldOption, Tag
from attributes.models.tag import active_tags
from core.folding import fold
from opportunities.models import Opportunity
from pipelines.models import (
    Category,
    Establishment,
    Family,
    LostReason,
    Origin,
    OriginType,
    PersonRole,
    Pipeline,
    Sector,
    Source,
    Stage,
    Subcategory,
    Subfamily,
    all_stages,
    default_pipeline,
)
from records import gate
from records.models import Door, SetUpRecord
from records.models.owned import NAME_KEY_LENGTH
from records.search import LAST_LETTER
from transfers.people import called, code, decoded, said_apart
from users.models import Ability, Profile, User

SUGGESTIONS = 3
MOST_CANDIDATES = 5_000
AT_ONCE = 100  # texts in one query
SHORTEST = 3  # letters of a word that others begin with
CREATED_PROBABILITY = 50  # of a stage that an import creates (ARCHITECTURE 9)


class Several:
    """A name that fits more than one."""


SEVERAL = Several()
Found = dict[str, Any]  # text → id, SEVERAL, or absent


@dataclass(frozen=True)
class Suggestion:
    value: str
    label: str


class Reference:
    """One kind of thing that cells name."""

    label: ClassVar[Any]
    cutoff: ClassVar[float] = 0.6  # how alike a candidate is at least

    def __init__(self, user: User) -> None:
        self.user = user

    def find(self, texts: Collection[str]) -> Found:
        raise NotImplementedError

    def kept(self, ids: Collection[int]) -> Collection[int]:
        """Those of these ids, chosen earlier, that may still be chosen."""
        return ids

    def chosen(self, decided: Mapping[str, Any]) -> Found:
        """What texts were decided to stand for, as far as it may still be chosen: a job asks again (GIVE-4)."""
        found = {text: int(value) if str(value).isdecimal() else value for text, value in decided.items()}
        kept = self.kept({value for value in found.values() if isinstance(value, int)})
        return {text: value if not isinstance(value, int) or value in kept else None for text, value in found.items()}

    def candidates(self) -> Iterable[tuple[str, str]]:
        """What a text may be replaced by: value and label."""
        raise NotImplementedError

    def may_create(self) -> bool:
        return False

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """Create what these texts name, inside the operation; the ids by text."""
        raise NotImplementedError

    def nearest(self, text: str) -> list[Suggestion]:
        """The candidates most like the text."""
        return self.nearest_of([text])[text]

    def nearest_of(self, texts: Collection[str]) -> dict[str, list[Suggestion]]:
        by_name: dict[str, tuple[str, str]] = {}
        for value, label in self.candidates() if texts else ():
            by_name.setdefault(fold(self.bare(label)), (value, label))
        return {text: [Suggestion(*by_name[name]) for name in self.close(text, by_name)] for text in texts}

    def close(self, text: str, names: Iterable[str]) -> list[str]:
        return get_close_matches(fold(text), list(names), n=SUGGESTIONS, cutoff=self.cutoff)

    def bare(self, label: str) -> str:
        """What of a label is compared."""
        return label

    def unknown(self, texts: Collection[str]) -> dict[str, str]:
        """The sentences for texts that stand for nothing."""
        found = {}
        for text, near in self.nearest_of(texts).items():
            names = _("Nearest: %(names)s.") % {"names": ", ".join(one.label for one in near)} if near else ""
            found[text] = f"{self.said(text)} {names}".rstrip()
        return found

    def said(self, text: str) -> str:
        return _("“%(text)s” is not set up here.") % {"text": text}

    def ambiguous(self, text: str) -> str:
        """The sentence for a text that fits several."""
        return _("“%(text)s” fits several. Write its ID, or rename one.") % {"text": text}


class Managed(Reference):
    """A managed list: sources, lost reasons, origin types."""

    model: ClassVar[type[SetUpRecord]]

    def rows(self) -> Iterable[Any]:
        return self.model._default_manager.filter(archived_at=None)

    def find(self, texts: Collection[str]) -> Found:
        known: dict[str, Any] = {}
        for row in self.rows():
            name = exact(row.name)
            known[name] = SEVERAL if name in known else row.pk
        return {text: known[exact(text)] for text in texts if exact(text) in known}

    def candidates(self) -> Iterable[tuple[str, str]]:
        return [(str(row.pk), row.name) for row in self.rows()]

    def may_create(self) -> bool:
        return self.user.can(Ability.SET_UP)

    def create(self, texts: Collection[str]) -> dict[str, int]:
        return {text: self._made(text).add(by=self.user, door=Door.IMPORT).pk for text in texts}

    def _made(self, text: str) -> SetUpRecord:
        return self.model(name=text[:80])


class Sources(Managed):
    model, label = Source, gettext_lazy("Source")


class LostReasons(Managed):
    model, label = LostReason, gettext_lazy("Lost reason")


class OriginTypes(Managed):
    model, label = OriginType, gettext_lazy("Origin type")


class Origins(Managed):
    model, label = Origin, gettext_lazy("Origin")

    def may_create(self) -> bool:
        return False  # an origin needs its type


class Tags(Managed):
    model, label = Tag, gettext_lazy("Tag")

    def rows(self) -> Iterable[Any]:
        return active_tags()


class Values(Managed):
    """The values of one field's list."""

    model = FieldOption

    def __init__(self, user: User, field: CustomField) -> None:
        super().__init__(user)
        self.field = field

    def rows(self) -> Iterable[Any]:
        return [option for option in self.field.options().values() if not option.archived_at]

    def said(self, text: str) -> str:
        return _("“%(text)s” is not a value of %(field)s.") % {"text": text, "field": self.field}

    def _made(self, text: str) -> SetUpRecord:
        return FieldOption(field=self.field, name=text[:80])


class Categories(Managed):
    model, label = Category, gettext_lazy("Category")


class Establishments(Managed):
    model, label = Establishment, gettext_lazy("Establishment")


class Sectors(Managed):
    model, label = Sector, gettext_lazy("Business sector")


class Families(Managed):
    model, label = Family, gettext_lazy("Family")


class Parts(Reference):
    """Parts of a whole by name; which whole's is for the row to say: ``{"whole": "part"}`` by id."""

    model: ClassVar[type[SetUpRecord]]
    of: ClassVar[str]

    def find(self, texts: Collection[str]) -> Found:
        known: dict[str, dict[int, int]] = {}
        for row in self.model.remembered().values():
            if row.archived_at is None:
                known.setdefault(exact(row.name), {}).setdefault(getattr(row, self.of), row.pk)
        return {text: known[exact(text)] for text in texts if exact(text) in known}

    def candidates(self) -> Iterable[tuple[str, str]]:
        return [(str(row.pk), row.name) for row in self.model.remembered().values() if row.archived_at is None]

    def may_create(self) -> bool:
        return False  # a part needs its whole


class Subcategories(Parts):
    model, of, label = Subcategory, "category_id", gettext_lazy("Subcategory")


class Subfamilies(Parts):
    model, of, label = Subfamily, "family_id", gettext_lazy("Sub-family")


class Pipelines(Managed):
    model, label = Pipeline, gettext_lazy("Pipeline")

    def may_create(self) -> bool:
        return False  # a pipeline needs its stages


class Stages(Reference):
    """A stage by pipeline, or a word that closes: ``{"1": 4, "2": 9}`` or ``"won"`` (OPP-5, DATA-4)."""

    label = gettext_lazy("Stage")
    cutoff = 0.5

    def find(self, texts: Collection[str]) -> Found:
        known: dict[str, dict[int, int]] = {}
        for stage in all_stages().values():
            if not stage.archived_at and not stage.pipeline.archived_at:
                known.setdefault(exact(stage.name), {}).setdefault(stage.pipeline_id, stage.pk)
        found: Found = {}
        for text in texts:
            if places := known.get(exact(text)):
                found[text] = places
            elif status := closing_status(text):
                found[text] = status
        return found

    def candidates(self) -> Iterable[tuple[str, str]]:
        active = [stage for stage in all_stages().values() if not stage.archived_at and not stage.pipeline.archived_at]
        several = len({stage.pipeline_id for stage in active}) > 1
        for stage in active:
            yield str(stage.pk), f"{stage.name} ({stage.pipeline.name})" if several else stage.name
        pipeline = default_pipeline()
        if pipeline is not None:
            for status in ("won", "lost", "cancelled"):
                yield status, pipeline.label(status)

    def names(self) -> list[str]:
        """What the stages are called, whichever pipeline's they are."""
        return [
            stage.name for stage in all_stages().values() if not stage.archived_at and not stage.pipeline.archived_at
        ]

    def bare(self, label: str) -> str:
        return label.partition(" (")[0]

    def may_create(self) -> bool:
        return self.user.can(Ability.SET_UP) and default_pipeline() is not None

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """A stage that an import creates joins the default pipeline."""
        pipeline = default_pipeline()
        return {
            text: Stage(pipeline=pipeline, name=text[:80], probability=CREATED_PROBABILITY)
            .add(by=self.user, door=Door.IMPORT)
            .pk
            for text in texts
        }


class Owners(Reference):
    """People by name, either way round, or e-mail address; deactivated ones are not found."""

    label = gettext_lazy("Owner")

    def find(self, texts: Collection[str]) -> Found:
        known: dict[str, Any] = {}
        for person in User.objects.active():
            names = {
                fold(str(person)),
                fold(f"{person.last_name} {person.first_name}"),
                fold(f"{person.last_name}, {person.first_name}"),
                fold(person.email or ""),
            } - {""}
            for name in names:
                known[name] = SEVERAL if known.get(name, person.pk) != person.pk else person.pk
        return {text: known[fold(text)] for text in texts if fold(text) in known}

    def candidates(self) -> Iterable[tuple[str, str]]:
        return [(str(person.pk), str(person)) for person in User.objects.active()]

    def may_create(self) -> bool:
        return self.user.can(Ability.PEOPLE) or self.user.can(Ability.SET_UP)

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """People who never sign in: a name in the list of owners, nothing more."""
        profile = Profile.objects.filter(code="representative").first() or Profile.objects.order_by("position").first()
        made = {}
        for text in texts:
            first, _space, last = text.rpartition(" ")
            person = User(first_name=first[:80], last_name=last[:80], profile=profile, signs_in=False)
            made[text] = person.add(by=self.user, door=Door.IMPORT).pk
        return made


class Colleagues(Owners):
    """People as values of a field: only those there are."""

    label = gettext_lazy("Person")

    def may_create(self) -> bool:
        return False


class Owned(Reference):
    """Accounts or contacts that the importer may see, by name."""

    model: ClassVar[type[Account | Contact]]
    cutoff = 0.5  # they begin with the same word

    def seen(self) -> Any:
        return self.model._default_manager.visible_to(self.user)

    def keys(self, text: str) -> list[str]:
        return [fold(text)[:NAME_KEY_LENGTH]]

    def find(self, texts: Collection[str]) -> Found:
        wanted: dict[str, list[str]] = {}
        for text in texts:
            for name in self.keys(text):
                wanted.setdefault(name, []).append(text)
        found: Found = {}
        for pk, name_key in self.seen().filter(name_key__in=list(wanted)).values_list("pk", "name_key"):
            for text in wanted[name_key]:
                found[text] = SEVERAL if text in found and found[text] != pk else pk
        return found

    def candidates(self) -> Iterable[tuple[str, str]]:
        rows = self.seen().order_by("name_key")[:MOST_CANDIDATES]
        return [(str(record.pk), str(record)) for record in rows]

    def kept(self, ids: Collection[int]) -> Collection[int]:
        return set(self.seen().filter(pk__in=ids).values_list("pk", flat=True)) if ids else ()

    def row_of(self, text: str) -> dict[str, Any]:
        """A record of this name, as far as it is one."""
        raise NotImplementedError

    def nearest_of(self, texts: Collection[str]) -> dict[str, list[Suggestion]]:
        """Those that are likely the same (DUP-1), and behind them those whose name begins alike: by the indexes."""
        same = alike(self.model, {text: self.row_of(text) for text in texts}, self.user)
        found = {
            text: [Suggestion(str(one.pk), one.name) for one in same.get(text, [])][:SUGGESTIONS] for text in texts
        }
        rest = [text for text in texts if not found[text]]
        for start in range(0, len(rest), AT_ONCE):
            part = {text: self.leading(text) for text in rest[start : start + AT_ONCE]}
            found |= self._beginning(part)
        return found

    def leading(self, text: str) -> str:
        """The word by which its name is sorted."""
        return fold(text).partition(" ")[0][:NAME_KEY_LENGTH]

    def _beginning(self, words: dict[str, str]) -> dict[str, list[Suggestion]]:
        begins = models.Q()
        for word in {word for word in words.values() if len(word) >= SHORTEST}:
            begins |= models.Q(name_key__gte=word, name_key__lt=word + LAST_LETTER)
        records = self.seen().filter(begins).order_by("name_key")[:MOST_CANDIDATES] if begins else []
        names = {fold(str(record)): record for record in records}
        return {
            text: [
                Suggestion(str(names[name].pk), str(names[name]))
                for name in self.close(text, [name for name in names if word in name])
            ]
            for text, word in words.items()
        }

    def may_create(self) -> bool:
        return gate.allows(self.user, self.model, "create")

    def create(self, texts: Collection[str]) -> dict[str, int]:
        """One for each name, however it is spelt in the file: ``L’Isle`` and ``l'isle`` are one."""
        spelt: dict[str, str] = {}
        for text in texts:
            spelt.setdefault(fold(text), text)
        made = dict(zip(spelt, self.model.create_rows(self.rows_for(list(spelt.values()))), strict=True))
        return {text: made[fold(text)] for text in texts}

    def rows_for(self, texts: Collection[str]) -> list[dict[str, Any]]:
        """New records of these names."""
        raise NotImplementedError


class Accounts(Owned):
    model, label = Account, gettext_lazy("Account")

    def find(self, texts: Collection[str]) -> Found:
        """By name, else by code."""
        found = super().find(texts)
        rest = [text for text in texts if text not in found]
        if rest:
            codes = self.seen().filter(code__in=rest).exclude(code="").values_list("code", "pk")
            found |= dict(codes)
        return found

    def row_of(self, text: str) -> dict[str, Any]:
        return {"name": text}

    def rows_for(self, texts: Collection[str]) -> list[dict[str, Any]]:
        blank = Account.blank_row()
        return [{**blank, "name": text, "owner_id": self.user.pk} for text in texts]


class Contacts(Owned):
    model, label = Contact, gettext_lazy("Contact")

    def keys(self, text: str) -> list[str]:
        words = fold(text).replace(",", " ").split()
        return list({" ".join((*words[at:], *words[:at]))[:NAME_KEY_LENGTH] for at in range(len(words))})

    def row_of(self, text: str) -> dict[str, Any]:
        first, _space, last = text.rpartition(" ")
        return {"first_name": first, "last_name": last}

    def leading(self, text: str) -> str:
        return fold(text).rpartition(" ")[2][:NAME_KEY_LENGTH]

    def rows_for(self, texts: Collection[str]) -> list[dict[str, Any]]:
        blank = Contact.blank_row()
        rows = []
        for text in texts:
            first, _space, last = text.rpartition(" ")
            rows.append({**blank, "first_name": first[:100], "last_name": last[:100], "owner_id": self.user.pk})
        return rows


class Roles(Managed):
    model, label = PersonRole, gettext_lazy("Role")


class Involved(Reference):
    """People on an opportunity: contacts that the importer sees, or colleagues, by name or e-mail address; behind it
    the role in brackets, or none. Each is found as the word of ``transfers.people``."""

    label = gettext_lazy("Person")

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.contacts, self.colleagues, self.roles = Contacts(user), Colleagues(user), Roles(user)
        self.by_role = {exact(role.name): role.pk for role in self.roles.rows()}
        self.alone = user.scope(Opportunity.gate_key(), "view") == gate.Scope.OWN

    def find(self, texts: Collection[str]) -> Found:
        apart = {text: said_apart(text, self.by_role) for text in texts}
        people = self._people({*texts, *(name for name, _role in apart.values())})
        found: Found = {}
        for text, (name, role) in apart.items():
            whole, person = people.get(text), people.get(name)
            if name != text and whole is not None:  # the brackets are of the name
                found[text] = (
                    SEVERAL if whole is SEVERAL or (person and exact(role) in self.by_role) else code(whole, None)
                )
            elif person is SEVERAL:
                found[text] = SEVERAL
            elif person is not None and (not role or exact(role) in self.by_role):
                found[text] = code(person, self.by_role.get(exact(role)))
        return found

    def chosen(self, decided: Mapping[str, Any]) -> Found:
        """Of a person chosen without a role, the role is the text’s."""
        found = {text: decoded(str(value)) for text, value in decided.items()}
        contacts = self.contacts.kept([pk for (kind, pk), _role in found.values() if kind == "contact"])
        colleagues = self._here()
        roles = {text: self.by_role.get(exact(said_apart(text, self.by_role)[1])) for text in found}
        return {
            text: code(person, role or roles[text])
            if person[1] in (contacts if person[0] == "contact" else colleagues)
            else None
            for text, (person, role) in found.items()
        }

    def candidates(self) -> Iterable[tuple[str, str]]:
        here = self._here()
        yield from ((f"contact-{pk}:", name) for pk, name in self.contacts.candidates())
        yield from ((f"user-{pk}:", name) for pk, name in self.colleagues.candidates() if int(pk) in here)

    def nearest_of(self, texts: Collection[str]) -> dict[str, list[Suggestion]]:
        """Of a known person in an unknown role, the nearest roles; else the people of nearly this name."""
        apart = {text: said_apart(text, self.by_role) for text in texts}
        people, here = self._people({name for name, _role in apart.values()}), self._here()
        lacking = [name for name, _role in apart.values() if people.get(name, SEVERAL) is SEVERAL]
        contacts, colleagues = self.contacts.nearest_of(lacking), self.colleagues.nearest_of(lacking)
        found: dict[str, list[Suggestion]] = {}
        for text, (name, role) in apart.items():
            person = people.get(name, SEVERAL)
            if person is SEVERAL:
                near = [Suggestion(f"contact-{one.value}:", one.label) for one in contacts[name]]
                near += [
                    Suggestion(f"user-{one.value}:", one.label) for one in colleagues[name] if int(one.value) in here
                ]
                found[text] = near[:SUGGESTIONS]
            else:
                roles = self.roles.nearest(role)
                found[text] = [Suggestion(code(person, int(one.value)), called(name, int(one.value))) for one in roles]
        return found

    def ambiguous(self, text: str) -> str:
        return _("“%(text)s” fits several people. Write the e-mail address instead of the name.") % {"text": text}

    def _people(self, names: Collection[str]) -> dict[str, Any]:
        """Who is called so, or has this main e-mail address: ``("contact", 12)``; ``SEVERAL`` where more than one."""
        contacts = self.contacts.find(names)
        addresses: dict[str, list[str]] = {}
        for name in names:
            if "@" in name:
                addresses.setdefault(name.lower(), []).append(name)
        held = self.contacts.seen().filter(main_email__in=list(addresses)) if addresses else Contact.objects.none()
        for pk, address in held.values_list("pk", "main_email"):
            for name in addresses[address]:
                contacts[name] = SEVERAL if contacts.get(name, pk) != pk else pk
        colleagues, here = self.colleagues.find(names), self._here()
        found: dict[str, Any] = {}
        for kind, ids in (("contact", contacts), ("user", colleagues)):
            for name, pk in ids.items():
                if kind == "contact" or pk is SEVERAL or pk in here:
                    found[name] = SEVERAL if pk is SEVERAL or name in found else (kind, pk)
        return found

    def _here(self) -> Collection[int]:
        """The colleagues whom one may put on an opportunity: oneself, where one sees no other’s."""
        return {self.user.pk} if self.alone else {person.pk for person in User.objects.active()}


class Parents(Accounts):
    label = gettext_lazy("Parent account")


class Sites(Reference):
    """Sites by name; which account's is for the row to say."""

    label = gettext_lazy("Site")

    def find(self, texts: Collection[str]) -> Found:
        seen = Account.objects.visible_to(self.user).values("pk")
        found: Found = {}
        for pk, name, account_id in Site.objects.filter(name__in=texts, account__in=seen).values_list(
            "pk", "name", "account_id"
        ):
            found.setdefault(name, {})[account_id] = pk
        return found

    def candidates(self) -> Iterable[tuple[str, str]]:
        return []


REFERENCES: dict[str, type[Reference]] = {
    "account": Accounts,
    "contact": Contacts,
    "pipeline": Pipelines,
    "stage": Stages,
    "owner": Owners,
    "source": Sources,
    "lost_reason": LostReasons,
    "site": Sites,
    "origin_type": OriginTypes,
    "origin": Origins,
    "people": Involved,
    "parent": Parents,
    "tag": Tags,
    "colleague": Colleagues,
    "category": Categories,
    "subcategory": Subcategories,
    "establishment": Establishments,
    "sector": Sectors,
    "family": Families,
    "subfamily": Subfamilies,
}


def reference_of(name: str, user: User) -> Reference:
    """What a column's texts are looked up in: one of the above, or the values of a field, ``value 12``."""
    if name.startswith("value "):
        return Values(user, CustomField.remembered()[int(name.partition(" ")[2])])
    return REFERENCES[name](user)


def exact(text: str) -> str:
    """What must match a set-up name: everything but case and white space at the ends (DATA-4)."""
    return " ".join(text.split()).casefold()


def closing_status(text: str) -> str | None:
    """The status that a word in a stage column closes with; a label of any pipeline, or a usual word."""
    pipelines = {stage.pipeline for stage in all_stages().values()}
    for pipeline in sorted(pipelines, key=lambda one: (one.position, one.pk)):
        if status := pipeline.closing_status(text):
            return status
    return None
