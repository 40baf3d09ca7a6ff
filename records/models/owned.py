"""Records that belong to somebody: accounts, contacts, opportunities. Read through the gate, shared, searched."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import sql
from core.folding import fold
from records import gate, search
from records.models.access import Access
from records.models.grants import GroupGrant, UserGrant
from records.models.hanging import Hanging
from records.models.record import Record, RecordQuerySet, Row
from records.sharing import Shareable
from records.trash import Trashable

if TYPE_CHECKING:
    from records.gate import Person

NAME_KEY_LENGTH = 80


class OwnedQuerySet(RecordQuerySet):
    def live(self) -> Self:
        """Not in the trash."""
        return self.filter(trashed_at=None)

    def visible_to(self, user: "Person", *, few: bool = False) -> Self:
        """Those that this person may see, by whichever way (GIVE-4); ``few`` where the query reads few anyway."""
        return gate.visible_to(self.live(), user, few=few)

    def own_of(self, user: "Person") -> Self:
        """Those that this person owns, as far as they see them."""
        mine = self.live().filter(owner=user.pk)
        return mine if gate.sees_own(user, self.model) else gate.visible_to(mine, user, few=True)

    def allowing(self, user: "Person", verb: str, *, few: bool = False) -> Self:
        """Those on which this person may do the verb. Raises ``UnknownVerb``."""
        return gate.allowing(self.live(), user, verb, few=few)

    def identified_by(self, texts: Collection[str]) -> Self:
        """Those outside the trash that have one of these unique texts. The condition of the index is said with it:
        else SQLite reads the whole table (28 ms among 20,000 records, against 2.5 for 1,000 texts)."""
        name = self.model.unique_outside_trash
        return self.live().filter(**{f"{name}__in": sql.among(texts)}).exclude(**{name: ""})

    def matching(self, text: str) -> Self:
        """Those whose names, references or addresses hold every word of the text, accents or not."""
        return search.matching(self, text)


class OwnedRecord(Shareable, Trashable, Record):
    """A record with an owner, behind the gate.

    ``verbs`` are what a profile may grant on this kind of record; those of ``edit_verbs`` also come with a share for
    editing. ``access`` is the model of its access index.
    """

    away = "trashed_at"
    derived_fields = Record.derived_fields | {"name_key", "folded"}
    verbs: ClassVar[tuple[str, ...]] = ("view", "create", "change", "share", "delete", "export", "import")
    edit_verbs: ClassVar[frozenset[str]] = frozenset({"change", "delete"})
    access: ClassVar[type[Access]]

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("owner"),
    )
    trashed_at = models.DateTimeField(null=True, editable=False)
    name_key = models.CharField(max_length=NAME_KEY_LENGTH, editable=False, default="")
    folded = models.TextField(editable=False, default="")

    objects = OwnedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @classmethod
    def gate_key(cls) -> str:
        """The key of this kind of record in a profile: ``opportunity``."""
        return str(cls._meta.model_name)

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {"shares": Hanging(_("sharing"), write=lambda key, wanted: cls.share_rows(wanted))}

    @classmethod
    def assignment_model(cls) -> type[models.Model] | None:
        """The model that assigns people to records of this kind, with ``record`` and ``user``; none by default."""
        return None

    @classmethod
    def grant_models(cls) -> tuple[type[UserGrant], type[GroupGrant]]:
        """The two tables of grants, by person and by group."""
        by_person: Any = cls._meta.get_field("user_grants").related_model
        by_group: Any = cls._meta.get_field("group_grants").related_model
        return by_person, by_group

    def assigned_ids(self) -> set[int]:
        """The people assigned to the record."""
        assignment = self.assignment_model()
        if assignment is None:
            return set()
        return set(assignment._default_manager.filter(record=self.pk).values_list("user_id", flat=True))

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        super().derive(row, around)
        row["name_key"] = fold(cls.name_of(row))[:NAME_KEY_LENGTH]
        row["folded"] = fold(" ".join(text for text in cls.search_texts(row, around) if text))

    @classmethod
    def name_of(cls, row: Row) -> str:
        """What the record is called and sorted by."""
        return str(row["name"])

    @classmethod
    def search_texts(cls, row: Row, around: Any) -> list[str]:
        """What the record is found by, beside its id."""
        return [cls.name_of(row)]

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        if not {"owner_id", "trashed_at", *cls.access.carried}.isdisjoint(changed):
            cls.access.rebuild(list(ids))
        super().follow(ids, changed)


def owned_kinds() -> list[type[OwnedRecord]]:
    """Every kind of record that has an owner; what stands on others comes before what it stands on."""
    return [model for model in apps.get_models() if issubclass(model, OwnedRecord)]
