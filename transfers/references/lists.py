"""The managed lists that cells name: sources, reasons, categories and their parts, the values of a field (DATA-4)."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attributes.models import CustomField, FieldOption, Tag
from attributes.models.tag import active_tags
from pipelines.models import (
    Category,
    Establishment,
    Family,
    LostReason,
    Origin,
    OriginType,
    PersonRole,
    Pipeline,
    Product,
    SaleType,
    Sector,
    Source,
    Subcategory,
    Subfamily,
    active_products,
)
from records.models import Door, SetUpRecord
from transfers.references.reference import SEVERAL, Found, Reference, exact
from users.models import Ability, User


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
    never = gettext_lazy("An origin needs its type. Choose one that is set up.")

    def may_create(self) -> bool:
        return False


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


class SaleTypes(Managed):
    model, label = SaleType, gettext_lazy("Sale type")


class Products(Managed):
    """By code or name, as the line's own input finds them (OPP-12)."""

    model, label = Product, gettext_lazy("Product")
    never = gettext_lazy("A product needs its price. Add it to the catalogue first, or name the line without it.")

    def find(self, texts: Collection[str]) -> Found:
        known = super().find(texts)
        codes = {exact(product.code): product.pk for product in active_products() if product.code}
        return known | {text: codes[exact(text)] for text in texts if exact(text) in codes}

    def said(self, text: str) -> str:
        return _("No product is called “%(name)s”. Leave it blank and label the line.") % {"name": text}

    def may_create(self) -> bool:
        return False


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
        return False


class Subcategories(Parts):
    model, of, label = Subcategory, "category_id", gettext_lazy("Subcategory")
    never = gettext_lazy("A subcategory needs its category. Choose one that is set up.")


class Subfamilies(Parts):
    model, of, label = Subfamily, "family_id", gettext_lazy("Sub-family")
    never = gettext_lazy("A sub-family needs its family. Choose one that is set up.")


class Pipelines(Managed):
    model, label = Pipeline, gettext_lazy("Pipeline")
    never = gettext_lazy("A pipeline needs its stages. Choose one that is set up.")

    def may_create(self) -> bool:
        return False


class Roles(Managed):
    model, label = PersonRole, gettext_lazy("Role")
