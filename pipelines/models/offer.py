"""What a house sells: revenue categories, sale types, products (OPP-8, OPP-12, SET-1)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from core.models.house import per_set_up
from core.money import MoneyField
from records.models import Row, SetUpQuerySet, SetUpRecord


class Category(SetUpRecord):
    """A revenue category: equipment, services, subscriptions."""

    class Meta(SetUpRecord.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class Subcategory(SetUpRecord):
    """A part of a revenue category."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="subcategories", verbose_name=_("category"))

    class Meta(SetUpRecord.Meta):
        verbose_name = _("subcategory")
        verbose_name_plural = _("subcategories")

    def siblings(self) -> SetUpQuerySet:
        return Subcategory.objects.filter(category=self.category_id)


class SaleType(SetUpRecord):
    """How something is sold: sale, service, subscription, rental."""

    class Meta(SetUpRecord.Meta):
        verbose_name = _("sale type")
        verbose_name_plural = _("sale types")


class Product(SetUpRecord):
    """What a line of an opportunity can be about; it fills in what the line leaves blank."""

    code = models.CharField(_("code"), max_length=40, blank=True, default="")
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    subcategory = models.ForeignKey(
        Subcategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subcategory")
    )
    sale_type = models.ForeignKey(
        SaleType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sale type")
    )
    unit_price = MoneyField(_("unit price"), null=True, blank=True)
    unit_cost = MoneyField(_("unit cost"), null=True, blank=True)

    class Meta(SetUpRecord.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subcategory=None) | models.Q(category__isnull=False),
                name="a_subcategory_of_a_product_has_its_category",
            ),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="a_unit_price_is_not_negative"),
            models.CheckConstraint(condition=models.Q(unit_cost__gte=0), name="a_unit_cost_is_not_negative"),
        ]

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        row["code"] = row["code"].strip()
        settle_category(row)


def settle_category(row: Row) -> None:
    """A subcategory brings its category along, and belongs to it. Raises ``ValidationError``."""
    settle_part(row, "category_id", "subcategory_id", Subcategory)


def settle_part(row: Row, whole: str, part: str, model: type[SetUpRecord]) -> None:
    """Of two columns, the second names a part of what the first names: it brings the whole along where that is blank.

    Raises ``ValidationError`` if it is a part of another one.
    """
    if row[part] is None:
        return
    chosen: Any = model.remembered()[row[part]]
    of = getattr(chosen, whole)
    if row[whole] is None:
        row[whole] = of
    elif row[whole] != of:
        field: Any = model._meta.get_field(whole.removesuffix("_id"))
        said = _("“%(part)s” belongs to “%(whole)s”, not to “%(other)s”.")
        names = {
            "part": chosen,
            "whole": getattr(chosen, field.name),
            "other": field.related_model.remembered()[row[whole]],
        }
        raise ValidationError({part.removesuffix("_id"): said % names}, code="part")


@per_set_up
def active_products() -> list[Product]:
    """The products in use, in their order."""
    return [product for product in Product.remembered().values() if product.archived_at is None]


@per_set_up
def _products_by_word() -> dict[str, Product]:
    by_name = {fold(product.name): product for product in reversed(active_products())}
    return by_name | {fold(product.code): product for product in active_products() if product.code}


def product_called(text: str) -> Product | None:
    """The product in use of this code or name, accents and case aside."""
    return _products_by_word().get(fold(text))


@per_set_up
def category_choices() -> list[tuple[str, str]]:
    """The categories in use, each followed by its parts: ``("3", "Equipment"), ("3.7", "Equipment – Sensors")``."""
    parts: dict[int, list[Subcategory]] = {}
    for part in Subcategory.remembered().values():
        if part.archived_at is None:
            parts.setdefault(part.category_id, []).append(part)
    return [
        choice
        for category in Category.remembered().values()
        if category.archived_at is None
        for choice in (
            (str(category.pk), category.name),
            *((f"{category.pk}.{part.pk}", f"{category.name} – {part.name}") for part in parts.get(category.pk, [])),
        )
    ]
