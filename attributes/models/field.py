"""Custom fields, their groups, and the values of their lists (OPP-13)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from attributes.kinds import KINDS, Kind, Lookup
from attributes.models.named import NamedOnce
from core.models.house import per_set_up
from records import journal
from records.models import Row, SetUpQuerySet


class Of(models.TextChoices):
    """The records that a field is of."""

    OPPORTUNITY = "opportunity", _("Opportunities")
    ACCOUNT = "account", _("Accounts")
    CONTACT = "contact", _("Contacts")


class FieldGroup(NamedOnce):
    """Fields that stand together under a heading."""

    of = models.CharField(max_length=11, choices=Of, editable=False)

    class Meta(NamedOnce.Meta):
        verbose_name = _("group of fields")
        verbose_name_plural = _("groups of fields")
        constraints = [
            models.UniqueConstraint(
                "of", "folded_name", condition=models.Q(archived_at=None), name="a_group_name_is_used_once"
            ),
        ]

    def siblings(self) -> SetUpQuerySet:
        return FieldGroup.objects.filter(of=self.of)


class CustomField(NamedOnce):
    """A field of the house's own. Its kind is for good: a value of one kind is none of another."""

    derived_fields = NamedOnce.derived_fields | {"is_indexed"}

    of = models.CharField(max_length=11, choices=Of, editable=False)
    kind = models.CharField(
        _("kind"), max_length=13, choices=[(code, kind.label) for code, kind in KINDS.items()], editable=False
    )
    group = models.ForeignKey(
        FieldGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    required = models.BooleanField(_("required"), default=False)
    filterable = models.BooleanField(_("filterable"), default=True)
    is_indexed = models.BooleanField(default=True, editable=False)  # whether all records have their rows by now

    class Meta(NamedOnce.Meta):
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(
                "of", "folded_name", condition=models.Q(archived_at=None), name="a_field_name_is_used_once"
            ),
            models.CheckConstraint(
                condition=models.Q(filterable=False) | ~models.Q(kind="long_text"),
                name="a_long_text_is_not_looked_up",
            ),
        ]

    @property
    def way(self) -> Kind:
        """How its values are typed, kept, shown and looked up."""
        return KINDS[self.kind]

    @property
    def key(self) -> str:
        """By what a record keeps its value."""
        return str(self.pk)

    @property
    def input_name(self) -> str:
        """What it is called in forms and in the URLs of lists."""
        return f"cf_{self.pk}"

    def siblings(self) -> SetUpQuerySet:
        return CustomField.objects.filter(of=self.of)

    def options(self) -> dict[int, "FieldOption"]:
        """The values of its list by id, archived ones too, in their order."""
        return options_of(self.pk)

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        super().rule(row, was, around)
        if KINDS[row["kind"]].lookup == Lookup.NONE:
            row["filterable"] = False

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        """Once it is looked up by, or no longer, its rows are written for the records there are."""
        super().follow(ids, changed)
        if "filterable" in changed:
            indexing: Any = apps.get_model("attributes", "Indexing")
            indexing.start(ids, journal.current().operation.by)


class FieldOption(NamedOnce):
    """A value of a list. Renamed, the records keep it; archived, they keep it, and no other gets it."""

    field = models.ForeignKey(CustomField, models.PROTECT, related_name="+", editable=False)

    class Meta(NamedOnce.Meta):
        verbose_name = _("value of a list")
        verbose_name_plural = _("values of lists")
        constraints = [
            models.UniqueConstraint(
                "field", "folded_name", condition=models.Q(archived_at=None), name="a_value_is_in_a_list_once"
            ),
        ]

    def siblings(self) -> SetUpQuerySet:
        return FieldOption.objects.filter(field=self.field_id)


@per_set_up
def options_of(field_id: int) -> dict[int, FieldOption]:
    return {pk: option for pk, option in FieldOption.remembered().items() if option.field_id == field_id}


@per_set_up
def all_fields(of: str) -> dict[int, CustomField]:
    """Every field of this kind of record by id, archived ones too, in the order of groups and fields."""
    places: dict[int | None, int] = {pk: place for place, pk in enumerate(FieldGroup.remembered())}
    fields = [field for field in CustomField.remembered().values() if field.of == of]
    fields.sort(key=lambda field: places.get(field.group_id, -1))
    return {field.pk: field for field in fields}


@per_set_up
def active_fields(of: str) -> list[CustomField]:
    return [field for field in all_fields(of).values() if not field.archived_at]


@per_set_up
def filterable_fields(of: str) -> list[CustomField]:
    """Those that lists are narrowed and sorted by."""
    return [field for field in active_fields(of) if field.filterable and field.is_indexed]


@per_set_up
def indexed_fields(of: str) -> dict[str, CustomField]:
    """Those whose values have rows, by key: archived ones keep them."""
    return {field.key: field for field in all_fields(of).values() if field.filterable}


def value_model(of: str) -> Any:
    """The rows that find records of this kind by their custom values."""
    for model in apps.get_models():
        if getattr(model, "attributed", "") == of:
            return model.value_model()  # type: ignore[attr-defined]
    raise LookupError(of)
